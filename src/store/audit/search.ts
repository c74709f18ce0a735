// The copy of the trail, asked for by index: newest first, page by page along the most telling of the filters. What no index answers is
// judged on the way, on so many records a page at most, whatever is asked.
import { type Instant, LIMITS, nextTurn } from '../../core/index.js';
import type { Store } from '../contract.js';
import { type CopiedRecord, type CopiedRow, toCopied } from './copied-record.js';

/** Filters that have an index, the most telling first: the first that is given leads the way. */
const INDEXED = ['token_ref', 'client_address', 'actor', 'status', 'system_key', 'kind', 'decision'] as const;

export type IndexedColumn = (typeof INDEXED)[number];

/** Behind which record a page begins. */
export interface RecordPlace {
  readonly at: Instant;
  readonly id: number;
}

export interface RecordQuery {
  /** `from <= at < to`. */
  readonly from: Instant | null;
  readonly to: Instant | null;
  /** Exact values of indexed columns; at least what `matches` demands holds for what they leave. */
  readonly equals: Readonly<Partial<Record<IndexedColumn, string | number>>>;
  /** null: from the newest. */
  readonly behind: RecordPlace | null;
  readonly limit: number;
  matches(record: CopiedRecord): boolean;
}

export interface RecordPage {
  readonly records: readonly CopiedRecord[];
  /** Where the next page begins; null: there is none. */
  readonly next: RecordPlace | null;
  /** Records that were looked at. */
  readonly scanned: number;
}

/** One page. */
export async function searchRecords(store: Pick<Store, 'read'>, query: RecordQuery): Promise<RecordPage> {
  const records: CopiedRecord[] = [];
  let behind = query.behind;
  let scanned = 0;
  // Mostly an index answers all that is asked; else more is read at once.
  for (let count = Math.min(query.limit + 1, LIMITS.auditScanRows); scanned < LIMITS.auditScanMax; count = LIMITS.auditScanRows) {
    const rows = await readSome(store, query, behind, count);
    for (const [index, row] of rows.entries()) {
      scanned += 1;
      behind = { at: row.at, id: row.id };
      if (query.matches(row)) records.push(row);
      if (records.length < query.limit) continue;
      const hasMore = index < rows.length - 1 || (rows.length === count && (await readSome(store, query, behind, 1)).length > 0);
      return { records, next: hasMore ? behind : null, scanned };
    }
    if (rows.length < count) return { records, next: null, scanned };
    await nextTurn();
  }
  return { records, next: behind, scanned };
}

async function readSome(
  store: Pick<Store, 'read'>,
  query: RecordQuery,
  behind: RecordPlace | null,
  count: number,
): Promise<readonly CopiedRecord[]> {
  const { sql, values } = statement(query, behind);
  return (await store.read<CopiedRow>(sql, [...values, count])).map(toCopied);
}

/** One of few statements, so that each stays prepared. The bound is last. */
export function statement(
  { from, to, equals }: Pick<RecordQuery, 'from' | 'to' | 'equals'>,
  behind: RecordPlace | null,
): { readonly sql: string; readonly values: (string | number)[] } {
  const leading = INDEXED.find((column) => equals[column] !== undefined);
  const values: (string | number)[] = leading === undefined ? [] : [equals[leading] as string | number];
  const condition = leading === undefined ? '' : `${leading} = ? AND `;
  const first = from ?? 0;
  const last = to === null ? Number.MAX_SAFE_INTEGER : to - 1;
  const order = 'ORDER BY at DESC, id DESC LIMIT ?';
  const range = `SELECT id, at, node, opened, closed FROM postern_audit WHERE ${condition}at >= ? AND at <= ?`;
  if (behind === null) return { sql: `${range} ${order}`, values: [...values, first, last] };
  // The range once more, then the few of the same instant: so every database sees how far to walk the index.
  return {
    sql: `${range} AND (at < ? OR id < ?) ${order}`,
    values: [...values, first, Math.min(last, behind.at), behind.at, behind.id],
  };
}
