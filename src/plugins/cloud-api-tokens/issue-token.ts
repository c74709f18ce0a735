// Makes and ends a user's token [CLD-4, CLD-9].
import { LIMITS, type Principal } from '../../core/index.js';
import type { Act } from '../../plugin-kit/contract.js';
import { RestFault } from '../../plugin-kit/rest.js';
import { hasAddresses, isLimited } from '../../plugin-kit/stored-limits.js';
import type { By, Desk } from './desk.js';
import { SYSTEM } from './manifest.js';
import { mintTokenId, mintTokenValue } from './mint-values.js';
import { addRecorded, endRecorded } from './recorded.js';
import type { TokenRequest } from './requests.js';
import type { ApiToken } from './token-row.js';

type NewToken = Omit<ApiToken, 'id'>;

/** Makes a token for its owner; resolves with its value, which nothing will show again. Throws RestFault 403 past the bound. */
export async function issueToken({ host, tokens }: Desk, owner: Principal, request: TokenRequest, by: By) {
  const value = mintTokenValue(host.random);
  const token: NewToken = {
    tokenRef: mintTokenId(host.random),
    userKey: owner.userKeys.jira,
    accountId: owner.accountId,
    username: owner.username,
    label: request.label,
    createdAt: request.askedAt,
    expiresAt: request.expiresAt,
    lastUsedAt: null,
    useCount: 0,
    limits: [request.limits].filter(isLimited),
  };
  const entry = {
    system: SYSTEM,
    tokenRef: token.tokenRef,
    product: 'cloud' as const,
    label: token.label,
    owner: token.userKey,
    createdAt: token.createdAt,
    expiresAt: token.expiresAt,
    hasLimits: hasLimits(token),
    hasAddressLimit: hasAddresses(token.limits),
  };
  await addRecorded(host, actOn('token.created', token, by), entry, async (manager) => {
    if ((await tokens.count(token.userKey)) >= LIMITS.tokensPerUserMax) {
      throw new RestFault(403, `A user may have at most ${LIMITS.tokensPerUserMax} tokens: delete some first.`);
    }
    await tokens.insert(manager, token, value);
  });
  return { token, value };
}

/** Ends a token for good. Resolves to false when somebody else ended it first. */
export function endToken({ host, tokens }: Desk, token: ApiToken, by: By): Promise<boolean> {
  return endRecorded(host, actOn('token.deleted', token, by), (manager) => tokens.remove(manager, token));
}

/** Whether rules or addresses restrict it. */
export function hasLimits(token: Pick<ApiToken, 'limits'>): boolean {
  return token.limits.length > 0;
}

function actOn(action: Act['action'], token: NewToken, by: By) {
  const { label, username, accountId, expiresAt } = token;
  return {
    ...by,
    action,
    system: SYSTEM,
    tokenRef: token.tokenRef,
    detail: { label, user: username, accountId, expiresAt, hasLimits: hasLimits(token) },
  };
}
