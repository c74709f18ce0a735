// What is left of a body after an early answer is read and thrown away, up to a bound: closing at once would reset the
// connection under a client that is still sending, and it would never see the answer (RFC 9112 §9.6).
import { LIMITS } from '../core/index.js';
import { type Exchange, nodeExchange } from './exchange.js';

/** Lets the client finish, or cuts it off past the bound. A body that 100-continue would have announced never comes. */
export function discardBody(exchange: Exchange, isAwaitingContinue: boolean): void {
  if (exchange.incoming.complete) return;
  const { incoming, outgoing } = nodeExchange(exchange);
  if (isAwaitingContinue) {
    // Whether the body follows is the client's choice now, so the next byte cannot be told from a request: RFC 9110 §10.1.1.
    if (!outgoing.headersSent) outgoing.setHeader('Connection', 'close');
    return;
  }
  let discarded = 0;
  incoming.on('data', (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > LIMITS.discardedBodyBytesMax) incoming.socket.destroy();
  });
  incoming.on('error', () => incoming.socket.destroy());
  incoming.resume();
}
