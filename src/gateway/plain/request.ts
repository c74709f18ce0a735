// A request without a body in the one plain form that almost every client sends. It is told from all others by a single expression; whatever
// is odd about a head, Node's parser judges it [GW-6].
import type { Socket } from 'node:net';
import { LIMITS, remembered } from '../../core/index.js';
import type { Incoming } from '../exchange.js';

/** Satisfies the line as node:http's IncomingMessage does. */
export class PlainRequest implements Incoming {
  readonly httpVersion = '1.1';
  readonly complete = true;
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: string[];
  readonly headers: Incoming['headers'];
  readonly socket: Socket;

  constructor({ method, url, rawHeaders, headers }: PlainHead, socket: Socket) {
    this.method = method;
    this.url = url;
    this.rawHeaders = rawHeaders;
    this.headers = headers;
    this.socket = socket;
  }

  get destroyed(): boolean {
    return this.socket.destroyed;
  }

  get headersDistinct(): NodeJS.Dict<string[]> {
    const distinct = Object.create(null) as NodeJS.Dict<string[]>;
    for (let index = 0; index < this.rawHeaders.length; index += 2) {
      const name = (this.rawHeaders[index] ?? '').toLowerCase();
      distinct[name] = [...(distinct[name] ?? []), this.rawHeaders[index + 1] ?? ''];
    }
    return distinct;
  }
}

export interface PlainHead {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: string[];
  readonly headers: Incoming['headers'];
}

/**
 * Methods whose requests have no body; a target of the characters of a URI (RFC 3986 §2) that begins with a slash; fields with one blank behind
 * the colon, none at the end, and nothing but visible ASCII and blanks in the value.
 */
const SHAPE = new RegExp(
  String.raw`^(?:GET|HEAD|DELETE) /[!$-;=?-Z_a-z~]* HTTP/1\.1\r\n` +
    String.raw`(?:[!#$%&'*+.^_\x60|~0-9A-Za-z-]+: [!-~](?:[ -~]*[!-~])?\r\n){1,${LIMITS.headerCountMax}}\r\n$`,
);
const VERSION_LENGTH = ' HTTP/1.1'.length;

/** What a field is to the reading of the head, by its name. */
type Meaning = 'host' | 'user-agent' | 'x-request-id' | 'connection' | 'odd' | 'none';

/** What announces a body, changes the protocol or asks for something before the answer; and what llhttp reads as `Connection`. */
const ODD = new Set(['content-length', 'transfer-encoding', 'expect', 'upgrade', 'http2-settings', 'proxy-connection']);

const meaningOf = remembered((name: string): Meaning => {
  const folded = name.toLowerCase();
  if (ODD.has(folded)) return 'odd';
  return folded === 'host' || folded === 'user-agent' || folded === 'x-request-id' || folded === 'connection' ? folded : 'none';
});

/** Reads bytes, one character each, that are one plain head and nothing more. null: they are something else, and nobody has judged them yet. */
export function readPlainHead(text: string): PlainHead | null {
  if (text.length > LIMITS.plainHeadBytesMax || !SHAPE.test(text)) return null;
  const lineEnd = text.indexOf('\r\n');
  const blank = text.indexOf(' ');
  const rawHeaders: string[] = [];
  let host: string | undefined;
  let userAgent: string | undefined;
  let requestId: string | undefined;
  for (let start = lineEnd + 2; start < text.length - 2; ) {
    const colon = text.indexOf(':', start);
    const end = text.indexOf('\r\n', colon);
    const name = text.slice(start, colon);
    const value = text.slice(colon + 2, end);
    switch (meaningOf(name)) {
      case 'odd':
        return null;
      case 'connection':
        if (value.toLowerCase() !== 'keep-alive') return null;
        break;
      // Said twice, Node takes the first or joins them.
      case 'host':
        if (host !== undefined) return null;
        host = value;
        break;
      case 'user-agent':
        if (userAgent !== undefined) return null;
        userAgent = value;
        break;
      case 'x-request-id':
        if (requestId !== undefined) return null;
        requestId = value;
        break;
      default:
    }
    rawHeaders.push(name, value);
    start = end + 2;
  }
  const headers = { host, 'user-agent': userAgent, 'x-request-id': requestId };
  return { method: text.slice(0, blank), url: text.slice(blank + 1, lineEnd - VERSION_LENGTH), rawHeaders, headers };
}
