// A glob as a pattern of the linear engine. micromatch parses it, and its tokens are put into the same tree that regular expressions become: the
// expression that micromatch itself would make looks ahead, which no linear engine does [GW-24]. Its look-aheads keep dot segments
// out, which a canonical path never holds, and a star from standing for nothing at the end of a path, which the tree says in another way.
import micromatch from 'micromatch';
import { checkGlob } from './glob-syntax.js';
import { refuse, type Span } from './regex-cursor.js';
import { type PatternTree, PRINTABLE } from './regex-tree.js';

/** Reads the glob in a span of a rule. Throws PatternError with the position in the rule. */
export function parseGlob(rule: string, span: Span): PatternTree {
  const classes = checkGlob(rule, span);
  const reader = new TokenReader(tokensOf(rule.slice(span.start, span.end)), classes, span.start);
  return toTree(reader.read(), [], span.start);
}

interface Token {
  readonly type: string;
  readonly value: string;
}

/** What stands in a glob. */
type Part =
  | { readonly kind: 'set'; readonly members: string }
  | { readonly kind: 'slash' }
  /** `opens`: right behind a slash, where it never stands for an empty segment. */
  | { readonly kind: 'star'; readonly opens: boolean }
  /** `/**` at the end: the folder itself and everything in it; `all`: with nothing before it. */
  | { readonly kind: 'rest'; readonly all: boolean }
  /** `/**` with more behind it: a slash, or whole segments between two. */
  | { readonly kind: 'between' }
  /** micromatch allows one behind a star or a class at the end. */
  | { readonly kind: 'last-slash' }
  | { readonly kind: 'choice'; readonly options: readonly (readonly Part[])[] };

type Parts = readonly Part[];

const NOT_SLASH = PRINTABLE.replace('/', '');
const SLASH: PatternTree = { kind: 'character', character: '/' };
const ANYTHING: PatternTree = { kind: 'repeat', part: { kind: 'set', members: PRINTABLE }, min: 0, max: null };

// Its types leave out what makes it hand over the tokens; the expression is made and never run.
interface TokenGiver {
  makeRe(
    glob: string,
    options: micromatch.Options,
    returnOutput: false,
    returnState: true,
  ): RegExp & { readonly state: { readonly tokens: readonly Token[] } };
}

function tokensOf(glob: string): readonly Token[] {
  const options = { dot: true, fastpaths: false, noextglob: true, nonegate: true };
  return (micromatch as unknown as TokenGiver).makeRe(glob, options, false, true).state.tokens;
}

class TokenReader {
  readonly #tokens: readonly Token[];
  readonly #classes: readonly string[];
  readonly #position: number;
  #at = 0;
  #class = 0;

  constructor(tokens: readonly Token[], classes: readonly string[], position: number) {
    this.#tokens = tokens;
    this.#classes = classes;
    this.#position = position;
  }

  read(): Parts {
    this.#at = 1;
    const parts = this.#readSequence(false);
    if (this.#at < this.#tokens.length) this.#refuse();
    return parts;
  }

  #readSequence(isInBraces: boolean): Parts {
    const parts: Part[] = [];
    for (;;) {
      const token = this.#tokens[this.#at];
      if (token === undefined) return parts;
      if (isInBraces && (token.value === ',' || token.value === '}')) return parts;
      this.#at++;
      parts.push(...this.#readToken(token));
    }
  }

  #readToken({ type, value }: Token): Parts {
    switch (type) {
      case 'slash':
        return [this.#readSlash()];
      case 'text':
      case 'dot':
      case 'plus':
      case 'comma':
        return Array.from(value.replaceAll('\\', ''), (character) => ({ kind: 'set', members: character }));
      case 'star':
        return [{ kind: 'star', opens: this.#tokens[this.#at - 2]?.type === 'slash' }];
      case 'qmark':
        return [{ kind: 'set', members: NOT_SLASH }];
      case 'bracket':
        return [{ kind: 'set', members: this.#classes[this.#class++] ?? this.#refuse() }];
      case 'maybe_slash':
        return [{ kind: 'last-slash' }];
      case 'brace':
        return [this.#readChoice()];
      default:
        return this.#refuse();
    }
  }

  #readSlash(): Part {
    if (this.#tokens[this.#at]?.type !== 'globstar') return { kind: 'slash' };
    const isFirst = this.#at === 2;
    this.#at++;
    if (this.#tokens[this.#at] === undefined) return { kind: 'rest', all: isFirst };
    // The slash behind it is part of it.
    if (this.#tokens[this.#at]?.type !== 'slash') this.#refuse();
    this.#at++;
    return { kind: 'between' };
  }

  #readChoice(): Part {
    const options = [this.#readSequence(true)];
    while (this.#tokens[this.#at]?.value === ',') {
      this.#at++;
      options.push(this.#readSequence(true));
    }
    if (this.#tokens[this.#at]?.value !== '}') this.#refuse();
    this.#at++;
    return { kind: 'choice', options };
  }

  #refuse(): never {
    return refuse(this.#position, 'this glob', 'write it more simply, or as a regular expression');
  }
}

/** `behind`: what follows these parts in the whole glob. */
function toTree(parts: Parts, behind: Parts, position: number): PatternTree {
  const trees = parts.map((part, index) => partToTree(part, () => [...parts.slice(index + 1), ...behind], position));
  return trees.length === 1 && trees[0] !== undefined ? trees[0] : { kind: 'sequence', parts: trees };
}

function partToTree(part: Part, rest: () => Parts, position: number): PatternTree {
  switch (part.kind) {
    case 'slash':
      return SLASH;
    case 'set':
      return part.members.length === 1 ? { kind: 'character', character: part.members } : { kind: 'set', members: part.members };
    case 'star':
      return { kind: 'repeat', part: { kind: 'set', members: NOT_SLASH }, min: part.opens ? starMin(rest(), position) : 0, max: null };
    case 'rest':
      return part.all ? sequence(SLASH, ANYTHING) : { kind: 'repeat', part: sequence(SLASH, ANYTHING), min: 0, max: 1 };
    case 'between':
      if (rest().every(isEmptyAtTimes)) refuse(position, '/**/ before something that may be empty', 'write a rule for each of them');
      return sequence(SLASH, { kind: 'repeat', part: sequence(ANYTHING, SLASH), min: 0, max: 1 });
    case 'last-slash':
      return { kind: 'repeat', part: SLASH, min: 0, max: 1 };
    case 'choice':
      return { kind: 'choice', options: part.options.map((option) => toTree(option, rest(), position)) };
    default:
      return part satisfies never;
  }
}

function sequence(...parts: readonly PatternTree[]): PatternTree {
  return { kind: 'sequence', parts };
}

/** A star behind a slash stands for at least one character where it is the whole segment. Refused where it is so only at times. */
function starMin(rest: Parts, position: number): 0 | 1 {
  const { ends, passes } = reach(rest);
  if (!ends && !passes) return 0;
  const [next] = rest;
  if (next === undefined || endsSegment(next)) return 1;
  return refuse(position, 'a star before braces that may be empty', 'write a rule for each of them');
}

/** What can come with no character before it: the end of the segment, or the end of these parts. */
function reach(parts: Parts): { readonly ends: boolean; readonly passes: boolean } {
  let ends = false;
  for (const part of parts) {
    if (endsSegment(part)) return { ends: true, passes: false };
    if (part.kind === 'star') continue;
    if (part.kind !== 'choice') return { ends, passes: false };
    const options = part.options.map(reach);
    ends ||= options.some((option) => option.ends);
    if (!options.some((option) => option.passes)) return { ends, passes: false };
  }
  return { ends, passes: true };
}

function endsSegment({ kind }: Part): boolean {
  return kind === 'slash' || kind === 'rest' || kind === 'between' || kind === 'last-slash';
}

function isEmptyAtTimes(part: Part): boolean {
  switch (part.kind) {
    case 'star':
    case 'last-slash':
      return true;
    case 'rest':
      return !part.all;
    case 'choice':
      return part.options.some((option) => option.every(isEmptyAtTimes));
    case 'set':
    case 'slash':
    case 'between':
      return false;
    default:
      return part satisfies never;
  }
}
