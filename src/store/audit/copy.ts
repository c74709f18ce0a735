// The copy of the trail: one transaction takes a batch of records, what is counted of them, what the products' logs show, and the cursor.
import type { EntityManager } from 'typeorm';
import { type Clock, nextTurn, type SpoolPosition } from '../../core/index.js';
import type { Store } from '../contract.js';
import { placeholders } from '../dialect.js';
import { moveCursor, readCursor } from './cursor.js';
import { addProductEvents, type EndedRecord } from './product-events.js';
import { insertMany, marks, slices } from './rows.js';
import type { ClosedRow, OpenedRow, ProductEventsOf, Shipment } from './shipment.js';
import { addTotals } from './totals.js';
import { usagePositions } from './usage-details.js';

export interface AuditCopy {
  position(spool: string): Promise<SpoolPosition | null>;
  /** Takes a batch. What is there already, by the id of its record, changes nothing. Throws when the cursor is not at `from`. */
  take(shipment: Shipment): Promise<void>;
}

/** The copy on a migrated store. */
export function auditCopy(store: Store, clock: Clock, eventsOf: ProductEventsOf): AuditCopy {
  return {
    position: (spool) => readCursor(store, 'copy', spool),
    take: (shipment) =>
      store.transaction(async (manager) => {
        await moveCursor(manager, 'copy', shipment, clock);
        const opened = await unknownOf(manager, store, shipment.opened);
        const ends = new Map(shipment.closed.map((row) => [row.recordId, row]));
        await insertRows(manager, store, opened, ends);
        const fresh = new Set(opened.map(({ recordId }) => recordId));
        const late = await closeRows(
          manager,
          store,
          shipment.closed.filter(({ recordId }) => !fresh.has(recordId)),
        );
        await addTotals(manager, store, opened);
        // By when they began: one that began in an earlier batch is not newer than the calls that came after it.
        const ended = [...late, ...endedAtOnce(opened, ends)].toSorted((one, other) => one.at - other.at);
        await addProductEvents(manager, store, ended, eventsOf);
      }),
  };
}

function endedAtOnce(opened: readonly OpenedRow[], ends: ReadonlyMap<string, ClosedRow>): readonly EndedRecord[] {
  return opened.flatMap(({ recordId, at, line }) => {
    const end = ends.get(recordId);
    return end === undefined ? [] : [{ recordId, at, opened: line, closed: end.line }];
  });
}

/** The rows whose records are not there yet: a spool whose cursor was lost is copied once more. */
async function unknownOf(manager: EntityManager, store: Store, rows: readonly OpenedRow[]): Promise<readonly OpenedRow[]> {
  const known = new Set<string>();
  for (const some of slices(rows)) {
    const sql = `SELECT record_id FROM postern_audit WHERE record_id IN (${marks(some.length)})`;
    const found = await manager.query<{ record_id: string }[]>(
      placeholders(store.engine, sql),
      some.map(({ recordId }) => recordId),
    );
    for (const { record_id } of found) known.add(record_id);
  }
  return rows.filter(({ recordId }) => !known.has(recordId) && known.add(recordId) !== undefined);
}

const COLUMNS = [
  'record_id',
  'at',
  'kind',
  'decision',
  'actor',
  'system_key',
  'token_ref',
  'status',
  'client_address',
  'usage_position',
  'node',
  'opened',
  'closed',
] as const;

async function insertRows(
  manager: EntityManager,
  store: Store,
  rows: readonly OpenedRow[],
  ends: ReadonlyMap<string, ClosedRow>,
): Promise<void> {
  const positions = await usagePositions(manager, store, rows);
  for (const some of slices(rows)) {
    // Between two statements requests get their turn: on SQLite a statement is the event loop's own time.
    await nextTurn();
    const values = some.map((row) => valuesOf(row, ends.get(row.recordId) ?? null, positions.get(row.recordId) ?? null));
    await insertMany(manager, store, { table: 'postern_audit', columns: COLUMNS }, values);
  }
}

function valuesOf(row: OpenedRow, end: ClosedRow | null, usagePosition: number | null): (string | number | null)[] {
  const { recordId, at, kind, decision, actor, system, tokenRef, clientAddress, node, line } = row;
  const status = end?.status ?? row.status;
  return [recordId, at, kind, decision, actor, system, tokenRef, status, clientAddress, usagePosition, node, line, end?.line ?? null];
}

/** Ends records of earlier batches; resolves to those that were not ended before. */
async function closeRows(manager: EntityManager, store: Store, rows: readonly ClosedRow[]): Promise<readonly EndedRecord[]> {
  const update = placeholders(store.engine, 'UPDATE postern_audit SET closed = ?, status = COALESCE(?, status) WHERE record_id = ?');
  const ended: EndedRecord[] = [];
  for (const some of slices(rows)) {
    await nextTurn();
    const sql = `SELECT record_id, at, opened FROM postern_audit WHERE closed IS NULL AND record_id IN (${marks(some.length)})`;
    const open = await manager.query<{ record_id: string; at: number | string; opened: string }[]>(
      placeholders(store.engine, sql),
      some.map(({ recordId }) => recordId),
    );
    const byId = new Map(open.map((row) => [row.record_id, row]));
    for (const { recordId, status, line } of some) {
      const row = byId.get(recordId);
      if (row === undefined) continue;
      byId.delete(recordId);
      await manager.query(update, [line, status, recordId]);
      ended.push({ recordId, at: Number(row.at), opened: row.opened, closed: line });
    }
  }
  return ended;
}
