// The `limitTo` of a token: compiled and refused when it is written, compiled anew and never refused when it is used [EXT-10..19].
// A grant holds the text only; what it compiles to lives in one bounded cache, so that tokens with the same rules share it and memory
// does not grow with the number of tokens.
import { LRUCache } from 'lru-cache';
import { LIMITS, type RuleSet, type RuleSubject, type RuleTrace } from '../core/index.js';
import { CompiledRules } from './compiled-rules.js';
import { checkPrograms, readRules, type RuleOptions } from './rule-list.js';
import { isUnrestricted, splitRules } from './rule-text.js';

const SHOWN_SEPARATOR = '<br>';

/** What is compiled, by the text as it is shown; for this file and its test. `'broken'`: a stored text that no longer compiles, which matches nothing [EXT-18]. */
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
  return new StoredRules(shown, texts);
}

/**
 * The rules of a stored text; null for one that restricts nothing. Never throws and compiles nothing before it is asked: a text that no
 * longer compiles matches nothing [EXT-18].
 */
export function compileStoredLimitTo(text: string): RuleSet;
export function compileStoredLimitTo(text: string | null | undefined): RuleSet | null;
export function compileStoredLimitTo(text: string | null | undefined): RuleSet | null {
  if (isUnrestricted(text)) return null;
  try {
    const texts = splitRules(text);
    return new StoredRules(texts.join(SHOWN_SEPARATOR), texts);
  } catch {
    return new StoredRules(text, null);
  }
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
  readonly text: string;
  readonly #texts: readonly string[] | null;

  /** `texts` null: the text cannot even be split. */
  constructor(text: string, texts: readonly string[] | null) {
    this.text = text;
    this.#texts = texts;
  }

  match(subject: RuleSubject): string | null {
    return this.#ask((rules) => rules.match(subject, 'permit'), null);
  }

  needsBody(method: string, path: string, contextPath: string): boolean {
    return this.#ask((rules) => rules.needsBody(method, path, contextPath), false);
  }

  trace(subject: RuleSubject): readonly RuleTrace[] {
    const broken = (this.#texts ?? [this.text]).map((rule) => ({ rule, isMatch: false, failed: 'broken' }) as const);
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
    if (this.#texts === null) return 'broken';
    const known = compiledTexts.get(this.text);
    if (known !== undefined) return known;
    const fresh = compileAgain(this.#texts);
    compiledTexts.set(this.text, fresh);
    return fresh;
  }
}

function compileAgain(texts: readonly string[]): CompiledRules | 'broken' {
  try {
    return new CompiledRules(readRules(texts, { allowBody: true }));
  } catch {
    return 'broken';
  }
}
