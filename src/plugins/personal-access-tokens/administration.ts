// Lets administrators see and end personal access tokens beside those of every other system.
import type { TokenAdministration, TokenSummary } from '../../plugin-kit/contract.js';
import { grantOf, rejectionOf } from './authenticator.js';
import type { Desk } from './desk.js';
import { createIssuing } from './issuing.js';
import { profileOf } from './profile.js';
import { PROPERTIES } from './properties.js';
import { endToken } from './revoke.js';
import { tokenIdOf } from './token-format.js';
import type { PersonalToken } from './token-row.js';

export function createAdministration(desk: Desk): TokenAdministration {
  const { host, profile, tokens } = desk;
  const isOurs = (userKey: string): boolean => profileOf(userKey) === profile;
  return {
    issuing: createIssuing(desk),
    expiresSoonDays: () => host.setting(PROPERTIES.warningDays),
    async list({ startAt, limit, owner }) {
      await host.settleUses();
      if (owner === undefined) {
        const page = await tokens.listAll(profile.product, startAt, limit);
        return { total: await tokens.countAll(profile.product), tokens: page.map((token) => summarise(desk, token)) };
      }
      if (!isOurs(owner)) return { total: 0, tokens: [] };
      const page = await tokens.listOf(owner, startAt, limit);
      return { total: await tokens.countOf(owner), tokens: page.map((token) => summarise(desk, token)) };
    },
    async revoke(tokenRef, actor, clientAddress) {
      const tokenId = tokenIdOf(tokenRef);
      const token = tokenId === null ? null : await tokens.findByTokenId(tokenId);
      return token !== null && isOurs(token.userKey) && endToken(desk, token, { actor, clientAddress }, 'revoked');
    },
    async inspect(tokenRef, { at }) {
      const tokenId = tokenIdOf(tokenRef);
      const token = tokenId === null ? null : await tokens.findByTokenId(tokenId);
      if (token === null || !isOurs(token.userKey)) return null;
      const principal = await host.directory.findByUserKey(token.userKey);
      const rejection = host.setting(PROPERTIES.enabled) ? rejectionOf(token, principal, at) : 'disabled';
      return { ownerKey: token.userKey, principal, grant: grantOf(desk, token), rejection, opens: [profile.product] };
    },
  };
}

function summarise({ profile }: Desk, token: PersonalToken): TokenSummary {
  return {
    tokenRef: token.tokenRef,
    product: profile.product,
    label: token.name,
    owner: token.userKey,
    createdAt: token.createdAt,
    expiresAt: token.expiresAt,
    lastUsedAt: token.lastUsedAt,
    useCount: token.useCount,
    hasLimits: token.inherited.length > 0,
  };
}
