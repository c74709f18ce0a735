// Deletes the oldest segments by age and size, whole ones only, and never without a record of what was deleted: verification then begins
// with the first that is kept [AUD-24].
import { stat, unlink } from 'node:fs/promises';
import type { Clock, Logger, SpoolPosition } from '../core/index.js';
import type { AuditRecord, TrailHolder } from './contract.js';
import { type Entry, readEntry } from './entry.js';
import { listSegments, readSegment, segmentPath } from './segments.js';

/** How much is kept; null: without a bound. */
export interface RetentionBounds {
  readonly ageMs: number | null;
  readonly bytesMax: number | null;
}

export interface RetentionOptions {
  readonly folder: string;
  readonly bounds: RetentionBounds;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The end of what is durable. */
  readonly end: () => SpoolPosition;
  /** The sequence that opened the oldest record that runs; infinite when none does. */
  readonly oldestOpen: () => number;
  readonly holders: () => readonly TrailHolder[];
  /** Records the deletion durably, then does it. Rejects, having done nothing, when it cannot be recorded. */
  readonly record: (detail: NonNullable<AuditRecord['detail']>, work: () => Promise<void>) => Promise<void>;
}

interface Segment {
  readonly number: number;
  readonly bytes: number;
}

/** Segments below this are not needed any more, by anybody who is asked. */
interface Needed {
  readonly firmly: number;
  readonly softly: number;
  readonly by: string | null;
  /** Everybody who was asked. */
  readonly all: readonly { readonly name: string; readonly segment: number }[];
}

const RUNNING = 'a record that runs';

export class Retention {
  readonly #options: RetentionOptions;
  #isHeld = false;

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  /** Deletes what is due. Rejects with the system's error; what was deleted by then is on record. */
  async run(): Promise<void> {
    const { bounds, folder, end, record, logger } = this.#options;
    if (bounds.ageMs === null && bounds.bytesMax === null) return;
    const numbers = await listSegments(folder);
    const segments = await Promise.all(numbers.map(async (number) => ({ number, bytes: (await stat(segmentPath(folder, number))).size })));
    const { due, kept, why, needed } = await this.#due(segments, end().segment);
    const [first] = due;
    if (first === undefined || kept === null) return;
    const last = due.at(-1) ?? first;
    const bytes = due.reduce((sum, segment) => sum + segment.bytes, 0);
    // Whom the bound on size has passed over.
    const missedBy = needed.all.filter(({ segment }) => segment <= last.number).map(({ name }) => name);
    const detail = {
      firstSegment: first.number,
      lastSegment: last.number,
      lastSequence: kept.seq - 1,
      // What the first line that is kept holds of the last that is not.
      lastHash: kept.prev ?? '',
      bytes,
      why,
      missedBy: missedBy.join(', ') || null,
    };
    await record(detail, async () => {
      for (const { number } of due) await unlink(segmentPath(folder, number));
    });
    logger[missedBy.length > 0 ? 'error' : 'info'](detail, 'The oldest part of the audit trail was deleted.');
  }

  async #due(segments: readonly Segment[], current: number) {
    const { bounds, clock } = this.#options;
    const needed = await this.#needed(segments);
    let total = segments.reduce((sum, { bytes }) => sum + bytes, 0);
    const due: Segment[] = [];
    let kept: Entry | null = null;
    let why: 'age' | 'size' = 'age';
    for (const [index, segment] of segments.entries()) {
      const next = segments[index + 1];
      if (segment.number >= current || next === undefined) break;
      const begins = await firstEntry(this.#options.folder, next.number);
      if (begins === null) break;
      const isOld = bounds.ageMs !== null && clock.now() - begins.at >= bounds.ageMs;
      const isMuch = bounds.bytesMax !== null && total > bounds.bytesMax;
      if (!isOld && !isMuch) break;
      if (segment.number >= needed.firmly || (!isMuch && segment.number >= needed.softly)) {
        this.#tellHeld(needed.by);
        break;
      }
      if (isMuch && !isOld) why = 'size';
      due.push(segment);
      total -= segment.bytes;
      kept = begins;
    }
    if (due.length > 0) this.#isHeld = false;
    return { due, kept, why, needed };
  }

  /** A record that runs is needed like a best-effort sink: the bound on size is the last word, so that a disk has one. */
  async #needed(segments: readonly Segment[]): Promise<Needed> {
    let firmly = Number.POSITIVE_INFINITY;
    let softly = await this.#segmentOfOldestOpen(segments);
    let by: string | null = Number.isFinite(softly) ? RUNNING : null;
    const all = [{ name: RUNNING, segment: softly }];
    for (const { name, isFirm, position } of this.#options.holders()) {
      const segment = (await position())?.segment ?? 0;
      all.push({ name, segment });
      if (segment < Math.min(firmly, softly)) by = name;
      if (isFirm) firmly = Math.min(firmly, segment);
      softly = Math.min(softly, segment);
    }
    return { firmly, softly, by, all };
  }

  async #segmentOfOldestOpen(segments: readonly Segment[]): Promise<number> {
    const sequence = this.#options.oldestOpen();
    if (!Number.isFinite(sequence)) return Number.POSITIVE_INFINITY;
    let found = segments[0]?.number ?? 0;
    for (const { number } of segments) {
      const begins = await firstEntry(this.#options.folder, number);
      if (begins === null || begins.seq > sequence) break;
      found = number;
    }
    return found;
  }

  #tellHeld(by: string | null): void {
    if (this.#isHeld) return;
    this.#isHeld = true;
    this.#options.logger.warn({ by }, 'The oldest part of the audit trail is due for deletion and still needed.');
  }
}

async function firstEntry(folder: string, segment: number): Promise<Entry | null> {
  for await (const { lines } of readSegment(folder, segment)) return readEntry(lines[0] ?? '');
  return null;
}
