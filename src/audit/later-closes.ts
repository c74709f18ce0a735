// Finds the ends of records that were open for long: a second reader runs ahead of the first and remembers the ends of such
// records only, so that one slow download does not make a reader keep everything that happened meanwhile.
import { isBehind, LIMITS, type SpoolPosition } from '../core/index.js';
import { type Entry, readEntry } from './entry.js';
import { type Lines, readSpool } from './segments.js';

export class LaterCloses {
  readonly #folder: string;
  readonly #end: SpoolPosition;
  /** By the sequence of the opening. */
  readonly #found = new Map<number, Entry>();
  #reader: AsyncGenerator<Lines> | null = null;
  #position: SpoolPosition;

  constructor(folder: string, end: SpoolPosition) {
    this.#folder = folder;
    this.#end = end;
    this.#position = { ...end, segment: 0, offset: 0 };
  }

  /** The end of the record opened with `sequence`, which does not stand before `position`; null when it has none. Asked in ascending order. */
  async find(sequence: number, position: SpoolPosition): Promise<Entry | null> {
    for (const earlier of this.#found.keys()) if (earlier < sequence) this.#found.delete(earlier);
    while (!this.#found.has(sequence)) {
      const lines = await this.#next(position);
      if (lines === null) return null;
      this.#remember(lines, sequence);
    }
    return this.#found.get(sequence) ?? null;
  }

  async close(): Promise<void> {
    await this.#reader?.return(undefined);
  }

  async #next(position: SpoolPosition): Promise<Lines | null> {
    if (this.#reader === null || isBehind(this.#position, position)) {
      await this.close();
      this.#reader = readSpool(this.#folder, position, this.#end);
      this.#position = position;
    }
    const next = await this.#reader.next();
    if (next.done === true) return null;
    this.#position = { ...this.#end, segment: next.value.segment, offset: next.value.end };
    return next.value;
  }

  #remember({ lines }: Lines, sequence: number): void {
    for (const line of lines) {
      const close = line.includes('"e":"close"') ? readEntry(line) : null;
      const opened = close?.of ?? 0;
      const isLate = close !== null && close.seq - opened > LIMITS.auditJoinWindowMax;
      if (opened === sequence || (isLate && opened > sequence)) this.#found.set(opened, close as Entry);
    }
  }
}
