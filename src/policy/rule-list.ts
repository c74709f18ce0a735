// The rules of one text read together: each by itself, and then the caps on all of them [EXT-17].
import { LIMITS } from '../core/index.js';
import { PatternError } from './regex-cursor.js';
import { programSize } from './regex.js';
import { type ParsedRule, parseRule } from './rule.js';
import { RuleError } from './rule-error.js';

/** What a site takes. */
export interface RuleOptions {
  /** False refuses `[JsonData::…]`: bodies are read for tokens alone, so the site's policy cannot ask about them. */
  readonly allowBody: boolean;
}

/** Reads and measures rules before the engine sees any of them. Throws RuleError. */
export function readRules(texts: readonly string[], { allowBody }: RuleOptions): readonly ParsedRule[] {
  let instructions = 0;
  return texts.map((text, index) =>
    attempt(text, index, () => {
      if (index >= LIMITS.rulesPerTokenMax) throw new PatternError(null, `there are more than ${LIMITS.rulesPerTokenMax} rules`);
      const rule = parseRule(text);
      if (!allowBody && rule.conditions.some(({ kind }) => kind === 'json')) {
        throw new PatternError(
          text.indexOf('[JsonData::'),
          '[JsonData::…] conditions are for tokens: no body is read for the site’s policy',
        );
      }
      instructions += rule.instructions;
      if (instructions > LIMITS.tokenProgramMax) {
        throw new PatternError(null, `with it the rules compile to more than ${LIMITS.tokenProgramMax} instructions in all`);
      }
      return rule;
    }),
  );
}

/**
 * Holds what the engine makes of the rules against the estimate they were let in by. The estimate is never too low, so this fails only
 * when the engine has changed. Throws RuleError.
 */
export function checkPrograms(rules: readonly ParsedRule[]): void {
  rules.forEach((rule, index) =>
    attempt(rule.text, index, () => {
      const sources = rule.conditions.flatMap(({ value }) => ('literal' in value ? [] : [value.source]));
      const instructions = [rule.path, ...sources].reduce((sum, source) => sum + programSize(source), 0);
      if (instructions > rule.instructions)
        throw new PatternError(null, `it compiles to ${instructions} instructions instead of ${rule.instructions}`);
    }),
  );
}

function attempt<T>(text: string, index: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const [position, reason] = error instanceof PatternError ? [error.position, error.message] : [null, 'the engine does not take it'];
    throw new RuleError(text.slice(0, LIMITS.ruleLengthMax), index + 1, position, reason);
  }
}
