// The short-lived signed token that tells the upstream the user: identity mode jwt [GW-42]. It names the user and not the request, so that
// one signature does for many: a signature costs more than the rest of a cached request's way (docs/decisions/0013).
import { SignJWT } from 'jose';
import { type Clock, HostError, type Instant, LIMITS, type Principal, type SigningKeys, type UpstreamProduct } from '../core/index.js';
import { recentlyUsed } from '../core/recently-used.js';

export interface IdentityTokenNeeds {
  readonly signing: SigningKeys;
  /** The base URL's origin: `iss`. Never what a client calls us. */
  readonly issuer: string;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** The token for a user at an upstream; `audience` is the upstream's origin. */
export type MintIdentityToken = (principal: Principal, product: UpstreamProduct, audience: string) => Promise<string>;

interface Minted {
  readonly token: Promise<string>;
  readonly reusedUntil: Instant;
}

/** Mints tokens, and gives the same one again while more than half of its life is left. */
export function identityTokens(needs: IdentityTokenNeeds): MintIdentityToken {
  const { clock } = needs;
  const minted = recentlyUsed<string, Minted>(LIMITS.identityTokensMax);
  return (principal, product, audience) => {
    const now = clock.now();
    // Everything that the token says is in its key: a user who is renamed, or of the other product, gets another.
    const key = JSON.stringify([audience, product, principal.userKeys[product], principal.username]);
    const kept = minted.get(key);
    // A clock that was set back would keep a token beyond its end.
    if (kept !== undefined && now < kept.reusedUntil && now >= kept.reusedUntil - LIMITS.identityTokenReuseMs) return kept.token;
    const token = mint(needs, now, { principal, product, audience });
    minted.set(key, { token, reusedUntil: now + LIMITS.identityTokenReuseMs });
    token.catch(() => minted.delete(key));
    return token;
  };
}

async function mint(
  { signing, issuer, newId }: IdentityTokenNeeds,
  now: Instant,
  { principal, product, audience }: { principal: Principal; product: UpstreamProduct; audience: string },
): Promise<string> {
  const { keyId, privateKey } = signing.current();
  const issuedAt = Math.floor(now / 1_000);
  const claims = {
    iss: issuer,
    aud: audience,
    sub: principal.username,
    user_key: principal.userKeys[product],
    iat: issuedAt,
    nbf: issuedAt - LIMITS.identityTokenSkewMs / 1_000,
    exp: issuedAt + LIMITS.identityTokenMs / 1_000,
    jti: newId(),
  };
  try {
    return await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: keyId }).sign(privateKey);
  } catch (cause) {
    throw new HostError('platform.unexpected', { detail: `An identity token could not be signed: ${(cause as Error).name}`, cause });
  }
}
