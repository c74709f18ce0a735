// Lets administrators see and end tokens and organization keys beside those of every other system: the tokens first, then the keys.
import type { Instant } from '../../core/index.js';
import type { InspectedToken, TokenAdministration, TokenSummary } from '../../plugin-kit/contract.js';
import { isOver, keyGrant, tokenGrant } from './authenticators.js';
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
    inspect: (tokenRef, { at }) => (isKeyRef(tokenRef) ? inspectKey(desk, tokenRef, at) : inspectToken(desk, tokenRef, at)),
  };
}

async function inspectToken({ host, tokens }: Desk, tokenRef: string, at: Instant): Promise<InspectedToken | null> {
  const token = await tokens.find(tokenRef);
  if (token === null) return null;
  const principal = await host.directory.findByUserKey(token.userKey);
  // Used with the e-mail address, which must be of one active user alone [CLD-9].
  const named = principal === null ? null : await host.directory.findActiveByEmail(principal.emailAddress);
  const grant = tokenGrant(token);
  const rejection = named?.userKeys.jira !== token.userKey ? 'owner-inactive' : isOver(grant, at) ? 'expired' : null;
  return { ownerKey: token.userKey, principal, grant, rejection, opens: ['jira', 'confluence'] };
}

async function inspectKey({ host, keys }: Desk, tokenRef: string, at: Instant): Promise<InspectedToken | null> {
  const key = await keys.find(tokenRef);
  if (key === null) return null;
  const principal = await host.directory.findByUserKey(key.userKey);
  const grant = keyGrant(key);
  const isMakerFit = principal?.isActive === true && principal.isAdministrator;
  const rejection = !isMakerFit ? 'owner-inactive' : isOver(grant, at) ? 'expired' : null;
  return { ownerKey: key.userKey, principal, grant, rejection, opens: ['cloud'] };
}

function summarise(credential: ApiToken | OrganizationKey, isLimited: boolean): TokenSummary {
  const { tokenRef, label, userKey, createdAt, expiresAt, lastUsedAt, useCount } = credential;
  return { tokenRef, product: 'cloud', label, owner: userKey, createdAt, expiresAt, lastUsedAt, useCount, hasLimits: isLimited };
}
