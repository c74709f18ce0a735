// Counts what normalise refused, so that a flood of nonsense makes few rows: one per peer, code and second [AUD-1].
import { type ErrorCode, type Instant, LIMITS } from '../core/index.js';

/** One row to be. `peer` and `code` are null in the row for all that no row was left for. */
export interface RefusalRow {
  readonly peer: string | null;
  readonly code: ErrorCode | null;
  /** Of the first of them. */
  readonly at: Instant;
  count: number;
}

export class Refusals {
  #rows = new Map<string, RefusalRow>();

  note(peer: string, code: ErrorCode, at: Instant): void {
    const second = Math.floor(at / 1_000);
    const key = `${second} ${code} ${peer}`;
    const row = this.#rows.get(key) ?? this.#begin(key, { peer, code, at, count: 0 });
    row.count += 1;
  }

  /** Takes out the rows of the seconds before `now`, or all. */
  take(now: Instant | 'all'): readonly RefusalRow[] {
    const second = now === 'all' ? Number.POSITIVE_INFINITY : Math.floor(now / 1_000);
    const taken: RefusalRow[] = [];
    for (const [key, row] of this.#rows) {
      if (Math.floor(row.at / 1_000) >= second) continue;
      taken.push(row);
      this.#rows.delete(key);
    }
    return taken;
  }

  #begin(key: string, row: RefusalRow): RefusalRow {
    const isFull = this.#rows.size >= LIMITS.refusalRowsMax;
    const chosen = isFull ? (this.#rows.get('rest') ?? { ...row, peer: null, code: null }) : row;
    this.#rows.set(isFull ? 'rest' : key, chosen);
    return chosen;
  }
}
