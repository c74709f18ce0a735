// How far a spool is counted, and how far it is copied: a row each, moved in the transaction that counts or copies [GW-51].
import type { EntityManager } from 'typeorm';
import type { Clock, SpoolPosition } from '../../core/index.js';
import type { Store } from '../contract.js';
import { posternCursorTable } from '../tables/postern-cursor.js';

/** What has come so far: the tokens' counters, or the copy of the trail. */
export type CursorOf = 'counters' | 'copy';

const POSITION = 'SELECT segment, byte_offset FROM postern_cursor WHERE spool_id = ?';

/** Where the cursor stands; null: nowhere yet. */
export async function readCursor(store: Store, of: CursorOf, spool: string): Promise<SpoolPosition | null> {
  const [row] = await store.read<{ segment: number | string; byte_offset: number | string }>(POSITION, [nameOf(of, spool)]);
  return row === undefined ? null : { spool, segment: Number(row.segment), offset: Number(row.byte_offset) };
}

/** Moves it within the caller's transaction. Throws when it does not stand at `from`. */
export async function moveCursor(
  manager: EntityManager,
  of: CursorOf,
  { from, to }: { readonly from: SpoolPosition | null; readonly to: SpoolPosition },
  clock: Clock,
): Promise<void> {
  const next = { segment: to.segment, byte_offset: to.offset, updated_at: clock.now() };
  if (from === null) {
    // A second first batch meets the primary key.
    await manager.insert(posternCursorTable, { spool_id: nameOf(of, to.spool), ...next });
    return;
  }
  const expected = { spool_id: nameOf(of, to.spool), segment: from.segment, byte_offset: from.offset };
  const { affected } = await manager.update(posternCursorTable, expected, next);
  if (affected !== 1)
    throw new Error(`Spool ${to.spool} was ${of === 'counters' ? 'counted' : 'copied'} already from ${from.segment}/${from.offset} on.`);
}

function nameOf(of: CursorOf, spool: string): string {
  return of === 'counters' ? spool : `${spool}/${of}`;
}
