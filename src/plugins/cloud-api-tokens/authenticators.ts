// Recognises the users' tokens, as Basic `email:token` on `/rest/*` of both products, and the organization's keys, as Bearer on the cloud's
// own resources; neither opens what the other does [CLD-2, CLD-9].
import type { Grant, Instant, Principal, RequestView } from '../../core/index.js';
import type { Authenticator, AuthnOutcome, RejectReason, TokenUse } from '../../plugin-kit/contract.js';
import { compileLimits } from '../../plugin-kit/stored-limits.js';
import type { Desk } from './desk.js';
import type { OrganizationKey } from './key-row.js';
import { SYSTEM } from './manifest.js';
import { isKeyRef, TOKEN_PREFIX } from './mint-values.js';
import type { ApiToken } from './token-row.js';

const SKIPPED: AuthnOutcome = { outcome: 'skipped' };

/** They share one `recordUses`: hand it each batch once. */
export function createAuthenticators(desk: Desk): readonly Authenticator[] {
  const recordUses: Authenticator['recordUses'] = async (uses, manager) => {
    const ofKeys = (use: TokenUse): boolean => isKeyRef(use.tokenRef);
    await desk.tokens.recordUses(
      uses.filter((use) => !ofKeys(use)),
      manager,
    );
    await desk.keys.recordUses(uses.filter(ofKeys), manager);
  };
  return [
    {
      scheme: 'basic',
      challenge: 'Basic realm="Postern", charset="UTF-8"',
      verify: async (credential, request) =>
        credential.scheme === 'basic' && isBelowRest(request)
          ? verifyToken(desk, credential.username, credential.secret.reveal())
          : SKIPPED,
      recordUses,
    },
    {
      scheme: 'bearer',
      product: 'cloud',
      challenge: 'Bearer realm="Postern"',
      verify: async (credential, { product }) =>
        credential.scheme === 'bearer' && product === 'cloud' ? verifyKey(desk, credential.secret.reveal()) : SKIPPED,
      recordUses,
    },
  ];
}

function isBelowRest(request: RequestView): boolean {
  return request.product !== 'cloud' && request.path.startsWith(`${request.contextPath}/rest/`);
}

async function verifyToken({ host, tokens }: Desk, emailAddress: string, value: string): Promise<AuthnOutcome> {
  // What does not look like one of ours is another system's: the prefix is no secret.
  if (!value.startsWith(TOKEN_PREFIX)) return SKIPPED;
  // Both are asked whatever the other says: an unknown address and an unknown token cost the same [GW-12].
  const [token, named] = await Promise.all([tokens.findByValue(value), host.directory.findActiveByEmail(emailAddress)]);
  if (token === null) return SKIPPED;
  if (named === null) {
    // Nobody active has the address alone: it may have been the owner's [DIR-7].
    const owner = await host.directory.findByUserKey(token.userKey);
    return owner?.isActive === true ? SKIPPED : reject(token.tokenRef, 'owner-inactive');
  }
  if (named.userKeys.jira !== token.userKey) return SKIPPED;
  return accept(host.clock.now(), named, tokenGrant(token));
}

async function verifyKey({ host, keys }: Desk, value: string): Promise<AuthnOutcome> {
  const key = await keys.findByValue(value);
  if (key === null) return SKIPPED;
  const maker = await host.directory.findByUserKey(key.userKey);
  // A key is as strong as the administrator who made it, and no longer than that [GW-20].
  if (maker?.isActive !== true || !maker.isAdministrator) return reject(key.tokenRef, 'owner-inactive');
  return accept(host.clock.now(), maker, keyGrant(key));
}

function accept(now: Instant, principal: Principal, grant: Grant): AuthnOutcome {
  return isOver(grant, now) ? reject(grant.tokenRef, 'expired') : { outcome: 'accepted', principal, grant };
}

/** Whether it has ended by then. */
export function isOver({ validUntil }: Grant, at: Instant): boolean {
  return validUntil !== null && at >= validUntil;
}

/** What a user's token may be used for. */
export function tokenGrant({ tokenRef, expiresAt, limits }: ApiToken): Grant {
  return { tokenRef, system: SYSTEM, validUntil: expiresAt, limits: compileLimits(limits), isAnyone: false };
}

/** What an organization key may be used for. */
export function keyGrant({ tokenRef, expiresAt }: OrganizationKey): Grant {
  return { tokenRef, system: SYSTEM, validUntil: expiresAt, limits: [], isAnyone: false };
}

function reject(tokenRef: string, reason: RejectReason): AuthnOutcome {
  return { outcome: 'rejected', reason, tokenRef };
}
