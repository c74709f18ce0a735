// The live end of the trail, for whoever listens: read from the spool behind each group, many groups at once, and not at all while nobody does.
import { type Cancel, type Clock, LIMITS, type Logger, type SpoolPosition } from '../core/index.js';
import type { AuditRecord } from './contract.js';
import { beginsRecord, type Entry } from './entry.js';
import { readEntryBatches, type ReadLine } from './entry-batches.js';
import { toRecord } from './to-record.js';

/** Told of every record that begins and of every one that ends, in the order of the spool. Must not throw or wait. */
export type TailListener = (event: 'opened' | 'ended', record: AuditRecord) => void;

export interface TailOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What a line of the spool tells. */
export interface Told {
  readonly event: 'opened' | 'ended';
  readonly record: AuditRecord;
}

/** Joins ends to beginnings as they are met; a beginning that was not met, or so long ago that it is forgotten, has no end here. */
export class RecordJoin {
  /** By the records' ids, oldest first. */
  readonly #begun = new Map<string, { readonly entry: Entry; readonly node: string }>();

  take({ entry, node }: ReadLine): readonly Told[] {
    if (entry.e === 'malformed') return [{ event: 'ended', record: toRecord(entry, null, node, false) }];
    if (beginsRecord(entry.e)) {
      this.#begun.set(entry.id, { entry, node });
      if (this.#begun.size > LIMITS.auditJoinWindowMax) this.#begun.delete(this.#begun.keys().next().value as string);
      return [{ event: 'opened', record: toRecord(entry, null, node, true) }];
    }
    const begun = entry.e === 'close' ? this.#begun.get(entry.id) : undefined;
    if (begun === undefined) return [];
    this.#begun.delete(entry.id);
    return [{ event: 'ended', record: toRecord(begun.entry, entry, begun.node, false) }];
  }
}

export class Tail {
  readonly #options: TailOptions;
  readonly #listeners = new Set<TailListener>();
  /** The end of what is durable. */
  #end: SpoolPosition | null = null;
  /** The end of what was read. */
  #read: SpoolPosition | null = null;
  #wake: Cancel | null = null;
  #isReading = false;
  #join = new RecordJoin();

  constructor(options: TailOptions) {
    this.#options = options;
  }

  /** Takes the end of a durable group. Never waits or throws. */
  note(position: SpoolPosition): void {
    this.#end = position;
    this.#schedule();
  }

  /** Tells of what becomes durable from now on. */
  listen(listener: TailListener): Cancel {
    if (this.#listeners.size === 0) this.#read = this.#end;
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#join = new RecordJoin();
    };
  }

  #schedule(): void {
    if (this.#listeners.size === 0 || this.#wake !== null || this.#isReading) return;
    this.#wake = this.#options.clock.after(LIMITS.auditTailDelayMs, () => {
      this.#wake = null;
      void this.#readOn();
    });
  }

  async #readOn(): Promise<void> {
    const end = this.#end;
    if (end === null || this.#listeners.size === 0) return;
    this.#isReading = true;
    try {
      for await (const { lines, position } of readEntryBatches(this.#options.folder, this.#read, end, LIMITS.auditShipLines)) {
        for (const line of lines) for (const told of this.#join.take(line)) this.#say(told);
        this.#read = position;
        if (this.#listeners.size === 0) break;
      }
    } catch (error) {
      this.#options.logger.error({ error }, 'The end of the audit trail cannot be read for those who follow it.');
    } finally {
      this.#isReading = false;
    }
    if (end !== this.#end) this.#schedule();
  }

  #say({ event, record }: Told): void {
    for (const listener of this.#listeners) listener(event, record);
  }
}
