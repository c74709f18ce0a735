// The gateway's own answers: one shape for every error, written in the letters that clients compare [EXT-60].
import { ERROR_CODES, type ErrorCode, HostError, JSON_CONTENT_TYPE, METHODS } from '../core/index.js';
import { discardBody } from './discard.js';
import { type Exchange, nodeExchange } from './exchange.js';
import { headerPairs } from './header-list.js';

/** Answers with `{"message","status-code"}`, or with `json` where a vendor's shape is due; returns the bytes of the body. Does nothing when an answer has begun. */
export function answerError(
  exchange: Exchange,
  error: { code: ErrorCode; publicText: string; json?: unknown; contentType?: string },
  headers: Readonly<Record<string, string | readonly string[]>> = {},
): number {
  const { outgoing } = exchange;
  if (outgoing.headersSent || outgoing.destroyed) {
    outgoing.destroy();
    return 0;
  }
  const { status } = ERROR_CODES[error.code];
  const body = JSON.stringify(error.json ?? { message: error.publicText, 'status-code': status });
  // The field Node sets only when the request line asked for it, so it cannot be trusted to be empty here.
  discardBody(exchange, isAwaitingContinue(exchange));
  for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
  if (status === 405) outgoing.setHeader('Allow', METHODS.join(', '));
  if (endsConnection(error.code)) outgoing.setHeader('Connection', 'close');
  outgoing.setHeader('Content-Type', error.contentType ?? JSON_CONTENT_TYPE);
  outgoing.setHeader('Content-Length', Buffer.byteLength(body));
  outgoing.setHeader('Cache-Control', 'no-store');
  outgoing.statusCode = status;
  outgoing.end(body);
  return Buffer.byteLength(body);
}

/** The texts and code of anything that was thrown; what is no HostError is nobody's fault but ours. */
export function asHostError(error: unknown): HostError {
  return error instanceof HostError
    ? error
    : new HostError('platform.unexpected', { detail: String((error as Error)?.stack ?? error), cause: error });
}

// A request that could be read in two ways ends its connection: what follows could be, too [GW-6]. One that is late may never be complete.
function endsConnection(code: ErrorCode): boolean {
  return ['request.malformed', 'request.version', 'request.method-unknown', 'request.timeout'].includes(code);
}

function isAwaitingContinue({ incoming, outgoing }: Exchange): boolean {
  return incoming.headers.expect !== undefined && !hasSentContinue(outgoing);
}

const continued = new WeakSet<object>();

/** Sends `100 Continue`, once, and remembers it [GW-40]. */
export function sendContinue(exchange: Exchange): void {
  if (hasSentContinue(exchange.outgoing)) return;
  continued.add(exchange.outgoing);
  nodeExchange(exchange).outgoing.writeContinue();
}

/** Passes 1xx on, with fields that node:http would refuse or change in a 103; HTTP/1.0 knows none (RFC 9110 §15.2). */
export function sendInformational({ incoming, outgoing }: Exchange, statusLine: string, headers: readonly string[]): void {
  const { socket } = outgoing;
  // A client that does not read loses hints, not memory of ours.
  if (incoming.httpVersion !== '1.1' || socket === null || socket.writableNeedDrain) return;
  const fields = headerPairs(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${statusLine}\r\n${fields.join('')}\r\n`, 'latin1');
}

function hasSentContinue(outgoing: object): boolean {
  return continued.has(outgoing);
}
