// The client's body on its way to the upstream. A stream of its own, because undici destroys the body of a request that fails,
// and destroying the client's would take the connection away before the 502 is sent.
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/** Bytes flow at the pace of the upstream; `onBytes` is told of each chunk's size. */
export function requestBody(incoming: IncomingMessage, onBytes: (count: number) => void): Readable {
  const body = new Readable({
    read() {
      incoming.resume();
    },
  });
  incoming.pause();
  incoming.on('data', (chunk: Buffer) => {
    onBytes(chunk.length);
    if (!body.destroyed && !body.push(chunk)) incoming.pause();
  });
  incoming.on('end', () => body.push(null));
  incoming.on('close', () => {
    if (!incoming.complete) body.destroy(new Error('the client went away'));
  });
  // An upload that the upstream gave up is nobody's uncaught error.
  body.on('error', () => undefined);
  return body;
}

/** Whether a body was announced; RFC 9112 §6.3. */
export function announcesBody(incoming: IncomingMessage): boolean {
  const length = incoming.headers['content-length'];
  return (length !== undefined && length !== '0') || incoming.headers['transfer-encoding'] !== undefined;
}
