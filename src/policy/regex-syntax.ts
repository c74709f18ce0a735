// Reads the dialect of rules [EXT-17]: the part of regular expressions that Java, RE2 and JavaScript read alike, so that a rule never
// changes its meaning on the way from the original product to ours. Everything else is refused by name and place.
import { LIMITS } from '../core/index.js';
import { bothCases, readClass } from './regex-class.js';
import { Cursor, refuse, type Span } from './regex-cursor.js';
import { readEscape } from './regex-escape.js';
import { literalText, type PatternTree, PRINTABLE, repeatProduct } from './regex-tree.js';

/** Where a pattern stands decides what it may hold. */
export interface PatternPlace {
  /** `path`: the URL part; a canonical path holds no question mark. `value`: a condition's; text outside ASCII may be asked for literally. */
  readonly place: 'path' | 'value';
}

/** Reads the pattern in a span of a rule. Throws PatternError with the position in the rule. */
export function parsePattern(rule: string, span: Span, { place }: PatternPlace): PatternTree {
  return new PatternReader(rule, span, place).read();
}

/** Group openings that are refused, the longest first. */
const REFUSED_GROUPS: readonly (readonly [opening: string, construct: string, remedy?: string])[] = [
  ['(?<=', 'a look-behind, (?<=,'],
  ['(?<!', 'a negative look-behind, (?<!,'],
  ['(?=', 'a look-ahead, (?=,'],
  ['(?!', 'a negative look-ahead, (?!,'],
  ['(?>', 'an atomic group, (?>,', '(?: matches the same and sometimes more'],
  ['(?P<', 'a named group in the spelling of Python, (?P<,', 'write (?<name>'],
  ['(?P=', 'a back-reference by name, (?P=,'],
  ['(?#', 'a comment, (?#,', 'leave it out'],
];

class PatternReader {
  readonly #cursor: Cursor;
  readonly #place: PatternPlace['place'];
  #ignoresCase = false;
  #nesting = 0;
  #firstOutsideAscii: number | null = null;
  readonly #groupNames = new Set<string>();

  constructor(rule: string, span: Span, place: PatternPlace['place']) {
    this.#cursor = new Cursor(rule, span);
    this.#place = place;
  }

  read(): PatternTree {
    this.#readLeadingFlags();
    const tree = this.#readChoice();
    if (this.#cursor.hasMore) refuse(this.#cursor.at, 'a closing parenthesis without an opening one', 'write \\)');
    if (this.#firstOutsideAscii !== null && literalText(tree) === null) {
      refuse(this.#firstOutsideAscii, 'a character outside printable ASCII in a pattern that is not plain text');
    }
    return tree;
  }

  /** `(?s)` and `(?m)` change nothing where no line ends; they are understood and dropped. */
  #readLeadingFlags(): void {
    for (;;) {
      const flags = this.#cursor.find(/\(\?([ims]+)\)/y);
      if (flags === null) return;
      this.#cursor.at += flags[0].length;
      if (flags[1]?.includes('i')) this.#ignoresCase = true;
    }
  }

  #readChoice(): PatternTree {
    const options = [this.#readSequence()];
    while (this.#cursor.eat('|')) options.push(this.#readSequence());
    return options.length === 1 && options[0] !== undefined ? options[0] : { kind: 'choice', options };
  }

  #readSequence(): PatternTree {
    const parts: PatternTree[] = [];
    while (this.#cursor.hasMore && this.#cursor.peek() !== '|' && this.#cursor.peek() !== ')') {
      if (this.#cursor.looksAt('\\Q')) {
        parts.push(...this.#readQuotation());
        // A repeat after \E belongs to the last character of the quotation, in Java as in RE2.
        const last = parts.pop();
        if (last !== undefined) parts.push(this.#readRepeat(last));
      } else {
        parts.push(this.#readRepeat(this.#readPart()));
      }
    }
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: 'sequence', parts };
  }

  #readPart(): PatternTree {
    const cursor = this.#cursor;
    const character = cursor.peek();
    switch (character) {
      case '(':
        return this.#readGroup();
      case '[':
        return this.#anyOf(cursor.at, readClass(cursor, this.#ignoresCase));
      case '.':
        cursor.at++;
        return { kind: 'set', members: PRINTABLE };
      case '^':
      case '$':
        cursor.at++;
        return { kind: 'edge', edge: character };
      case '\\':
        return this.#readBackslash();
      case ']':
        return refuse(cursor.at, 'a closing bracket as text', 'write \\]');
      case '}':
        return refuse(cursor.at, 'a brace as text', 'write \\}');
      case '{':
        return cursor.find(COUNT) === null ? refuse(cursor.at, 'a brace as text', 'write \\{') : refuseRepeat(cursor);
      case '*':
      case '+':
      case '?':
        return refuseRepeat(cursor);
      default:
        return this.#readCharacter();
    }
  }

  #readBackslash(): PatternTree {
    const cursor = this.#cursor;
    const start = cursor.at;
    if (cursor.eat('\\b')) return { kind: 'edge', edge: '\\b' };
    if (cursor.eat('\\B')) return { kind: 'edge', edge: '\\B' };
    const escape = readEscape(cursor);
    return escape.isSingle ? this.#character(start, escape.members) : this.#anyOf(start, escape.members);
  }

  #readCharacter(): PatternTree {
    const start = this.#cursor.at;
    const character = String.fromCodePoint(this.#cursor.text.codePointAt(start) ?? 0);
    this.#cursor.at += character.length;
    return this.#character(start, character);
  }

  #character(position: number, character: string): PatternTree {
    if (PRINTABLE.includes(character)) return this.#anyOf(position, this.#ignoresCase ? bothCases(character).join('') : character);
    if (this.#place === 'path' || /[\p{Cc}\p{Cs}]/u.test(character)) refuse(position, 'a character outside printable ASCII');
    this.#firstOutsideAscii ??= position;
    return { kind: 'character', character };
  }

  #anyOf(position: number, members: string): PatternTree {
    if (members.length > 1) return { kind: 'set', members };
    if (members === '?' && this.#place === 'path') {
      refuse(position, 'a question mark', 'the query is not part of what a rule sees: leave it out, or ask with [QueryParam::name==regex]');
    }
    return { kind: 'character', character: members };
  }

  #readQuotation(): readonly PatternTree[] {
    const cursor = this.#cursor;
    const start = cursor.at;
    cursor.eat('\\Q');
    const quoted: PatternTree[] = [];
    while (!cursor.eat('\\E')) {
      if (!cursor.hasMore) refuse(start, 'a quotation, \\Q, that is not closed', 'write \\E after it');
      quoted.push(this.#readCharacter());
    }
    if (quoted.length === 0) refuse(start, 'an empty quotation, \\Q\\E,', 'leave it out');
    return quoted;
  }

  #readGroup(): PatternTree {
    const cursor = this.#cursor;
    const start = cursor.at;
    if (!cursor.eat('(?:')) {
      if (cursor.looksAt('(?')) this.#readGroupName();
      else cursor.eat('(');
    }
    this.#nesting++;
    if (this.#nesting > LIMITS.ruleNestingMax) refuse(start, `a group inside more than ${LIMITS.ruleNestingMax} others`);
    const tree = this.#readChoice();
    this.#nesting--;
    if (!cursor.eat(')')) refuse(start, 'a group that is not closed', 'write \\( for a parenthesis');
    // In a group a place may be repeated, bare it may not: the group has to be seen.
    return tree.kind === 'edge' ? { kind: 'sequence', parts: [tree] } : tree;
  }

  #readGroupName(): void {
    const cursor = this.#cursor;
    for (const [opening, construct, remedy] of REFUSED_GROUPS) if (cursor.looksAt(opening)) refuse(cursor.at, construct, remedy);
    const name = cursor.find(/\(\?<([A-Za-z][A-Za-z0-9]*)>/y);
    if (name === null) {
      const isFlags = cursor.find(/\(\?[A-Za-z]*-?[A-Za-z]*[:)]/y) !== null;
      if (isFlags) refuse(cursor.at, 'a flag other than a leading (?i), (?s) or (?m)', 'put it at the start of the pattern');
      refuse(cursor.at, 'this kind of group', 'write ( ), (?: ) or (?<name> )');
    }
    if (this.#groupNames.has(name[0])) refuse(cursor.at, 'a second group of the same name', 'write (?:');
    this.#groupNames.add(name[0]);
    cursor.at += name[0].length;
  }

  #readRepeat(part: PatternTree): PatternTree {
    const cursor = this.#cursor;
    const start = cursor.at;
    const count = readCount(cursor);
    if (count === null) return part;
    if (part.kind === 'edge') refuse(start, 'a repeat of a place between characters');
    if (!cursor.eat('?') && cursor.peek() === '+') {
      refuse(
        start,
        `a possessive repeat, ${cursor.text.slice(start, cursor.at + 1)},`,
        'without the last + it matches the same and sometimes more',
      );
    }
    if (readCount(cursor) !== null) refuse(start, 'a repeat of a repeat', 'put the first into (?: )');
    const tree: PatternTree = { kind: 'repeat', part, ...count };
    if (Math.max(count.min, count.max ?? 0) > 1 && repeatProduct(tree) > LIMITS.ruleRepeatMax) {
      refuse(start, `a repeat of more than ${LIMITS.ruleRepeatMax} in all, counted repeats inside one another multiplied,`);
    }
    return tree;
  }
}

/** No leading zeros: Java reads `{01}` as a number, RE2 as text. */
const COUNT = /\{(0|[1-9]\d*)(?:(,)(0|[1-9]\d*)?)?\}/y;

function readCount(cursor: Cursor): { readonly min: number; readonly max: number | null } | null {
  if (cursor.eat('*')) return { min: 0, max: null };
  if (cursor.eat('+')) return { min: 1, max: null };
  if (cursor.eat('?')) return { min: 0, max: 1 };
  if (cursor.peek() !== '{') return null;
  const found = cursor.find(COUNT);
  if (found === null) refuse(cursor.at, 'a brace as text', 'write \\{');
  const [text, first = '', comma, second] = found;
  const min = Number(first);
  const max = comma === undefined ? min : second === undefined ? null : Number(second);
  if (max !== null && max < min) refuse(cursor.at, `a repeat that ends before it begins, ${text},`);
  cursor.at += text.length;
  return { min, max };
}

function refuseRepeat(cursor: Cursor): never {
  const character = cursor.peek();
  return refuse(cursor.at, `a repeat, ${character}, of nothing`, `write \\${character} for the character`);
}
