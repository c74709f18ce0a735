// The patterns of all rules of one text, asked at once: regular expressions about the path, globs about what lies below the context path.
// One automaton for each kind, because the two look at different texts; a text with rules of one kind has one [EXT-17, GW-24].
import type { RuleSubject } from '../core/index.js';
import { compilePatterns, type PatternSet } from './regex.js';
import type { ParsedRule } from './rule.js';

type Located = Pick<RuleSubject, 'path' | 'contextPath'>;

interface Kind {
  /** The place in the text of each pattern of the set. */
  readonly places: readonly number[];
  readonly set: PatternSet;
}

/** The patterns, compiled. */
export class PathPatterns {
  /** Bytes they may hold at worst. */
  readonly bytesMax: number;
  readonly #regexes: Kind | null;
  readonly #globs: Kind | null;

  constructor(rules: readonly ParsedRule[]) {
    this.#regexes = compileKind(rules, 'path');
    this.#globs = compileKind(rules, 'below-context');
    this.bytesMax = (this.#regexes?.set.bytesMax ?? 0) + (this.#globs?.set.bytesMax ?? 0);
  }

  /** Places in the text of the rules whose pattern matches, in rising order. Throws for a path that is not canonical. */
  match({ path, contextPath }: Located): readonly number[] {
    // No pattern matches such a path, and then a forbid would not either.
    if (!/^[!-~]*$/.test(path)) throw new RangeError('the path is not canonical');
    const ofRegexes = placesIn(this.#regexes, path);
    if (this.#globs === null) return ofRegexes;
    if (!path.startsWith(`${contextPath}/`)) throw new RangeError('the path is not below its context path');
    const ofGlobs = placesIn(this.#globs, path.slice(contextPath.length));
    return ofRegexes.length === 0 ? ofGlobs : [...ofRegexes, ...ofGlobs].sort((a, b) => a - b);
  }
}

function compileKind(rules: readonly ParsedRule[], subject: ParsedRule['subject']): Kind | null {
  const places = rules.flatMap((rule, place) => (rule.subject === subject ? [place] : []));
  if (places.length === 0) return null;
  const chosen = rules.filter((rule) => rule.subject === subject);
  const instructions = chosen.reduce((sum, rule) => sum + rule.pathInstructions, 0);
  const patterns = chosen.map(({ path }) => path);
  return { places, set: compilePatterns(patterns, instructions) };
}

function placesIn(kind: Kind | null, subject: string): readonly number[] {
  return kind === null ? [] : kind.set.match(subject).map((index) => kind.places[index] ?? unknownPattern(index));
}

function unknownPattern(index: number): never {
  throw new RangeError(`the engine named pattern ${index}, which it was not given`);
}
