// Remembers who a credential stands for, never what it may do [GW-61]. Keys are digests under a key of this process, so that
// neither a secret nor something to guess one from lies in the heap [GW-13].
import { hash } from 'node:crypto';
import { type Clock, type Credential, LIMITS, type RandomSource, type RequestView } from '../core/index.js';
import { recentlyUsed } from '../core/recently-used.js';
import type { Verification } from './verification.js';

/** Made by `nameOf` alone. */
export type CachedName = string & { readonly made: 'by nameOf' };

interface Remembered {
  readonly verification: Verification;
  readonly until: number;
}

/** Bounded memory of accepted credentials and, shortly, of others. */
export interface CredentialCache {
  /** What a credential is remembered under: a digest, which is worked out once for each request [GW-61]. */
  nameOf(credential: Credential, request: RequestView): CachedName;
  /** The remembered answer, or null: then `find` tells. Nothing is waited for. */
  recall(name: CachedName): Verification | null;
  /** The remembered answer, or the one of `look`, asked once for all who wait. What `look` throws is not remembered. */
  find(name: CachedName, look: () => Promise<Verification>): Promise<Verification>;
  /** Forgets everything about a token, and every miss: a new token works at once. */
  forgetToken(tokenRef: string): void;
  /** Forgets everything about a user, and every miss. */
  forgetUser(userId: number): void;
  /** Forgets everything. */
  clear(): void;
}

/** `isFresh` false: nothing that is remembered is believed, and everybody is asked for anew [GW-50]. */
export function createCredentialCache(clock: Clock, random: RandomSource, isFresh: () => boolean = () => true): CredentialCache {
  const key = random.bytes(32).toString('hex');
  const accepted = recentlyUsed<CachedName, Remembered>(LIMITS.credentialCacheMax);
  const misses = recentlyUsed<CachedName, Remembered>(LIMITS.credentialMissesMax);
  const running = new Map<CachedName, Promise<Verification>>();
  // Counts what was forgotten: an answer looked up before that must not be remembered after it.
  let forgotten = 0;

  const forgetMisses = (): void => {
    forgotten += 1;
    misses.clear();
    running.clear();
  };
  const forgetWhere = (isMeant: (verification: Verification) => boolean): void => {
    for (const [name, entry] of accepted.entries()) if (isMeant(entry.verification)) accepted.delete(name);
    forgetMisses();
  };

  const recall = (name: CachedName): Verification | null => {
    const remembered = accepted.get(name) ?? misses.get(name);
    return remembered !== undefined && clock.now() < remembered.until && isFresh() ? remembered.verification : null;
  };

  return {
    nameOf: (credential, request) => cachedName(key, credential, request),
    recall,
    async find(name, look) {
      const remembered = recall(name);
      if (remembered !== null) return remembered;
      const already = running.get(name);
      if (already !== undefined) return already;
      const epoch = forgotten;
      const asked = look();
      running.set(name, asked);
      try {
        const verification = await asked;
        if (epoch === forgotten && !isPassing(verification)) {
          const isAccepted = verification.kind === 'accepted';
          const ttl = isAccepted ? LIMITS.credentialCacheTtlMs : LIMITS.credentialMissTtlMs;
          (isAccepted ? accepted : misses).set(name, { verification, until: Math.min(clock.now() + ttl, endOf(verification)) });
        }
        return verification;
      } finally {
        if (running.get(name) === asked) running.delete(name);
      }
    },
    forgetToken: (tokenRef) => forgetWhere((verification) => verification.kind === 'accepted' && verification.grant?.tokenRef === tokenRef),
    forgetUser: (userId) => forgetWhere((verification) => verification.kind === 'accepted' && verification.principal.userId === userId),
    clear() {
      accepted.clear();
      forgetMisses();
    },
  };
}

function isPassing(verification: Verification): boolean {
  return verification.kind === 'unaccepted' && verification.isPassing === true;
}

/** A token that has ended is looked up anew, so that it is refused for what it is [PAT-11]. */
function endOf(verification: Verification): number {
  return (verification.kind === 'accepted' ? verification.grant?.validUntil : null) ?? Number.POSITIVE_INFINITY;
}

function cachedName(key: string, credential: Credential, request: RequestView): CachedName {
  const username = credential.scheme === 'basic' ? credential.username : '';
  // NUL separates: it can stand in none of the parts [RFC 7617 §2].
  // The key has a fixed length and stands in front; the digest never leaves the process, so nobody has one to extend. An HMAC object for each
  // request would cost three times as much [GW-61].
  const text = `${key}\0${request.product}\0${credential.schemeAsWritten}\0${username}\0${credential.secret.reveal()}`;
  return hash('sha256', text, 'base64') as CachedName;
}
