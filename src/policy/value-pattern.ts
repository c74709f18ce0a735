// What a condition asks of a value: a text, compared as it is, or a pattern. Patterns look at printable ASCII only, since engines differ
// beyond it; such a value, and one too long to be tried, agrees with nothing but a text [EXT-15].
import { LIMITS } from '../core/index.js';
import { compilePatterns } from './regex.js';

/** How the values of a request stand to a condition. `some`: not all of them match, or it cannot be told. A permit asks for `all`, a forbid for anything but `none`. */
export type Agreement = 'all' | 'some' | 'none';

/** A condition's right side before it is compiled. */
export type ValuePattern = { readonly literal: string } | { readonly source: string; readonly instructions: number };

/** A condition's right side, compiled. */
export interface ValueMatcher {
  readonly bytesMax: number;
  agreement(value: string): Agreement;
}

/** Compiles what stands right of `==`. */
export function compileValuePattern(pattern: ValuePattern): ValueMatcher {
  if ('literal' in pattern) return { bytesMax: 0, agreement: (value) => (value === pattern.literal ? 'all' : 'none') };
  const set = compilePatterns([pattern.source], pattern.instructions);
  return {
    bytesMax: set.bytesMax,
    agreement(value) {
      if (value.length > LIMITS.judgedValueLengthMax || !/^[ -~]*$/.test(value)) return 'some';
      return set.match(value).length > 0 ? 'all' : 'none';
    },
  };
}
