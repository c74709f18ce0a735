// A token's calls as the token systems show them [EXT-46], out of the copy of the trail.
import { recordOf } from '../admin/copied-records.js';
import type { UsageDetails } from '../plugin-kit/contract.js';
import { readUsageDetails } from '../store/audit/usage-details.js';
import type { Store } from '../store/contract.js';

/** One page, newest first. */
export async function usageDetails(
  store: Pick<Store, 'read'>,
  tokenRef: string,
  page: { readonly startAt: number; readonly limit: number },
): Promise<UsageDetails> {
  const { total, records } = await readUsageDetails(store, tokenRef, page);
  const calls = records.map(recordOf).map(({ time, method, path, status, decision, clientAddress, userAgent, rule }) => ({
    at: Date.parse(time),
    method: method ?? '',
    path: path ?? '',
    status,
    isPermitted: decision === 'permit',
    clientAddress,
    userAgent,
    rule,
  }));
  return { total, calls };
}
