// The trail: nothing happens that it has not taken first, and what it has taken is neither lost nor there twice [AUD-1, AUD-2, AUD-3].
import {
  type Cancel,
  type CanonicalRequest,
  type Clock,
  type Decision,
  type ErrorCode,
  HostError,
  type Identity,
  type Instant,
  LIMITS,
  type Logger,
  type OpenedUse,
  Refusal,
  type SpoolPosition,
} from '../core/index.js';
import type { Act, RecordMarks } from '../plugin-kit/contract.js';
import { actBody, closeBody, type Ending, loginBody, malformedBody, requestBody } from './body.js';
import type { AuditRecord, OpenEntry, SpooledTrail, TrailHolder } from './contract.js';
import { Kept } from './kept.js';
import { Opening, type OpeningTrail } from './opening.js';
import { openSpool, type OpenedSpool, type OpenSpoolOptions } from './open-spool.js';
import { noteAct } from './own-act.js';
import { Place } from './place.js';
import { joinRecords } from './records.js';
import { cutUserAgent } from './redact.js';
import { Refusals } from './refusals.js';
import { Retention, type RetentionBounds } from './retention.js';
import type { SinkOptions } from './sinks/contract.js';
import { Sinks } from './sinks/open-sinks.js';
import { readUses, type UseBatch } from './uses.js';

export interface TrailOptions extends Omit<OpenSpoolOptions, 'onGroup'> {
  /**
   * Called when a group is durable, before any caller goes on: the uses of tokens in it, in order, and the place behind it.
   * Must not throw.
   */
  onDurable(batch: readonly OpenedUse[], position: SpoolPosition): void;
  /** Where records go besides the spool; left out: nowhere [AUD-22]. */
  readonly sinks?: readonly SinkOptions[];
  /** Postern's own, for formats that tell it. */
  readonly version?: string;
  /** How much of the spool is kept; left out: all of it [AUD-24]. */
  readonly retention?: RetentionBounds;
}

/** Opens the trail in `folder`, which is this process's own. Rejects with StartError when that is not possible. */
export async function createTrail(options: TrailOptions): Promise<SpooledTrail> {
  let uses: OpenedUse[] = [];
  const reach: { sinks?: Sinks } = {};
  const opened = await openSpool({
    ...options,
    onGroup(position) {
      const batch = uses;
      uses = [];
      options.onDurable(batch, position);
      reach.sinks?.wake();
    },
  });
  reach.sinks = await Sinks.open({
    ...options,
    sinks: options.sinks ?? [],
    version: options.version ?? '0',
    end: () => opened.writer.position,
    onLoss: ({ sink, from, to }) => void noteAct({ ...opened, clock: options.clock }, 'audit.sink-lost', { sink, from, to }),
  });
  return new DiskTrail(options, opened, reach.sinks, (use) => uses.push(use));
}

const DONE = { outcome: 'done', status: null, code: null, bytesIn: null, bytesOut: null } as const;
/** Milliseconds between two looks for whole seconds of refusals. */
const REFUSALS_MS = 1_000;

/** How an act ended that threw: refused where nothing but the request was at fault. */
function endingOf(error: unknown): Pick<Ending, 'outcome' | 'code' | 'status'> {
  if (error instanceof Refusal) return { outcome: 'refused', code: null, status: null };
  if (error instanceof HostError) return { outcome: 'failed', code: error.code, status: error.status };
  return { outcome: 'failed', code: 'platform.unexpected', status: null };
}

class DiskTrail implements SpooledTrail {
  readonly spoolId: string;
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #opened: OpenedSpool;
  readonly #sinks: Sinks;
  readonly #holders: TrailHolder[] = [];
  readonly #retention: Retention;
  readonly #stopRetention: Cancel;
  readonly #refusals = new Refusals();
  readonly #openingTrail: OpeningTrail;
  readonly #stopRefusals: Cancel;
  readonly #stopCheckpoints: Cancel;

  constructor(options: TrailOptions, opened: OpenedSpool, sinks: Sinks, countUse: (use: OpenedUse) => void) {
    const { folder, clock, logger } = options;
    this.#folder = folder;
    this.#clock = clock;
    this.#logger = logger;
    this.#opened = opened;
    this.#sinks = sinks;
    this.spoolId = opened.spoolId;
    const acknowledged = (sequence: number): Promise<void> | null => sinks.acknowledged(sequence);
    this.#openingTrail = { clock, countUse, acknowledged, append: (entry) => opened.spool.append(entry) };
    this.#retention = this.#createRetention(options.retention ?? { ageMs: null, bytesMax: null });
    this.#stopRetention = clock.every(
      LIMITS.auditRetentionMs,
      () => this.#retention.run(),
      (error) => logger.error({ error }, 'The oldest part of the audit trail cannot be deleted.'),
    );
    this.#stopRefusals = clock.every(
      REFUSALS_MS,
      () => this.#writeRefusals(clock.now()),
      (error) => logger.error({ error }, 'Refused requests could not be recorded.'),
    );
    this.#stopCheckpoints = clock.every(
      LIMITS.auditCheckpointMs,
      () => this.#sign().catch(() => undefined),
      () => undefined,
    );
  }

  open(request: CanonicalRequest, identity: Identity, decision: Decision, marks: RecordMarks): Promise<OpenEntry> {
    return this.#open(request.id, requestBody(request, identity, decision, marks), useOf(request, identity, decision));
  }

  async act<T>(act: Act, work: () => Promise<T>): Promise<T> {
    const id = this.#opened.nextId();
    const opening = await this.#open(id, actBody(id, this.#clock.now(), act), null);
    try {
      const outcome = await work();
      opening.end(DONE);
      return outcome;
    } catch (error) {
      opening.end({ ...DONE, ...endingOf(error) });
      throw error;
    }
  }

  noteMalformed({ peer, code, at }: { readonly peer: string; readonly code: ErrorCode; readonly at: Instant }): void {
    this.#refusals.note(peer, code, at);
  }

  noteLogin(login: {
    readonly username: string;
    readonly isAccepted: boolean;
    readonly clientAddress: string;
    readonly at: Instant;
  }): void {
    const { spool, nextId } = this.#opened;
    if (spool.isFull) return this.#logger.error({ clientAddress: login.clientAddress }, 'A login could not be recorded.');
    const id = nextId();
    const ending: Ending = login.isAccepted ? DONE : { ...DONE, outcome: 'refused', code: 'authn.refused' };
    const end = (sequence: number): void => spool.append(new Kept(closeBody(id, sequence, login.at, null, ending), null, sequence));
    spool.append(new Kept(loginBody(id, login.at, login.username, login.clientAddress), id, null, end));
  }

  async *records(range: { readonly from?: Instant; readonly to?: Instant }): AsyncGenerator<AuditRecord> {
    // Ends that are on their way are waited for; what a failing disk does not take is not there to be read.
    await this.settle().catch(() => undefined);
    const { spool, writer, unclosed } = this.#opened;
    const running = new Set([...spool.open.keys()].filter((sequence) => !unclosed.has(sequence)));
    yield* joinRecords({ folder: this.#folder, end: writer.position, running, logger: this.#logger }, range);
  }

  get end(): SpoolPosition {
    return this.#opened.writer.position;
  }

  skipPast(cursor: SpoolPosition): boolean {
    return cursor.spool === this.spoolId && this.#opened.writer.skipPast(cursor);
  }

  async *uses(from: SpoolPosition | null): AsyncGenerator<UseBatch> {
    const start = from?.spool === this.spoolId ? from : null;
    const { end } = this;
    if (start !== null && this.skipPast(start)) {
      this.#logger.error({ counted: start, end }, 'More was counted than the trail holds: its last entries were lost.');
      return;
    }
    yield* readUses(this.#folder, start, end);
  }

  holdBack(holder: TrailHolder): void {
    this.#holders.push(holder);
  }

  drain(): Promise<void> {
    this.#writeRefusals('all');
    return this.settle();
  }

  async settle(): Promise<void> {
    await this.#reached();
    // The end of a login, or of a record that came too late, is written after its beginning.
    await this.#reached();
  }

  async close(): Promise<void> {
    this.#stopRefusals();
    this.#stopCheckpoints();
    this.#stopRetention();
    const drained = this.drain().then(() => this.#sign());
    await drained.catch((error: unknown) => this.#logger.error({ error }, 'The end of the audit trail could not be written.'));
    await this.#sinks.close();
    await this.#opened.close();
  }

  #open(id: string, body: string, use: OpenedUse | null): Promise<Opening> {
    return new Promise((resolve, reject) => {
      this.#opened.spool.append(new Opening(id, body, use, this.#openingTrail, resolve, reject));
    });
  }

  #createRetention(bounds: RetentionBounds): Retention {
    const { spool, writer } = this.#opened;
    const sinkHolders = (): TrailHolder[] =>
      this.#sinks.holds.map(({ name, isRequired, position }) => ({
        name: `audit sink ${name}`,
        isFirm: isRequired,
        position: () => position,
      }));
    return new Retention({
      folder: this.#folder,
      bounds,
      clock: this.#clock,
      logger: this.#logger,
      end: () => writer.position,
      oldestOpen: () => Math.min(...spool.open.keys()),
      holders: () => [...this.#holders, ...sinkHolders()],
      record: (detail, work) =>
        this.act({ action: 'audit.trimmed', actor: null, system: null, tokenRef: null, clientAddress: null, detail }, work),
    });
  }
  /** Resolves when everything durable is signed. A disk that fails is told by whoever waits for it. */
  async #sign(): Promise<void> {
    const { writer } = this.#opened;
    if (!writer.isUnsigned) return;
    writer.wantCheckpoint();
    await this.#reached();
  }
  #reached(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#opened.spool.append(new Place(this.#clock.monotonicMs(), resolve, reject));
    });
  }

  /** While the disk fails they are counted on: memory for them is bounded, a queue would not be. */
  #writeRefusals(before: Instant | 'all'): void {
    const { spool, nextId } = this.#opened;
    if (spool.isFailing && before !== 'all') return;
    for (const { at, peer, code, count } of this.#refusals.take(before)) {
      spool.append(new Kept(malformedBody(nextId(), at, peer, code, count), null, null));
    }
  }
}

/** An accepted token was used, whatever was decided [WOM-15]. */
function useOf(request: CanonicalRequest, identity: Identity, decision: Decision): OpenedUse | null {
  if (identity.kind !== 'authenticated' || identity.grant === null) return null;
  return {
    system: identity.grant.system,
    tokenRef: identity.grant.tokenRef,
    isPermitted: decision.effect === 'permit',
    at: request.receivedAt,
    clientAddress: request.clientAddress,
    userAgent: cutUserAgent(request.userAgent),
  };
}
