// Site keys that are the same in every run: one current, and as many retired ones as asked for.
import type { SiteKeys } from '../../src/core/index.js';
import type { SiteKey } from '../../src/store/key-file.js';
import { keyRing } from '../../src/store/key-ring.js';
import { testRandom } from './test-random.js';

function siteKey(number: number): SiteKey {
  return { id: `key-${number}`, secret: Buffer.alloc(32, number), createdAt: '2026-01-31T10:00:00.000Z' };
}

/** `testKeys(2)`: the second key is current, the first retired. */
export function testKeys(current = 1): SiteKeys {
  const retired = Array.from({ length: current - 1 }, (_, index) => siteKey(current - 1 - index));
  return keyRing([siteKey(current), ...retired], testRandom('keys'));
}
