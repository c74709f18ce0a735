// Makes and ends an organization key [CLD-3].
import { LIMITS, type Principal } from '../../core/index.js';
import type { Act } from '../../plugin-kit/contract.js';
import { RestFault } from '../../plugin-kit/rest.js';
import type { By, Desk } from './desk.js';
import type { OrganizationKey } from './key-row.js';
import { SYSTEM } from './manifest.js';
import { mintKeyId, mintKeyValue } from './mint-values.js';
import { addRecorded, endRecorded } from './recorded.js';
import type { KeyRequest } from './requests.js';

type NewKey = Omit<OrganizationKey, 'id'>;

/** Makes a key that stands for an administrator; resolves with its value, which nothing will show again. Throws RestFault 403 past the bound. */
export async function issueKey({ host, keys }: Desk, administrator: Principal, request: KeyRequest, by: By) {
  const value = mintKeyValue(host.random);
  const key: NewKey = {
    tokenRef: mintKeyId(host.random),
    userKey: administrator.userKeys.jira,
    username: administrator.username,
    label: request.label,
    createdAt: host.clock.now(),
    expiresAt: request.expiresAt,
    lastUsedAt: null,
    useCount: 0,
    scopes: request.scopes,
  };
  const entry = {
    system: SYSTEM,
    tokenRef: key.tokenRef,
    product: 'cloud' as const,
    label: key.label,
    owner: key.userKey,
    createdAt: key.createdAt,
    expiresAt: key.expiresAt,
    hasLimits: false,
    hasAddressLimit: false,
  };
  await addRecorded(host, actOn('organization-key.created', key, by), entry, async (manager) => {
    if ((await keys.count(key.userKey)) >= LIMITS.tokensPerUserMax) {
      throw new RestFault(403, `A user may have at most ${LIMITS.tokensPerUserMax} keys: revoke some first.`);
    }
    await keys.insert(manager, key, value);
  });
  return { key, value };
}

/** Ends a key for good. Resolves to false when somebody else ended it first. */
export function endKey({ host, keys }: Desk, key: OrganizationKey, by: By): Promise<boolean> {
  return endRecorded(host, actOn('organization-key.revoked', key, by), (manager) => keys.remove(manager, key));
}

function actOn(action: Act['action'], key: NewKey, by: By) {
  const { label, username, expiresAt, scopes } = key;
  return { ...by, action, system: SYSTEM, tokenRef: key.tokenRef, detail: { label, user: username, expiresAt, scopes: scopes.join(' ') } };
}
