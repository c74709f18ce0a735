// Reads an upstream's answers out of the bytes of one connection, strictly (RFC 9112): what two readers could take differently is an error,
// and the connection with it. Knows no socket. What it must agree with is in test/gateway/answer-parser.test.ts: every answer that Node's own
// parser refuses, it refuses; every one that both take, they read alike.
import { LIMITS } from '../../core/index.js';

/** What becomes of an answer, in this order: interim heads, one head, its body in pieces. Fields are flat names and values, bytes as characters. */
export interface AnswerReceiver {
  interim(status: number, reason: string, fields: string[]): void;
  head(status: number, reason: string, fields: string[]): void;
  /** Bytes as they are, or as the characters of a text. False: no more for now. */
  body(piece: Buffer | string): boolean;
}

/** The upstream sent what is no HTTP/1.1 answer to the request. */
export class AnswerError extends Error {
  readonly code = 'POSTERN_ANSWER';

  constructor(what: string) {
    super(`the upstream’s answer: ${what}`);
    this.name = 'AnswerError';
  }
}

type Place = 'head' | 'length' | 'until-close' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailers' | 'complete';

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: ([^\r\n\0]*))?$/;
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const LENGTH = /^\d{1,15}$/;
// RFC 9112 §7.1.1. Extensions mean nothing to anybody; they are read over, without a second way to write a line's end.
const CHUNK_SIZE = /^([0-9A-Fa-f]{1,12})[\t ]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/;

/** For one answer at a time. */
export class AnswerParser {
  #receiver: AnswerReceiver | null = null;
  #method = '';
  #place: Place = 'complete';
  /** The beginning of a head or line whose end has not come. */
  #carried = '';
  /** Bytes of the body, or of the chunk, that are to come. */
  #left = 0;
  #interims = 0;
  #trailerBytes = 0;
  #trailerLines: string[] = [];
  #isFull = false;
  #persists = false;
  #idleMs: number | null = null;

  /** The next answer is to a request with this method. */
  begin(method: string, receiver: AnswerReceiver): void {
    this.#method = method;
    this.#receiver = receiver;
    this.#place = 'head';
    this.#interims = 0;
    this.#isFull = false;
    this.#persists = false;
    this.#idleMs = null;
  }

  /** Whether the receiver has asked for no more, since this was last asked. */
  takeFull(): boolean {
    const isFull = this.#isFull;
    this.#isFull = false;
    return isFull;
  }

  /** Whether the answer has been read to its end. */
  get isComplete(): boolean {
    return this.#place === 'complete';
  }

  /** Whether its head, the last one, has been read. */
  get hasHead(): boolean {
    return this.#place !== 'head';
  }

  /** Whether the upstream keeps the connection after this answer. */
  get persists(): boolean {
    return this.#persists;
  }

  /** How long it keeps it, by its own word (`Keep-Alive: timeout=…`), in milliseconds; null: it does not say. */
  get idleMs(): number | null {
    return this.#idleMs;
  }

  /** Flat names and values of the trailers, of a complete answer. */
  get trailers(): string[] {
    return this.#trailerLines.length === 0 ? [] : readFields(this.#trailerLines.join('\r\n'));
  }

  /** Reads what has come and tells how many bytes belonged to the answer: less than all where it ended before. Throws AnswerError. */
  read(bytes: Buffer): number {
    let at = 0;
    while (at < bytes.length && this.#place !== 'complete') at = this.#step(bytes, at);
    return at;
  }

  /** The connection has ended: so has a body that nothing else ends. Throws AnswerError where something was to come. */
  finish(): void {
    if (this.#place === 'until-close') this.#complete();
    else if (this.#place !== 'complete') throw new AnswerError('it breaks off');
  }

  /** Forgets the answer, and what it was for. */
  abandon(): void {
    this.#receiver = null;
    this.#place = 'complete';
    this.#persists = false;
    this.#carried = '';
  }

  #step(bytes: Buffer, at: number): number {
    switch (this.#place) {
      case 'head':
        return this.#readHead(bytes, at);
      case 'length':
      case 'chunk':
        return this.#readBody(bytes, at);
      case 'until-close':
        return this.#give(bytes, at, bytes.length);
      case 'chunk-size':
      case 'chunk-end':
      case 'trailers':
        return this.#readLine(bytes, at);
      case 'complete':
        return at;
      default:
        return this.#place satisfies never;
    }
  }

  #readHead(bytes: Buffer, at: number): number {
    const found = this.#textBefore('\r\n\r\n', bytes, at, LIMITS.upstreamHeaderBytesMax);
    if (found === null) return bytes.length;
    this.#takeHead(found.text);
    return found.next;
  }

  /** The text up to `end`, with what was carried; null when the end has not come, and then it is carried. */
  #textBefore(end: string, bytes: Buffer, at: number, lengthMax: number): { readonly text: string; readonly next: number } | null {
    const { length } = this.#carried;
    const text = this.#carried + bytes.toString('latin1', at, Math.min(bytes.length, at + lengthMax + end.length));
    const found = text.indexOf(end, Math.max(0, length - end.length + 1));
    if ((found < 0 ? text.length : found) > lengthMax) throw new AnswerError('a head or a line without an end');
    this.#carried = found < 0 ? text : '';
    return found < 0 ? null : { text: text.slice(0, found), next: at + found + end.length - length };
  }

  #takeHead(text: string): void {
    const lineEnd = text.indexOf('\r\n');
    const [, minor, code, reason = ''] =
      STATUS_LINE.exec(lineEnd < 0 ? text : text.slice(0, lineEnd)) ?? refuse('it begins with no status line');
    const fields = lineEnd < 0 ? [] : readFields(text, lineEnd + 2);
    const status = Number(code);
    if (status >= 200) return this.#begin(status, reason, fields, minor === '1');
    if (status === 101) refuse('a change of protocol that nobody asked for');
    this.#interims += 1;
    if (this.#interims > LIMITS.upstreamInterimsMax) refuse('too many interim answers');
    this.#receiver?.interim(status, reason, fields);
  }

  #begin(status: number, reason: string, fields: string[], isCurrent: boolean): void {
    const framing = readFraming(fields);
    if (framing.isChunked && (framing.length !== null || !isCurrent))
      refuse('its length is said twice, or in chunks that its version has not');
    const hasBody = this.#method !== 'HEAD' && status !== 204 && status !== 304;
    // Products are known that send a body after HEAD all the same: nothing is read on that connection again.
    this.#persists = (isCurrent ? !framing.isClosing : framing.isKept) && this.#method !== 'HEAD';
    this.#idleMs = framing.idleMs;
    this.#trailerLines = [];
    this.#trailerBytes = 0;
    this.#left = framing.length ?? 0;
    if (!hasBody || framing.length === 0) this.#place = 'complete';
    else if (framing.isChunked) this.#place = 'chunk-size';
    else if (framing.length !== null) this.#place = 'length';
    else this.#place = 'until-close';
    if (this.#place === 'until-close') this.#persists = false;
    this.#receiver?.head(status, reason, fields);
  }

  #readBody(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#left);
    this.#left -= end - at;
    if (this.#left === 0 && this.#place === 'length') this.#complete();
    else if (this.#left === 0) this.#place = 'chunk-end';
    return this.#give(bytes, at, end);
  }

  /** A copy, since the bytes are the connection's: of few as a text, which leaves in one piece with the head before it. */
  #give(bytes: Buffer, at: number, end: number): number {
    const isSmall = end - at <= LIMITS.joinedWriteMax;
    const piece = isSmall ? bytes.toString('latin1', at, end) : Buffer.from(bytes.subarray(at, end));
    if (this.#receiver?.body(piece) === false) this.#isFull = true;
    return end;
  }

  #readLine(bytes: Buffer, at: number): number {
    const found = this.#textBefore('\r\n', bytes, at, LIMITS.upstreamHeaderBytesMax);
    if (found === null) return bytes.length;
    if (this.#place === 'chunk-size') this.#takeChunkSize(found.text);
    else if (this.#place === 'chunk-end') this.#takeChunkEnd(found.text);
    else this.#takeTrailer(found.text);
    return found.next;
  }

  #takeChunkSize(line: string): void {
    const [, size = ''] = CHUNK_SIZE.exec(line) ?? refuse('the length of a chunk is no number');
    this.#left = Number.parseInt(size, 16);
    this.#place = this.#left === 0 ? 'trailers' : 'chunk';
  }

  #takeChunkEnd(line: string): void {
    if (line !== '') refuse('a chunk is longer than it says');
    this.#place = 'chunk-size';
  }

  #takeTrailer(line: string): void {
    if (line === '') {
      // Read when they are asked for; read once here, so that a fault in them is one of the answer.
      if (this.#trailerLines.length > 0) readFields(this.#trailerLines.join('\r\n'));
      return this.#complete();
    }
    this.#trailerBytes += line.length;
    if (this.#trailerBytes > LIMITS.upstreamHeaderBytesMax) refuse('too many trailers');
    this.#trailerLines.push(line);
  }

  #complete(): void {
    this.#place = 'complete';
  }
}

function refuse(what: string): never {
  throw new AnswerError(what);
}

/** Names and values out of lines that CRLF parts. No line may go on in the next (RFC 9112 §5.2), and none may hold a bare CR, LF or NUL. */
function readFields(lines: string, from = 0): string[] {
  const fields: string[] = [];
  for (let start = from; start <= lines.length; ) {
    const found = lines.indexOf('\r\n', start);
    const end = found < 0 ? lines.length : found;
    const colon = lines.indexOf(':', start);
    if (colon < 0 || colon >= end) refuse('a line that is no field');
    const name = lines.slice(start, colon);
    const value = trimmed(lines, colon + 1, end);
    if (!NAME.test(name) || !VALUE.test(value)) refuse('a field with characters that it may not have');
    fields.push(name, value);
    start = end + 2;
  }
  return fields;
}

/** Without blanks and tabs around it. */
function trimmed(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(text, start)) start += 1;
  while (end > start && isBlank(text, end - 1)) end -= 1;
  return text.slice(start, end);
}

function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 0x20 || code === 0x09;
}

interface Framing {
  length: number | null;
  isChunked: boolean;
  isClosing: boolean;
  isKept: boolean;
  idleMs: number | null;
}

/** RFC 9112 §6.3 and §9.3. Only one length, and no coding but chunked: nobody here asked for another. */
function readFraming(fields: readonly string[]): Framing {
  const framing: Framing = { length: null, isChunked: false, isClosing: false, isKept: false, idleMs: null };
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] ?? '';
    // All that matters here have one of these lengths: most names are not looked at any further.
    if (name.length !== 10 && name.length !== 14 && name.length !== 17) continue;
    const value = fields[index + 1] ?? '';
    switch (name.toLowerCase()) {
      case 'content-length':
        if (framing.length !== null || !LENGTH.test(value)) refuse('a length that is none, or two');
        framing.length = Number(value);
        break;
      case 'transfer-encoding':
        if (framing.isChunked || value.toLowerCase() !== 'chunked') refuse('a transfer coding other than chunked');
        framing.isChunked = true;
        break;
      case 'connection':
        for (const option of value.toLowerCase().split(',')) {
          framing.isClosing ||= option.trim() === 'close';
          framing.isKept ||= option.trim() === 'keep-alive';
        }
        break;
      case 'keep-alive':
        framing.idleMs = idleMs(value);
        break;
      default:
    }
  }
  return framing;
}

function idleMs(value: string): number | null {
  const seconds = /(?:^|[,; ])timeout=(\d{1,6})/i.exec(value)?.[1];
  return seconds === undefined ? null : Number(seconds) * 1_000;
}
