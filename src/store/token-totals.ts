// How many tokens there are of a system and of all, kept by the transactions that make and end them. Transactions take turns, so a total is
// as exact as a count; where none is kept yet, on a database from before, it is counted.
import type { EntityManager } from 'typeorm';
import { posternTokenTable } from './tables/postern-token.js';
import { posternTokenTotalTable } from './tables/postern-token-total.js';
import type { Store } from './contract.js';

/** Stands for every system; no plugin's key has a star. */
const ALL = '*';

/** Counts tokens in or out, after their rows have come or gone. */
export async function changeTotals(manager: EntityManager, system: string, by: 1 | -1): Promise<void> {
  for (const scope of [system, ALL]) {
    const { affected } = await manager.update(posternTokenTotalTable, { scope }, { total: () => `total ${by === 1 ? '+' : '-'} 1` });
    if (affected === 1) continue;
    const total = scope === ALL ? await manager.count(posternTokenTable) : await manager.countBy(posternTokenTable, { system_key: system });
    await manager.insert(posternTokenTotalTable, { scope, total });
  }
}

/** The total of a system, or of all. */
export async function readTotal(store: Store, system: string | undefined): Promise<number> {
  const [kept] = await store.read<{ total: number | string }>('SELECT total FROM postern_token_total WHERE scope = ?', [system ?? ALL]);
  if (kept !== undefined) return Number(kept.total);
  const [counted] = await (system === undefined
    ? store.read<{ total: number | string }>('SELECT COUNT(*) AS total FROM postern_token')
    : store.read<{ total: number | string }>('SELECT COUNT(*) AS total FROM postern_token WHERE system_key = ?', [system]));
  return Number(counted?.total);
}
