// A request body as JSON, read strictly: RFC 8259 in well-formed UTF-8, and a refusal says where it went wrong.
import { RestFault } from './rest.js';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The value a body holds. Throws RestFault 400 for bytes that are not UTF-8 and for text that is not JSON, naming the position (from 0). */
export function parseJsonBody(bytes: Uint8Array): unknown {
  const text = decodeStrictly(bytes);
  try {
    return JSON.parse(text);
  } catch {
    // V8's own message is not passed on: it quotes the body, secrets included, and only sometimes says where.
    const position = findJsonFault(text);
    const fault = position < text.length ? 'unexpected character' : 'it ends too early';
    throw new RestFault(400, `The body is not valid JSON: ${fault} at position ${position}.`);
  }
}

function decodeStrictly(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new RestFault(400, 'The body is not valid UTF-8.');
  }
}

type Expected = 'value' | 'value-or-]' | 'key' | 'key-or-}' | 'colon' | 'comma-or-close' | 'nothing';

const LITERAL = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** Where a text stops being JSON: the index of the first character that cannot stand there; its length when it ends too early. */
export function findJsonFault(text: string): number {
  const closers: string[] = [];
  let expected: Expected = 'value';
  let at = skipBlanks(text, 0);
  while (at < text.length) {
    const step = takeToken(text, at, expected, closers);
    if (typeof step === 'number') return step;
    expected = step.expected;
    at = skipBlanks(text, step.next);
  }
  return text.length;
}

/** Takes one token; answers what may follow, or the position of the fault. */
function takeToken(text: string, at: number, expected: Expected, closers: string[]): { next: number; expected: Expected } | number {
  const character = text.charAt(at);
  const next = at + 1;
  const closed = (): Expected => (closers.length === 0 ? 'nothing' : 'comma-or-close');
  if (expected === 'colon') return character === ':' ? { next, expected: 'value' } : at;
  const mayClose = expected === 'comma-or-close' || expected === 'key-or-}' || expected === 'value-or-]';
  if (mayClose && character === closers.at(-1)) {
    closers.pop();
    return { next, expected: closed() };
  }
  if (expected === 'comma-or-close') return character === ',' ? { next, expected: closers.at(-1) === '}' ? 'key' : 'value' } : at;
  if (expected === 'nothing') return at;
  const isKey = expected === 'key' || expected === 'key-or-}';
  if (character === '"') {
    const string = takeString(text, at);
    return string.isWhole ? { next: string.next, expected: isKey ? 'colon' : closed() } : string.next;
  }
  if (isKey) return at;
  if (character === '{' || character === '[') {
    closers.push(character === '{' ? '}' : ']');
    return { next, expected: character === '{' ? 'key-or-}' : 'value-or-]' };
  }
  LITERAL.lastIndex = at;
  return LITERAL.test(text) ? { next: LITERAL.lastIndex, expected: closed() } : at;
}

/** From the opening quote to behind the closing one, or to what cannot stand in a string. */
function takeString(text: string, start: number): { next: number; isWhole: boolean } {
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"') return { next: at + 1, isWhole: true };
    if (character < ' ') return { next: at, isWhole: false };
    if (character !== '\\') continue;
    const escape = /^(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.exec(text.slice(at + 1, at + 6));
    if (escape === null) return { next: at, isWhole: false };
    at += escape[0].length;
  }
  return { next: text.length, isWhole: false };
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\n\r'.includes(text.charAt(at))) at += 1;
  return at;
}
