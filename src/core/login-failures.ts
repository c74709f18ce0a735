// What is kept of failed logins, for all nodes: counters that empty by themselves [DIR-6].
import type { Instant } from './instant.js';

/** One counter. How full it is follows from how long it takes to be empty, so that nothing has to count it down. */
export interface LoginCounter {
  /** When it will be empty. */
  readonly emptyAt: Instant;
  /** Until when no password is checked. */
  readonly blockedUntil: Instant;
}

/** Counters of failed logins by key: a digest of whom they are about, so that a password typed as a user name is not kept. Every call may throw. */
export interface LoginFailures {
  /** The counters that are there. */
  read(keys: readonly string[]): Promise<ReadonlyMap<string, LoginCounter>>;
  /** Changes the counters in one transaction, in which nobody else changes them. */
  change(keys: readonly string[], next: (key: string, before: LoginCounter | null) => LoginCounter): Promise<void>;
  forget(key: string): Promise<void>;
  /** Removes the counters that are empty, and the emptiest of more than LIMITS.loginCountersMax. */
  prune(now: Instant): Promise<void>;
}
