// The `limitTo` of a token: compiled and refused when it is written, compiled anew and never refused when it is used [EXT-10..19].
// A grant holds the text only; what it compiles to lives in one bounded cache, so that tokens with the same rules share it and memory
// does not grow with the number of tokens.
import { LRUCache } from 'lru-cache';
import { LIMITS, type RuleSet, type RuleSubject, type RuleTrace } from '../core/index.js';
import { CompiledRules } from './compiled-rules.js';
import { checkPrograms, readRules, type RuleOptions } from './rule-list.js';
import { isUnrestricted, splitRules } from './rule-text.js';

const SHOWN_SEPARATOR = '<br>';

/** What is compiled, by the text as it is stored; for this file and its test. `'broken'`: a stored text that no longer compiles, which matches nothing [EXT-18]. */
export const compiledTexts = new LRUCache<string, CompiledRules | 'broken'>({
  maxSize: LIMITS.compiledRulesBytesMax,
  sizeCalculation: (rules, text) => text.length + (rules === 'broken' ? 1 : rules.bytesMax),
});

/**
 * Compiles a text that somebody wants to store. null: unrestricted. Throws RuleError, and then nothing may be stored [EXT-18]. The caps
 * are held against our own estimate before the engine is called, and against the engine's count after [EXT-17].
 */
export function compileLimitTo(text: string | null | undefined, options: RuleOptions = { allowBody: true }): RuleSet | null {
  if (isUnrestricted(text)) return null;
  const texts = splitRules(text);
  const rules = readRules(texts, options);
  checkPrograms(rules);
  const shown = texts.join(SHOWN_SEPARATOR);
  compiledTexts.set(shown, new CompiledRules(rules));
  return new StoredRules(shown);
}

/**
 * The rules of a stored text; null for one that restricts nothing. Never throws, and reads nothing of the text before it is asked, for each
 * credential that is looked up comes by here [GW-62]. A text that no longer compiles matches nothing [EXT-18].
 */
export function compileStoredLimitTo(text: string): RuleSet;
export function compileStoredLimitTo(text: string | null | undefined): RuleSet | null;
export function compileStoredLimitTo(text: string | null | undefined): RuleSet | null {
  return isUnrestricted(text) ? null : new StoredRules(text);
}

/** The same for a text that is asked about once: nothing of it is kept, so that asking never costs a token in use its compiled rules. */
export function compileOnce(text: string | null | undefined, options: RuleOptions = { allowBody: true }): RuleSet | null {
  if (isUnrestricted(text)) return null;
  const texts = splitRules(text);
  const parsed = readRules(texts, options);
  checkPrograms(parsed);
  const rules = new CompiledRules(parsed);
  return {
    text: texts.join(SHOWN_SEPARATOR),
    match: (subject) => rules.match(subject, 'permit'),
    needsBody: (method, path, contextPath) => rules.needsBody(method, path, contextPath),
    trace: (subject) => rules.trace(subject, 'permit'),
  };
}

class StoredRules implements RuleSet {
  readonly #stored: string;

  constructor(stored: string) {
    this.#stored = stored;
  }

  get text(): string {
    return splitOrNull(this.#stored)?.join(SHOWN_SEPARATOR) ?? this.#stored;
  }

  match(subject: RuleSubject): string | null {
    return this.#ask((rules) => rules.match(subject, 'permit'), null);
  }

  needsBody(method: string, path: string, contextPath: string): boolean {
    return this.#ask((rules) => rules.needsBody(method, path, contextPath), false);
  }

  trace(subject: RuleSubject): readonly RuleTrace[] {
    const broken = (splitOrNull(this.#stored) ?? [this.#stored]).map((rule) => ({ rule, isMatch: false, failed: 'broken' }) as const);
    return this.#ask((rules) => rules.trace(subject, 'permit'), broken);
  }

  #ask<T>(question: (rules: CompiledRules) => T, otherwise: T): T {
    try {
      const rules = this.#compiled();
      return rules === 'broken' ? otherwise : question(rules);
    } catch {
      return otherwise;
    }
  }

  #compiled(): CompiledRules | 'broken' {
    const known = compiledTexts.get(this.#stored);
    if (known !== undefined) return known;
    const fresh = compileAgain(this.#stored);
    compiledTexts.set(this.#stored, fresh);
    return fresh;
  }
}

function compileAgain(stored: string): CompiledRules | 'broken' {
  try {
    return new CompiledRules(readRules(splitRules(stored), { allowBody: true }));
  } catch {
    return 'broken';
  }
}

/** The rules of a text; null when it cannot even be split. */
function splitOrNull(text: string): readonly string[] | null {
  try {
    return splitRules(text);
  } catch {
    return null;
  }
}
