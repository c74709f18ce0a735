// What a backslash may stand before, in a pattern and in a class, and the names of what it may not [EXT-17].
import { type Cursor, refuse } from './regex-cursor.js';
import { PRINTABLE } from './regex-tree.js';

const DIGITS = charactersLike(/\d/);
const WORD = charactersLike(/\w/);
const BLANK = ' ';

/** `\d \w \s` and their negations, as the printable ASCII characters they stand for. */
const CLASS_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['d', DIGITS],
  ['D', complement(DIGITS)],
  ['w', WORD],
  ['W', complement(WORD)],
  ['s', BLANK],
  ['S', complement(BLANK)],
]);

/** Escapes that some engine knows and that mean different things, or nothing, in another. */
const REFUSED_ESCAPES: ReadonlyMap<string, readonly [construct: string, remedy?: string]> = new Map([
  ['h', ['horizontal white space, \\h,', 'write a blank, the only one a judged text can hold']],
  ['H', ['\\H', 'write [^ ]']],
  ['v', ['vertical white space, \\v,']],
  ['V', ['\\V', 'write .']],
  ['R', ['a line break, \\R,']],
  ['N', ['\\N', 'write .']],
  ['X', ['a grapheme cluster, \\X,', 'write .']],
  ['A', ['the start of input, \\A,', 'leave it out: a rule always matches the whole text']],
  ['z', ['the end of input, \\z,', 'leave it out: a rule always matches the whole text']],
  ['Z', ['the end of input, \\Z,', 'leave it out: a rule always matches the whole text']],
  ['G', ['the end of the last match, \\G,', 'leave it out: a rule always matches the whole text']],
  ['k', ['a back-reference by name, \\k,']],
  ['K', ['\\K']],
  ['E', ['\\E without \\Q', 'write \\Q before it']],
  ['Q', ['a quotation, \\Q, within a class', 'escape each character']],
  ['b', ['a backspace, \\b within a class,']],
  ['B', ['\\B within a class']],
  ['t', ['a tab, \\t,']],
  ['r', ['a carriage return, \\r,']],
  ['f', ['a form feed, \\f,']],
  ['e', ['an escape character, \\e,']],
  ['a', ['a bell character, \\a,']],
  ['c', ['a control character, \\c,']],
  ['0', ['an octal escape, \\0,', 'write the character itself']],
]);

const PROPERTIES: ReadonlyMap<string, string> = new Map([
  ...['L', 'Alpha', 'IsAlphabetic', 'IsL', 'IsLatin'].map((name) => [name, '[A-Za-z]'] as const),
  ...['N', 'Nd', 'Digit', 'IsDigit', 'IsN'].map((name) => [name, '\\d'] as const),
  ...['Lu', 'Upper', 'IsUppercase', 'IsLu'].map((name) => [name, '[A-Z]'] as const),
  ...['Ll', 'Lower', 'IsLowercase', 'IsLl'].map((name) => [name, '[a-z]'] as const),
  ['Alnum', '[A-Za-z0-9]'],
  ['XDigit', '[0-9A-Fa-f]'],
  ['Space', '\\s'],
]);

/** One escape: the characters it stands for, and whether it names a single one. */
export interface Escape {
  readonly members: string;
  readonly isSingle: boolean;
}

/** Reads the escape at the cursor; everything but `\Q`, `\b` and `\B` outside a class, which mean no character, ends here. */
export function readEscape(cursor: Cursor): Escape {
  const start = cursor.at;
  cursor.eat('\\');
  const letter = cursor.peek();
  if (letter === '') refuse(start, 'a backslash at the end', 'write \\\\ for a backslash');
  const members = CLASS_ESCAPES.get(letter);
  if (members === undefined && (/[A-Za-z0-9]/.test(letter) || !PRINTABLE.includes(letter))) refuseEscape(cursor, start, letter);
  cursor.at++;
  return members === undefined ? { members: letter, isSingle: true } : { members, isSingle: false };
}

function refuseEscape(cursor: Cursor, start: number, letter: string): never {
  if (/[1-9]/.test(letter)) refuse(start, `a back-reference, \\${letter},`);
  if (letter === 'p' || letter === 'P') {
    const name = cursor.find(/p(?:\{(\w+)\}|(\w))/y);
    const equivalent = PROPERTIES.get(name?.[1] ?? name?.[2] ?? '');
    refuse(start, `a character property, \\${letter},`, equivalent === undefined ? undefined : `write ${equivalent}`);
  }
  if (letter === 'x' || letter === 'u') {
    const hex = cursor.find(/x([0-9A-Fa-f]{2})|x\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})/y);
    const code = Number.parseInt(hex?.[1] ?? hex?.[2] ?? hex?.[3] ?? '', 16);
    const isPrintable = code >= 0x20 && code <= 0x7e;
    refuse(start, `a character by its number, \\${letter},`, isPrintable ? `write ${escapedCharacter(code)}` : undefined);
  }
  const [construct, remedy] = REFUSED_ESCAPES.get(letter) ?? [
    `the escape \\${/[ -~]/.test(letter) ? letter : 'of a character outside printable ASCII'}`,
  ];
  refuse(start, construct, remedy);
}

function escapedCharacter(code: number): string {
  const character = String.fromCharCode(code);
  return /[A-Za-z0-9 ]/.test(character) ? character : `\\${character}`;
}

function charactersLike(expression: RegExp): string {
  return PRINTABLE.split('')
    .filter((character) => expression.test(character))
    .join('');
}

/** The printable ASCII characters that are not among `members`. */
export function complement(members: string): string {
  return PRINTABLE.split('')
    .filter((character) => !members.includes(character))
    .join('');
}
