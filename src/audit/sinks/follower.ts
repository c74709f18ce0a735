// Follows a spool for one sink: joins what opened and closed a record, and knows at every moment from where to go on after a restart. A
// record that runs holds nothing up: its place is remembered, and it is told when it ends.
import { open } from 'node:fs/promises';
import type { SpoolPosition } from '../../core/index.js';
import type { AuditRecord } from '../contract.js';
import { beginsRecord, type Entry, readEntry } from '../entry.js';
import { type Lines, segmentPath } from '../segments.js';
import { toRecord } from '../to-record.js';

/** Where a line stands. */
export interface LinePlace {
  readonly segment: number;
  readonly offset: number;
}

/** From where to go on. */
export interface SinkCursor {
  readonly position: SpoolPosition;
  /** Of the last entry before it. */
  readonly sequence: number;
  readonly node: string;
  /** The openings of records that had not ended, by their sequence. */
  readonly open: ReadonlyMap<number, LinePlace>;
}

interface Held extends LinePlace {
  readonly entry: Entry;
}

/** Bytes of one line at most that is read again. */
const LINE_BYTES_MAX = 262_144;

export class Follower {
  readonly #folder: string;
  /** Whether openings are told of too, as records in flight. */
  readonly #tellsOpenings: boolean;
  #held = new Map<number, Held>();
  #node = '';
  #position: SpoolPosition;
  #sequence = 0;

  constructor(folder: string, spool: string, tellsOpenings: boolean) {
    this.#folder = folder;
    this.#tellsOpenings = tellsOpenings;
    this.#position = { spool, segment: 0, offset: 0 };
  }

  get cursor(): SinkCursor {
    const places = [...this.#held].map(([sequence, { segment, offset }]) => [sequence, { segment, offset }] as const);
    return { position: this.#position, sequence: this.#sequence, node: this.#node, open: new Map(places) };
  }

  get position(): SpoolPosition {
    return this.#position;
  }

  get sequence(): number {
    return this.#sequence;
  }

  /** Goes on at `cursor`. Resolves to how many records that ran then cannot be read again. */
  async goTo(cursor: SinkCursor): Promise<number> {
    const held = new Map<number, Held>();
    for (const [sequence, place] of cursor.open) {
      const entry = this.#held.get(sequence)?.entry ?? (await readLineAt(this.#folder, place));
      if (entry?.seq === sequence) held.set(sequence, { ...place, entry });
    }
    this.#held = held;
    this.#node = cursor.node;
    this.#position = cursor.position;
    this.#sequence = cursor.sequence;
    return cursor.open.size - held.size;
  }

  /** Takes what comes next; the records that it tells of, in the order in which they ended. */
  take({ segment, lines, end }: Lines): AuditRecord[] {
    let offset = end - lines.reduce((sum, line) => sum + line.length + 1, 0);
    const told: AuditRecord[] = [];
    for (const line of lines) {
      const entry = readEntry(line);
      if (entry !== null) told.push(...this.#takeEntry(entry, { segment, offset }));
      offset += line.length + 1;
    }
    this.#position = { ...this.#position, segment, offset: end };
    return told;
  }

  #takeEntry(entry: Entry, place: LinePlace): AuditRecord[] {
    this.#sequence = entry.seq;
    if (entry.e === 'segment') this.#node = entry.node ?? this.#node;
    if (entry.e === 'malformed') return [toRecord(entry, null, this.#node, false)];
    if (entry.e === 'close') {
      const held = this.#held.get(entry.of ?? 0);
      this.#held.delete(entry.of ?? 0);
      return held === undefined ? [] : [toRecord(held.entry, entry, this.#node, false)];
    }
    if (!beginsRecord(entry.e)) return [];
    this.#held.set(entry.seq, { ...place, entry });
    return this.#tellsOpenings ? [toRecord(entry, null, this.#node, true)] : [];
  }
}

async function readLineAt(folder: string, { segment, offset }: LinePlace): Promise<Entry | null> {
  try {
    const file = await open(segmentPath(folder, segment), 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(LINE_BYTES_MAX), 0, LINE_BYTES_MAX, offset);
      const text = buffer.toString('latin1', 0, bytesRead);
      return readEntry(text.slice(0, Math.max(0, text.indexOf('\n'))));
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
