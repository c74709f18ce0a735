// A record as the copy gives it back: the two lines as the spool had them.
import type { Instant } from '../../core/index.js';

export interface CopiedRecord {
  readonly id: number;
  readonly at: Instant;
  readonly node: string;
  readonly opened: string;
  /** null: it runs. */
  readonly closed: string | null;
}

/** The row as a raw statement gives it. */
export interface CopiedRow {
  readonly id: number | string;
  readonly at: number | string;
  readonly node: string;
  readonly opened: string;
  readonly closed: string | null;
}

export function toCopied(row: CopiedRow): CopiedRecord {
  return { id: Number(row.id), at: Number(row.at), node: row.node, opened: row.opened, closed: row.closed };
}
