// A bracketed class, `[a-z_]` or `[^…]`, read as the list of printable ASCII characters it stands for. Refused is what Java takes for
// a union or an intersection and the others for plain characters: a bracket inside, `&&`, a closing bracket at the start [EXT-17].
import { type Cursor, refuse } from './regex-cursor.js';
import { complement, type Escape, readEscape } from './regex-escape.js';
import { PRINTABLE } from './regex-tree.js';

/** Reads the class at the cursor. The answer is in the order of ASCII and never empty. */
export function readClass(cursor: Cursor, ignoresCase: boolean): string {
  const start = cursor.at;
  cursor.eat('[');
  const isNegated = cursor.eat('^');
  if (cursor.peek() === ']') refuse(cursor.at, 'a closing bracket at the start of a class', 'write \\]');
  const found = new Set<string>();
  while (!cursor.eat(']')) {
    if (!cursor.hasMore) refuse(start, 'a class that is not closed', 'write \\[ for a bracket');
    readElement(cursor, found);
  }
  if (ignoresCase) for (const character of Array.from(found)) for (const other of bothCases(character)) found.add(other);
  const named = PRINTABLE.split('')
    .filter((character) => found.has(character))
    .join('');
  const members = isNegated ? complement(named) : named;
  if (members === '') refuse(start, 'a class that no character belongs to');
  return members;
}

/** A letter in both its cases; anything else alone. */
export function bothCases(character: string): readonly string[] {
  return /[A-Za-z]/.test(character) ? [character.toUpperCase(), character.toLowerCase()] : [character];
}

function readElement(cursor: Cursor, found: Set<string>): void {
  const start = cursor.at;
  const first = readMember(cursor);
  add(found, first.members);
  if (!startsRange(cursor)) return;
  if (!first.isSingle) {
    readHyphenAfterClass(cursor, found);
    return;
  }
  cursor.eat('-');
  const last = readMember(cursor);
  if (!last.isSingle) refuse(start, 'a range that ends with a class', 'write \\- for a hyphen');
  if (last.members < first.members) refuse(start, 'a range in the wrong order', 'write \\- for a hyphen');
  add(found, PRINTABLE.slice(PRINTABLE.indexOf(first.members), PRINTABLE.indexOf(last.members) + 1));
}

/** A hyphen with something after it: the last one in a class is only a hyphen. */
function startsRange(cursor: Cursor): boolean {
  return cursor.peek() === '-' && cursor.at + 1 < cursor.end && cursor.text.charAt(cursor.at + 1) !== ']';
}

/** In `[\w-.]` the hyphen is a hyphen everywhere; in `[\w-a-z]` JavaScript and RE2 disagree about the second. */
function readHyphenAfterClass(cursor: Cursor, found: Set<string>): void {
  const start = cursor.at;
  cursor.eat('-');
  found.add('-');
  if (cursor.peek() === '-') refuse(start, 'a hyphen after a class and before another hyphen', 'write \\-');
  add(found, readMember(cursor).members);
  if (startsRange(cursor)) refuse(start, 'a hyphen between a class and a range', 'write \\-');
}

function readMember(cursor: Cursor): Escape {
  const character = cursor.peek();
  if (character === '\\') return readEscape(cursor);
  if (character === '[') refuse(cursor.at, 'a bracket inside a class', 'write \\[');
  if (cursor.looksAt('&&')) refuse(cursor.at, 'an intersection of classes, &&,', 'write \\& for an ampersand');
  if (!PRINTABLE.includes(character)) refuse(cursor.at, 'a character outside printable ASCII');
  cursor.at++;
  return { members: character, isSingle: true };
}

function add(found: Set<string>, members: string): void {
  for (const member of members) found.add(member);
}
