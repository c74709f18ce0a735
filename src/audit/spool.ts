// Group commit: at most one write is under way, and everything that comes meanwhile goes into the next one [AUD-3].
import { type Cancel, type Clock, HostError, LIMITS, type Logger, type SpoolPosition } from '../core/index.js';
import type { SegmentWriter } from './segment-writer.js';

/** One entry on its way to the disk. */
export interface SpoolEntry {
  /** What sealLine completes; '' for a mere place in the line, which drain() waits for. */
  readonly body: string;
  /** Nobody waits for it, so it is offered until the disk takes it. The others fail with their group or after the timeout. */
  readonly isKept: boolean;
  /** False once whoever waited has been told. */
  readonly isWaiting: boolean;
  /** The id of the record that it opens. */
  readonly opens: string | null;
  /** The sequence of the entry that it ends. */
  readonly closes: number | null;
  /** A monotonic reading in milliseconds. */
  readonly queuedAtMs: number;
  /** It is on the disk. Called once, also when whoever waited has been told otherwise meanwhile. */
  durable(sequence: number): void;
  /** It is not, or not in time. */
  failed(error: HostError): void;
}

export interface SpoolOptions {
  readonly writer: SegmentWriter;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Records of the run before that were not closed: their ids, by the sequence of their opening. */
  readonly open: ReadonlyMap<number, string>;
  /** Called after each group, before anybody who waited for it goes on. */
  onGroup(position: SpoolPosition): void;
}

export class Spool {
  readonly #options: SpoolOptions;
  readonly #open: Map<number, string>;
  #queue: SpoolEntry[] = [];
  #inFlight: readonly SpoolEntry[] = [];
  /** Bytes of the queue and of what is in flight. */
  #bytes = 0;
  #isScheduled = false;
  #isClosed = false;
  /** How many were refused since the disk began to fail; null while it does not. */
  #refused: number | null = null;
  #watch: Cancel | null = null;
  #later: Cancel | null = null;

  constructor(options: SpoolOptions) {
    this.#options = options;
    this.#open = new Map(options.open);
  }

  /** Ids of the records that are on the disk and whose end is not, by the sequence of their opening. */
  get open(): ReadonlyMap<number, string> {
    return this.#open;
  }

  /** True from the first refusal until the next group is durable: what can wait elsewhere should. */
  get isFailing(): boolean {
    return this.#refused !== null;
  }

  /** Whether somebody waits for a group that has not begun. */
  get #isWaitedFor(): boolean {
    return this.#queue.some((entry) => entry.isWaiting);
  }

  /** True when no more may wait. */
  get isFull(): boolean {
    return this.#bytes >= LIMITS.auditQueueBytesMax;
  }

  /** Takes an entry into the next group. One that is waited for fails at once when the queue is full. */
  append(entry: SpoolEntry): void {
    if (this.#isClosed) return entry.failed(unavailable('it is closed'));
    if (!entry.isKept) {
      if (this.#bytes + entry.body.length > LIMITS.auditQueueBytesMax) return this.#refuse([entry], 'the queue before the disk is full');
      this.#watch ??= this.#options.clock.after(LIMITS.auditTimeoutMs, this.#expire);
    }
    this.#queue.push(entry);
    this.#bytes += entry.body.length;
    if (entry.isKept) this.#scheduleLater();
    else this.#schedule();
  }

  /** Ends it; what matters has been waited for before. Resolves to false when a write still hangs: the file is then not ours to give back. */
  async close(): Promise<boolean> {
    this.#isClosed = true;
    this.#watch?.();
    this.#later?.();
    const late = unavailable('it is closed');
    for (const entry of this.#queue) entry.failed(late);
    if (this.#inFlight.length > 0) return false;
    await this.#options.writer.close();
    return true;
  }

  /**
   * The write begins when the events of this turn are through, so that requests that came together share it. While each turn brings more of
   * them it waits for one more, within a bound: a write wakes another thread, which costs more than the bytes. Alone, a request waits for one
   * look at the sockets.
   */
  #schedule(): void {
    if (this.#isScheduled || this.#inFlight.length > 0) return;
    this.#isScheduled = true;
    setImmediate(this.#gather, 0, LIMITS.auditGatherTurns);
  }

  readonly #gather = (seen: number, turnsLeft: number): void => {
    const count = this.#queue.length;
    if (count > seen && turnsLeft > 0) setImmediate(this.#gather, count, turnsLeft - 1);
    else void this.#flush();
  };

  readonly #flush = async (): Promise<void> => {
    this.#isScheduled = false;
    if (this.#queue.length === 0 || this.#isClosed) return;
    const group = this.#queue;
    this.#queue = [];
    this.#inFlight = group;
    let first: number;
    try {
      first = await this.#options.writer.write(group, this.#open);
    } catch (error) {
      this.#giveBack(group, error as NodeJS.ErrnoException);
      return;
    }
    this.#commit(group, first);
  };

  #commit(group: readonly SpoolEntry[], first: number): void {
    this.#inFlight = [];
    // 0 when there was nothing to write: that tells nothing of the disk.
    if (first > 0) this.#endEpisode();
    this.#forgetBytes(group);
    eachNumbered(group, first, (entry, sequence) => {
      if (entry.opens !== null) this.#open.set(sequence, entry.opens);
      if (entry.closes !== null) this.#open.delete(entry.closes);
    });
    // A device takes so long that many have gathered: it works on them while those of this group go on, else each would wait for the other.
    if (this.#options.writer.awaitsDevice && this.#isWaitedFor) void this.#flush();
    eachNumbered(group, first, (entry, sequence) => entry.durable(sequence));
    this.#options.onGroup(this.#options.writer.position);
    this.#goOn();
  }

  #giveBack(group: readonly SpoolEntry[], error: NodeJS.ErrnoException): void {
    this.#inFlight = [];
    this.#queue = group.filter((entry) => entry.isKept).concat(this.#queue);
    const lost = group.filter((entry) => !entry.isKept);
    this.#forgetBytes(lost);
    this.#refuse(lost, `it cannot be written (${error.code ?? error.message})`, error);
    this.#goOn();
  }

  /** Tells those whose time is over, whether their write hangs or has not begun. What has not begun is not written any more. */
  readonly #expire = (): void => {
    this.#watch = null;
    const latest = this.#options.clock.monotonicMs() - LIMITS.auditTimeoutMs;
    const isOver = (entry: SpoolEntry): boolean => entry.isWaiting && entry.queuedAtMs <= latest;
    const late = this.#inFlight.filter(isOver);
    const dropped = this.#queue.filter(isOver);
    if (dropped.length > 0) this.#queue = this.#queue.filter((entry) => !isOver(entry));
    this.#forgetBytes(dropped);
    if (late.length + dropped.length > 0) this.#refuse([...late, ...dropped], 'the disk did not take it in time');
    const oldest = this.#inFlight.find((entry) => entry.isWaiting) ?? this.#queue.find((entry) => entry.isWaiting);
    if (oldest !== undefined) this.#watch = this.#options.clock.after(oldest.queuedAtMs - latest, this.#expire);
  };

  #refuse(entries: readonly SpoolEntry[], why: string, cause?: unknown): void {
    if (this.#refused === null) {
      this.#refused = 0;
      this.#options.logger.error({ why }, 'The audit trail does not take records; requests are refused until it does.');
    }
    const error = unavailable(why, cause);
    for (const entry of entries) {
      if (entry.isWaiting) this.#refused += 1;
      entry.failed(error);
    }
  }

  #endEpisode(): void {
    if (this.#refused === null) return;
    this.#options.logger.warn({ refused: this.#refused }, 'The audit trail takes records again.');
    this.#refused = null;
  }

  #goOn(): void {
    if (this.#isWaitedFor) this.#schedule();
    else if (this.#queue.length > 0) this.#scheduleLater();
  }

  /** What nobody waits for gives the next request's write some time to come along, and a failing disk some time to mend. */
  #scheduleLater(): void {
    const delayMs = this.#refused === null ? LIMITS.auditLingerMs : LIMITS.auditRetryMs;
    this.#later ??= this.#options.clock.after(delayMs, () => {
      this.#later = null;
      this.#schedule();
    });
  }

  #forgetBytes(entries: readonly SpoolEntry[]): void {
    for (const entry of entries) this.#bytes -= entry.body.length;
  }
}

function unavailable(why: string, cause?: unknown): HostError {
  return new HostError('audit.unavailable', { detail: `The audit trail: ${why}.`, cause });
}

/** Calls with each entry and its number; a mere place in the line takes none. */
function eachNumbered(group: readonly SpoolEntry[], first: number, call: (entry: SpoolEntry, sequence: number) => void): void {
  let sequence = first;
  for (const entry of group) {
    // Before the call, which may let go of the body.
    const next = entry.body === '' ? sequence : sequence + 1;
    call(entry, sequence);
    sequence = next;
  }
}
