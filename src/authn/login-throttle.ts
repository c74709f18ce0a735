// How many logins may fail: counted for each user and each address, on all nodes together, apart for `/rest/*` and for our own
// API; past the limit no password is checked for a while, and a while twice as long after each further failure [DIR-6].
import ipaddr from 'ipaddr.js';
import {
  type Cancel,
  type Clock,
  type Instant,
  LIMITS,
  type Logger,
  type LoginCounter,
  type LoginFailures,
  type SiteKeys,
} from '../core/index.js';

/** Which counters: `/rest/*` below the products, or `/api/v1`. */
export type LoginScope = 'rest' | 'api';

/** Who tries to log in, from where. */
export interface LoginAttempt {
  readonly scope: LoginScope;
  readonly username: string;
  /** The client's, one plain address; where it cannot be told, the peer's. */
  readonly address: string;
}

export interface LoginThrottleNeeds {
  readonly failures: LoginFailures;
  readonly keys: SiteKeys;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How many may fail within LIMITS.loginFailuresMs. */
  readonly failuresMax: { readonly user: number; readonly address: number };
}

/** What the counters say of an attempt. */
export interface LoginStanding {
  /** No password is checked now. */
  readonly isDenied: boolean;
  /** Logins of this user have failed, so that a success has something to forget. */
  readonly hasFailed: boolean;
}

/** The counters at work. Every call throws when the database cannot be asked: then nobody knows, and no password is checked. */
export interface LoginThrottle {
  standing(attempt: LoginAttempt): Promise<LoginStanding>;
  /** Counts a failure. Resolves to whether the attempt was denied already when it was counted. */
  failed(attempt: LoginAttempt): Promise<boolean>;
  /** Empties the user's counter; the address's stays, or one account of one's own would open it again and again. */
  succeeded(attempt: LoginAttempt): Promise<void>;
  /** Ends the pruning. */
  close(): void;
}

/** Opens the counters, and prunes them every minute. */
export function createLoginThrottle(needs: LoginThrottleNeeds): LoginThrottle {
  const { failures, clock } = needs;
  const stopPruning = pruneRegularly(needs);
  return {
    async standing(attempt) {
      const { user, address } = keysOf(attempt, needs.keys);
      const counters = await failures.read([user, address]);
      const now = clock.now();
      return { isDenied: [...counters.values()].some((counter) => isBlocked(counter, now)), hasFailed: counters.has(user) };
    },

    async failed(attempt) {
      const { user, address } = keysOf(attempt, needs.keys);
      const now = clock.now();
      let wasDenied = false;
      await failures.change([user, address], (key, before) => {
        wasDenied ||= before !== null && isBlocked(before, now);
        return afterFailure(before, now, key === user ? needs.failuresMax.user : needs.failuresMax.address);
      });
      return wasDenied;
    },

    succeeded: (attempt) => failures.forget(keysOf(attempt, needs.keys).user),

    close: () => stopPruning(),
  };
}

/** A counter after one more failure. It holds `failuresMax` and loses one every `loginFailuresMs / failuresMax`. */
export function afterFailure(before: LoginCounter | null, now: Instant, failuresMax: number): LoginCounter {
  const step = Math.ceil(LIMITS.loginFailuresMs / failuresMax);
  const emptyAt = Math.max(before?.emptyAt ?? now, now) + step;
  const beyond = Math.ceil((emptyAt - now) / step) - failuresMax;
  if (beyond < 0) return { emptyAt, blockedUntil: before?.blockedUntil ?? now };
  const delay = Math.min(LIMITS.loginDelayMs * 2 ** Math.min(beyond, 30), LIMITS.loginDelayMsMax);
  return { emptyAt, blockedUntil: now + delay };
}

function isBlocked(counter: LoginCounter, now: Instant): boolean {
  return now < counter.blockedUntil;
}

function keysOf({ scope, username, address }: LoginAttempt, keys: SiteKeys): { user: string; address: string } {
  const digest = (kind: string, subject: string): string => keys.digest('login-failure', `${scope}\0${kind}\0${subject}`).digest;
  return { user: digest('user', foldAscii(username)), address: digest('address', networkOf(address)) };
}

/** As user names are compared [EXT-1]. */
function foldAscii(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** The address; of IPv6 the /64, which one customer has all of (RFC 6177). */
function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.parse(address);
  return parsed.kind() === 'ipv4' ? address : parsed.toNormalizedString().split(':').slice(0, 4).join(':');
}

function pruneRegularly({ failures, clock, logger }: LoginThrottleNeeds): Cancel {
  const report = (error: unknown): void => logger.warn({ error: String(error) }, 'Old counters of failed logins could not be removed');
  return clock.every(LIMITS.loginPruneMs, () => failures.prune(clock.now()), report);
}
