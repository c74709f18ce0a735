// Joins the trail's counters with the tables: one transaction adds the uses of a batch, lets the token systems update their own
// rows, and moves the cursor [GW-51].
import type { ApplyUses } from '../authn/usage.js';
import { isBehind } from '../core/index.js';
import type { ActiveSystems } from '../host/lifecycle.js';
import type { UsageStore } from '../store/usage-store.js';

/** What the ledger applies its batches with. */
export function countUses(store: UsageStore, systems: Pick<ActiveSystems, 'recordUses'>): ApplyUses {
  return async ({ position, uses }) => {
    const from = await store.position(position.spool);
    // Applied before, by a call whose answer was lost.
    if (from !== null && !isBehind(from, position)) return;
    const flat = [...uses].flatMap(([system, list]) => list.map((use) => ({ ...use, system })));
    await store.apply({ from, to: position, uses: flat }, async (manager) => {
      for (const [system, list] of uses) await systems.recordUses(system, list, manager);
    });
  };
}
