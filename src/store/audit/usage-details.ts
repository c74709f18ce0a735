// A token's usage details, one row a call [EXT-46]. Each has its place within its token, so that a page and the total are found without counting.
import type { EntityManager } from 'typeorm';
import type { Store } from '../contract.js';
import { placeholders } from '../dialect.js';
import { boundPage } from '../page.js';
import { toCopied, type CopiedRecord, type CopiedRow } from './copied-record.js';
import type { OpenedRow } from './shipment.js';

/** The place of each new row that is a usage detail, by the id of its record. */
export async function usagePositions(
  manager: EntityManager,
  store: Pick<Store, 'engine'>,
  rows: readonly OpenedRow[],
): Promise<ReadonlyMap<string, number>> {
  const last = placeholders(store.engine, 'SELECT MAX(usage_position) AS last FROM postern_audit WHERE token_ref = ?');
  const lasts = new Map<string, number>();
  const positions = new Map<string, number>();
  for (const { recordId, tokenRef, isUsageDetail } of rows) {
    if (!isUsageDetail || tokenRef === null) continue;
    let position = lasts.get(tokenRef);
    if (position === undefined) {
      const [row] = await manager.query<{ last: number | string | null }[]>(last, [tokenRef]);
      position = Number(row?.last ?? 0);
    }
    lasts.set(tokenRef, position + 1);
    positions.set(recordId, position + 1);
  }
  return positions;
}

/** Newest first. */
export async function readUsageDetails(
  store: Pick<Store, 'read'>,
  tokenRef: string,
  page: { readonly startAt: number; readonly limit: number },
): Promise<{ readonly total: number; readonly records: readonly CopiedRecord[] }> {
  const { limit, offset } = boundPage(page);
  const [first, last] = await Promise.all([edge(store, 'MIN', tokenRef), edge(store, 'MAX', tokenRef)]);
  if (first === null || last === null) return { total: 0, records: [] };
  const rows = await store.read<CopiedRow>(
    `SELECT id, at, node, opened, closed FROM postern_audit
     WHERE token_ref = ? AND usage_position <= ? ORDER BY usage_position DESC LIMIT ?`,
    [tokenRef, last - offset, limit],
  );
  return { total: last - first + 1, records: rows.map(toCopied) };
}

/** The end of an index. `IS NOT NULL`, since SQLite walks past every NULL for MIN. */
async function edge(store: Pick<Store, 'read'>, which: 'MIN' | 'MAX', tokenRef: string): Promise<number | null> {
  const [row] = await store.read<{ place: number | string | null }>(
    `SELECT ${which}(usage_position) AS place FROM postern_audit WHERE token_ref = ? AND usage_position IS NOT NULL`,
    [tokenRef],
  );
  return row === undefined || row.place === null ? null : Number(row.place);
}
