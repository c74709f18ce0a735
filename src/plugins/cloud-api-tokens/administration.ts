// Lets administrators see and end tokens and organization keys beside those of every other system: the tokens first, then the keys.
import type { TokenAdministration, TokenSummary } from '../../plugin-kit/contract.js';
import type { Desk } from './desk.js';
import { endKey } from './issue-key.js';
import { endToken, hasLimits } from './issue-token.js';
import { createIssuing } from './issuing.js';
import type { OrganizationKey } from './key-row.js';
import { isKeyRef } from './mint-values.js';
import type { ApiToken } from './token-row.js';

export function createAdministration(desk: Desk): TokenAdministration {
  const { host, tokens, keys } = desk;
  return {
    issuing: createIssuing(desk),
    async list({ startAt, limit, owner }) {
      await host.settleUses();
      const [tokenTotal, keyTotal] = await Promise.all([tokens.count(owner), keys.count(owner)]);
      const ofTokens = await tokens.list(startAt, limit, owner);
      const left = limit - ofTokens.length;
      const ofKeys = left === 0 ? [] : await keys.list(Math.max(0, startAt - tokenTotal), left, owner);
      return {
        total: tokenTotal + keyTotal,
        tokens: [...ofTokens.map((token) => summarise(token, hasLimits(token))), ...ofKeys.map((key) => summarise(key, false))],
      };
    },
    async revoke(tokenRef, actor, clientAddress) {
      const by = { actor, clientAddress };
      if (isKeyRef(tokenRef)) {
        const key = await keys.find(tokenRef);
        return key !== null && endKey(desk, key, by);
      }
      const token = await tokens.find(tokenRef);
      return token !== null && endToken(desk, token, by);
    },
  };
}

function summarise(credential: ApiToken | OrganizationKey, isLimited: boolean): TokenSummary {
  const { tokenRef, label, userKey, createdAt, expiresAt, lastUsedAt, useCount } = credential;
  return { tokenRef, product: 'cloud', label, owner: userKey, createdAt, expiresAt, lastUsedAt, useCount, hasLimits: isLimited };
}
