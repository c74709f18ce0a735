// Step six: carries a permitted request to the upstream, streaming both ways with back-pressure and no buffer of ours [GW-40].
import type { Readable } from 'node:stream';
import type { Outcome } from '../audit/contract.js';
import { type CanonicalRequest, ERROR_CODES, type ErrorCode, LIMITS } from '../core/index.js';
import { answerError, sendContinue, sendInformational } from './answer.js';
import { discardBody } from './discard.js';
import { type Exchange, isGone, nodeExchange } from './exchange.js';
import { headerPairs } from './header-list.js';
import type { Receiver } from './http1/connection.js';
import type { Sent } from './http1/pool.js';
import { ownScheme } from './own-scheme.js';
import { announcesBody, readRequestBody } from './request-body.js';
import type { Upstream } from './upstream.js';
import { upstreamErrorCode } from './upstream-error.js';
import { type InboundSite, inboundHeaders } from './upstream-headers.js';

export interface ForwardOrder {
  readonly request: CanonicalRequest;
  readonly upstream: Upstream;
  /** Flat names and values for the upstream. */
  readonly headers: string[];
  readonly inbound: InboundSite;
  /** Flat names and values that the gateway adds to the answer. */
  readonly added: readonly string[];
}

/** Forwards and resolves when the exchange is over, however it ended; never rejects. */
export function forward(exchange: Exchange, order: ForwardOrder): Promise<Outcome> {
  const { load } = order.upstream;
  if (load.count >= LIMITS.upstreamQueueMax + LIMITS.upstreamConnectionsMax)
    return Promise.resolve(failed(exchange, 'upstream.overloaded', 0));
  load.count += 1;
  return new Promise<Outcome>((resolve) => {
    const settle = (outcome: Outcome): void => {
      load.count -= 1;
      resolve(outcome);
    };
    new Carrier(exchange, order, settle).start();
  });
}

/** Answers a request that cannot be carried; also the outcome of it. */
export function failed(exchange: Exchange, code: ErrorCode, bytesIn: number): Outcome {
  const { status, publicText } = ERROR_CODES[code];
  const kind = status >= 500 ? 'failed' : 'refused';
  return { kind, status, code, bytesIn, bytesOut: answerError(exchange, { code, publicText }) };
}

// Node throws on what HTTP does not allow there; nobody reads it (RFC 9112 §4), so that is no reason to lose the answer.
function reasonPhrase(statusText: string | undefined): string {
  return statusText !== undefined && /^[\x20-\x7e]*$/.test(statusText) ? statusText : '';
}

/** What has no body by its status says no length (RFC 9110 §8.6): whoever believed it would take the next answer for that body. */
function withoutLength(headers: readonly string[]): string[] {
  return headers.filter((_text, index) => (headers[index - (index % 2)] ?? '').toLowerCase() !== 'content-length');
}

/** One exchange under way: the upstream's answer on one side, the client's response on the other. */
class Carrier implements Receiver {
  readonly #exchange: Exchange;
  readonly #order: ForwardOrder;
  readonly #resolve: (outcome: Outcome) => void;
  #sent: Sent | null = null;
  #status = 0;
  #bytesIn = 0;
  #bytesOut = 0;
  /** The head, until something leaves: an answer that breaks off before that can still become a 502. */
  #heldHead: { readonly reason: string; readonly headers: string[] } | null = null;
  /** The first piece of the body: should it be all of it, it leaves together with the head and the end. */
  #held: Buffer | string | null = null;
  #isDraining = false;
  #isOver = false;

  constructor(exchange: Exchange, order: ForwardOrder, resolve: (outcome: Outcome) => void) {
    this.#exchange = exchange;
    this.#order = order;
    this.#resolve = resolve;
  }

  start(): void {
    if (isGone(this.#exchange)) return this.#clientClosed();
    this.#exchange.outgoing.on('close', () => this.#clientClosed());
    // The decision came first; only now may the body come [GW-40].
    if (this.#order.request.expectsContinue) sendContinue(this.#exchange);
    if (!announcesBody(this.#exchange.incoming)) return this.#dispatch(null);
    const { incoming } = nodeExchange(this.#exchange);
    incoming.on('error', () => undefined);
    // Not before its first byte: a connection that was taken and not written to is lost when the upstream closes it as idle.
    readRequestBody(incoming, { onBytes: (count) => (this.#bytesIn += count), onBegun: (body) => this.#dispatch(body) });
  }

  #dispatch(body: Readable | null): void {
    const { request, upstream, headers } = this.#order;
    if (this.#isOver) return;
    this.#sent = upstream.send({ method: request.method, target: request.target, headers, body }, this);
  }

  interim(status: number, reason: string, rawHeaders: string[]): void {
    sendInformational(this.#exchange, `${status} ${reasonPhrase(reason)}`, withoutLength(this.#inbound(rawHeaders)));
  }

  head(status: number, reason: string, rawHeaders: string[]): void {
    const headers = status === 204 ? withoutLength(this.#inbound(rawHeaders)) : this.#inbound(rawHeaders);
    headers.push(...this.#order.added);
    this.#status = status;
    this.#heldHead = { reason: reasonPhrase(reason), headers };
  }

  body(piece: Buffer | string): boolean {
    const isFirst = this.#bytesOut === 0;
    this.#bytesOut += piece.length;
    if (isFirst) {
      this.#held = piece;
      return true;
    }
    this.#sendHead();
    this.#write(this.#takeHeld());
    return this.#write(piece);
  }

  /** A head whose body is slow must not wait for it, nor the beginning of a body for the rest. */
  paused(): boolean {
    const held = this.#takeHeld();
    const isHeadOut = this.#heldHead === null;
    this.#sendHead();
    if (held === null && !isHeadOut) this.#exchange.outgoing.flushHeaders();
    return this.#write(held);
  }

  end(rawTrailers: string[]): void {
    const { outgoing } = this.#exchange;
    this.#sendHead();
    if (rawTrailers.length > 0) outgoing.addTrailers(headerPairs(inboundHeaders(rawTrailers, this.#order.inbound, false)));
    // An answer that came before the upload was complete: the rest is of no use to anybody.
    if (!this.#exchange.incoming.complete) discardBody(this.#exchange, false);
    const last = this.#takeHeld();
    if (last === null) outgoing.end();
    else outgoing.end(last, 'latin1');
  }

  failed(error: unknown): void {
    this.#fail(error);
  }

  #inbound(rawHeaders: string[]): string[] {
    const { incoming } = this.#exchange;
    const mayTrail = incoming.httpVersion === '1.1' && this.#order.request.method !== 'HEAD';
    return inboundHeaders(rawHeaders, this.#order.inbound, mayTrail);
  }

  #sendHead(): void {
    if (this.#heldHead === null) return;
    const { reason, headers } = this.#heldHead;
    this.#heldHead = null;
    this.#exchange.outgoing.writeHead(this.#status, reason, headers);
  }

  #takeHeld(): Buffer | string | null {
    const held = this.#held;
    this.#held = null;
    return held;
  }

  /** False: no more until the client has read what it was sent. */
  #write(piece: Buffer | string | null): boolean {
    const { outgoing } = this.#exchange;
    if (piece === null || outgoing.destroyed || outgoing.write(piece, 'latin1')) return true;
    if (!this.#isDraining) {
      this.#isDraining = true;
      outgoing.once('drain', () => {
        this.#isDraining = false;
        this.#sent?.resume();
      });
    }
    return false;
  }

  #fail(error: unknown): void {
    const { incoming, outgoing } = this.#exchange;
    if (this.#isOver) return;
    if (outgoing.destroyed || (incoming.destroyed && !incoming.complete)) return this.#clientClosed();
    const code = upstreamErrorCode(error);
    if (!outgoing.headersSent) {
      this.#isOver = true;
      this.#resolve(failed(this.#exchange, code, this.#bytesIn));
      return;
    }
    // Half an answer cannot be taken back; cutting it off is the only honest sign. In HTTP/1.0 a plain end may mean that this was all.
    this.#settle('failed', this.#status, code);
    // Over TLS the end that was not announced says so (RFC 8446 §6.1), and Node resets bare sockets alone.
    if (incoming.httpVersion === '1.1' || ownScheme(incoming) === 'https') outgoing.destroy();
    else incoming.socket.resetAndDestroy();
  }

  #clientClosed(): void {
    if (this.#exchange.outgoing.writableFinished) return this.#settle('forwarded', this.#status, null);
    this.#settle('aborted', this.#status === 0 ? ERROR_CODES['request.aborted'].status : this.#status, 'request.aborted');
    this.#sent?.abort();
  }

  #settle(kind: Outcome['kind'], status: number, code: ErrorCode | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#resolve({ kind, status, code, bytesIn: this.#bytesIn, bytesOut: this.#bytesOut });
  }
}
