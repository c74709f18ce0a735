// Counts the uses of tokens: taken from durable records, added up in memory, and moved to the tables together with the place
// in the trail up to which they are counted, so that each counts once whatever is killed when [GW-51, EXT-45, WOM-15].
import { type Cancel, type Clock, isBehind, LIMITS, type Logger, type OpenedUse, type SpoolPosition } from '../core/index.js';
import type { TokenUse, UsedAddress } from '../plugin-kit/contract.js';
import { mergeAddresses } from '../plugin-kit/used-addresses.js';

/** Uses to be added to the tables, and where the trail's cursor stands afterwards. */
export interface UsageBatch {
  readonly position: SpoolPosition;
  /** By the token system's key. */
  readonly uses: ReadonlyMap<string, readonly TokenUse[]>;
}

/**
 * One transaction that adds the uses and moves the cursor. A batch whose position the cursor has reached already was applied before, by a
 * call whose answer was lost: it must change nothing.
 */
export type ApplyUses = (batch: UsageBatch) => Promise<void>;

/** Where uses are read again from. */
export interface UseSource {
  uses(from: SpoolPosition | null): AsyncIterable<{ readonly uses: readonly OpenedUse[]; readonly position: SpoolPosition }>;
}

export interface UsageLedgerOptions {
  readonly apply: ApplyUses;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Noted {
  readonly uses: readonly OpenedUse[];
  readonly position: SpoolPosition;
}

type Tally = { -readonly [Name in Exclude<keyof TokenUse, 'addresses'>]: TokenUse[Name] } & { addresses: UsedAddress[] };

/** Counts nothing before `replay` has been through: what the tables lack comes first. */
export class UsageLedger {
  readonly #options: UsageLedgerOptions;
  readonly #stop: Cancel;
  /** By system and token. */
  #tallies = new Map<string, Map<string, Tally>>();
  /** Up to where the tallies reach; null as long as nothing was noted. */
  #position: SpoolPosition | null = null;
  /** The segment in which the cursor stands. */
  #cursorSegment = 0;
  /** Being applied, or failed. It goes again as it was: had it been applied all the same, its position tells. */
  #batch: UsageBatch | null = null;
  #running: Promise<void> | null = null;
  #next: Promise<void> | null = null;
  #isFailing = false;
  /** What was noted before the replay was through; null from then on. */
  #early: Noted[] | null = [];

  constructor(options: UsageLedgerOptions) {
    this.#options = options;
    // A failure is logged where it happens, and the batch goes again.
    const ignore = (): void => undefined;
    this.#stop = options.clock.every(LIMITS.usageFlushMs, () => this.settle(), ignore);
  }

  /** Takes what a durable group of the trail held. Never waits or throws. */
  note(uses: readonly OpenedUse[], position: SpoolPosition): void {
    if (this.#early === null) this.#count(uses, position);
    else this.#early.push({ uses, position });
  }

  /** Resolves when every use noted before stands in the tables. Calls at the same time share the work. Rejects with what `apply` rejected with. */
  settle(): Promise<void> {
    if (this.#early !== null) return Promise.resolve();
    if (this.#running === null) return this.#batch !== null || this.#isDue() ? this.#run() : Promise.resolve();
    if (this.#tallies.size === 0) return this.#running;
    const ignore = (): void => undefined;
    this.#next ??= this.#running.then(ignore, ignore).then(() => {
      this.#next = null;
      return this.#run();
    });
    return this.#next;
  }

  /** Counts what stands in the trail behind the tables' cursor (null: there is none). Once, before the first request is taken. */
  async replay(from: SpoolPosition | null, source: UseSource): Promise<void> {
    this.#cursorSegment = from?.segment ?? 0;
    let end: SpoolPosition | null = null;
    let waiting = 0;
    for await (const { uses, position } of source.uses(from)) {
      this.#count(uses, position);
      end = position;
      waiting += uses.length;
      if (waiting >= LIMITS.usageReplayMax) {
        await this.#flush();
        waiting = 0;
      }
    }
    await this.#flush();
    for (const { uses, position } of this.#early ?? []) {
      if (end === null || isBehind(end, position)) this.#count(uses, position);
    }
    this.#early = null;
  }

  /** Counts what is noted and ends. */
  async close(): Promise<void> {
    this.#stop();
    await this.settle();
  }

  #count(uses: readonly OpenedUse[], position: SpoolPosition): void {
    for (const use of uses) this.#add(use);
    this.#position = position;
  }

  #add({ system, tokenRef, isPermitted, at, clientAddress, userAgent }: OpenedUse): void {
    let tokens = this.#tallies.get(system);
    if (tokens === undefined) this.#tallies.set(system, (tokens = new Map<string, Tally>()));
    let tally = tokens.get(tokenRef);
    if (tally === undefined) {
      tally = { tokenRef, authenticated: 0, permitted: 0, lastUsedAt: at, clientAddress, userAgent, addresses: [] };
      tokens.set(tokenRef, tally);
    }
    tally.authenticated += 1;
    if (isPermitted) tally.permitted += 1;
    if (clientAddress !== null) noteAddress(tally, { address: clientAddress, lastUsedAt: at, userAgent, count: 1 });
    if (at < tally.lastUsedAt) return;
    tally.lastUsedAt = at;
    tally.clientAddress = clientAddress;
    tally.userAgent = userAgent;
  }

  #run(): Promise<void> {
    this.#running = this.#flush().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #flush(): Promise<void> {
    if (this.#batch !== null) await this.#apply(this.#batch);
    this.#batch = this.#take();
    if (this.#batch !== null) await this.#apply(this.#batch);
  }

  async #apply(batch: UsageBatch): Promise<void> {
    try {
      await this.#options.apply(batch);
    } catch (error) {
      if (!this.#isFailing)
        this.#options.logger.error({ error }, 'Uses of tokens cannot be counted in the database; they are kept and tried again.');
      this.#isFailing = true;
      throw error;
    }
    if (this.#isFailing) this.#options.logger.warn({}, 'Uses of tokens are counted in the database again.');
    this.#isFailing = false;
    this.#batch = null;
    this.#cursorSegment = batch.position.segment;
  }

  /** Without uses the cursor moves only from segment to segment, so that a start need not read all of a quiet year. */
  #isDue(): boolean {
    return this.#tallies.size > 0 || (this.#position !== null && this.#position.segment !== this.#cursorSegment);
  }

  #take(): UsageBatch | null {
    if (this.#position === null || !this.#isDue()) return null;
    const uses = new Map([...this.#tallies].map(([system, tokens]) => [system, [...tokens.values()]]));
    this.#tallies = new Map();
    return { position: this.#position, uses };
  }
}

/** Mostly it is the address of the use before, and then nothing is put in order anew. */
function noteAddress(tally: Tally, used: UsedAddress): void {
  const [newest] = tally.addresses;
  if (newest?.address === used.address && used.lastUsedAt >= newest.lastUsedAt) {
    tally.addresses[0] = { ...used, count: newest.count + 1 };
  } else tally.addresses = [...mergeAddresses(tally.addresses, [used])];
}
