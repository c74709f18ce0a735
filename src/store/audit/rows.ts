// Many rows in one statement: TypeORM's own insert costs several times the statement, and a copy of the trail is nothing but rows.
import type { EntityManager } from 'typeorm';
import { LIMITS } from '../../core/index.js';
import type { Store } from '../contract.js';
import { placeholders } from '../dialect.js';

type Value = string | number | null;

/** Inserts the rows of one slice; each row has its values in the order of the columns. */
export async function insertMany(
  manager: EntityManager,
  store: Pick<Store, 'engine' | 'quote'>,
  into: { readonly table: string; readonly columns: readonly string[] },
  rows: readonly (readonly Value[])[],
): Promise<void> {
  const tuples = rows.map(() => `(${marks(into.columns.length)})`).join(', ');
  const columns = into.columns.map((name) => store.quote(name)).join(', ');
  await manager.query(placeholders(store.engine, `INSERT INTO ${into.table} (${columns}) VALUES ${tuples}`), rows.flat());
}

/** So many rows as one statement takes. */
export function* slices<Row>(rows: readonly Row[]): Generator<readonly Row[]> {
  for (let start = 0; start < rows.length; start += LIMITS.auditShipRows) yield rows.slice(start, start + LIMITS.auditShipRows);
}

/** `?, ?, ?`. */
export function marks(count: number): string {
  return Array.from({ length: count }, () => '?').join(', ');
}
