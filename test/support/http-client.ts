// One request over HTTP and its whole answer, raw header letters included.
import { once } from 'node:events';
import http from 'node:http';

export interface SentHttp {
  readonly method?: string;
  readonly path: string;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  /** Sends the body in chunks of this size, without Content-Length. */
  readonly chunkBytes?: number;
  readonly agent?: http.Agent;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly text: string;
}

/** Sends to a port of this machine. An answer that comes before the body is sent counts. */
export async function sendHttp(port: number, sent: SentHttp): Promise<HttpAnswer> {
  // A connection of its own unless told: one that was kept may be closed by the server at the very moment it is used again.
  const { method = 'GET', path, headers = {}, agent = false } = sent;
  const request = http.request({ port, host: '127.0.0.1', method, path, headers, agent });
  const whenAnswered = new Promise<http.IncomingMessage>((resolve, reject) => request.on('response', resolve).on('error', reject));
  if (sent.chunkBytes === undefined) request.end(sent.body);
  else void writeChunks(request, Buffer.from(sent.body ?? ''), sent.chunkBytes);
  const response = await whenAnswered;
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    rawHeaders: response.rawHeaders,
    text: Buffer.concat(chunks).toString('utf8'),
  };
}

async function writeChunks(request: http.ClientRequest, body: Buffer, size: number): Promise<void> {
  for (let at = 0; at < body.length && !request.destroyed; at += size) {
    if (!request.write(body.subarray(at, at + size))) await Promise.race([once(request, 'drain'), once(request, 'close')]);
  }
  request.end();
}
