// One connection to an upstream: carries one request at a time, and is used again only where both sides are certain that nothing of the one
// before is left on it.
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { AnswerError, AnswerParser, type AnswerReceiver } from './answer-parser.js';
import { type RequestHead, requestHead } from './request-head.js';

/** A request for an upstream. */
export interface UpstreamRequest extends RequestHead {
  /** null: none. */
  readonly body: Readable | null;
}

/** What becomes of a request: its answer, and then one of these two. */
export interface Receiver extends AnswerReceiver {
  /** A head or a part of the body was told, and what follows is not here yet. False: no more for now. */
  paused(): boolean;
  /** The answer is complete; flat names and values of its trailers. */
  end(trailers: string[]): void;
  /** There is no answer, or no more of it. Nothing is called after it. */
  failed(error: unknown): void;
}

/** A request on its way, from the line to its end; its receiver is told of that end once. */
export class Errand {
  readonly request: UpstreamRequest;
  readonly receiver: Receiver;
  /** What carries it. null: it waits, or is over. */
  connection: Connection | null = null;
  readonly #line: Set<Errand>;

  /** `line`: where it may wait. */
  constructor(request: UpstreamRequest, receiver: Receiver, line: Set<Errand>) {
    this.request = request;
    this.receiver = receiver;
    this.#line = line;
  }

  /** The client takes more of the answer again. */
  resume(): void {
    this.connection?.resume();
  }

  /** Nobody wants the answer any more: its connection is closed, and its receiver is told nothing. */
  abort(): void {
    this.#line.delete(this);
    this.connection?.abandon();
    this.request.body?.destroy();
  }

  end(trailers: string[]): void {
    try {
      this.receiver.end(trailers);
    } catch (error) {
      return this.fail(error);
    }
    // Whoever gives the body may wait for a reader of what is left of it, if only of its end.
    this.request.body?.destroy();
  }

  fail(error: unknown): void {
    try {
      this.receiver.failed(error);
    } catch (fault) {
      // Nobody is left to be told; the others on these connections are not to suffer for it.
      process.emitWarning(`A failed request could not be answered: ${String(fault)}`);
    }
    this.request.body?.destroy();
  }
}

/** Milliseconds for which an upstream may be silent [GW-41]. */
export interface SilenceBounds {
  /** Until the head of an answer. */
  readonly headersMs: number;
  /** Within it. */
  readonly bodyMs: number;
  /** Without a request. */
  readonly idleMs: number;
}

export interface ConnectionOwner {
  /** It has nothing to do, and may be used again. */
  idle(connection: Connection): void;
  /** It is closed. */
  closed(connection: Connection): void;
}

/** Milliseconds before the end of what the upstream promised at which a connection is no longer used: the time of a packet's way. */
const PROMISE_MARGIN_MS = 1_000;

export class Connection {
  readonly #owner: ConnectionOwner;
  readonly #bounds: SilenceBounds;
  readonly #parser = new AnswerParser();
  #socket: Socket | null = null;
  #errand: Errand | null = null;
  #isSent = true;
  /** The upstream does not take what is sent. */
  #isBlocked = false;
  #isPaused = false;
  /** Since it was last heard of, or had nothing to do; by the owner's sweeps. */
  #silentMs = 0;
  #error: unknown = null;

  constructor(owner: ConnectionOwner, bounds: SilenceBounds) {
    this.#owner = owner;
    this.#bounds = bounds;
  }

  /** Takes the socket, connected; what it reads is given to `received`. */
  attach(socket: Socket): void {
    this.#socket = socket;
    socket.on('error', (error) => (this.#error ??= error));
    socket.on('drain', () => this.#drained());
    socket.on('end', () => this.#ended());
    socket.on('close', () => this.#closed());
    // What is read goes to the callback; only the end of it is the stream's.
    socket.resume();
  }

  /** Whether it can carry a request. */
  get isUsable(): boolean {
    const socket = this.#socket;
    return socket !== null && this.#errand === null && !socket.destroyed && socket.writable && !socket.readableEnded;
  }

  /** Sends a request. Throws, and nothing is sent, where it cannot be written. */
  carry(errand: Errand): void {
    const { request } = errand;
    const { body } = request;
    const { text, length } = requestHead(request, body !== null);
    if (body?.destroyed === true) throw new Error('a body that is gone');
    this.#errand = errand;
    errand.connection = this;
    this.#isSent = body === null || length === 0;
    this.#isBlocked = false;
    this.#silentMs = 0;
    this.#parser.begin(request.method, errand.receiver);
    this.#socket?.write(text, 'latin1');
    if (body !== null && this.#socket !== null) this.#sendBody(errand, body, length, this.#socket);
  }

  /** Some bytes have come. */
  received(bytes: Buffer): void {
    this.#silentMs = 0;
    const errand = this.#errand;
    // Nobody asked: the answer to no request must not become the next one's.
    if (errand === null) return this.destroy(new AnswerError('bytes that nobody asked for'));
    let read = 0;
    try {
      read = this.#parser.read(bytes);
    } catch (error) {
      return this.destroy(error);
    }
    // Whoever was told of the answer may have given it up.
    if (this.#errand !== errand) return;
    if (this.#parser.isComplete) return this.#answered(errand, read === bytes.length);
    const isFull = this.#parser.takeFull();
    const wantsMore = !this.#parser.hasHead || this.#tellPaused(errand);
    if ((isFull || !wantsMore) && this.#errand === errand) this.#pause();
  }

  #tellPaused(errand: Errand): boolean {
    try {
      return errand.receiver.paused();
    } catch (error) {
      this.destroy(error);
      return false;
    }
  }

  /** The client takes more of the answer again. */
  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#silentMs = 0;
    this.#socket?.resume();
  }

  /** `passedMs` have gone by: ends what was silent for too long. */
  sweep(passedMs: number): void {
    // The client's time, not the upstream's: its bound is the listener's.
    if (this.#isPaused || (!this.#isSent && !this.#isBlocked)) return;
    const waited = this.#silentMs;
    // Not before the next sweep: while the process was busy something may have come that has not been read.
    this.#silentMs += passedMs;
    if (this.#errand === null) {
      if (waited >= this.#idleMs()) this.end();
    } else if (waited >= (this.#parser.hasHead ? this.#bounds.bodyMs : this.#bounds.headersMs)) {
      this.destroy(Object.assign(new Error('the upstream is silent'), { code: 'ETIMEDOUT' }));
    }
  }

  /** Closes it in order; for one that has nothing to do. */
  end(): void {
    this.#socket?.destroySoon();
  }

  /** Closes it at once. A request that it carries fails with the error. */
  destroy(error: unknown): void {
    this.#error ??= error;
    this.#socket?.destroy();
    this.#fail();
  }

  /** Its errand has been given up: nobody is told of it any more. */
  abandon(): void {
    this.#takeErrand();
    this.#parser.abandon();
    this.#socket?.destroy();
  }

  #takeErrand(): Errand | null {
    const errand = this.#errand;
    this.#errand = null;
    if (errand !== null) errand.connection = null;
    return errand;
  }

  #pause(): void {
    this.#isPaused = true;
    this.#socket?.pause();
  }

  #idleMs(): number {
    const promised = this.#parser.idleMs;
    return promised === null ? this.#bounds.idleMs : Math.min(this.#bounds.idleMs, promised - PROMISE_MARGIN_MS);
  }

  #answered(errand: Errand, isAll: boolean): void {
    const isSent = this.#isSent && this.#socket?.writableLength === 0;
    const persists = this.#parser.persists && isSent && isAll && this.#idleMs() > 0;
    const trailers = this.#parser.takeTrailers();
    this.#takeErrand();
    this.resume();
    if (!persists) this.#socket?.destroy();
    errand.end(trailers);
    if (persists && this.isUsable) this.#owner.idle(this);
  }

  #sendBody(errand: Errand, body: Readable, length: number | null, socket: Socket): void {
    let sent = 0;
    // A body may outlive its errand, and another be on its way by then.
    const isOver = (): boolean => this.#errand !== errand || this.#isSent || socket.destroyed;
    body.on('data', (chunk: Buffer) => {
      if (isOver() || chunk.length === 0) return;
      sent += chunk.length;
      // The parser of the client's side has seen to it; a byte too many would be the beginning of another request.
      if (length !== null && sent > length) return this.destroy(new Error('a body that is longer than it says'));
      this.#silentMs = 0;
      const isTaken = length === null ? writeChunk(socket, chunk) : socket.write(chunk);
      if (sent === length) this.#isSent = true;
      if (isTaken) return;
      this.#isBlocked = true;
      body.pause();
    });
    body.on('end', () => {
      if (isOver()) return;
      if (length !== null) return this.destroy(new Error('a body that is shorter than it says'));
      this.#isSent = true;
      this.#silentMs = 0;
      socket.write('0\r\n\r\n', 'latin1');
    });
    const broken = (error?: unknown): void => {
      if (!isOver()) this.destroy(error ?? new Error('a body that breaks off'));
    };
    body.on('error', broken);
    body.on('close', broken);
  }

  #drained(): void {
    this.#isBlocked = false;
    this.#silentMs = 0;
    this.#errand?.request.body?.resume();
  }

  #ended(): void {
    const errand = this.#errand;
    if (errand === null) return;
    try {
      this.#parser.finish();
    } catch (error) {
      return this.destroy(error);
    }
    this.#answered(errand, true);
  }

  #closed(): void {
    this.#fail();
    this.#owner.closed(this);
  }

  #fail(): void {
    const errand = this.#takeErrand();
    if (errand === null) return;
    this.#parser.abandon();
    errand.fail(this.#error ?? Object.assign(new Error('the upstream closed the connection'), { code: 'ECONNRESET' }));
  }
}

/** RFC 9112 §7.1. */
function writeChunk(socket: Socket, chunk: Buffer): boolean {
  socket.cork();
  socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1');
  socket.write(chunk);
  const isTaken = socket.write('\r\n', 'latin1');
  socket.uncork();
  return isTaken;
}
