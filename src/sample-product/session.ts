// Logins by cookie: what POST /rest/auth/1/session opens and the clients send back [PRD-3].
import { LRUCache } from 'lru-cache';
import { type Clock, LIMITS, type RandomSource } from '../core/index.js';

const SESSION_IDS = /(?:^|;)\s*JSESSIONID=([0-9A-F]{32})(?=\s*(?:;|$))/g;

/** The open sessions of one product, in memory: each ends after five hours without use. */
export class Sessions {
  readonly #random: RandomSource;
  readonly #usernames: LRUCache<string, string>;

  constructor(clock: Clock, random: RandomSource) {
    this.#random = random;
    this.#usernames = new LRUCache({
      // By size, as in core/recently-used.ts.
      maxSize: LIMITS.sampleSessionsMax,
      sizeCalculation: () => 1,
      ttl: LIMITS.sampleSessionIdleMs,
      updateAgeOnGet: true,
      ttlResolution: 0,
      perf: { now: () => clock.now() },
    });
  }

  /** Opens a session under a fresh id, so that nobody can prepare one for another [OWASP: session fixation]. */
  open(username: string): string {
    const id = this.#random.bytes(16).toString('hex').toUpperCase();
    this.#usernames.set(id, username);
    return id;
  }

  /** Whose session the `Cookie` header names, or null. A browser may send several of this name, for several paths. */
  usernameIn(cookieHeader: string | undefined): string | null {
    for (const id of idsIn(cookieHeader)) {
      const username = this.#usernames.get(id);
      if (username !== undefined) return username;
    }
    return null;
  }

  /** Ends every session that the `Cookie` header names. */
  end(cookieHeader: string | undefined): void {
    for (const id of idsIn(cookieHeader)) this.#usernames.delete(id);
  }
}

/** The `Set-Cookie` value for a session below `contextPath`. */
export function sessionCookie(id: string, contextPath: string, isSecure: boolean): string {
  return `JSESSIONID=${id}; Path=${contextPath || '/'}; HttpOnly${isSecure ? '; Secure' : ''}`;
}

function idsIn(cookieHeader = ''): string[] {
  return Array.from(cookieHeader.matchAll(SESSION_IDS), (match) => match[1] ?? '');
}
