// The keys that sign tokens for the upstream, one derived from each of the site's, so that they lie in the key file, are rotated with it
// and need no place of their own [GW-13, GW-42]. On P-256, since ES256 is what verifiers in Java know without more: docs/decisions/0013.
import { createECDH, createPrivateKey, hkdfSync } from 'node:crypto';
import { type Instant, LIMITS, type PublicJwk, type SigningKey, type SigningKeys } from '../core/index.js';
import type { SiteKey } from './key-file.js';

/** The order of P-256: SEC 2 §2.4.2. */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const SCALAR_BYTES = 32;
/** 64 bits more than the order has: what the remainder prefers cannot be told then (FIPS 186-5 §A.2.1). */
const SEED_BYTES = 40;

interface KeyPair extends SigningKey {
  readonly publicJwk: PublicJwk;
}

/** `firstUsedAt` says since when each key has been current for this database, by id; a key that never was has signed nothing. */
export function signingKeys(
  [current, ...retired]: readonly [SiteKey, ...SiteKey[]],
  firstUsedAt: ReadonlyMap<string, Instant>,
): SigningKeys {
  const pairs = new Map<string, KeyPair>();
  const pairOf = (siteKey: SiteKey): KeyPair => {
    const pair = pairs.get(siteKey.id) ?? derivePair(siteKey);
    pairs.set(siteKey.id, pair);
    return pair;
  };
  let supersededAt = firstUsedAt.get(current.id) ?? Infinity;
  const endings = retired.flatMap((siteKey) => {
    const usedAt = firstUsedAt.get(siteKey.id);
    if (usedAt === undefined) return [];
    const publishedUntil = supersededAt + LIMITS.identityKeyOverlapMs + LIMITS.identityTokenMs;
    supersededAt = Math.min(supersededAt, usedAt);
    return [{ siteKey, publishedUntil }];
  });
  return {
    current: () => pairOf(current),
    published: (now) =>
      [current, ...endings.filter(({ publishedUntil }) => now < publishedUntil).map(({ siteKey }) => siteKey)].map(
        (siteKey) => pairOf(siteKey).publicJwk,
      ),
  };
}

function derivePair(siteKey: SiteKey): KeyPair {
  const seed = Buffer.from(hkdfSync('sha256', siteKey.secret, Buffer.alloc(0), 'postern/1/signing/ES256', SEED_BYTES));
  const scalar = (BigInt(`0x${seed.toString('hex')}`) % (ORDER - 1n)) + 1n;
  const secret = Buffer.from(scalar.toString(16).padStart(2 * SCALAR_BYTES, '0'), 'hex');
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(secret);
  // Uncompressed, SEC 1 §2.3.3: 04, then the two coordinates.
  const point = curve.getPublicKey();
  const x = point.subarray(1, 1 + SCALAR_BYTES).toString('base64url');
  const y = point.subarray(1 + SCALAR_BYTES).toString('base64url');
  const jwk = { kty: 'EC', crv: 'P-256', x, y } as const;
  const privateKey = createPrivateKey({ key: { ...jwk, d: secret.toString('base64url') }, format: 'jwk' });
  return { keyId: siteKey.id, privateKey, publicJwk: { ...jwk, alg: 'ES256', use: 'sig', kid: siteKey.id } };
}
