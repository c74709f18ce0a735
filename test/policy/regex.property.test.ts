// The engine and the estimate, on random patterns of the dialect: JavaScript's own RegExp says what they should match [EXT-17].
import fc from 'fast-check';
import { LIMITS } from '../../src/core/index.js';
import { compileLimitTo } from '../../src/policy/limit-to.js';
import { PatternError } from '../../src/policy/regex-cursor.js';
import { parsePattern } from '../../src/policy/regex-syntax.js';
import { compilePatterns, programSize } from '../../src/policy/regex.js';
import { estimateProgramSize, type PatternTree, printPattern, PRINTABLE } from '../../src/policy/regex-tree.js';

// The same patterns every time: RegExp backtracks, and a random one can hold a run up for ever. Change the seed to look further.
fc.configureGlobal({ seed: 20_261_122 });

const parse = (pattern: string): PatternTree => parsePattern(pattern, { start: 0, end: pattern.length }, { place: 'value' });

const ATOMS = [
  'a',
  'b',
  'B',
  '/',
  '-',
  '1',
  '\\.',
  '.',
  '\\d',
  '\\w',
  '\\S',
  '\\b',
  '\\B',
  '^',
  '$',
  '[a-c]',
  '[^a/]',
  '[\\w-]',
  '[\\d.-]',
  '[ -9]',
];
const REPEATS = ['', '', '', '*', '+', '?', '*?', '+?', '{2}', '{1,3}', '{0,2}?', '{2,}'];

/** Patterns by the grammar of the dialect. */
const randomPattern: fc.Arbitrary<string> = fc.letrec<{ pattern: string; sequence: string; part: string }>((tie) => ({
  pattern: fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }).map((options) => options.join('|')),
  sequence: fc.array(tie('part'), { maxLength: 3 }).map((parts) => parts.join('')),
  part: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    fc
      .tuple(fc.constantFrom(...ATOMS), fc.constantFrom(...REPEATS))
      .map(([atom, repeat]) => (/^(?:\^|\$|\\[bB])$/.test(atom) ? atom : atom + repeat)),
    fc
      .tuple(fc.constantFrom('(', '(?:'), tie('pattern'), fc.constantFrom(...REPEATS))
      .map(([open, inner, repeat]) => `${open}${inner})${repeat}`),
  ),
})).pattern;

const subject = fc.oneof(
  fc.array(fc.constantFrom(...'aabbBc/-1.9_ '), { maxLength: 8 }).map((characters) => characters.join('')),
  fc.array(fc.constantFrom(...PRINTABLE), { maxLength: 8 }).map((characters) => characters.join('')),
);

/** A text of the pattern's language, as far as its edges allow. */
function sample(tree: PatternTree, choose: (below: number) => number): string {
  switch (tree.kind) {
    case 'character':
      return tree.character;
    case 'set':
      return tree.members.charAt(choose(tree.members.length));
    case 'edge':
      return '';
    case 'sequence':
      return tree.parts.map((part) => sample(part, choose)).join('');
    case 'choice':
      return sample(tree.options[choose(tree.options.length)] ?? { kind: 'sequence', parts: [] }, choose);
    case 'repeat': {
      const times = tree.min + choose((tree.max ?? tree.min + 2) - tree.min + 1);
      return Array.from({ length: times }, () => sample(tree.part, choose)).join('');
    }
  }
}

/** Patterns whose repeats keep the bounds; the others are refused, which other tests show. */
const taken = randomPattern.filter((text) => {
  try {
    return estimateProgramSize(parse(text)) <= LIMITS.ruleProgramMax;
  } catch (error) {
    if (error instanceof PatternError && error.message.includes('more than')) return false;
    throw error;
  }
});

describe('random patterns of the dialect [EXT-17]', () => {
  it('match exactly what JavaScript says, as a whole', () => {
    let matches = 0;
    fc.assert(
      fc.property(taken, fc.array(subject, { minLength: 4, maxLength: 4 }), fc.gen(), fc.boolean(), (text, subjects, gen, ignoresCase) => {
        const tree = parse(ignoresCase ? `(?i)${text}` : text);
        const set = compilePatterns([printPattern(tree)], estimateProgramSize(tree));
        const expected = new RegExp(`^(?:${text})$`, ignoresCase ? 'i' : '');
        const samples = [0, 1].map(() => sample(tree, (below) => gen(fc.nat, { max: below - 1 })));
        // RegExp backtracks: what takes re2js no time can take it years on a longer text.
        for (const candidate of [...subjects, ...samples.filter(({ length }) => length <= 8)]) {
          const isMatch = set.match(candidate).length > 0;
          if (isMatch) matches++;
          expect([candidate, isMatch]).toEqual([candidate, expected.test(candidate)]);
        }
      }),
      { numRuns: 800 },
    );
    // Enough of both answers, or the comparison says nothing.
    expect(matches).toBeGreaterThan(500);
  });

  it('are never estimated below what the engine makes of them', () => {
    fc.assert(
      fc.property(taken, (text) => {
        const tree = parse(text);
        expect(estimateProgramSize(tree)).toBeGreaterThanOrEqual(programSize(printPattern(tree)));
      }),
      { numRuns: 800 },
    );
  });

  it('give the same answer alone, together, and without room for the engine’s states', () => {
    fc.assert(
      fc.property(fc.array(taken, { minLength: 2, maxLength: 6 }), fc.array(subject, { minLength: 3, maxLength: 3 }), (texts, subjects) => {
        const trees = texts.map(parse);
        const printed = trees.map(printPattern);
        const size = trees.reduce((sum, tree) => sum + estimateProgramSize(tree), 0);
        const together = compilePatterns(printed, size);
        const cramped = compilePatterns(printed, size, 300);
        for (const candidate of subjects) {
          const alone = printed.flatMap((one, index) => (compilePatterns([one], size).match(candidate).length > 0 ? [index] : []));
          expect(together.match(candidate)).toEqual(alone);
          expect(cramped.match(candidate)).toEqual(alone);
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('random text', () => {
  const pieces = [
    'a',
    '-',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '|',
    '*',
    '+',
    '?',
    '\\',
    '^',
    '$',
    '.',
    '&&',
    '\\Q',
    '\\E',
    '(?',
    '{2}',
    '<',
    '=',
    '!',
    ':',
    '\u00e9',
    '1',
  ];

  it('is taken or refused with a place in it, and what is taken the engine takes and JavaScript reads alike', () => {
    let accepted = 0;
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...pieces), { maxLength: 8 }),
        fc.array(subject, { minLength: 3, maxLength: 3 }),
        (parts, subjects) => {
          const text = parts.join('');
          let tree: PatternTree;
          try {
            tree = parsePattern(text, { start: 0, end: text.length }, { place: 'path' });
          } catch (error) {
            expect(error).toBeInstanceOf(PatternError);
            const { position } = error as PatternError;
            expect(position).toBeGreaterThanOrEqual(0);
            expect(position).toBeLessThanOrEqual(text.length);
            return;
          }
          accepted++;
          const set = compilePatterns([printPattern(tree)], estimateProgramSize(tree));
          if (text.includes('\\Q')) return;
          const expected = new RegExp(`^(?:${text})$`);
          for (const candidate of subjects) expect(set.match(candidate).length > 0).toBe(expected.test(candidate));
        },
      ),
      { numRuns: 2_000 },
    );
    expect(accepted).toBeGreaterThan(50);
  });
});

describe('patterns that make other engines stand still [EXT-17]', () => {
  const long = (character: string): string => character.repeat(LIMITS.judgedPathBytesMax);
  const harmless: readonly [pattern: string, path: string, isMatch: boolean][] = [
    ['(?:(?:(?:a*)*)*)*b', long('a'), false],
    ['(a+)+$', `${long('a').slice(1)}!`, false],
    ['(a|a)*b', long('a'), false],
    ['(a|aa)+', long('a'), true],
    ['(?:.*a){12}', long('a'), true],
    ['(?:[a-z]*[a-z]*)*!', long('z'), false],
    ['(?:a?){100}a{100}', 'a'.repeat(100), true],
    ['.*.*.*.*.*.*.*.*.*.*=.*', long('x'), false],
    ['(?:.*x.*y){20}', long('xy').slice(0, 2_048), true],
  ];
  it.each(harmless)('%s is answered on 2,048 bytes', (pattern, path, isMatch) => {
    const tree = parse(pattern);
    expect(path.length).toBeLessThanOrEqual(LIMITS.judgedPathBytesMax);
    expect(compilePatterns([printPattern(tree)], estimateProgramSize(tree)).match(path)).toEqual(isMatch ? [0] : []);
  });
});

describe('globs that make other engines stand still [GW-24]', () => {
  const long = `/${'a'.repeat(LIMITS.judgedPathBytesMax - 1)}`;
  const harmless: readonly [glob: string, path: string, isMatch: boolean][] = [
    ['/*a*a*a*a*a*a*a*a*a*a*b', long, false],
    [`/${'*a'.repeat(100)}`, long, true],
    [`/${'{a,aa}'.repeat(100)}b`, long, false],
    [`/${'{*,a}'.repeat(60)}!`, long, false],
    ['/a/**/a/**/a/**/a/**/a/**/b', '/a'.repeat(LIMITS.judgedPathBytesMax / 2), false],
    ['/a/**/a/**/a/**/a/**/a/**/a', '/a'.repeat(LIMITS.judgedPathBytesMax / 2), true],
    [`/${'{{a,b},{c,d}}'.repeat(40)}`, long, false],
    [`/${'?'.repeat(LIMITS.ruleProgramMax - 10)}*`, long, true],
  ];
  it.each(harmless)('%s is answered on 2,048 bytes', (glob, path, isMatch) => {
    const rules = compileLimitTo(`glob:${glob}`);
    expect(path.length).toBeLessThanOrEqual(LIMITS.judgedPathBytesMax);
    expect(rules?.match({ method: 'GET', path, contextPath: '', query: null, body: null }) !== null).toBe(isMatch);
  });
});
