// The head of a request as bytes on the wire (RFC 9112 §3, §6), each byte one character.
import { remembered } from '../../core/index.js';

export interface RequestHead {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** Flat names and values; `Content-Length` among them where the body has one. */
  readonly headers: readonly string[];
}

/** How the body is parted from what comes after it. `length` null: in chunks. */
export interface RequestFraming {
  readonly text: string;
  readonly length: number | null;
}

const TARGET = /^\/[\x21-\x7e]*$/;
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const isName = remembered((name: string) => NAME.test(name));
const FORBIDDEN = /[^\t\x20-\x7e\x80-\xff]/;
const LENGTH = /^\d{1,15}$/;
/** Methods whose requests say that they have no body (RFC 9110 §8.6). */
const EXPECTED_TO_HAVE_A_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/**
 * The head, with its empty line, and the framing of the body. Throws TypeError for what would end a line early, or say in two ways where the
 * request ends: nothing that arrives here should, and a second request must not come of it if it does.
 */
export function requestHead({ method, target, headers }: RequestHead, hasBody: boolean): RequestFraming {
  if (!NAME.test(method) || !TARGET.test(target)) throw new TypeError('a request line with characters that it may not have');
  let text = `${method} ${target} HTTP/1.1\r\n`;
  let length: number | null = null;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? '';
    const value = headers[index + 1] ?? '';
    if (!isName(name) || FORBIDDEN.test(value)) throw new TypeError('a field with characters that it may not have');
    // Most names are not looked at any further.
    const former = length;
    if (name.length === 14 || name.length === 17) length = lengthIn(name, value, former);
    // Written anew: `000` is a number that some read in another way.
    text += `${name}: ${length === former ? value : length}\r\n`;
  }
  if (hasBody) return length === null ? { text: `${text}Transfer-Encoding: chunked\r\n\r\n`, length } : { text: `${text}\r\n`, length };
  if (length !== null && length > 0) throw new TypeError('a length, and no body');
  const isToldNone = length !== null || !EXPECTED_TO_HAVE_A_BODY.has(method);
  return { text: isToldNone ? `${text}\r\n` : `${text}Content-Length: 0\r\n\r\n`, length: 0 };
}

/** The length of the body, as far as it is known with this field. */
function lengthIn(name: string, value: string, former: number | null): number | null {
  const folded = name.toLowerCase();
  if (folded === 'transfer-encoding') throw new TypeError('a transfer coding that is not ours');
  if (folded !== 'content-length') return former;
  if (former !== null || !LENGTH.test(value)) throw new TypeError('a length that is none, or two');
  return Number(value);
}
