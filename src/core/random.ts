// The only door to randomness, so that tests can make the same tokens twice.
import { randomBytes } from 'node:crypto';

/** Yields bytes that nobody can guess. */
export interface RandomSource {
  /** `count` fresh random bytes. */
  bytes(count: number): Buffer;
}

/** The operating system's generator. */
export const systemRandom: RandomSource = { bytes: (count) => randomBytes(count) };
