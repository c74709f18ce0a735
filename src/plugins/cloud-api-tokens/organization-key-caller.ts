// Who may call the cloud's resources: an organization key and nothing else [CLD-2].
import { requireCaller, type RestCall, RestFault } from '../../plugin-kit/rest.js';
import type { Desk } from './desk.js';
import type { OrganizationKey } from './key-row.js';
import { SYSTEM } from './manifest.js';

/** The key of a call, as it stands in the table now. Throws RestFault 401 for every other credential. */
export async function requireOrganizationKey({ keys }: Desk, call: RestCall): Promise<OrganizationKey> {
  const { grant } = requireCaller(call);
  const key = grant?.system === SYSTEM ? await keys.find(grant.tokenRef) : null;
  if (key === null) throw new RestFault(401, 'An organization key is required here.');
  return key;
}

/** Throws RestFault 403, without a word more, for a key made with scopes [CLD-3]. */
export function requireUnscoped({ scopes }: OrganizationKey): void {
  if (scopes.length > 0) throw new RestFault(403, '');
}

/** A key without scopes may do everything here; one with scopes what they name. Throws RestFault 403. */
export function requireScope({ scopes }: OrganizationKey, scope: string): void {
  if (scopes.length > 0 && !scopes.includes(scope)) throw new RestFault(403, `The key lacks the scope ${scope}.`);
}
