// `[JsonData::a.b==regex]`: the body is a JSON object, and a dotted path leads through objects to a string, number or boolean whose text
// matches whole. Read by a walker of our own, because JSON.parse forgets what two readers could disagree about: duplicate keys, and a
// number's digits [EXT-15].
import { type JudgedBody, LIMITS } from '../core/index.js';
import type { Agreement, ValueMatcher } from './value-pattern.js';

/** Text by dotted path, of the paths that were asked for and lead to a string, number or boolean. */
export type JsonValues = ReadonlyMap<string, string>;

/** Reads a body for the paths that rules ask about. null: it is not one JSON object that every reader reads alike. */
export function readJsonBody(body: JudgedBody | null, paths: ReadonlySet<string>): JsonValues | null {
  if (body === null || body.contentEncoding !== null || !isJson(body.contentType)) return null;
  try {
    // A byte order mark is kept, and then is not JSON (RFC 8259 §8.1).
    return new JsonWalker(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body.bytes), paths).read();
  } catch {
    return null;
  }
}

/** How a body stands to one condition. */
export function jsonAgreement(values: JsonValues | null, path: string, matcher: ValueMatcher): Agreement {
  if (values === null) return 'some';
  const value = values.get(path);
  return value === undefined ? 'none' : matcher.agreement(value);
}

// A body that calls itself something else is read as something else, whatever it looks like.
function isJson(contentType: string | null): boolean {
  return contentType !== null && /^application\/(?:[\w.-]+\+)?json[ \t]*(?:;[ \t]*charset="?utf-8"?[ \t]*)?$/i.test(contentType.trim());
}

const BLANKS = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

class JsonFault extends Error {}

class JsonWalker {
  readonly #text: string;
  readonly #paths: ReadonlySet<string>;
  readonly #found = new Map<string, string>();
  #at = 0;
  #depth = 0;

  constructor(text: string, paths: ReadonlySet<string>) {
    this.#text = text;
    this.#paths = paths;
  }

  /** Throws JsonFault, or SyntaxError for an escape that is none. */
  read(): JsonValues {
    this.#take(BLANKS);
    if (this.#text[this.#at] !== '{') throw new JsonFault();
    this.#nested(() => this.#readObject(''));
    this.#take(BLANKS);
    if (this.#at !== this.#text.length) throw new JsonFault();
    return this.#found;
  }

  /** `path` is null below an array, where no path leads. */
  #readValue(path: string | null): void {
    const start = this.#text[this.#at];
    if (start === '{') this.#nested(() => this.#readObject(path === null ? null : `${path}.`));
    else if (start === '[') this.#nested(() => this.#readArray());
    else {
      const scalar = this.#readScalar();
      if (path !== null && scalar !== null && this.#paths.has(path)) this.#found.set(path, scalar);
    }
    this.#take(BLANKS);
  }

  #nested(read: () => void): void {
    this.#depth++;
    if (this.#depth > LIMITS.judgedJsonDepthMax) throw new JsonFault();
    this.#at++;
    this.#take(BLANKS);
    read();
    this.#depth--;
  }

  #readObject(prefix: string | null): void {
    const keys = new Set<string>();
    if (this.#eat('}')) return;
    do {
      this.#take(BLANKS);
      const key = this.#readString();
      // Duplicate keys: the first wins with some readers, the last with others. A dot: two paths would lead to the same name.
      if (keys.has(key) || key.includes('.')) throw new JsonFault();
      keys.add(key);
      this.#take(BLANKS);
      if (!this.#eat(':')) throw new JsonFault();
      this.#take(BLANKS);
      this.#readValue(prefix === null ? null : prefix + key);
    } while (this.#eat(','));
    if (!this.#eat('}')) throw new JsonFault();
  }

  #readArray(): void {
    if (this.#eat(']')) return;
    do {
      this.#take(BLANKS);
      this.#readValue(null);
    } while (this.#eat(','));
    if (!this.#eat(']')) throw new JsonFault();
  }

  /** The text of a string, number or boolean; null for null. */
  #readScalar(): string | null {
    if (this.#text[this.#at] === '"') return this.#readString();
    if (this.#eat('null')) return null;
    for (const word of ['true', 'false']) if (this.#eat(word)) return word;
    const digits = this.#take(NUMBER);
    if (digits === '') throw new JsonFault();
    return digits;
  }

  #readString(): string {
    const start = this.#at;
    if (!this.#eat('"')) throw new JsonFault();
    let hasEscape = false;
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      // Past the end the code is NaN; below a blank stand the control characters (RFC 8259 §7).
      if (!(code >= 0x20)) throw new JsonFault();
      this.#at++;
      if (code === QUOTE) break;
      if (code !== BACKSLASH) continue;
      hasEscape = true;
      this.#at++;
    }
    const token = this.#text.slice(start, this.#at);
    return hasEscape ? (JSON.parse(token) as string) : token.slice(1, -1);
  }

  #eat(expected: string): boolean {
    if (!this.#text.startsWith(expected, this.#at)) return false;
    this.#at += expected.length;
    return true;
  }

  #take(sticky: RegExp): string {
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }
}
