// Randomness that is the same in every run: a keyed counter, so that golden files and tokens are stable.
import { createHmac } from 'node:crypto';
import type { RandomSource } from '../../src/core/index.js';

/** Yields HMAC-SHA-256(seed, 0), HMAC-SHA-256(seed, 1) … cut to what is asked for. Two sources of one seed yield the same. */
export function testRandom(seed = 'postern'): RandomSource {
  let counter = 0;
  return {
    bytes(count) {
      const blocks: Buffer[] = [];
      for (let have = 0; have < count; have += 32) {
        blocks.push(createHmac('sha256', seed).update(String(counter)).digest());
        counter += 1;
      }
      return Buffer.concat(blocks).subarray(0, count);
    },
  };
}
