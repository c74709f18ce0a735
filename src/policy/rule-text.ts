// The outer grammar of limitTo: a text into rules, a rule into `[method]URL-regex[QueryParam::name==regex][JsonData::a.b==regex]`, where
// `glob:` and a glob may stand for the regex [GW-24]. What they mean is regex-syntax.ts's and glob.ts's matter; here they are only told
// from what surrounds them.
import { LIMITS, type Method, METHODS } from '../core/index.js';
import { Cursor, PatternError, refuse, type Span } from './regex-cursor.js';
import { RuleError } from './rule-error.js';

/** A rule in its parts; spans are places in the rule. */
export interface RuleParts {
  /** null: every method [EXT-11]. */
  readonly methods: readonly Method[] | null;
  /** How the path is written [GW-24]. */
  readonly syntax: 'regex' | 'glob';
  /** The pattern, without the word before a glob. */
  readonly path: Span;
  readonly conditions: readonly ConditionPart[];
}

export interface ConditionPart {
  readonly kind: 'query' | 'json';
  /** The parameter's name, or the dotted path of a JSON node. */
  readonly key: string;
  readonly value: Span;
}

// A doubled backslash is stepped over first, so that it never lends its second half to a separator.
const SEPARATOR = /\\\\n|\\\\|\\n|\r\n|\r|\n|<[bB][rR][ \t]*\/?>/g;

/** Whether a text asks for no restriction at all: left out, null or empty [EXT-10]. Blanks do ask for one. */
export function isUnrestricted(text: string | null | undefined): text is null | undefined | '' {
  return text === undefined || text === null || text === '';
}

/** The rules of a text, trimmed, the empty ones dropped. Throws RuleError when none is left [EXT-10]. */
export function splitRules(text: string): readonly string[] {
  const rules: string[] = [];
  let start = 0;
  const take = (end: number): void => {
    const rule = text.slice(start, end).trim();
    if (rule !== '') rules.push(rule);
  };
  for (const { 0: found, index } of text.matchAll(SEPARATOR)) {
    if (found === '\\\\') continue;
    // Read as an escaped backslash and an n it is one rule, read as a separator it is two: whoever wrote it must say which.
    if (found === '\\\\n') throw ambiguousSeparator(text, start, index, rules.length + 1);
    take(index);
    start = index + found.length;
  }
  take(text.length);
  if (rules.length === 0)
    throw new RuleError('', 1, null, 'the text holds separators or blanks and no rule; leave it out to restrict nothing');
  return rules;
}

function ambiguousSeparator(text: string, start: number, index: number, number: number): RuleError {
  const piece = text.slice(start, index + 3);
  const rule = piece.trimStart();
  const position = index - start - (piece.length - rule.length);
  const reason = '\\\\n can be read as a separator and as a backslash before n: write \\n or <br> for the one, \\\\[n] for the other';
  return new RuleError(rule.slice(0, LIMITS.ruleLengthMax), number, position, reason);
}

/** Takes one rule apart. Throws PatternError. */
export function splitRule(rule: string): RuleParts {
  const { methods, end: prefixEnd } = readMethods(rule);
  const opening = skipBlanks(rule, prefixEnd);
  const syntax = readSyntax(rule, opening);
  const start = syntax === 'glob' ? skipBlanks(rule, opening + GLOB.length) : opening;
  const pathEnd = syntax === 'glob' ? endOfGlob(rule, start) : endOfPattern(rule, start, 'path');
  if (pathEnd === start) throw new PatternError(start, 'the rule holds no pattern for the path');
  return { methods, syntax, path: { start, end: pathEnd }, conditions: readConditions(rule, pathEnd) };
}

const GLOB = 'glob:';

/** A path begins with a slash, so that nothing a regex could match begins with the word: it is always meant as the word. */
function readSyntax(rule: string, start: number): RuleParts['syntax'] {
  if (rule.startsWith(GLOB, start)) return 'glob';
  if (/^glob ?:/i.test(rule.slice(start, start + 6))) refuse(start, 'this spelling of glob:', 'write it in small letters, without a blank');
  return 'regex';
}

/** At the first condition: a bracket before two colons is nothing else, for a class holds no bracket. */
function endOfGlob(rule: string, start: number): number {
  const found = rule.slice(start).search(/\[[A-Za-z]+::/);
  return found < 0 ? rule.length : start + found;
}

/** A leading bracket of letters, commas, bars and blanks is a list of methods or an error: as a class it could match no path [EXT-12]. */
function readMethods(rule: string): { readonly methods: readonly Method[] | null; readonly end: number } {
  const prefix = /^\[([A-Za-z,| ]+)\]/.exec(rule);
  if (prefix === null) return { methods: null, end: 0 };
  const methods = new Set<Method>();
  let at = 1;
  for (const written of (prefix[1] ?? '').split(/[,|]/)) {
    const method = METHODS.find((known) => known === written.trim().toUpperCase());
    if (method === undefined) throw new PatternError(at, `"${written.trim()}" is not a method: known are ${METHODS.join(', ')}`);
    methods.add(method);
    at += written.length + 1;
  }
  return { methods: [...methods], end: prefix[0].length };
}

function skipBlanks(rule: string, from: number): number {
  let at = from;
  while (rule[at] === ' ') at++;
  return at;
}

const CONDITION = /\[([A-Za-z]+)::/y;

/** Where a pattern ends: at the first condition, or, within one, at the bracket that closes it. Classes and quotations are stepped over. */
function endOfPattern(rule: string, from: number, place: 'path' | 'value'): number {
  const cursor = new Cursor(rule, { start: from, end: rule.length });
  while (cursor.hasMore) {
    if (cursor.eat('\\Q')) skipPast(cursor, '\\E');
    else if (cursor.peek() === '\\') cursor.at += 2;
    else if (cursor.peek() === ']' && place === 'value') return cursor.at;
    else if (cursor.peek() !== '[') cursor.at++;
    else if (cursor.find(CONDITION) === null) skipClass(cursor);
    else if (place === 'path') return cursor.at;
    else throw new PatternError(cursor.at, 'a condition within a condition: close the first with a bracket');
  }
  return rule.length;
}

function skipPast(cursor: Cursor, closing: string): void {
  const found = cursor.text.indexOf(closing, cursor.at);
  cursor.at = found < 0 ? cursor.end : found + closing.length;
}

function skipClass(cursor: Cursor): void {
  cursor.at++;
  while (cursor.hasMore && cursor.peek() !== ']') cursor.at += cursor.peek() === '\\' ? 2 : 1;
  cursor.at++;
}

function readConditions(rule: string, from: number): readonly ConditionPart[] {
  const conditions: ConditionPart[] = [];
  for (let at = from; at < rule.length; ) {
    const condition = readCondition(rule, at);
    conditions.push(condition);
    at = condition.value.end + 1;
  }
  return conditions;
}

function readCondition(rule: string, start: number): ConditionPart {
  const cursor = new Cursor(rule, { start, end: rule.length });
  const opening = cursor.find(CONDITION);
  if (opening === null) throw new PatternError(start, 'after a condition only another condition may follow');
  const name = opening[1] ?? '';
  if (name !== 'QueryParam' && name !== 'JsonData') {
    refuse(start, `a condition on "${name}"`, 'write [QueryParam::name==regex] or [JsonData::node==regex]');
  }
  cursor.at += opening[0].length;
  const key = cursor.find(/([^[\]=]+)==/y)?.[1];
  if (key === undefined) throw new PatternError(cursor.at, `a condition is written [${name}::name==regex]`);
  if (name === 'JsonData' && key.split('.').includes('')) throw new PatternError(cursor.at, 'the path of a JSON node has an empty part');
  const value = { start: cursor.at + key.length + 2, end: endOfPattern(rule, cursor.at + key.length + 2, 'value') };
  if (value.end >= rule.length) throw new PatternError(start, 'the condition is not closed: write ] after it');
  return { kind: name === 'QueryParam' ? 'query' : 'json', key, value };
}
