// The slow hash of a token: computed on libuv's threads, a few at a time, paid once and then remembered; and no way to burn CPU [PAT-3].
import { createHmac, timingSafeEqual } from 'node:crypto';
import { HostError, type Instant, LIMITS } from '../../core/index.js';
import { recentlyUsed } from '../../core/recently-used.js';
import type { PluginHost } from '../../plugin-kit/contract.js';
import { limiter } from '../../plugin-kit/limiter.js';
import { hashPkcs5s2, isPkcs5s2, verifyPkcs5s2 } from '../../plugin-kit/pkcs5s2.js';
import { PROPERTIES } from './properties.js';
import type { TokenParts } from './token-format.js';

export interface Hashes {
  /** The stored form for a new token, which counts as verified from then on. */
  hash(parts: TokenParts): Promise<string>;
  /** Whether that is remembered: no hash is computed. */
  knows(parts: TokenParts, hashedToken: string): boolean;
  /** Whether the stored form was made from this secret. Throws HostError authn.unavailable when that cannot be found out now. */
  verify(parts: TokenParts, hashedToken: string): Promise<boolean>;
}

interface Verified {
  /** Under a key of this process: nothing in the heap to guess a token from [GW-13]. */
  readonly digest: Buffer;
  readonly hashedToken: string;
  readonly until: Instant;
}

interface Failures {
  count: number;
  readonly until: Instant;
}

const SALT_BYTES = 16;
const MINUTE_MS = 60_000;

/** The hashes of one installation. */
export function openHashes(host: Pick<PluginHost, 'clock' | 'random' | 'setting'>): Hashes {
  const key = host.random.bytes(32);
  const cacheItems = host.setting(PROPERTIES.cacheItems);
  const cacheMs = host.setting(PROPERTIES.cacheMinutes) * MINUTE_MS;
  const verified = cacheItems === 0 ? null : recentlyUsed<string, Verified>(cacheItems);
  const failures = recentlyUsed<string, Failures>(LIMITS.tokenFailureIdsMax);
  const bounds = {
    atOnceMax: LIMITS.tokenHashesMax,
    waitingMax: LIMITS.tokenHashesQueueMax,
    refusal: () => new HostError('authn.unavailable', { detail: 'Too many hashes of personal access tokens are waiting for their turn.' }),
  };
  const inTurn = limiter(bounds);
  // A line before the line: of the tries for ids that have had a wrong value, as many as may be at work stand in the other one, so that
  // whoever tries values for ids that he has seen does not stand before a token's first use.
  const afterTheOthers = limiter(bounds);
  const digestOf = (secretText: string): Buffer => createHmac('sha256', key).update(secretText).digest();
  const remember = ({ tokenId, secretText }: TokenParts, hashedToken: string): void =>
    void verified?.set(tokenId, { digest: digestOf(secretText), hashedToken, until: host.clock.now() + cacheMs });

  /** What is remembered of this very secret, its time being over or not. */
  function find({ tokenId, secretText }: TokenParts, hashedToken: string): Verified | null {
    const known = verified?.get(tokenId);
    return known !== undefined && known.hashedToken === hashedToken && timingSafeEqual(known.digest, digestOf(secretText)) ? known : null;
  }

  /** Counts a try before it is made: many at once are many. How many it makes, this one too. Throws when the id has had its share. */
  function countTry(tokenId: string): number {
    const before = failures.get(tokenId);
    const current = before !== undefined && host.clock.now() < before.until ? before : fresh();
    if (current.count >= LIMITS.tokenFailuresMax) {
      throw new HostError('authn.unavailable', { detail: `Too many wrong values for the personal access token ${tokenId}.` });
    }
    current.count += 1;
    failures.set(tokenId, current);
    return current.count;
  }

  function fresh(): Failures {
    return { count: 0, until: host.clock.now() + LIMITS.tokenFailuresMs };
  }

  return {
    async hash(parts) {
      const hashedToken = await inTurn(() => hashPkcs5s2(parts.secretText, host.random.bytes(SALT_BYTES)));
      remember(parts, hashedToken);
      return hashedToken;
    },
    knows: (parts, hashedToken) => (find(parts, hashedToken)?.until ?? 0) > host.clock.now(),
    async verify(parts, hashedToken) {
      if (!isPkcs5s2(hashedToken)) {
        throw new HostError('authn.unavailable', { detail: 'A personal access token is stored in a form that Postern does not know.' });
      }
      // Whoever knows an id must not be able to lock its owner out: a value that was right before is always tried.
      const isFirst = find(parts, hashedToken) !== null || countTry(parts.tokenId) === 1;
      const compute = (): Promise<boolean> => inTurn(() => verifyPkcs5s2(parts.secretText, hashedToken));
      if (!(await (isFirst ? compute() : afterTheOthers(compute)))) return false;
      failures.delete(parts.tokenId);
      remember(parts, hashedToken);
      return true;
    },
  };
}
