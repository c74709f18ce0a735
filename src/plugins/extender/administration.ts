// Lets administrators see and end Extender's tokens beside those of every other system.
import type { Instant, Principal } from '../../core/index.js';
import type { PluginHost, RejectReason, TokenAdministration, TokenSummary } from '../../plugin-kit/contract.js';
import { findNamed, grantOf, rejectionOf } from './authenticator.js';
import { createIssuing } from './issuing.js';
import { anyoneTokensSetting } from './manifest.js';
import { revokeToken } from './revoke.js';
import { type ExtenderToken, hasLimits } from './token-row.js';
import type { TokenStore } from './tokens.js';

export function createAdministration(host: PluginHost, tokens: TokenStore): TokenAdministration {
  return {
    issuing: createIssuing(host, tokens),
    async list({ startAt, limit, owner }) {
      const filter = { userKey: owner ?? null };
      await host.settleUses();
      const total = await tokens.count(filter);
      return { total, tokens: (await tokens.list(filter, startAt, limit)).map(summarise) };
    },
    async revoke(tokenRef, actor, clientAddress) {
      const token = await tokens.findByRef(tokenRef);
      return token !== null && revokeToken(host, tokens, token, { actor, clientAddress });
    },
    async inspect(tokenRef, { at, username }) {
      const token = await tokens.findByRef(tokenRef);
      if (token === null) return null;
      const principal = await findUser(host, token, username);
      return { ownerKey: token.userKey, principal, grant: grantOf(token), rejection: judge(host, token, principal, at), opens: ['jira'] };
    },
  };
}

/** Its own user; for a token for anyone the one that is named [EXT-4]. */
async function findUser({ directory }: PluginHost, { userKey }: ExtenderToken, username: string | null): Promise<Principal | null> {
  if (userKey !== null) return directory.findByUserKey(userKey);
  return username === null ? null : ((await findNamed(directory, username))[0] ?? null);
}

function judge(host: PluginHost, token: ExtenderToken, principal: Principal | null, at: Instant): RejectReason | null {
  if (token.userKey === null && !host.setting(anyoneTokensSetting)) return 'disabled';
  return principal === null ? 'owner-inactive' : rejectionOf(at, token, principal);
}

function summarise(token: ExtenderToken): TokenSummary {
  return {
    tokenRef: token.tokenRef,
    product: 'jira',
    label: token.label,
    owner: token.userKey,
    createdAt: token.createdAt,
    expiresAt: token.validUntil,
    lastUsedAt: token.lastUsedAt,
    useCount: token.counter,
    hasLimits: hasLimits(token),
  };
}
