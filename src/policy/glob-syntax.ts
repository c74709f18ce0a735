// What a glob may hold, checked before micromatch reads it: everything that micromatch reads in a way of its own, that no canonical path
// could match, or that people take for something else is refused by name and place, with what to write instead [GW-24].
import { LIMITS } from '../core/index.js';
import { Cursor, refuse, type Span } from './regex-cursor.js';
import { PRINTABLE } from './regex-tree.js';

/** The classes of a glob in their order, each as the characters it stands for. */
export type GlobClasses = readonly string[];

// RFC 3986 §3.3 pchar as canonical paths hold it [GW-1, GW-2], without what means something in a glob.
const PLAIN = /^[A-Za-z0-9\-._~!$&'+,=:@/]$/;
const IN_CLASS = /^[A-Za-z0-9\-._~!$&'()*+,=:@?]$/;

/** Checks the glob in a span of a rule. Throws PatternError with the position in the rule. */
export function checkGlob(rule: string, span: Span): GlobClasses {
  return new GlobChecker(rule, span).check();
}

/** Escapes that a canonical path never holds [GW-2]; the other letters of the alphabet stand there as themselves [GW-1]. */
const NEVER_ESCAPED = /[A-Za-z0-9\-._~]/;
const NEVER_IN_A_PATH = '/\\%;?#';

class GlobChecker {
  readonly #cursor: Cursor;
  readonly #start: number;
  readonly #classes: string[] = [];
  /** Of every open brace: where it is, and whether a comma was seen. */
  readonly #braces: { readonly at: number; hasComma: boolean }[] = [];

  constructor(rule: string, span: Span) {
    this.#cursor = new Cursor(rule, span);
    this.#start = span.start;
  }

  check(): GlobClasses {
    const cursor = this.#cursor;
    this.#checkBeginning();
    while (cursor.hasMore) this.#readPart();
    const open = this.#braces.at(-1);
    if (open !== undefined) refuse(open.at, 'a brace that is not closed', 'write {a,b}');
    return this.#classes;
  }

  #checkBeginning(): void {
    const cursor = this.#cursor;
    if (cursor.peek() === '/') return;
    if (cursor.peek() === '!') refuse(cursor.at, 'a glob that is negated, !,', 'say what is permitted; the site’s policy can forbid');
    if (cursor.find(/[A-Za-z]+:\/\//y) !== null)
      refuse(cursor.at, 'a URL as a glob', 'write the path alone, below the context path, as in glob:/rest/api/2/**');
    refuse(cursor.at, 'a glob that does not begin with a slash', 'write the path below the context path, as in glob:/rest/api/2/**');
  }

  #readPart(): void {
    const cursor = this.#cursor;
    const character = cursor.peek();
    if (cursor.find(/[@?*+!]\(/y) !== null) refuse(cursor.at, 'an extended glob such as @(a|b)', 'write {a,b}');
    switch (character) {
      case '/':
        return this.#readSlash();
      case '*':
        return this.#readStars();
      case '?':
        return this.#readQuestionMark();
      case '[':
        return this.#readClass();
      case '{':
      case '}':
      case ',':
        return this.#readBrace(character);
      case '%':
        return this.#readEscape();
      case '+':
        return this.#readPlus();
      default:
        return this.#readPlain(character);
    }
  }

  #readSlash(): void {
    const cursor = this.#cursor;
    if (cursor.looksAt('//')) refuse(cursor.at, 'an empty segment, //,', 'no path holds one');
    cursor.at++;
    const dots = cursor.find(/\.{1,2}/y)?.[0].length ?? 0;
    const behind = cursor.at + dots === cursor.end ? '/' : cursor.text[cursor.at + dots];
    if (dots > 0 && behind === '/') refuse(cursor.at, 'a dot segment', 'write the path that it leads to');
  }

  #readStars(): void {
    const cursor = this.#cursor;
    const start = cursor.at;
    while (cursor.eat('*'));
    const count = cursor.at - start;
    if (count === 1) {
      // micromatch looks ahead from there, past the end of the braces.
      const isAfterDot = cursor.text[start - 1] === '.' && cursor.text[start - 2] !== '/';
      if (isAfterDot && this.#braces.length > 0) refuse(start, 'a star behind a dot within braces', 'write a rule for each of them');
      return;
    }
    if (count > 2) refuse(start, 'more than two stars', 'write * within a segment, ** across segments');
    const isWhole = cursor.text[start - 1] === '/' && (!cursor.hasMore || cursor.peek() === '/');
    if (this.#braces.length > 0) refuse(start, '** within braces', 'write a rule for each of them');
    if (!isWhole) refuse(start, '** beside other characters of a segment', 'write * within a segment, /**/ across segments');
    if (cursor.looksAt('/**')) refuse(start, '** twice in a row', 'write it once');
    if (cursor.hasMore) this.#checkBetween(start);
  }

  /** Where micromatch reads `**` between two slashes as one segment or more, and everybody else as none or more. */
  #checkBetween(start: number): void {
    const { text } = this.#cursor;
    if (start - 1 === this.#start) refuse(start, '/**/ at the beginning', 'write /rest/**/, below which everything lies');
    if (text[start - 2] === '*') refuse(start - 2, '/**/ right behind a star', 'write *? for the star: at least one character');
  }

  #readQuestionMark(): void {
    const cursor = this.#cursor;
    if (cursor.find(/\?[\w.-]+=/y) !== null)
      refuse(cursor.at, 'a query', 'it is not part of what a rule sees: leave it out, or ask with [QueryParam::name==regex]');
    cursor.at++;
  }

  #readPlus(): void {
    const { text, at } = this.#cursor;
    // micromatch takes it for a repeat there.
    if (/[\]{}]/.test(text[at - 1] ?? '')) refuse(at, 'a plus sign behind a class or a brace', 'write [+] for the sign');
    this.#cursor.at++;
  }

  #readBrace(character: '{' | '}' | ','): void {
    const cursor = this.#cursor;
    const open = this.#braces.at(-1);
    if (character === '{') {
      if (this.#braces.length >= LIMITS.ruleNestingMax) refuse(cursor.at, `a brace inside more than ${LIMITS.ruleNestingMax} others`);
      this.#braces.push({ at: cursor.at, hasComma: false });
    } else if (character === ',') {
      if (open !== undefined) open.hasComma = true;
    } else {
      if (open === undefined) refuse(cursor.at, 'a closing brace without an opening one', 'no path holds one');
      if (!open.hasComma) refuse(open.at, 'braces without a comma', 'write {a,b}, or leave them out');
      this.#braces.pop();
    }
    cursor.at++;
  }

  #readEscape(): void {
    const cursor = this.#cursor;
    const hex = cursor.find(/%([0-9A-Fa-f]{2})/y)?.[1];
    if (hex === undefined) refuse(cursor.at, 'a percent sign alone', 'it begins an escape of two hexadecimal digits, as in %20');
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    if (NEVER_ESCAPED.test(character)) refuse(cursor.at, `the escape %${hex}`, `write ${character}, as paths are judged`);
    if (NEVER_IN_A_PATH.includes(character) || character < ' ' || character === '\x7f')
      refuse(cursor.at, `the escape %${hex}`, 'a request with it is refused');
    if (hex !== hex.toUpperCase()) refuse(cursor.at, `the escape %${hex}`, `write %${hex.toUpperCase()}, as paths are judged`);
    cursor.at += 3;
  }

  #readPlain(character: string): void {
    const cursor = this.#cursor;
    if (this.#braces.length > 0 && cursor.looksAt('..')) refuse(cursor.at, 'a range in braces', 'write its members, as in {1,2,3}');
    if (PLAIN.test(character)) {
      cursor.at++;
      return;
    }
    if (character === '\\') refuse(cursor.at, 'a backslash', 'only * ? [ { mean something in a glob: write [*] for a star');
    if (character === '(' || character === ')')
      refuse(cursor.at, 'a parenthesis', `write [${character}] for the character, {a,b} for a choice`);
    if (character === '|') refuse(cursor.at, 'a bar', 'write {a,b} for a choice');
    if (character === ']') refuse(cursor.at, 'a closing bracket without an opening one', 'no path holds one');
    if (character === ';' || character === '#') refuse(cursor.at, `the character ${character}`, 'a request with it in its path is refused');
    const whole = String.fromCodePoint(cursor.text.codePointAt(cursor.at) ?? 0);
    refuse(cursor.at, 'a character that a path holds as an escape', isLone(whole) ? undefined : `write ${encodeURIComponent(whole)}`);
  }

  #readClass(): void {
    const cursor = this.#cursor;
    const start = cursor.at;
    cursor.eat('[');
    if (cursor.peek() === '!') refuse(cursor.at, 'a class that begins with !', 'write [^…] for any other character');
    const isNegated = cursor.eat('^');
    const named = new Set<string>();
    if (cursor.peek() === ']') refuse(start, 'an empty class');
    while (!cursor.eat(']')) {
      if (!cursor.hasMore) refuse(start, 'a class that is not closed', 'no path holds a bracket');
      for (const member of this.#readMembers()) named.add(member);
    }
    // Never a slash: a class stands within a segment.
    const members = Array.from(PRINTABLE).filter((character) => character !== '/' && named.has(character) !== isNegated);
    if (members.length === 0) refuse(start, 'a class that no character belongs to');
    this.#classes.push(members.join(''));
  }

  /** One character, or a range. */
  #readMembers(): readonly string[] {
    const cursor = this.#cursor;
    const start = cursor.at;
    const first = this.#readMember();
    if (cursor.peek() !== '-' || cursor.text[cursor.at + 1] === ']') return [first];
    if (first === '-') refuse(start, 'a hyphen before another', 'write it first or last in the class');
    cursor.at++;
    const last = this.#readMember();
    if (last === '-' || cursor.find(/-[^\]]/y) !== null) refuse(start, 'a hyphen behind a range', 'write it first or last in the class');
    if (last < first) refuse(start, 'a range in the wrong order');
    const range = PRINTABLE.slice(PRINTABLE.indexOf(first), PRINTABLE.indexOf(last) + 1);
    if (range.includes('/')) refuse(start, 'a range with a slash in it', 'a class stands within a segment');
    return Array.from(range);
  }

  #readMember(): string {
    const cursor = this.#cursor;
    const character = cursor.peek();
    if (character === '[') refuse(cursor.at, 'a bracket inside a class', 'write a range such as a-z');
    if (!IN_CLASS.test(character)) refuse(cursor.at, 'such a character in a class', 'write letters, digits and plain punctuation');
    cursor.at++;
    return character;
  }
}

function isLone(character: string): boolean {
  return /\p{Cs}/u.test(character);
}
