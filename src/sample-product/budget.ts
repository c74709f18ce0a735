// How much the sample may keep: it lives in memory, and a script in a loop must not take the gateway's process with it [GW-52].
import { LIMITS } from '../core/index.js';
import { SampleFault } from './fault.js';

/** What one record costs besides its texts, in bytes: a generous guess. */
const RECORD_BYTES = 1_024;

/** Counts the bytes kept, for both products together. */
export class Budget {
  #bytesLeft: number = LIMITS.sampleStoreBytesMax;

  /** Takes `bytes`, or throws 507 and takes nothing. */
  take(bytes: number): void {
    if (bytes > this.#bytesLeft) throw new SampleFault(507, 'The sample keeps everything in memory, and its memory is full.');
    this.#bytesLeft -= bytes;
  }

  /** Gives back what was taken. */
  give(bytes: number): void {
    this.#bytesLeft += bytes;
  }
}

/** The cost of one record with these texts. */
export function recordBytes(...texts: readonly (string | null)[]): number {
  return texts.reduce((sum, text) => sum + (text === null ? 0 : Buffer.byteLength(text)), RECORD_BYTES);
}
