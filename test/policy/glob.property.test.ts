// Globs mean what micromatch says they mean, on every path a request can have, and never more than linear work [GW-24].
import fc from 'fast-check';
import micromatch from 'micromatch';
import { parseGlob } from '../../src/policy/glob.js';
import { PatternError } from '../../src/policy/regex-cursor.js';
import { compilePatterns, programSize } from '../../src/policy/regex.js';
import { estimateProgramSize, printPattern } from '../../src/policy/regex-tree.js';

// The same globs every time: micromatch's own expressions backtrack. Change the seed to look further.
fc.configureGlobal({ seed: 20_261_122 });

const TEXT = ['a', 'b', 'ab', 'K-1', '.', '.b', 'a.b', '%20', '+', '$', '@', '=', "'", '~', '!', '&', ':'];
const CLASSES = ['[ab]', '[a-c]', '[^a]', '[^a-c.]', '[-a]', '[.]', '[*]', '[(]', '[+]', '[$a]', '[a,b]', '[?]'];

/** Globs by the grammar, a segment at a time. */
const { glob } = fc.letrec<{ glob: string; segment: string; piece: string; choice: string; option: string }>((tie) => ({
  glob: fc
    .tuple(
      fc.array(fc.oneof({ arbitrary: tie('segment'), weight: 5 }, { arbitrary: fc.constant('**'), weight: 2 }), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.constantFrom('', '', '', '/'),
    )
    .map(([segments, end]) => `/${segments.join('/')}${end}`),
  segment: fc.array(tie('piece'), { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join('')),
  piece: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    { arbitrary: fc.constantFrom(...TEXT), weight: 4 },
    { arbitrary: fc.constantFrom('*', '?'), weight: 3 },
    { arbitrary: fc.constantFrom(...CLASSES), weight: 1 },
    { arbitrary: tie('choice'), weight: 2 },
  ),
  choice: fc.array(tie('option'), { minLength: 2, maxLength: 3 }).map((options) => `{${options.join(',')}}`),
  option: fc.oneof(
    { arbitrary: fc.array(tie('piece'), { maxLength: 3 }).map((pieces) => pieces.join('')), weight: 4 },
    { arbitrary: fc.array(tie('piece'), { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join('/')), weight: 1 },
  ),
}));

/** A text that the glob is likely to match: stars and choices taken at random. */
function sample(text: string, choose: (below: number) => number): string {
  let last = '';
  // From the innermost braces outwards.
  for (let now = text; now !== last; ) {
    last = now;
    now = now.replaceAll(/\{([^{}]*)\}/g, (_whole, options: string) => options.split(',')[choose(options.split(',').length)] ?? '');
    text = now;
  }
  return text
    .replaceAll('/**', () => ['', '/', '/a', '/a/b'][choose(4)] ?? '')
    .replaceAll(/\[[^\]]*\]/g, () => 'ab.-*(c'.charAt(choose(7)))
    .replaceAll('?', () => 'ab.'.charAt(choose(3)))
    .replaceAll('*', () => ['', 'a', '.', '.b', 'K-1'][choose(5)] ?? '');
}

/** Whether a request can have it [GW-2]. */
function isCanonical(path: string): boolean {
  return /^\/[A-Za-z0-9\-._~!$&'()*+,=:@/%]*$/.test(path) && !/\/\/|\/\.{1,2}(\/|$)/.test(path);
}

const somePath = fc
  .array(fc.constantFrom('a', 'b', 'ab', 'a.b', '.b', 'K-1', 'c', '%20', '-', 'x*', '+', 'aab'), { maxLength: 4 })
  .chain((segments) => fc.constantFrom('', '/').map((end) => `/${segments.join('/')}${segments.length === 0 ? '' : end}`));

/** What micromatch says, and the one thing that the specification adds: behind a star too, a trailing `/**` matches the folder itself. */
function micromatchSays(text: string): (path: string) => boolean {
  const says = micromatch.matcher(text, { dot: true });
  const folder = text.endsWith('*/**') ? micromatch.matcher(text.slice(0, -3), { dot: true }) : () => false;
  return (path) => says(path) || folder(path);
}

function compiled(text: string) {
  const tree = parseGlob(text, { start: 0, end: text.length });
  return { tree, set: compilePatterns([printPattern(tree)], estimateProgramSize(tree)) };
}

it('match exactly the canonical paths that micromatch matches, or are refused when they are written [GW-24]', () => {
  const seen = { taken: 0, refused: 0, matches: 0, others: 0 };
  fc.assert(
    fc.property(glob, fc.array(somePath, { minLength: 3, maxLength: 3 }), fc.gen(), (text, paths, gen) => {
      let set: ReturnType<typeof compiled>['set'];
      try {
        ({ set } = compiled(text));
      } catch (error) {
        expect(error).toBeInstanceOf(PatternError);
        seen.refused++;
        return;
      }
      seen.taken++;
      const samples = Array.from({ length: 5 }, () => sample(text, (below) => gen(fc.nat, { max: below - 1 })));
      const expected = micromatchSays(text);
      for (const path of [...paths, ...samples, ...samples.map((one) => `${one}/`)].filter(isCanonical)) {
        const isMatch = set.match(path).length > 0;
        if (isMatch) seen.matches++;
        else seen.others++;
        expect([text, path, isMatch]).toEqual([text, path, expected(path)]);
      }
    }),
    { numRuns: 4_000 },
  );
  expect(Math.min(seen.taken, seen.matches, seen.others)).toBeGreaterThan(1_500);
});

it('are never estimated below what the engine makes of them [EXT-17]', () => {
  fc.assert(
    fc.property(glob, (text) => {
      let tree: ReturnType<typeof compiled>['tree'];
      try {
        ({ tree } = compiled(text));
      } catch {
        return;
      }
      expect(estimateProgramSize(tree)).toBeGreaterThanOrEqual(programSize(printPattern(tree)));
    }),
    { numRuns: 1_000 },
  );
});
