// Joins what the spool tells of each record, opened and closed, into the record as it is exported: oldest first, in little
// memory however long the trail is and however long a request took.
import { type Instant, LIMITS, type Logger, type SpoolPosition } from '../core/index.js';
import type { AuditRecord } from './contract.js';
import { beginsRecord, type Entry, readEntry } from './entry.js';
import { LaterCloses } from './later-closes.js';
import { type Lines, readSpool } from './segments.js';
import { toRecord } from './to-record.js';

/** What a reader sees: everything up to `end`, at one moment. */
export interface Snapshot {
  readonly folder: string;
  readonly end: SpoolPosition;
  /** The sequences that began the records that run at that moment, in this process. */
  readonly running: ReadonlySet<number>;
  readonly logger: Logger;
}

/** An opened record whose end has not been met yet. */
interface Held {
  readonly entry: Entry;
  readonly node: string;
  close: Entry | null;
}

/** Every record of the snapshot whose time lies in `from <= time < to`. */
export async function* joinRecords(
  snapshot: Snapshot,
  range: { readonly from?: Instant; readonly to?: Instant },
): AsyncGenerator<AuditRecord> {
  const join = new Join(snapshot, range.from ?? Number.NEGATIVE_INFINITY, range.to ?? Number.POSITIVE_INFINITY);
  try {
    for await (const lines of readSpool(snapshot.folder, null, snapshot.end)) {
      join.take(lines);
      yield* join.ripe();
    }
    yield* join.rest();
  } finally {
    await join.close();
  }
}

class Join {
  readonly #snapshot: Snapshot;
  readonly #from: Instant;
  readonly #to: Instant;
  readonly #later: LaterCloses;
  /** By the sequence of the opening, ascending. */
  readonly #held = new Map<number, Held>();
  #node = '';
  /** How far it has been read. */
  #sequence = 0;
  #position: SpoolPosition;

  constructor(snapshot: Snapshot, from: Instant, to: Instant) {
    this.#snapshot = snapshot;
    this.#from = from;
    this.#to = to;
    this.#later = new LaterCloses(snapshot.folder, snapshot.end);
    this.#position = { ...snapshot.end, segment: 0, offset: 0 };
  }

  take({ segment, lines, end }: Lines): void {
    for (const line of lines) {
      const entry = readEntry(line);
      if (entry === null) this.#snapshot.logger.error({ segment, after: this.#sequence }, 'A line of the audit trail cannot be read.');
      else this.#takeEntry(entry);
    }
    this.#position = { ...this.#position, segment, offset: end };
  }

  /** The records whose end is known, up to the first whose end may still come. */
  async *ripe(): AsyncGenerator<AuditRecord> {
    for (const [sequence, held] of this.#held) {
      if (!this.#isWhole(held)) {
        if (this.#sequence - sequence < LIMITS.auditJoinWindowMax) return;
        held.close = await this.#later.find(sequence, this.#position);
      }
      this.#held.delete(sequence);
      yield this.#record(held);
    }
  }

  /** All that is left: what has no end here has none. */
  *rest(): Generator<AuditRecord> {
    for (const held of this.#held.values()) yield this.#record(held);
  }

  close(): Promise<void> {
    return this.#later.close();
  }

  #takeEntry(entry: Entry): void {
    this.#sequence = entry.seq;
    if (entry.e === 'segment') this.#node = entry.node ?? '';
    else if (beginsRecord(entry.e)) this.#hold(entry);
    else if (entry.e === 'close') {
      const held = this.#held.get(entry.of ?? 0);
      if (held !== undefined) held.close = entry;
    }
  }

  #hold(entry: Entry): void {
    if (entry.at >= this.#from && entry.at < this.#to) this.#held.set(entry.seq, { entry, node: this.#node, close: null });
  }

  #isWhole({ entry, close }: Held): boolean {
    return close !== null || entry.e === 'malformed' || this.#snapshot.running.has(entry.seq);
  }

  #record({ entry, node, close }: Held): AuditRecord {
    return toRecord(entry, close, node, this.#snapshot.running.has(entry.seq));
  }
}
