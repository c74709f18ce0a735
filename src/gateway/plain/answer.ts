// The answer to a plain request, as bytes on the wire (RFC 9112 §4, §6): what node:http's ServerResponse would write, in one piece where it is
// small [GW-62].
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { LIMITS, remembered } from '../../core/index.js';
import type { Outgoing } from '../exchange.js';

/** The connection that an answer goes out on. */
export interface AnswerRoad {
  readonly socket: Socket;
  /** Whether another request may follow. */
  readonly persists: boolean;
  /** The value of a `Date` field, now. */
  date(): string;
  /** The answer is over. `isLast`: it has promised that the connection is, too. */
  answered(isLast: boolean): void;
}

const KEPT_OPEN = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(LIMITS.keepAliveTimeoutMs / 1_000)}\r\n`;
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const FORBIDDEN = /[^\t\x20-\x7e\x80-\xff]/;

type Meaning = 'forbidden' | 'date' | 'connection' | 'content-length' | 'transfer-encoding' | 'none';
const meaningOf = remembered((name: string): Meaning => {
  if (!NAME.test(name)) return 'forbidden';
  const folded = name.toLowerCase();
  return folded === 'date' || folded === 'connection' || folded === 'content-length' || folded === 'transfer-encoding' ? folded : 'none';
});

export class PlainAnswer implements Outgoing {
  statusCode = 200;
  headersSent = false;
  closed = false;
  writableFinished = false;
  readonly #road: AnswerRoad;
  readonly #isHead: boolean;
  #set: string[] = [];
  /** Made, and not on its way. */
  #head = '';
  #hasBody = true;
  #isChunked = false;
  #isLast = false;
  #isEnded = false;
  #trailers = '';
  #whenClosed: (() => void)[] = [];
  #whenDrained: (() => void)[] = [];

  constructor(road: AnswerRoad, isHead: boolean) {
    this.#road = road;
    this.#isHead = isHead;
  }

  get destroyed(): boolean {
    return this.#road.socket.destroyed;
  }

  get socket(): Socket | null {
    return this.closed ? null : this.#road.socket;
  }

  setHeader(name: string, value: string | number | readonly string[]): void {
    const folded = name.toLowerCase();
    const others = this.#set.filter((_text, index) => (this.#set[index - (index % 2)] ?? '').toLowerCase() !== folded);
    this.#set = [...others, ...[value].flat().flatMap((each) => [name, String(each)])];
  }

  /** Throws TypeError for what would end a line early, or say in two ways where the answer ends. */
  writeHead(status: number, reason: string, fields: readonly string[]): void {
    if (this.headersSent) throw new TypeError('a second head');
    this.#hasBody = !this.#isHead && status !== 204 && status !== 304;
    this.#isLast = !this.#road.persists;
    if (FORBIDDEN.test(reason)) throw new TypeError('a reason with characters that it may not have');
    const said = { date: false, connection: false, length: false };
    const text = this.#set.length === 0 ? this.#lines(fields, said) : this.#lines(this.#set, said) + this.#lines(fields, said);
    this.#isChunked = this.#hasBody && !said.length;
    this.#head =
      `HTTP/1.1 ${status} ${reason}\r\n${text}${said.date ? '' : `Date: ${this.#road.date()}\r\n`}` +
      (said.connection ? '' : this.#isLast ? 'Connection: close\r\n' : KEPT_OPEN) +
      (this.#isChunked ? 'Transfer-Encoding: chunked\r\n\r\n' : '\r\n');
    this.headersSent = true;
    this.statusCode = status;
  }

  flushHeaders(): void {
    if (!this.headersSent) this.writeHead(this.statusCode, STATUS_CODES[this.statusCode] ?? '', []);
    if (this.#head !== '') this.#send(this.#takeHead());
  }

  write(piece: Buffer | string, encoding: BufferEncoding = 'utf8'): boolean {
    if (this.#isEnded || !this.headersSent) throw new TypeError('a body without a head, or behind its end');
    if (!this.#hasBody || piece.length === 0) return true;
    return this.#sendPiece(bytesOf(piece, encoding), '', undefined);
  }

  addTrailers(fields: readonly [string, string][]): void {
    this.#trailers = this.#lines(fields.flat(), { date: true, connection: true, length: true });
  }

  end(piece: Buffer | string = '', encoding: BufferEncoding = 'utf8'): void {
    if (this.#isEnded) return;
    if (!this.headersSent) this.writeHead(this.statusCode, STATUS_CODES[this.statusCode] ?? '', []);
    this.#isEnded = true;
    const last = this.#isChunked ? `0\r\n${this.#trailers}\r\n` : '';
    this.#sendPiece(this.#hasBody ? bytesOf(piece, encoding) : '', last, this.#sent);
  }

  /** An answer that is over has no connection any more: it may be another's. */
  destroy(): void {
    this.socket?.destroy();
  }

  on(_event: 'close', listener: () => void): void {
    this.#whenClosed.push(listener);
  }

  once(event: 'close' | 'drain', listener: () => void): void {
    (event === 'close' ? this.#whenClosed : this.#whenDrained).push(listener);
  }

  /** The socket takes more again. */
  drained(): void {
    const told = this.#whenDrained;
    this.#whenDrained = [];
    for (const listener of told) listener();
  }

  /** Nothing more leaves: it is all out, or the connection is gone. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const listener of this.#whenClosed) listener();
  }

  /** What becomes of the last write. An error is followed by the socket's end, which says the rest. */
  readonly #sent = (error?: Error | null): void => {
    if (this.closed || (error !== undefined && error !== null)) return;
    this.writableFinished = true;
    this.close();
    this.#road.answered(this.#isLast);
  };

  #takeHead(): string {
    const head = this.#head;
    this.#head = '';
    return head;
  }

  /** A part of the body, behind the head if that is still here, and what comes behind the body; together where they are small. */
  #sendPiece(piece: Buffer | string, last: string, done: ((error?: Error | null) => void) | undefined): boolean {
    const isFramed = this.#isChunked && piece.length > 0;
    const before = isFramed ? `${this.#takeHead()}${piece.length.toString(16)}\r\n` : this.#takeHead();
    const after = isFramed ? `\r\n${last}` : last;
    if (typeof piece === 'string') return this.#send(before + piece + after, done);
    if (piece.length <= LIMITS.joinedWriteMax) return this.#send(before + piece.toString('latin1') + after, done);
    const { socket } = this.#road;
    socket.cork();
    if (before !== '') socket.write(before, 'latin1');
    const isTaken = socket.write(piece, after === '' ? done : undefined);
    const isAllTaken = after === '' ? isTaken : this.#send(after, done);
    socket.uncork();
    return isAllTaken;
  }

  #send(text: string, done?: (error?: Error | null) => void): boolean {
    return this.#road.socket.write(text, 'latin1', done);
  }

  #lines(fields: readonly string[], said: { date: boolean; connection: boolean; length: boolean }): string {
    let text = '';
    for (let index = 0; index < fields.length; index += 2) {
      const name = fields[index] ?? '';
      const value = fields[index + 1] ?? '';
      const meaning = meaningOf(name);
      if (meaning === 'forbidden' || FORBIDDEN.test(value)) throw new TypeError('a field with characters that it may not have');
      switch (meaning) {
        case 'date':
          said.date = true;
          break;
        case 'connection':
          // Only we say it, and only to end.
          said.connection = true;
          this.#isLast = true;
          break;
        case 'content-length':
          if (said.length) throw new TypeError('two lengths');
          said.length = true;
          break;
        case 'transfer-encoding':
          throw new TypeError('a transfer coding that is not ours');
        default:
      }
      text += `${name}: ${value}\r\n`;
    }
    return text;
  }
}

/** Of a few bytes as a text, one character each. */
function bytesOf(piece: Buffer | string, encoding: BufferEncoding): Buffer | string {
  return typeof piece !== 'string' || encoding === 'latin1' ? piece : Buffer.from(piece, encoding);
}
