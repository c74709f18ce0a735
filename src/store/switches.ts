// Site switches: in the database, and in memory for those who ask on every request.
import type { Switches } from '../plugin-kit/contract.js';
import type { Store } from './contract.js';
import { posternSwitchTable } from './tables/postern-switch.js';

/** Loads every switch of a migrated store. `settled` are the values in force, by name, of switches that are settings too, until somebody switches them. */
export async function openSwitches(store: Store, settled: ReadonlyMap<string, boolean> = new Map()): Promise<Switches> {
  const rows = await store.read<{ switch_name: string; is_on: number | boolean }>('SELECT switch_name, is_on FROM postern_switch');
  const inForce = new Map(rows.map((row) => [row.switch_name, Boolean(row.is_on)]));
  return {
    get: (name, fallback) => inForce.get(name) ?? settled.get(name) ?? fallback,
    async set(manager, name, value) {
      await manager.upsert(posternSwitchTable, { switch_name: name, is_on: value }, ['switch_name']);
      // Not before the caller's transaction has committed: one that is rolled back has switched nothing.
      return {
        commit() {
          inForce.set(name, value);
        },
      };
    },
  };
}
