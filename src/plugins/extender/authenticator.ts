// Recognises Extender's tokens in Basic and Bearer credentials.
import type { Credential, Grant, Instant, Principal, RequestView, UserDirectory } from '../../core/index.js';
import type { Authenticator, AuthnOutcome, PluginHost, RejectReason } from '../../plugin-kit/contract.js';
import { compileLimits } from '../../plugin-kit/stored-limits.js';
import { anyoneTokensSetting, authSetting, SYSTEM } from './manifest.js';
import type { PresentedToken } from './token-row.js';
import type { TokenStore } from './tokens.js';

const SKIPPED: AuthnOutcome = { outcome: 'skipped' };

/** The authenticators that the setting `extender.auth` asks for [EXT-2]. They share one `recordUses`: hand it each batch once. */
export function createAuthenticators(host: PluginHost, tokens: TokenStore): readonly Authenticator[] {
  const honoursAnyone = host.setting(anyoneTokensSetting);
  const recordUses: Authenticator['recordUses'] = (uses, manager) => tokens.recordUses(uses, manager);
  const authenticators: readonly Authenticator[] = [
    {
      scheme: 'basic',
      challenge: 'Basic realm="Postern", charset="UTF-8"',
      verify: async (credential, request) =>
        credential.scheme === 'basic' && isBelowRest(request) ? verifyBasic(host, tokens, honoursAnyone, credential) : SKIPPED,
      recordUses,
    },
    {
      scheme: 'bearer',
      challenge: 'Bearer realm="Postern"',
      verify: async (credential, request) =>
        credential.scheme === 'bearer' && isBelowRest(request) ? verifyBearer(host, tokens, credential) : SKIPPED,
      recordUses,
    },
  ];
  const wanted = host.setting(authSetting);
  return authenticators.filter(({ scheme }) => wanted === 'both' || wanted === scheme);
}

/** Extender is an app of Jira, and its tokens open `/rest/*` alone [EXT-3]. */
function isBelowRest(request: RequestView): boolean {
  return request.product === 'jira' && request.path.startsWith(`${request.contextPath}/rest/`);
}

async function verifyBasic(
  host: PluginHost,
  tokens: TokenStore,
  honoursAnyone: boolean,
  credential: Extract<Credential, { scheme: 'basic' }>,
): Promise<AuthnOutcome> {
  // Both are asked whatever the other says: an unknown user and an unknown token cost the same [GW-12].
  const [token, named] = await Promise.all([
    tokens.findPresented(credential.secret.reveal()),
    findNamed(host.directory, credential.username),
  ]);
  if (token === null) return SKIPPED;
  if (token.userKey === null) {
    const anyone = named[0];
    if (!honoursAnyone) return reject(token, 'disabled');
    return anyone === undefined ? SKIPPED : judge(host.clock.now(), token, anyone);
  }
  const owner = named.find(({ userKeys }) => userKeys.jira === token.userKey);
  if (owner !== undefined) return judge(host.clock.now(), token, owner);
  // Nobody of that name any more, and the token's user is gone too: then it was his [DIR-7].
  const isOrphan = named.length === 0 && (await host.directory.findByUserKey(token.userKey)) === null;
  return isOrphan ? reject(token, 'owner-inactive') : SKIPPED;
}

/** Who a Basic user name may mean: the user of that name, then the one active user with that address [EXT-1]. */
export async function findNamed(directory: UserDirectory, username: string): Promise<readonly Principal[]> {
  const found = await Promise.all([
    directory.findByUsername(username),
    username.includes('@') ? directory.findActiveByEmail(username) : Promise.resolve(null),
  ]);
  return found.filter((principal) => principal !== null);
}

async function verifyBearer(
  host: PluginHost,
  tokens: TokenStore,
  credential: Extract<Credential, { scheme: 'bearer' }>,
): Promise<AuthnOutcome> {
  const token = await tokens.findPresented(credential.secret.reveal());
  if (token === null) return SKIPPED;
  // A token for anyone needs a user name beside it, which Bearer has no room for [EXT-4].
  if (token.userKey === null) return reject(token, 'disabled');
  const owner = await host.directory.findByUserKey(token.userKey);
  return owner === null ? reject(token, 'owner-inactive') : judge(host.clock.now(), token, owner);
}

function judge(at: Instant, token: PresentedToken, principal: Principal): AuthnOutcome {
  const rejection = rejectionOf(at, token, principal);
  return rejection === null ? { outcome: 'accepted', principal, grant: grantOf(token) } : reject(token, rejection);
}

/** Why the token is not accepted for this user; null: it is. */
export function rejectionOf(at: Instant, token: PresentedToken, principal: Principal): RejectReason | null {
  if (token.validUntil !== null && at >= token.validUntil) return 'expired';
  return principal.isActive ? null : 'owner-inactive';
}

/** What the token may be used for. */
export function grantOf(token: PresentedToken): Grant {
  return {
    tokenRef: token.tokenRef,
    system: SYSTEM,
    validUntil: token.validUntil,
    limits: compileLimits([token.limits, ...token.inherited]),
    isAnyone: token.userKey === null,
  };
}

function reject(token: PresentedToken, reason: RejectReason): AuthnOutcome {
  return { outcome: 'rejected', reason, tokenRef: token.tokenRef };
}
