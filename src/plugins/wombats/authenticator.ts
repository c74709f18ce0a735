// Recognises Wombats' tokens: HTTP Basic `username:token` on `/rest/*` of the installation's product and nowhere else [WOM-1].
import type { Grant, Instant, Principal, RequestView } from '../../core/index.js';
import type { Authenticator, AuthnOutcome, PluginHost, RejectReason } from '../../plugin-kit/contract.js';
import { compileLimits } from '../../plugin-kit/stored-limits.js';
import { licensedSetting } from './manifest.js';
import type { WombatsProfile } from './profile.js';
import { isSameValue } from './secret-hash.js';
import type { WombatsToken } from './token-row.js';
import type { TokenStore } from './tokens.js';

const SKIPPED: AuthnOutcome = { outcome: 'skipped' };

export function createAuthenticator(host: PluginHost, profile: WombatsProfile, tokens: TokenStore): Authenticator {
  return {
    scheme: 'basic',
    challenge: 'Basic realm="Postern", charset="UTF-8"',
    verify: async (credential, request) =>
      credential.scheme === 'basic' && isBelowRest(profile, request)
        ? verify(host, profile, tokens, credential.username, credential.secret.reveal())
        : SKIPPED,
    recordUses: (uses, manager) => tokens.recordUses(uses, manager),
    // In these words, on every use, cached or not: operators search their logs for them [WOM-2].
    noticeUse(principal, grant) {
      host.logger.info({}, `${escapeControls(principal.username)} has been authenticated via API Token (${grant.tokenRef})`);
    },
  };
}

function isBelowRest(profile: WombatsProfile, request: RequestView): boolean {
  return request.product === profile.product && request.path.startsWith(`${request.contextPath}/rest/`);
}

async function verify(
  host: PluginHost,
  profile: WombatsProfile,
  tokens: TokenStore,
  username: string,
  value: string,
): Promise<AuthnOutcome> {
  // Both are asked whatever the other says: an unknown user and an unknown token cost the same [GW-12].
  const [token, user] = await Promise.all([tokens.findByValue(value), host.directory.findByUsername(username)]);
  if (token === null || !isSameValue(token.salt, token.hash, value)) return SKIPPED;
  if (user === null) {
    // Nobody of that name any more, and the token's user is gone too: then it was his [DIR-7].
    const isOrphan = (await host.directory.findByUserKey(token.userKey)) === null;
    return isOrphan ? reject(token, 'owner-inactive') : SKIPPED;
  }
  if (user.userKeys[profile.product] !== token.userKey) return SKIPPED;
  const rejection = rejectionOf(host, profile, token, user, host.clock.now());
  return rejection === null ? { outcome: 'accepted', principal: user, grant: grantOf(profile, token) } : reject(token, rejection);
}

/** Why the token is not accepted for its user; null: it is. */
export function rejectionOf(
  host: PluginHost,
  profile: WombatsProfile,
  token: WombatsToken,
  user: Principal,
  at: Instant,
): RejectReason | null {
  if (!isLicensed(host, profile)) return 'unlicensed';
  if (token.expirationDate !== null && at >= token.expirationDate) return 'expired';
  return user.isActive ? null : 'owner-inactive';
}

/** What the token may be used for. */
export function grantOf(profile: WombatsProfile, token: WombatsToken): Grant {
  return {
    tokenRef: token.tokenRef,
    system: profile.system,
    validUntil: token.expirationDate,
    limits: compileLimits(token.limits),
    isAnyone: false,
  };
}

function isLicensed(host: PluginHost, profile: WombatsProfile): boolean {
  const setting = licensedSetting(profile);
  return host.switches.get(setting.name, host.setting(setting));
}

function reject(token: WombatsToken, reason: RejectReason): AuthnOutcome {
  return { outcome: 'rejected', reason, tokenRef: token.tokenRef };
}

/** A name must not be able to begin a line of its own in a log [WOM-2]. */
function escapeControls(name: string): string {
  return name.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, (character) => `\\u${character.codePointAt(0)?.toString(16).padStart(4, '0')}`);
}
