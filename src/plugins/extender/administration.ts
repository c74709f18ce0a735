// Lets administrators see and end Extender's tokens beside those of every other system.
import type { PluginHost, TokenAdministration, TokenSummary } from '../../plugin-kit/contract.js';
import { createIssuing } from './issuing.js';
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
  };
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
