// A client's connection as long as nothing comes on it but plain requests, one after the other. At the first byte of anything else it is
// handed to node:http, which reads it as if it had been there from the beginning.
import type { Socket } from 'node:net';
import { LIMITS } from '../../core/index.js';
import type { Exchange } from '../exchange.js';
import { type AnswerRoad, PlainAnswer } from './answer.js';
import { readPlainHead, PlainRequest } from './request.js';

/** Milliseconds for which a client may be silent. */
export interface ClientPatience {
  /** Between two requests. */
  readonly idleMs: number;
  /** While one is under way and neither side gets a byte. */
  readonly silenceMs: number;
}

export interface PlainConnectionOwner {
  /** Whether a request for this target goes to an upstream: all others want node:http's objects. */
  isForUpstream(target: string): boolean;
  carry(exchange: Exchange): void;
  date(): string;
  /** Lets node:http have the socket, with the bytes that it has not judged. */
  handOver(connection: PlainConnection, socket: Socket, unread: Buffer | null): void;
  closed(connection: PlainConnection): void;
}

export class PlainConnection implements AnswerRoad {
  readonly socket: Socket;
  readonly #owner: PlainConnectionOwner;
  #answer: PlainAnswer | null = null;
  /** What came while an answer was under way. */
  #unread: Buffer[] = [];
  #unreadBytes = 0;
  #isUsed = false;
  #isEnding = false;
  /** One side has said its last: nothing that still comes is a request. */
  #isOver = false;
  #silentMs = 0;
  #bytesSeen = 0;

  constructor(socket: Socket, owner: PlainConnectionOwner) {
    this.socket = socket;
    this.#owner = owner;
    socket.on('data', this.#received).on('end', this.#ended).on('close', this.#closed).on('error', ignore).on('drain', this.#drained);
  }

  get persists(): boolean {
    return !this.#isEnding;
  }

  get isIdle(): boolean {
    return this.#answer === null;
  }

  date(): string {
    return this.#owner.date();
  }

  answered(isLast: boolean): void {
    this.#answer = null;
    this.#silentMs = 0;
    if (isLast) {
      this.#isOver = true;
      return this.socket.destroySoon();
    }
    const next = this.#unread.shift();
    if (next === undefined) return;
    this.#unreadBytes -= next.length;
    if (this.#unread.length === 0) this.socket.resume();
    this.#received(next);
  }

  /** Whoever has had an answer and asks nothing is let go. */
  closeIdle(): void {
    this.#isEnding = true;
    if (this.isIdle) this.socket.destroy();
  }

  /** `passedMs` have gone by since the last time. */
  sweep(passedMs: number, { idleMs, silenceMs }: ClientPatience): void {
    // Who has said nothing yet has as long as node:http gives for a head.
    if (!this.#isUsed && !this.#isOver) return this.#handOver(null);
    const bytes = this.socket.bytesRead + this.socket.bytesWritten - queuedBytes(this.socket);
    const isSilent = bytes === this.#bytesSeen;
    this.#bytesSeen = bytes;
    this.#silentMs = isSilent ? this.#silentMs + passedMs : 0;
    if (this.#silentMs > (this.isIdle ? idleMs : silenceMs)) this.socket.destroy();
  }

  readonly #received = (bytes: Buffer): void => {
    if (this.#isOver) return;
    if (this.#answer !== null) return this.#keep(bytes);
    const head = this.#isEnding ? null : readPlainHead(bytes.toString('latin1'));
    if (head === null || !this.#owner.isForUpstream(head.url)) return this.#handOver(bytes);
    this.#isUsed = true;
    const answer = new PlainAnswer(this, head.method === 'HEAD');
    this.#answer = answer;
    this.#owner.carry({ incoming: new PlainRequest(head, this.socket), outgoing: answer });
  };

  /** A client that does not wait for answers: what it asks for comes in its turn. Read on for a while: that it leaves is seen behind it [GW-41]. */
  #keep(bytes: Buffer): void {
    this.#unreadBytes += bytes.length;
    if (this.#unread.push(bytes) >= LIMITS.pipelinedRequestsMax || this.#unreadBytes > LIMITS.plainHeadBytesMax) this.socket.pause();
  }

  #handOver(first: Buffer | null): void {
    const { socket } = this;
    const unread = first === null || this.#unread.length === 0 ? first : Buffer.concat([first, ...this.#unread]);
    socket.off('data', this.#received).off('end', this.#ended).off('close', this.#closed).off('error', ignore).off('drain', this.#drained);
    this.#owner.handOver(this, socket, unread);
  }

  /** As node:http does: a client that ends its side waits for nothing more. */
  readonly #ended = (): void => {
    this.#isEnding = true;
    this.#isOver = true;
    this.socket.end();
  };

  readonly #closed = (): void => {
    this.#isEnding = true;
    this.#answer?.close();
    this.#owner.closed(this);
  };

  readonly #drained = (): void => this.#answer?.drained();
}

/** Bytes written that the system has not taken: Node counts them as written, and looks here for its own timeouts, too. */
function queuedBytes(socket: Socket & { readonly _handle?: { readonly writeQueueSize?: number } | null }): number {
  return socket._handle?.writeQueueSize ?? 0;
}

/** What becomes of the connection is told by its end. */
function ignore(): void {}
