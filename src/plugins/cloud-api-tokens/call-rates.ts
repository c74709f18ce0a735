// How many calls of the organization's API a key has left in this minute [CLD-8].
import { type Clock, type Instant, LIMITS } from '../../core/index.js';

const WINDOW_MS = 60_000;

/** What one call leaves. */
export interface CallRate {
  readonly isOver: boolean;
  readonly remaining: number;
  readonly resetsAt: Instant;
}

export interface CallRates {
  /** Counts a call. */
  take(tokenRef: string): CallRate;
}

/** Fixed windows, the same for every key: all counts end together, so that no more are kept than keys were used within a minute. */
export function createCallRates(clock: Clock): CallRates {
  const calls = new Map<string, number>();
  let endsAt = 0;
  return {
    take(tokenRef) {
      const now = clock.now();
      if (now >= endsAt) {
        calls.clear();
        endsAt = (Math.floor(now / WINDOW_MS) + 1) * WINDOW_MS;
      }
      const made = (calls.get(tokenRef) ?? 0) + 1;
      calls.set(tokenRef, made);
      const left = LIMITS.organizationCallsPerMinute - made;
      return { isOver: left < 0, remaining: Math.max(0, left), resetsAt: endsAt };
    },
  };
}
