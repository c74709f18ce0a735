// Recognises personal access tokens in Bearer credentials, and nowhere else: as a Basic password one does not work [PAT-12].
import type { BearerCredential, Grant, Instant, Principal, RequestView } from '../../core/index.js';
import type { Authenticator, AuthnOutcome, RejectReason } from '../../plugin-kit/contract.js';
import { compileLimits, UNLIMITED } from '../../plugin-kit/stored-limits.js';
import type { Desk } from './desk.js';
import { profileOf } from './profile.js';
import { PROPERTIES } from './properties.js';
import { readRawToken } from './token-format.js';
import type { PersonalToken } from './token-row.js';

const SKIPPED: AuthnOutcome = { outcome: 'skipped' };

export function createAuthenticator(desk: Desk): Authenticator {
  const { host, profile, tokens } = desk;
  const isFor = (request: RequestView, { schemeAsWritten }: BearerCredential): boolean =>
    request.product === profile.product &&
    host.setting(PROPERTIES.enabled) &&
    // The real product compares the scheme as it is written [PAT-10].
    (host.profile === 'gateway' || schemeAsWritten === 'Bearer');
  return {
    scheme: 'bearer',
    challenge: 'Bearer realm="Postern"',
    verify: async (credential, request) =>
      credential.scheme === 'bearer' && isFor(request, credential) ? verify(desk, credential.secret.reveal()) : SKIPPED,
    recordUses: (uses, manager) => tokens.recordUses(uses, manager),
  };
}

async function verify(desk: Desk, raw: string): Promise<AuthnOutcome> {
  const parts = readRawToken(raw);
  // By the readable part first: an unknown id costs no hash [PAT-3].
  const found = parts === null ? null : await find(desk, parts.tokenId);
  if (parts === null || found === null) return SKIPPED;
  const { hashedToken } = found.token;
  if (desk.hashes.knows(parts, hashedToken)) return judge(desk, found);
  if (!(await desk.hashes.verify(parts, hashedToken))) return SKIPPED;
  // Read again: the hash took its time, and the token may have been revoked or its owner deactivated meanwhile.
  const again = await find(desk, parts.tokenId);
  return again?.token.hashedToken === hashedToken ? judge(desk, again) : SKIPPED;
}

interface Found {
  readonly token: PersonalToken;
  /** null: there is no such user any more. */
  readonly owner: Principal | null;
}

/** A token of the other product is nobody's here [DIR-3]. */
async function find({ host, profile, tokens }: Desk, tokenId: string): Promise<Found | null> {
  const token = await tokens.findByTokenId(tokenId);
  if (token === null) return null;
  const owner = await host.directory.findByUserKey(token.userKey);
  const isOurs = owner === null ? profileOf(token.userKey) === profile : owner.userKeys[profile.product] === token.userKey;
  return isOurs ? { token, owner } : null;
}

function judge({ host, profile }: Desk, { token, owner }: Found): AuthnOutcome {
  const rejection = rejectionOf(token, owner, host.clock.now());
  if (owner === null || rejection !== null) return reject(token, rejection ?? 'owner-inactive');
  return { outcome: 'accepted', principal: owner, grant: grantOf({ host, profile }, token) };
}

/** Why the token is not accepted; null: it is. */
export function rejectionOf(token: PersonalToken, owner: Principal | null, at: Instant): RejectReason | null {
  if (token.expiresAt !== null && at >= token.expiresAt) return 'expired';
  return owner?.isActive === true ? null : 'owner-inactive';
}

/** What the token may be used for: all that limits it is what it took over [GW-26]. */
export function grantOf({ host, profile }: Pick<Desk, 'host' | 'profile'>, token: PersonalToken): Grant {
  return {
    tokenRef: token.tokenRef,
    system: profile.system,
    validUntil: token.expiresAt,
    limits: compileLimits([UNLIMITED, ...token.inherited]),
    isAnyone: false,
    keepsSession: !host.setting(PROPERTIES.invalidateSession),
  };
}

function reject(token: PersonalToken, reason: RejectReason): AuthnOutcome {
  return { outcome: 'rejected', reason, tokenRef: token.tokenRef };
}
