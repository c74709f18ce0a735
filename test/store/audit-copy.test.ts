// The copy of the trail in the database: nothing twice, found by index, paged without loss while records arrive.
import type { AuditRecord } from '../../src/audit/contract.js';
import { readEntry } from '../../src/audit/entry.js';
import type { ReadLine } from '../../src/audit/entry-batches.js';
import { recordOf } from '../../src/admin/copied-records.js';
import { LIMITS, type SpoolPosition } from '../../src/core/index.js';
import { copyTarget, productEvents } from '../../src/server/copy-trail.js';
import { auditCopy } from '../../src/store/audit/copy.js';
import { type ProductLogQuery, readProductLog } from '../../src/store/audit/product-events.js';
import { type RecordQuery, searchRecords } from '../../src/store/audit/search.js';
import { readSteps, totalRecords } from '../../src/store/audit/totals.js';
import { readUsageDetails } from '../../src/store/audit/usage-details.js';
import type { OpenStore } from '../../src/store/open-store.js';
import { eachDatabase } from '../support/databases.js';
import { TEST_START, testClock } from '../support/test-clock.js';

const SPOOL = 'spool-1';
const WORDS = new Map([
  [
    'extender',
    {
      products: ['jira'] as const,
      productLog: {
        category: { i18nKey: 'c', text: 'Security' },
        created: { i18nKey: 'm', text: 'Made' },
        deleted: { i18nKey: 'd', text: 'Deleted' },
        label: { i18nKey: 'l', text: 'Label' },
        call: { i18nKey: 'u', text: 'Used' },
      },
    },
  ],
]);

let sequence = 0;

function line(fields: Readonly<Record<string, unknown>>): ReadLine {
  sequence += 1;
  const text = JSON.stringify({ v: 1, seq: sequence, ...fields });
  const entry = readEntry(text);
  if (entry === null) throw new Error(`no entry: ${text}`);
  return { entry, line: text, node: 'north' };
}

const idOf = (number: number): string => `019c0000-0000-7000-8000-${String(number).padStart(12, '0')}`;

/** A call of Extender's; `changes` as the spool has them. */
const opened = (number: number, changes: Readonly<Record<string, unknown>> = {}): ReadLine =>
  line({
    e: 'open',
    id: idOf(number),
    at: TEST_START + number * 1_000,
    decision: 'permit',
    actor: 'Charlie',
    system: 'extender',
    tokenRef: 'token-1',
    counts: true,
    method: 'GET',
    path: `/jira/rest/api/2/issue/K-${number}`,
    clientAddress: '192.0.2.10',
    peer: '127.0.0.1',
    ...changes,
  });

const closed = (number: number, changes: Readonly<Record<string, unknown>> = {}): ReadLine =>
  line({ e: 'close', id: idOf(number), of: 1, at: TEST_START, outcome: 'forwarded', status: 200, ...changes });

const made = (number: number, label: string, outcome = 'done'): readonly ReadLine[] => [
  line({
    e: 'act',
    id: idOf(number),
    at: TEST_START + number * 1_000,
    action: 'token.created',
    actor: 'admin',
    system: 'extender',
    tokenRef: `token-${label}`,
    detail: { label, user: 'bob', userKey: 'JIRAUSER7' },
  }),
  closed(number, { outcome }),
];

const place = (offset: number): SpoolPosition => ({ spool: SPOOL, segment: 1, offset });

const ALL: RecordQuery = { from: null, to: null, equals: {}, behind: null, limit: 100, matches: () => true };
const LOG: ProductLogQuery = {
  product: 'jira',
  from: null,
  to: null,
  below: null,
  offset: 0,
  limit: 100,
  authors: [],
  categories: [],
  actions: [],
  affected: [],
  matches: null,
  scanMax: LIMITS.auditScanMax,
};

eachDatabase((database) => {
  let store: OpenStore;
  let target: ReturnType<typeof copyTarget>;
  let end: SpoolPosition | null;

  beforeEach(async () => {
    store = await database.open();
    target = copyTarget(auditCopy(store, testClock(), productEvents(WORDS)));
    end = null;
  });

  const take = async (...lines: readonly ReadLine[]): Promise<void> => {
    const next = place((end?.offset ?? 0) + lines.length);
    await target.take({ from: end, to: next, lines });
    end = next;
  };
  const found = async (query: Partial<RecordQuery> = {}): Promise<readonly AuditRecord[]> =>
    (await searchRecords(store, { ...ALL, ...query })).records.map(recordOf);
  const numbers = (records: readonly { readonly id: string }[]): number[] => records.map(({ id }) => Number(id.slice(-12)));
  const logged = (query: Partial<ProductLogQuery> = {}) => readProductLog(store, { ...LOG, ...query });

  it('holds each record once, whatever is shipped again, and the cursor moves with it [AUD-3]', async () => {
    await take(opened(1), opened(2), closed(1));
    expect(await target.position(SPOOL)).toEqual(place(3));
    // The same batch again, by one who has not heard that it was taken: refused as a whole.
    await expect(target.take({ from: null, to: place(3), lines: [opened(3)] })).rejects.toThrow(/unique|duplicate/i);
    await expect(target.take({ from: place(1), to: place(3), lines: [opened(3)] })).rejects.toThrow('copied already');
    expect(numbers(await found())).toEqual([2, 1]);
    // A cursor that was lost: everything comes once more, and nothing is counted, logged or told twice.
    await store.transaction((manager) => manager.query('DELETE FROM postern_cursor'));
    end = null;
    await take(opened(1), opened(2), closed(1), closed(2, { status: 404 }));
    expect((await found()).map(({ id, status }) => [id, status])).toEqual([
      [idOf(2), 404],
      [idOf(1), 200],
    ]);
    expect(await totalRecords(store)).toBe(2);
    expect((await logged()).total).toBe(2);
    expect((await readUsageDetails(store, 'token-1', { startAt: 0, limit: 10 })).total).toBe(2);
  });

  it('gives a record back as the spool has it: in flight, then as it ended, in the same batch or in a later one', async () => {
    await take(opened(1), closed(1, { durationMs: 12.5, outcome: 'served' }), opened(2));
    expect((await found()).map(({ outcome, durationMs, node }) => [outcome, durationMs, node])).toEqual([
      ['in-flight', null, 'north'],
      ['served', 12.5, 'north'],
    ]);
    await take(closed(2, { outcome: 'aborted', status: 499 }));
    expect((await found({ equals: { status: 499 } })).map(({ outcome }) => outcome)).toEqual(['aborted']);
  });

  it('takes what no text of a database may hold, and what is longer than its column', async () => {
    await take(
      opened(1, { actor: `nul\0${'x'.repeat(400)}`, clientAddress: 7, tokenRef: 'y'.repeat(300) }),
      opened(2, { actor: 5, system: null }),
    );
    expect((await found()).map(({ actor }) => String(actor).length)).toEqual([1, 404]);
  });

  it.each([
    ['time', { from: TEST_START + 2_000, to: TEST_START + 3_000 }, [2]],
    ['user, without case', { equals: { actor: 'alice' } }, [2]],
    ['token', { equals: { token_ref: 'token-2' } }, [3]],
    ['decision', { equals: { decision: 'deny' } }, [3]],
    ['system', { equals: { system_key: 'wombats-jira' } }, [3]],
    ['status', { equals: { status: 403 } }, [3]],
    ['address', { equals: { client_address: '2001:db8::1' } }, [2]],
    ['kind', { equals: { kind: 'act' } }, [4]],
    ['address within a time', { equals: { client_address: '192.0.2.10' }, to: TEST_START + 3_000 }, [1]],
  ] as const)('finds records by %s', async (_name, query, expected) => {
    await take(
      opened(1),
      opened(2, { actor: 'ALICE', clientAddress: '2001:db8::1' }),
      opened(3, { decision: 'deny', system: 'wombats-jira', tokenRef: 'token-2' }),
      closed(3, { status: 403 }),
      ...made(4, 'a'),
    );
    expect(numbers(await found(query))).toEqual(expected);
  });

  it('pages by a cursor that records which arrive do not move: none twice, none left out [AUD-23]', async () => {
    // Many at one instant, and some that arrive late with an instant of before.
    for (let number = 1; number <= 30; number += 1) await take(opened(number, { at: TEST_START + Math.floor(number / 10) }));
    const seen: number[] = [];
    let behind: RecordQuery['behind'] = null;
    for (let next = 100; ; next += 1) {
      const page = await searchRecords(store, { ...ALL, behind, limit: 7 });
      seen.push(...numbers(page.records.map(recordOf)));
      await take(opened(next, { at: TEST_START + 9 }));
      if (page.next === null) break;
      behind = page.next;
    }
    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
  });

  it('keeps the total and the steps of a chart, rather than counting', async () => {
    await take(opened(1), opened(2, { decision: 'deny' }), opened(61), ...made(62, 'a'), opened(3_700, { counts: undefined }));
    expect(await totalRecords(store)).toBe(5);
    expect(await readSteps(store, 'minute', TEST_START, TEST_START + 3_600_000)).toEqual([
      { startsAt: TEST_START, permits: 1, denials: 1, uses: 2 },
      { startsAt: TEST_START + 60_000, permits: 1, denials: 0, uses: 1 },
    ]);
    expect(await readSteps(store, 'hour', TEST_START, TEST_START + 7_200_000)).toEqual([
      { startsAt: TEST_START, permits: 2, denials: 1, uses: 3 },
      { startsAt: TEST_START + 3_600_000, permits: 1, denials: 0, uses: 0 },
    ]);
  });

  it('numbers a token’s usage details without a gap, those of calls that are marked for it alone [EXT-46]', async () => {
    await take(opened(1), opened(2, { inUsageDetails: false }), opened(3, { tokenRef: 'token-2' }));
    await take(opened(4, { decision: 'deny' }), closed(4, { status: 403 }), opened(5, { counts: undefined, fault: 'expired' }));
    const { total, records } = await readUsageDetails(store, 'token-1', { startAt: 0, limit: 10 });
    expect([total, numbers(records.map(recordOf))]).toEqual([2, [4, 1]]);
    const second = await readUsageDetails(store, 'token-1', { startAt: 1, limit: 10 });
    expect([second.total, numbers(second.records.map(recordOf))]).toEqual([2, [1]]);
    expect(await readUsageDetails(store, 'token-3', { startAt: 0, limit: 10 })).toEqual({ total: 0, records: [] });
  });

  describe('a product’s log', () => {
    it('shows acts that were done and calls that are logged, as they ended, and nothing else [AUD-5, PAT-60]', async () => {
      await take(
        ...made(1, 'a'),
        ...made(2, 'b', 'refused'),
        ...made(3, 'c', 'failed'),
        ...made(4, 'd', 'unknown'),
        opened(5),
        opened(6, { inProductLog: false }),
        closed(6),
        opened(7, { system: 'wombats-jira' }),
        closed(7),
        opened(8, { system: 'password', tokenRef: undefined, counts: undefined }),
        closed(8),
      );
      expect((await logged()).events.map((row) => [recordOf(row).kind, (row.at - TEST_START) / 1_000])).toEqual([
        ['act', 4],
        ['act', 1],
      ]);
      await take(closed(5));
      expect((await logged()).events.map((row) => recordOf(row).kind)).toEqual(['request', 'act', 'act']);
    });

    it('is found by time, author, category, action and affected object, and its total is known [AUD-20, AUD-21]', async () => {
      for (let number = 1; number <= 6; number += 1) await take(opened(number), closed(number));
      await take(...made(7, 'a'));
      expect((await logged()).total).toBe(7);
      expect((await logged({ from: TEST_START + 3_000, to: TEST_START + 5_000 })).total).toBe(3);
      expect((await logged({ limit: 2, offset: 3 })).events.map(({ position }) => position)).toEqual([4, 3]);
      const of = async (query: Partial<ProductLogQuery>) => (await logged(query)).events.map(({ position }) => position);
      expect(await of({ authors: ['admin'] })).toEqual([7]);
      expect(await of({ authors: ['admin', 'charlie'], limit: 3 })).toEqual([7, 6, 5]);
      expect(await of({ actions: ['Made'], categories: ['Security'] })).toEqual([7]);
      expect(await of({ affected: ['user,JIRAUSER7'] })).toEqual([7]);
      expect(await of({ authors: ['charlie'], actions: ['Made'] })).toEqual([]);
      expect(await of({ matches: ({ opened: text }) => text.includes('K-2') })).toEqual([2]);
      expect(await of({ scanMax: 2, matches: ({ opened: text }) => text.includes('K-2') })).toEqual([]);
    });

    it('is never logged before what is logged already, so that a reader up to some time has all of it [AUD-20]', async () => {
      await take(opened(9), closed(9));
      await take(opened(2), closed(2), opened(10), closed(10));
      const { events } = await logged();
      expect(events.map(({ at, loggedAt }) => [(at - TEST_START) / 1_000, (loggedAt - TEST_START) / 1_000])).toEqual([
        [10, 10],
        [2, 9],
        [9, 9],
      ]);
      expect((await logged({ from: TEST_START + 9_000 })).events).toHaveLength(3);
    });

    it('has what began earlier below what came after it, though both ended in one batch: an act stood above its own token’s uses [AUD-20]', async () => {
      const [act, actEnd = act] = made(1, 'a');
      await take(act as ReadLine);
      await take(actEnd as ReadLine, opened(2), closed(2));
      expect((await logged()).events.map(({ at }) => (at - TEST_START) / 1_000)).toEqual([2, 1]);
    });

    it('is paged below a position without loss while events arrive [AUD-20]', async () => {
      for (let number = 1; number <= 9; number += 1) await take(opened(number), closed(number));
      const seen: number[] = [];
      let below: number | null = null;
      do {
        const page: Awaited<ReturnType<typeof logged>> = await logged({ below, limit: 2 });
        seen.push(...page.events.map(({ position }) => position));
        await take(opened(100 + seen.length), closed(100 + seen.length));
        below = page.next;
      } while (below !== null);
      expect(seen).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
    });
  });
});
