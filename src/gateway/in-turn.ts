// Requests that a client sends without waiting for answers are worked on one after the other: side by side a later one could reach the
// upstream before an earlier one that changes what it asks for (RFC 9112 §9.3.2).
import type { Duplex } from 'node:stream';
import { LIMITS } from '../core/index.js';
import type { NodeExchange } from './exchange.js';

const waiting = new WeakMap<Duplex, number>();

/** Calls `carry` when all answers before this one have gone out; never, when the connection ends before that. */
export function inTurn(exchange: NodeExchange, carry: (exchange: NodeExchange) => void): void {
  const { incoming, outgoing } = exchange;
  // node:http gives an answer its socket when it is its turn.
  if (outgoing.socket !== null) return carry(exchange);
  const { socket } = incoming;
  const count = (waiting.get(socket) ?? 0) + 1;
  if (count > LIMITS.pipelinedRequestsMax) return void socket.destroy();
  waiting.set(socket, count);
  outgoing.once('socket', () => {
    waiting.set(socket, (waiting.get(socket) ?? 1) - 1);
    carry(exchange);
  });
}
