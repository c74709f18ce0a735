// Whether what is remembered may still be believed. A revocation elsewhere is seen in the database alone, so a node that could not ask it for
// a while no longer knows: it asks anew for every request, which is 503 where there is no answer [GW-50].
import { type Clock, LIMITS, type Logger } from '../core/index.js';

export interface FreshnessOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds after the last answer of the database for which what is remembered is believed. */
  readonly limitMs: number;
  /** Asks the database; rejects when it does not answer. */
  confirm(): Promise<void>;
}

export interface Freshness {
  isFresh(): boolean;
  close(): void;
}

/** Asks each second. Begins fresh: the start has just talked to the database. */
export function watchFreshness({ clock, logger, limitMs, ...database }: FreshnessOptions): Freshness {
  let confirmedAt = clock.monotonicMs();
  let isWarned = false;
  const isFresh = (): boolean => clock.monotonicMs() - confirmedAt <= limitMs;

  async function ask(): Promise<void> {
    // What the answer confirms is the moment of the question.
    const askedAt = clock.monotonicMs();
    await database.confirm();
    confirmedAt = askedAt;
    if (isWarned) logger.warn({}, 'The database answers again; remembered tokens are believed.');
    isWarned = false;
  }
  const warn = (): void => {
    if (isWarned || isFresh()) return;
    isWarned = true;
    logger.error({ limitMs }, 'The database has not answered for too long: remembered tokens are not believed, and get 503.');
  };
  const stop = clock.every(LIMITS.freshnessPollMs, () => ask().catch(warn), warn);
  return { isFresh, close: stop };
}
