// The last distinct addresses of a token, and how two such lists become one.
import { LIMITS } from '../core/index.js';
import type { UsedAddress } from './contract.js';

/** Both lists as one, newest first, no longer than is kept: what is older than all that are kept is forgotten with its count. */
export function mergeAddresses(kept: readonly UsedAddress[], added: readonly UsedAddress[]): readonly UsedAddress[] {
  const byAddress = new Map<string, UsedAddress>();
  for (const used of [...kept, ...added]) {
    const before = byAddress.get(used.address);
    byAddress.set(used.address, before === undefined ? used : joined(before, used));
  }
  return [...byAddress.values()].toSorted((a, b) => b.lastUsedAt - a.lastUsedAt).slice(0, LIMITS.tokenAddressesMax);
}

function joined(a: UsedAddress, b: UsedAddress): UsedAddress {
  const later = b.lastUsedAt >= a.lastUsedAt ? b : a;
  return { ...later, count: a.count + b.count };
}
