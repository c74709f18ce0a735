// Carries records from the spool to one receiver: at its own pace, with its own timeout and cursor, so that one that hangs holds up nothing
// but itself. After a failure it goes back to what was confirmed: at least once, and what comes twice has the same id [AUD-2, AUD-22].
import { type Cancel, type Clock, HostError, LIMITS, type Logger, type SpoolPosition } from '../../core/index.js';
import type { AuditRecord } from '../contract.js';
import { readEntry } from '../entry.js';
import { listSegments, readSegment, readSpool } from '../segments.js';
import type { Receiver, SinkOptions } from './contract.js';
import { readCursor, writeCursor } from './cursor-file.js';
import { Follower, type SinkCursor } from './follower.js';

/** What was never delivered, because retention deleted it first. */
export interface SinkLoss {
  readonly sink: string;
  readonly from: number;
  readonly to: number;
}

export interface PumpOptions {
  readonly sink: SinkOptions;
  readonly receiver: Receiver;
  readonly folder: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The end of what is durable. */
  readonly end: () => SpoolPosition;
  readonly onLoss: (loss: SinkLoss) => void;
}

interface Waiter {
  readonly sequence: number;
  readonly resolve: () => void;
  readonly reject: (error: HostError) => void;
  readonly cancel: Cancel;
}

export class Pump {
  readonly #options: PumpOptions;
  readonly #follower: Follower;
  #confirmed: SinkCursor;
  /** Records handed over and not confirmed. */
  #unconfirmed = 0;
  #isConfirmDue = false;
  #confirmTimer: Cancel | null = null;
  #failures = 0;
  #failingSinceMs: number | null = null;
  #isClosing = false;
  #isWoken = false;
  /** What was begun last has neither succeeded nor failed. */
  #isHanging = false;
  #wake: (() => void) | null = null;
  #waiters = new Set<Waiter>();
  #savedAtMs = Number.NEGATIVE_INFINITY;
  #isUnsaved = false;
  readonly #running: Promise<void>;

  private constructor(options: PumpOptions, cursor: SinkCursor | null) {
    this.#options = options;
    this.#follower = new Follower(options.folder, options.end().spool, options.sink.mode === 'required');
    this.#confirmed = cursor ?? this.#follower.cursor;
    this.#running = this.#run();
  }

  /** Goes on where the sink was; a new one begins with the first record there is. Rejects with the system's error. */
  static async open(options: PumpOptions): Promise<Pump> {
    return new Pump(options, await readCursor(options.folder, options.sink.name, options.end().spool));
  }

  /** From here on the spool is still needed. */
  get position(): SpoolPosition {
    const { position, open } = this.#confirmed;
    const segment = Math.min(position.segment, ...[...open.values()].map((place) => place.segment));
    return segment === position.segment ? position : { ...position, segment, offset: 0 };
  }

  /** Looks for what is new. */
  wake(): void {
    this.#isWoken = true;
    this.#wake?.();
  }

  /** Resolves when the entry with this sequence is acknowledged; rejects with audit.unavailable when it was not in time. */
  acknowledged(sequence: number): Promise<void> {
    if (this.#confirmed.sequence >= sequence) return Promise.resolve();
    const { clock, sink } = this.#options;
    const error = new HostError('audit.unavailable', { detail: `The audit sink ${sink.name} did not acknowledge the record in time.` });
    // One that has been failing for longer than anybody would wait is not waited for.
    if (this.#failingSinceMs !== null && clock.monotonicMs() - this.#failingSinceMs > sink.timeoutMs) return Promise.reject(error);
    return new Promise((resolve, reject) => {
      const expire = (): void => {
        this.#waiters.delete(waiter);
        reject(error);
      };
      const waiter: Waiter = { sequence, resolve, reject, cancel: clock.after(sink.timeoutMs, expire) };
      this.#waiters.add(waiter);
    });
  }

  /** Delivers what is there, as far as the receiver takes it at the first try, and ends. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.wake();
    await this.#running;
    this.#confirmTimer?.();
    await this.#closeReceiver();
    await this.#save(true);
    for (const { cancel, reject } of this.#waiters) {
      cancel();
      reject(new HostError('audit.unavailable', { detail: 'The audit trail is closed.' }));
    }
  }

  async #run(): Promise<void> {
    for (let isStale = true; ; ) {
      try {
        if (isStale) await this.#goBack();
        isStale = false;
        const isIdle = await this.#step();
        this.#noteSuccess(isIdle);
        // What became durable since that look began is looked at first.
        if (isIdle && this.#isClosing && this.#unconfirmed === 0 && !this.#isWoken) return;
        if (isIdle && !this.#isClosing) await this.#sleep(null);
        if (isIdle && this.#isClosing) this.#isConfirmDue = true;
      } catch (error) {
        isStale = true;
        this.#complain(error);
        if (this.#isClosing) return;
        await this.#sleep(Math.min(LIMITS.sinkRetryMsMax, LIMITS.sinkRetryMs * 2 ** Math.min(20, this.#failures - 1)));
        if (this.#isClosing) return;
      }
    }
  }

  /** To what was confirmed, or behind what retention deleted. */
  async #goBack(): Promise<void> {
    this.#confirmTimer?.();
    this.#confirmTimer = null;
    this.#unconfirmed = 0;
    this.#isConfirmDue = false;
    const lostOpen = await this.#follower.goTo(this.#confirmed);
    if (lostOpen > 0) this.#options.logger.error({ sink: this.#options.sink.name, records: lostOpen }, LOST);
    await this.#skipDeleted();
  }

  async #skipDeleted(): Promise<void> {
    const { folder, sink, onLoss, logger } = this.#options;
    const [first] = await listSegments(folder);
    if (first === undefined || first <= this.#follower.position.segment) return;
    const sequence = await firstSequence(folder, first);
    const from = this.#follower.sequence + 1;
    const { cursor } = this.#follower;
    this.#confirmed = {
      ...cursor,
      position: { ...cursor.position, segment: first, offset: 0 },
      sequence: Math.max(sequence - 1, cursor.sequence),
    };
    await this.#follower.goTo(this.#confirmed);
    // A new sink begins with what there is; only one that was at work has lost anything.
    if (cursor.sequence === 0 || sequence <= from) return;
    logger.error({ sink: sink.name, from, to: sequence - 1 }, LOST);
    onLoss({ sink: sink.name, from, to: sequence - 1 });
  }

  /** Resolves to whether there was nothing to do. */
  async #step(): Promise<boolean> {
    const { receiver, folder, end } = this.#options;
    this.#isWoken = false;
    if (receiver.isBroken?.() === true) throw new Error('The connection ended before everything was confirmed.');
    if (this.#isConfirmDue && this.#unconfirmed > 0) {
      await this.#confirm();
      return false;
    }
    await this.#skipDeleted();
    for await (const lines of readSpool(folder, this.#follower.position, end())) {
      const records = this.#follower.take(lines);
      for (let start = 0; start < records.length; start += LIMITS.sinkBatchMax) {
        await this.#send(records.slice(start, start + LIMITS.sinkBatchMax));
      }
      if (receiver.confirm === undefined || this.#unconfirmed === 0) await this.#noteConfirmed();
      else this.#planConfirm();
      return false;
    }
    await this.#save(false);
    return true;
  }

  async #send(records: readonly AuditRecord[]): Promise<void> {
    const [first] = records;
    if (first === undefined) return;
    const { spool } = this.#follower.position;
    const last = records.at(-1) ?? first;
    // Sequence and outcome of the first and the last: the same records, the same id.
    const id = `${spool}:${first.sequence}-${last.sequence}-${records.length}-${last.outcome}`;
    await this.#inTime((signal) => this.#options.receiver.send({ records, id }, signal));
    this.#unconfirmed += records.length;
  }

  #planConfirm(): void {
    if (this.#unconfirmed >= LIMITS.sinkConfirmMax) this.#isConfirmDue = true;
    this.#confirmTimer ??= this.#options.clock.after(LIMITS.sinkConfirmMs, () => {
      this.#confirmTimer = null;
      this.#isConfirmDue = true;
      this.wake();
    });
  }

  async #confirm(): Promise<void> {
    await this.#inTime((signal) => this.#options.receiver.confirm?.(signal) ?? Promise.resolve());
    await this.#noteConfirmed();
  }

  async #noteConfirmed(): Promise<void> {
    this.#confirmTimer?.();
    this.#confirmTimer = null;
    this.#isConfirmDue = false;
    this.#unconfirmed = 0;
    this.#confirmed = this.#follower.cursor;
    this.#isUnsaved = true;
    for (const waiter of this.#waiters) {
      if (waiter.sequence > this.#confirmed.sequence) continue;
      this.#waiters.delete(waiter);
      waiter.cancel();
      waiter.resolve();
    }
    await this.#save(false);
  }

  /** Not after each record: what is not saved is sent again after a kill, and no more than that. */
  async #save(isLast: boolean): Promise<void> {
    const { clock, folder, sink } = this.#options;
    if (!this.#isUnsaved || (!isLast && clock.monotonicMs() - this.#savedAtMs < LIMITS.sinkSaveMs)) return;
    this.#savedAtMs = clock.monotonicMs();
    this.#isUnsaved = false;
    try {
      await writeCursor(folder, sink.name, this.#confirmed);
    } catch (error) {
      this.#isUnsaved = true;
      this.#options.logger.warn(
        { sink: sink.name, error },
        'The cursor of an audit sink cannot be written: after a kill records are sent again.',
      );
    }
  }

  async #inTime(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { clock, sink } = this.#options;
    // One at a time, also where one cannot be called off: two would write into each other.
    if (this.#isHanging) throw new Error('The attempt before still hangs.');
    this.#isHanging = true;
    const controller = new AbortController();
    let expire: (error: Error) => void = () => undefined;
    const late = new Promise<never>((_resolve, reject) => (expire = reject));
    const cancel = clock.after(sink.timeoutMs, () => {
      const error = new Error(`It took longer than ${sink.timeoutMs} ms.`);
      controller.abort(error);
      expire(error);
    });
    try {
      const done = work(controller.signal).finally(() => (this.#isHanging = false));
      await Promise.race([done, late]);
    } finally {
      cancel();
    }
  }

  /** One whose last attempt hangs cannot be waited for. */
  async #closeReceiver(): Promise<void> {
    const closed = this.#options.receiver.close();
    if (this.#isHanging) closed.catch(() => undefined);
    else await closed;
  }

  async #sleep(ms: number | null): Promise<void> {
    const { clock } = this.#options;
    // Something became durable since the last look began.
    if (ms === null && this.#isWoken) return;
    let cancel: Cancel | null = null;
    await new Promise<void>((resolve) => {
      const isClosing = (): boolean => this.#isClosing;
      this.#wake = () => {
        if (ms === null || isClosing()) resolve();
      };
      if (ms !== null) cancel = clock.after(ms, resolve);
      else if (this.#isUnsaved) cancel = clock.after(LIMITS.sinkSaveMs, resolve);
      if (isClosing()) resolve();
    });
    this.#wake = null;
    (cancel as Cancel | null)?.();
  }

  #noteSuccess(isIdle: boolean): void {
    if (this.#failures === 0 || isIdle) return;
    this.#options.logger.warn({ sink: this.#options.sink.name }, 'The audit sink takes records again.');
    this.#failures = 0;
    this.#failingSinceMs = null;
  }

  #complain(error: unknown): void {
    this.#failures += 1;
    if (this.#failures > 1) return;
    this.#failingSinceMs = this.#options.clock.monotonicMs();
    const { name, mode } = this.#options.sink;
    const what = mode === 'required' ? 'requests are refused until it does' : 'what it misses waits in the spool';
    this.#options.logger.error({ sink: name, error }, `The audit sink does not take records; ${what}.`);
  }
}

const LOST = 'Records were deleted by retention before the audit sink had taken them.';

async function firstSequence(folder: string, segment: number): Promise<number> {
  for await (const { lines } of readSegment(folder, segment)) return readEntry(lines[0] ?? '')?.seq ?? 0;
  return 0;
}
