// Counters: each durable use once, whatever fails and is killed in between.
import { type ApplyUses, type UsageBatch, UsageLedger } from '../../src/authn/usage.js';
import { isBehind, LIMITS, type OpenedUse, type SpoolPosition } from '../../src/core/index.js';
import { type TestClock, testClock } from '../support/test-clock.js';
import { heardLog } from './samples.js';

const at = (offset: number, segment = 1): SpoolPosition => ({ spool: 's', segment, offset });
const use = (tokenRef: string, changes: Partial<OpenedUse> = {}): OpenedUse => ({
  system: 'extender',
  tokenRef,
  isPermitted: true,
  at: 1_000,
  clientAddress: '192.0.2.1',
  userAgent: 'curl',
  ...changes,
});

/** Tables as the store keeps them: counters and cursor change together or not at all. */
class Tables {
  readonly counted = new Map<string, { authenticated: number; permitted: number }>();
  cursor: SpoolPosition | null = null;
  calls = 0;
  /** Set: the next calls fail, before or after they took effect. */
  failures: ('before' | 'after')[] = [];
  /** Set: calls wait for it. */
  gate: Promise<void> | null = null;

  readonly apply: ApplyUses = async (batch) => {
    this.calls += 1;
    await this.gate;
    const failure = this.failures.shift();
    if (failure === 'before') throw new Error('the database is away');
    if (this.cursor === null || isBehind(this.cursor, batch.position)) this.#add(batch);
    if (failure === 'after') throw new Error('the answer was lost');
  };

  #add({ uses, position }: UsageBatch): void {
    for (const [system, list] of uses) {
      for (const { tokenRef, authenticated, permitted } of list) {
        const row = this.counted.get(`${system} ${tokenRef}`) ?? { authenticated: 0, permitted: 0 };
        this.counted.set(`${system} ${tokenRef}`, {
          authenticated: row.authenticated + authenticated,
          permitted: row.permitted + permitted,
        });
      }
    }
    this.cursor = position;
  }
}

const nothing = { uses: () => sourceOf([]) };

async function* sourceOf<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

let clock: TestClock;
let tables: Tables;
let ledger: UsageLedger;
const log = heardLog();

beforeEach(async () => {
  clock = testClock();
  tables = new Tables();
  log.lines.length = 0;
  ledger = new UsageLedger({ apply: tables.apply, clock, logger: log });
  await ledger.replay(null, nothing);
});

describe('a use', () => {
  it('is in the tables when settle resolves [EXT-45]', async () => {
    ledger.note([use('a'), use('a'), use('b', { system: 'wombats', isPermitted: false })], at(100));
    await ledger.settle();
    expect(Object.fromEntries(tables.counted)).toEqual({
      'extender a': { authenticated: 2, permitted: 2 },
      'wombats b': { authenticated: 1, permitted: 0 },
    });
    expect(tables.cursor).toEqual(at(100));
  });

  it('is in the tables soon without anybody asking', async () => {
    ledger.note([use('a')], at(100));
    await clock.advance(LIMITS.usageFlushMs);
    expect(tables.counted.get('extender a')).toEqual({ authenticated: 1, permitted: 1 });
  });

  it('counts as authenticated whatever was decided, as permitted only when it was [WOM-15, EXT-45]', async () => {
    const batches: UsageBatch[] = [];
    const own = new UsageLedger({ apply: async (batch) => void batches.push(batch), clock, logger: log });
    await own.replay(null, nothing);
    own.note(
      [
        use('a', { at: 5, isPermitted: false }),
        use('a', { at: 9, clientAddress: '192.0.2.9', userAgent: 'new' }),
        use('a', { at: 7, clientAddress: null }),
      ],
      at(1),
    );
    await own.settle();
    expect(batches).toEqual([
      {
        position: at(1),
        uses: new Map([
          [
            'extender',
            [
              {
                tokenRef: 'a',
                authenticated: 3,
                permitted: 2,
                lastUsedAt: 9,
                clientAddress: '192.0.2.9',
                userAgent: 'new',
                addresses: [
                  { address: '192.0.2.9', lastUsedAt: 9, userAgent: 'new', count: 1 },
                  { address: '192.0.2.1', lastUsedAt: 5, userAgent: 'curl', count: 1 },
                ],
              },
            ],
          ],
        ]),
      },
    ]);
  });

  it('that was noted while another is being counted is counted by a settle that follows', async () => {
    let open = (): void => undefined;
    tables.gate = new Promise((resolve) => (open = resolve));
    ledger.note([use('a')], at(1));
    const first = ledger.settle();
    ledger.note([use('a')], at(2));
    const second = ledger.settle();
    const third = ledger.settle();
    open();
    tables.gate = null;
    await first;
    await Promise.all([second, third]);
    expect(tables.counted.get('extender a')).toEqual({ authenticated: 2, permitted: 2 });
    // The two that asked for the same shared it.
    expect(tables.calls).toBe(2);
  });

  it('costs one transaction however many ask at the same time', async () => {
    ledger.note([use('a')], at(1));
    await Promise.all(Array.from({ length: 100 }, () => ledger.settle()));
    expect(tables.calls).toBe(1);
  });

  it('costs nothing when there is none', async () => {
    ledger.note([], at(1));
    await ledger.settle();
    await ledger.settle();
    expect(tables.calls).toBe(1);
    ledger.note([], at(50));
    await clock.advance(10 * LIMITS.usageFlushMs);
    expect(tables.calls).toBe(1);
  });
});

describe('the cursor', () => {
  it('moves without uses from segment to segment, so that a start need not read a quiet year again', async () => {
    ledger.note([], at(10, 1));
    await ledger.settle();
    ledger.note([], at(10, 2));
    await clock.advance(LIMITS.usageFlushMs);
    expect(tables.cursor).toEqual(at(10, 2));
  });
});

describe('tables that fail', () => {
  it.each([
    ['before', 'nothing took effect'],
    ['after', 'it took effect and the answer was lost'],
  ] as const)('lose nothing and count nothing twice: %s, %s [GW-51]', async (failure, _what) => {
    tables.failures = [failure, failure];
    ledger.note([use('a')], at(1));
    await expect(ledger.settle()).rejects.toBeInstanceOf(Error);
    ledger.note([use('a'), use('b')], at(2));
    await expect(ledger.settle()).rejects.toBeInstanceOf(Error);
    ledger.note([use('b')], at(3));
    await ledger.settle();
    expect(Object.fromEntries(tables.counted)).toEqual({
      'extender a': { authenticated: 2, permitted: 2 },
      'extender b': { authenticated: 2, permitted: 2 },
    });
    expect(tables.cursor).toEqual(at(3));
  });

  it('are tried again by themselves, and the operator is told once', async () => {
    tables.failures = ['before', 'before', 'before'];
    ledger.note([use('a')], at(1));
    await clock.advance(3 * LIMITS.usageFlushMs);
    expect(tables.counted.size).toBe(0);
    await clock.advance(LIMITS.usageFlushMs);
    expect(tables.counted.get('extender a')).toEqual({ authenticated: 1, permitted: 1 });
    expect(log.lines.map(({ level }) => level)).toEqual(['error', 'warn']);
  });

  it('do not answer a list as if all were counted', async () => {
    tables.failures = ['before'];
    ledger.note([use('a')], at(1));
    await expect(ledger.settle()).rejects.toThrow('the database is away');
  });
});

describe('a start', () => {
  /** A ledger that has not read the trail yet. */
  const fresh = () => new UsageLedger({ apply: tables.apply, clock, logger: log });

  it('counts what stands behind the cursor before anything else [GW-51]', async () => {
    const own = fresh();
    const asked: (SpoolPosition | null)[] = [];
    await own.replay(at(40), {
      uses(from) {
        asked.push(from);
        return sourceOf([{ uses: [use('a'), use('b', { isPermitted: false })], position: at(90) }]);
      },
    });
    expect(asked).toEqual([at(40)]);
    expect(Object.fromEntries(tables.counted)).toEqual({
      'extender a': { authenticated: 1, permitted: 1 },
      'extender b': { authenticated: 1, permitted: 0 },
    });
    expect(tables.cursor).toEqual(at(90));
  });

  it('does so in bounded batches', async () => {
    const chunks = Array.from({ length: 30 }, (_, index) => ({
      uses: Array.from({ length: 1_000 }, () => use('a')),
      position: at(index + 1),
    }));
    const before = tables.calls;
    await fresh().replay(null, { uses: () => sourceOf(chunks) });
    expect(tables.calls - before).toBe(Math.ceil(30_000 / LIMITS.usageReplayMax));
    expect(tables.counted.get('extender a')?.authenticated).toBe(30_000);
  });

  it('counts nothing twice that the trail told meanwhile, and loses nothing', async () => {
    const own = fresh();
    // The first is told by the replay too; the second came after its end.
    own.note([use('a')], at(50));
    own.note([use('a')], at(60));
    await own.replay(null, { uses: () => sourceOf([{ uses: [use('a')], position: at(50) }]) });
    await own.settle();
    expect(tables.counted.get('extender a')).toEqual({ authenticated: 2, permitted: 2 });
    expect(tables.cursor).toEqual(at(60));
  });

  it('fails when the tables do: nothing is answered on counters that nobody could read', async () => {
    tables.failures = ['before'];
    await expect(fresh().replay(null, { uses: () => sourceOf([{ uses: [use('a')], position: at(1) }]) })).rejects.toThrow(
      'the database is away',
    );
  });
});

describe('the end', () => {
  it('counts what is noted, and nothing after it', async () => {
    ledger.note([use('a')], at(1));
    await ledger.close();
    expect(tables.counted.get('extender a')?.permitted).toBe(1);
    ledger.note([use('a')], at(2));
    await clock.advance(10 * LIMITS.usageFlushMs);
    expect(tables.calls).toBe(1);
  });
});
