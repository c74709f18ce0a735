// Reads an upstream's answers out of the bytes of one connection, strictly (RFC 9112): what two readers could take differently is an error,
// and the connection with it. Knows no socket. Its rules are in test/gateway/answer-parser.test.ts and answer-chunks.test.ts; that it refuses
// what Node's own parser refuses, and reads alike what both take, in answer-parser.property.test.ts.
import { LIMITS, remembered } from '../../core/index.js';

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

const BEGINNING = 'HTTP/1.';
const HEAD_END = '\r\n\r\n';
const TAB = 0x09;
const LINE_FEED = 0x0a;
const NO_STATUS_LINE = 'it begins with no status line';
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/;
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const FRAMING_NAME = /^(?:content-length|transfer-encoding)$/i;
/** What a name is to the reading of fields: none that may be, one that says where the body ends, or any other. */
const kindOfName = remembered((name: string) => {
  if (!NAME.test(name)) return 'forbidden';
  return FRAMING_NAME.test(name) ? 'framing' : 'other';
});
const LENGTH = /^\d{1,15}$/;
// RFC 9112 §7.1.1 without the blanks that it calls bad. Extensions mean nothing to anybody; they are read over.
const CHUNK_SIZE =
  /^([0-9A-Fa-f]{1,12})(?:;[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:=(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+|"(?:[\t\x20\x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*"))?)*$/;

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
  /** Lines of trailers, until the last has come … */
  #trailerLines = '';
  /** … and then their names and values. */
  #trailers: string[] = [];
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

  /** Flat names and values of the trailers, of a complete answer; with that its receiver is forgotten. */
  takeTrailers(): string[] {
    const trailers = this.#trailers;
    this.#receiver = null;
    this.#trailers = [];
    return trailers;
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
    this.#trailerLines = '';
    this.#trailers = [];
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
    const lengthMax = LIMITS.upstreamHeaderBytesMax;
    const { length } = this.#carried;
    const text = this.#carried + bytes.toString('latin1', at, Math.min(bytes.length, at + lengthMax + HEAD_END.length));
    const found = text.indexOf(HEAD_END, Math.max(0, length - HEAD_END.length + 1));
    // The last bytes may be the beginning of its end.
    if ((found < 0 ? text.length - HEAD_END.length + 1 : found) > lengthMax) refuse('a head without an end');
    this.#carried = found < 0 ? text : '';
    if (found >= 0) this.#takeHead(text.slice(0, found));
    // What is no HTTP may never have an empty line.
    else if (!BEGINNING.startsWith(text.slice(0, BEGINNING.length))) refuse(NO_STATUS_LINE);
    return found < 0 ? bytes.length : at + found + HEAD_END.length - length;
  }

  #takeHead(text: string): void {
    const lineEnd = text.indexOf('\r\n');
    const [, minor, code, reason = ''] = STATUS_LINE.exec(lineEnd < 0 ? text : text.slice(0, lineEnd)) ?? refuse(NO_STATUS_LINE);
    const fields = lineEnd < 0 ? [] : readFields(text, lineEnd + 2);
    const status = Number(code);
    const isCurrent = minor === '1';
    const framing = readFraming(fields);
    if (framing.isChunked && (framing.length !== null || !isCurrent))
      refuse('its length is said twice, or in chunks that its version has not');
    if (status >= 200) return this.#begin(status, reason, fields, framing, isCurrent);
    if (status === 101) refuse('a change of protocol that nobody asked for');
    // HTTP/1.0 knows none, and behind the end of the connection there is no final one.
    if (framing.isClosing || !isCurrent) refuse('an interim answer that is the last');
    this.#interims += 1;
    if (this.#interims > LIMITS.upstreamInterimsMax) refuse('too many interim answers');
    this.#receiver?.interim(status, reason, fields);
  }

  #begin(status: number, reason: string, fields: string[], framing: Framing, isCurrent: boolean): void {
    const hasBody = this.#method !== 'HEAD' && status !== 204 && status !== 304;
    // Products are known that send a body after HEAD all the same, or after 204 and 304 where they announce it: nothing is read on that
    // connection again.
    const isQuiet = hasBody || (this.#method !== 'HEAD' && !framing.isChunked && (framing.length ?? 0) === 0);
    this.#persists = isQuiet && !framing.isClosing && (isCurrent || framing.isKept);
    this.#idleMs = framing.idleMs;
    this.#trailerLines = '';
    this.#trailers = [];
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
    const feed = bytes.indexOf(LINE_FEED, at);
    const end = feed < 0 ? bytes.length : feed + 1;
    if (this.#carried.length + end - at > this.#lineLengthMax() + 2) refuse('a line that is longer than it may be');
    const text = this.#carried + bytes.toString('latin1', at, end);
    this.#carried = feed < 0 ? text : '';
    if (feed < 0) return end;
    if (!text.endsWith('\r\n')) refuse('a line without its proper end');
    const line = text.slice(0, -2);
    if (this.#place === 'chunk-size') this.#takeChunkSize(line);
    // Nothing can stand before it: there was no room.
    else if (this.#place === 'chunk-end') this.#place = 'chunk-size';
    else this.#takeTrailer(line);
    return end;
  }

  #lineLengthMax(): number {
    if (this.#place === 'chunk-end') return 0;
    return this.#place === 'chunk-size' ? LIMITS.upstreamChunkLineMax : LIMITS.upstreamHeaderBytesMax;
  }

  #takeChunkSize(line: string): void {
    const [, size = ''] = CHUNK_SIZE.exec(line) ?? refuse('the length of a chunk is no number');
    this.#left = Number.parseInt(size, 16);
    this.#place = this.#left === 0 ? 'trailers' : 'chunk';
  }

  #takeTrailer(line: string): void {
    if (line === '') {
      if (this.#trailerLines !== '') this.#trailers = readTrailers(this.#trailerLines);
      this.#trailerLines = '';
      return this.#complete();
    }
    this.#trailerLines += this.#trailerLines === '' ? line : `\r\n${line}`;
    if (this.#trailerLines.length > LIMITS.upstreamHeaderBytesMax) refuse('too many trailers');
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
    const kind = kindOfName(name);
    if (kind === 'forbidden' || !VALUE.test(value)) refuse('a field with characters that it may not have');
    // Legal (RFC 9110 §5.6.3), but there are parsers, Node's among them, that then read another length or coding.
    if (kind === 'framing' && lines.slice(colon, end).includes('\t')) refuse('a length or a coding with a tab');
    fields.push(name, value);
    start = end + 2;
  }
  return fields;
}

/** What says where a message ends says it before the body (RFC 9110 §6.5.1). */
function readTrailers(lines: string): string[] {
  const fields = readFields(lines);
  const { length, isChunked } = readFraming(fields);
  if (length !== null || isChunked) refuse('a length behind the body');
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
  return code === 0x20 || code === TAB;
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
        framing.isClosing ||= optionsOf(value).isClosing;
        framing.isKept ||= optionsOf(value).isKept;
        break;
      case 'keep-alive':
        framing.idleMs = idleMs(value);
        break;
      default:
    }
  }
  return framing;
}

/** What `Connection` says of the connection's end: generously read where it closes, strictly where it keeps. */
const optionsOf = remembered((value: string) => {
  const options = value.toLowerCase().split(',');
  return {
    isClosing: options.some((option) => option.trim() === 'close'),
    isKept: options.some((option) => trimmed(option, 0, option.length) === 'keep-alive'),
  };
});

/** What a `Keep-Alive` field promises, in milliseconds; null: nothing. */
const idleMs = remembered((value: string): number | null => {
  const seconds = /(?:^|[,; ])timeout=(\d{1,6})/i.exec(value)?.[1];
  return seconds === undefined ? null : Number(seconds) * 1_000;
});
