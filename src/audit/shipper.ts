// Copies the trail to where it is asked for by index, off the request path: in small batches with pauses, each moved together with its
// cursor, so that after a kill the rest of the spool is shipped and nothing twice. The spool stays the truth [AUD-3].
import { type Cancel, type Clock, isBehind, LIMITS, type Logger, type SpoolPosition } from '../core/index.js';
import { type EntryBatch, readEntryBatches, type ReadLine } from './entry-batches.js';

/** Where a copy of the trail is kept. */
export interface ShipTarget {
  /** Up to where this spool is there; null: nothing of it. */
  position(spool: string): Promise<SpoolPosition | null>;
  /** Takes a batch and moves the cursor from `from`, all in one transaction. Throws, having changed nothing, when the cursor is elsewhere. */
  take(batch: { readonly from: SpoolPosition | null; readonly to: SpoolPosition; readonly lines: readonly ReadLine[] }): Promise<void>;
}

export interface ShipperOptions {
  readonly folder: string;
  readonly target: ShipTarget;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Ships nothing before `start`. */
export class Shipper {
  readonly #options: ShipperOptions;
  /** The end of what is durable; null before the first group. */
  #end: SpoolPosition | null = null;
  /** The end of what is shipped; undefined: to be asked of the target. */
  #shipped: SpoolPosition | null | undefined;
  #isStarted = false;
  #isClosed = false;
  #isFailing = false;
  /** When and where the trail stood after the batch before: how much is recorded meanwhile says how busy the house is. */
  #before: { readonly atMs: number; readonly end: SpoolPosition } | null = null;
  #running: Promise<void> | null = null;
  #wake: Cancel | null = null;
  /** Somebody waits for what is shipped: no pauses meanwhile. */
  #waiting = 0;
  #endPause: (() => void) | null = null;

  constructor(options: ShipperOptions) {
    this.#options = options;
  }

  /** Up to where the copy reaches, for whoever deletes old segments; null: nothing is shipped, or nobody knows. */
  get position(): SpoolPosition | null {
    return this.#shipped ?? null;
  }

  /** Takes the end of a durable group. Never waits or throws. */
  note(position: SpoolPosition): void {
    this.#end = position;
    this.#schedule(LIMITS.auditShipDelayMs);
  }

  /** Begins, with everything between the target's cursor and the trail's `end`. */
  start(end: SpoolPosition): void {
    if (this.#end === null || isBehind(this.#end, end)) this.#end = end;
    this.#isStarted = true;
    this.#schedule(0);
  }

  /** Resolves when everything durable by now is shipped, or `waitMs` have passed, or shipping fails: true in the first case alone. */
  async settle(waitMs: number = LIMITS.auditShipWaitMs): Promise<boolean> {
    const wanted = this.#end;
    if (!this.#isStarted) return false;
    const until = this.#options.clock.monotonicMs() + waitMs;
    this.#waiting += 1;
    this.#endPause?.();
    try {
      while (wanted !== null && !this.#hasReached(wanted)) {
        if (this.#isClosed || this.#options.clock.monotonicMs() > until) return false;
        await this.#run();
        if (this.#isFailing) return false;
      }
      return true;
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Ends after the batch that is under way. What is left is shipped after the next start. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wake?.();
    this.#endPause?.();
    await this.#running;
  }

  #hasReached(place: SpoolPosition): boolean {
    return this.#shipped !== undefined && this.#shipped !== null && !isBehind(this.#shipped, place);
  }

  #schedule(delayMs: number): void {
    if (!this.#isStarted || this.#isClosed || this.#running !== null || this.#wake !== null) return;
    this.#wake = this.#options.clock.after(delayMs, () => {
      this.#wake = null;
      void this.#run();
    });
  }

  /** One pass up to the end as it is met; never rejects. */
  #run(): Promise<void> {
    if (!this.#isStarted) return Promise.resolve();
    this.#running ??= this.#ship()
      .then(() => this.#tellWell())
      .catch((error: unknown) => this.#tellFailing(error))
      .finally(() => {
        this.#running = null;
        if (this.#end !== null && !this.#hasReached(this.#end)) {
          this.#schedule(this.#isFailing ? LIMITS.auditShipRetryMs : LIMITS.auditShipDelayMs);
        }
      });
    return this.#running;
  }

  async #ship(): Promise<void> {
    const { folder, target, logger } = this.#options;
    const end = this.#end;
    if (end === null) return;
    // After a failure nobody knows whether the last batch was taken: its cursor tells.
    this.#shipped ??= await target.position(end.spool);
    for await (const batch of readEntryBatches(folder, this.#shipped, end, LIMITS.auditShipLines)) {
      if (this.#isClosed) return;
      if (batch.damaged > 0) logger.error({ lines: batch.damaged, before: batch.position }, 'Lines of the audit trail cannot be read.');
      await this.#take(batch);
    }
  }

  async #take({ lines, position }: EntryBatch): Promise<void> {
    const { target, clock } = this.#options;
    const began = clock.monotonicMs();
    await target.take({ from: this.#shipped ?? null, to: position, lines });
    this.#shipped = position;
    const tookMs = clock.monotonicMs() - began;
    await this.#pause(tookMs * (this.#isBusy() ? LIMITS.auditShipPauseBusy : LIMITS.auditShipPauseIdle));
  }

  /** Whether requests need the processor more than the copy does. */
  #isBusy(): boolean {
    const end = this.#end;
    const atMs = this.#options.clock.monotonicMs();
    const before = this.#before;
    this.#before = end === null ? null : { atMs, end };
    if (end === null || before === null) return false;
    const bytes = end.segment === before.end.segment ? end.offset - before.end.offset : Number.POSITIVE_INFINITY;
    return bytes * 1_000 > LIMITS.auditShipBusyBytes * Math.max(1, atMs - before.atMs);
  }

  /** In proportion to the work, so that shipping has a bounded share of the processor however much there is to ship. */
  #pause(delayMs: number): Promise<void> {
    if (this.#waiting > 0 || this.#isClosed || delayMs === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(delayMs, () => this.#endPause?.());
      this.#endPause = () => {
        this.#endPause = null;
        cancel();
        resolve();
      };
    });
  }

  #tellFailing(error: unknown): void {
    this.#shipped = undefined;
    if (!this.#isFailing)
      this.#options.logger.error({ error }, 'The audit trail cannot be copied to the database; it is kept and tried again.');
    this.#isFailing = true;
  }

  #tellWell(): void {
    if (this.#isFailing) this.#options.logger.warn({}, 'The audit trail is copied to the database again.');
    this.#isFailing = false;
  }
}
