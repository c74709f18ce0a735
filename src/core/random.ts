// The only door to randomness, so that tests can make the same tokens twice.
import { randomFillSync } from 'node:crypto';

/** Yields bytes that nobody can guess. */
export interface RandomSource {
  /** `count` fresh random bytes. */
  bytes(count: number): Buffer;
}

/** Bytes asked of the operating system at once: a call for each request's id would cost more than the rest of its making. */
const POOL_BYTES = 8_192;

/** The operating system's generator. Bytes that were given out are wiped from the pool, so that no heap dump holds a token twice. */
export const systemRandom: RandomSource = pooled();

function pooled(): RandomSource {
  const pool = Buffer.alloc(POOL_BYTES);
  let used = POOL_BYTES;
  return {
    bytes(count) {
      if (count > POOL_BYTES / 4) return randomFillSync(Buffer.alloc(count));
      if (used + count > POOL_BYTES) {
        randomFillSync(pool);
        used = 0;
      }
      const given = Buffer.from(pool.subarray(used, used + count));
      pool.fill(0, used, used + count);
      used += count;
      return given;
    },
  };
}
