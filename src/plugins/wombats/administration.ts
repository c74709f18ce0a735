// Lets administrators see and end Wombats' tokens beside those of every other system.
import type { TokenAdministration } from '../../plugin-kit/contract.js';
import { grantOf, rejectionOf } from './authenticator.js';
import { type Desk, endToken } from './issue.js';
import { createIssuing } from './issuing.js';
import { hasLimits } from './token-row.js';

export function createAdministration(desk: Desk): TokenAdministration {
  const { host, profile, tokens } = desk;
  return {
    issuing: createIssuing(desk),
    async list({ startAt, limit, owner }) {
      await host.settleUses();
      const page = await tokens.listAll(startAt, limit, owner);
      const total = await tokens.countAll(owner);
      return {
        total,
        tokens: page.map((token) => ({
          tokenRef: token.tokenRef,
          product: profile.product,
          label: token.label,
          owner: token.userKey,
          createdAt: token.createdAt,
          expiresAt: token.expirationDate,
          lastUsedAt: token.lastAccessed,
          useCount: token.usageCount,
          hasLimits: hasLimits(token),
        })),
      };
    },
    async revoke(tokenRef, actor, clientAddress) {
      const token = await tokens.find(tokenRef);
      return token !== null && token.tokenRef === tokenRef && endToken(desk, token, { actor, clientAddress });
    },
    async inspect(tokenRef, { at }) {
      const token = await tokens.find(tokenRef);
      if (token?.tokenRef !== tokenRef) return null;
      const principal = await host.directory.findByUserKey(token.userKey);
      const rejection = principal === null ? 'owner-inactive' : rejectionOf(host, profile, token, principal, at);
      return { ownerKey: token.userKey, principal, grant: grantOf(profile, token), rejection, opens: [profile.product] };
    },
  };
}
