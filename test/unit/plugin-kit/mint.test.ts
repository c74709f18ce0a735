import type { RandomSource } from '../../../src/core/index.js';
import { mintBase64, mintText } from '../../../src/plugin-kit/mint.js';
import { testRandom } from '../../support/test-random.js';

/** Yields the bytes given, in order, then fails. */
function fixedRandom(bytes: readonly number[]): RandomSource {
  const left = [...bytes];
  return {
    bytes(count) {
      if (left.length < count) throw new Error('no more bytes');
      return Buffer.from(left.splice(0, count));
    },
  };
}

const ALNUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

it('throws away a byte that would make the first characters likelier', () => {
  // 256 = 4 × 62 + 8: the bytes 248 to 255 would all fall on A to H.
  expect(mintText(fixedRandom([247, 248, 0, 255, 61, 62]), ALNUM, 4)).toBe('9A9A');
});

it('uses every byte where the alphabet divides 256', () => {
  expect(mintText(fixedRandom([0, 31, 32, 255]), '0123456789abcdefghijklmnopqrstuv', 4)).toBe('0v0v');
});

it('makes every character of an odd alphabet about as often as any other', () => {
  const counts = new Map<string, number>();
  for (const character of mintText(testRandom(), ALNUM, 62_000)) counts.set(character, (counts.get(character) ?? 0) + 1);
  expect(counts.size).toBe(62);
  // 1,000 expected of each, standard deviation 31; a remainder of a byte would give A to H 1,211.
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
});

it('makes base64 of the bytes asked for', () => {
  expect(mintBase64(fixedRandom(Array.from({ length: 64 }, (_, index) => index)), 64)).toBe(
    Buffer.from(Array.from({ length: 64 }, (_, index) => index)).toString('base64'),
  );
  expect(mintBase64(testRandom(), 64)).toMatch(/^[A-Za-z0-9+/]{86}==$/);
});
