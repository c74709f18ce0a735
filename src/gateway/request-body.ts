// The client's body on its way to the upstream. A stream of its own, because the body of a request that is over is destroyed,
// and destroying the client's would take the connection away before the 502 is sent.
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { Incoming } from './exchange.js';

export interface BodyWatcher {
  /** The size of each piece that arrives. */
  readonly onBytes: (count: number) => void;
  /** The first piece, or the end, is here. */
  readonly onBegun: (body: Readable) => void;
}

/** Reads the body at the pace of the upstream. What arrives after the upstream has given it up is thrown away. */
export function readRequestBody(incoming: IncomingMessage, { onBytes, onBegun }: BodyWatcher): void {
  let isBegun = false;
  const body = new Readable({
    read() {
      incoming.resume();
    },
    destroy(error, done) {
      // A client that is not read any more could not be told why.
      incoming.resume();
      done(error);
    },
  });
  const begin = (): void => {
    if (isBegun) return;
    isBegun = true;
    onBegun(body);
  };
  incoming.on('data', (chunk: Buffer) => {
    onBytes(chunk.length);
    if (!body.destroyed && !body.push(chunk)) incoming.pause();
    begin();
  });
  incoming.on('end', () => {
    body.push(null);
    begin();
  });
  incoming.on('close', () => {
    if (!incoming.complete) body.destroy(new Error('the client went away'));
  });
  // An empty body that a rule asked about has been read to its end already [EXT-15].
  if (incoming.readableEnded) {
    body.push(null);
    begin();
  }
  // An upload that the upstream gave up is nobody's uncaught error.
  body.on('error', () => undefined);
}

/** Whether a body was announced; RFC 9112 §6.3. */
export function announcesBody(incoming: Pick<Incoming, 'headers'>): boolean {
  const length = incoming.headers['content-length'];
  return (length !== undefined && length !== '0') || incoming.headers['transfer-encoding'] !== undefined;
}
