// Writes a long answer in constant memory: as fast as the client reads, and no further once it has gone.
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Writes the batches below a head of 200. What fails before the first batch is there throws: it is still an answer of its own. */
export async function writeStream(
  response: ServerResponse,
  headers: OutgoingHttpHeaders,
  batches: AsyncGenerator<string, void, undefined>,
): Promise<void> {
  const first = await batches.next();
  if (response.destroyed) return void (await batches.return());
  response.writeHead(200, headers);
  const lines = Readable.from(first.done === true ? [] : continued(first.value, batches), { highWaterMark: 1 });
  await pipeline(lines, response).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  });
}

async function* continued(first: string, rest: AsyncIterable<string>): AsyncGenerator<string, void> {
  yield first;
  yield* rest;
}
