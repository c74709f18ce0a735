// A small answer leaves in one piece. node:http hands the socket head, body and end as three pieces, for which Node gathers a vector, and in
// TLS one record each; joined they cost about a tenth less of the whole request [GW-62].
import type { Socket } from 'node:net';
import { LIMITS } from '../core/index.js';

/** One of the pieces that a stream hands to `_writev` together (stream.Writable's contract for implementers). */
interface Piece {
  readonly chunk: Buffer | string;
  readonly encoding: BufferEncoding;
}

/** Has the pieces of what is written together go out as one, where they are small. */
export function writeInOne(socket: Socket): void {
  const writeApart = socket._writev?.bind(socket);
  if (writeApart === undefined) return;
  socket._writev = (pieces, done) => {
    const text = joined(pieces);
    if (text === null) writeApart(pieces, done);
    else socket._write(text, 'latin1', done);
  };
}

/** Every byte as one character; null when it is more than is worth a copy. */
function joined(pieces: readonly Piece[]): string | null {
  let length = 0;
  for (const { chunk } of pieces) length += chunk.length;
  if (length > LIMITS.joinedWriteMax) return null;
  let text = '';
  for (const { chunk, encoding } of pieces) text += asLatin1(chunk, encoding);
  return text;
}

function asLatin1(chunk: Buffer | string, encoding: BufferEncoding): string {
  if (typeof chunk !== 'string') return chunk.toString('latin1');
  return encoding === 'latin1' ? chunk : Buffer.from(chunk, encoding).toString('latin1');
}
