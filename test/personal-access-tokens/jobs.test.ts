// What happens to tokens by itself, on the vendor's timetables [PAT-50 … PAT-52, PAT-54].
import { DAY_MS } from '../../src/core/index.js';
import { nextTime, scheduleJobs } from '../../src/host/scheduler.js';
import type { PluginWorld } from '../support/plugin-host.js';
import { TEST_START } from '../support/test-clock.js';
import {
  ALICE,
  BASE,
  BOB,
  CONFLUENCE_BASE,
  insertRows,
  keyOf,
  list,
  make,
  outcomeOf,
  runJob,
  startPats,
  storedRow,
  tokenRefOf,
} from './pat-world.js';

const MINUTE_MS = 60_000;
let world: PluginWorld;

beforeEach(async () => {
  world = await startPats();
});

afterEach(() => world.close());

const namesOf = async (login: readonly [string, string], base = BASE) => (await list(world, login, base)).map(({ name }) => name);
const accessedAt = async (id: number) => (await storedRow(world, id))['LAST_ACCESSED_AT'];

it('are there once for both installations, at the vendor’s times [PAT-40, PAT-41, PAT-54]', () => {
  const prefix = 'personal-access-tokens: ';
  expect(world.active.jobs.map(({ name, schedule }) => [name, schedule])).toEqual([
    [`${prefix}prune`, { cron: '0 0 0 * * ?' }],
    [`${prefix}deleted users`, { cron: '0 0 0 * * ?' }],
    [`${prefix}expiry check`, { cron: '0 0 * * * ?' }],
    [`${prefix}last use`, { everyMs: MINUTE_MS }],
  ]);
  // 12 am local time, every day; every hour.
  const from = Date.UTC(2026, 0, 31, 10, 30);
  expect(nextTime('0 0 0 * * ?', from, 'Europe/Warsaw')).toBe(Date.UTC(2026, 0, 31, 23));
  expect(nextTime('0 0 * * * ?', from, 'Europe/Warsaw')).toBe(Date.UTC(2026, 0, 31, 11));
});

describe('pruning', () => {
  it('deletes what expired more than thirty days ago, in both products, and nothing else [PAT-50]', async () => {
    await make(world, ALICE, { name: 'old', expirationDuration: 1 });
    await make(world, ALICE, { name: 'old too', expirationDuration: 1 }, CONFLUENCE_BASE);
    await make(world, ALICE, { name: 'younger', expirationDuration: 2 });
    await make(world, ALICE, { name: 'never ends' });
    await world.clock.advance(31 * DAY_MS);
    await runJob(world, 'prune');
    expect(await namesOf(ALICE)).toEqual(['old', 'younger', 'never ends']);
    await world.clock.advance(1);
    await runJob(world, 'prune');
    expect([await namesOf(ALICE), await namesOf(ALICE, CONFLUENCE_BASE)]).toEqual([['younger', 'never ends'], []]);
    expect(world.acts.slice(-2)).toEqual([
      expect.objectContaining({ action: 'token.deleted', actor: null, system: 'personal-access-tokens-jira' }),
      expect.objectContaining({ action: 'token.deleted', actor: null, system: 'personal-access-tokens-confluence' }),
    ]);
    expect(world.acts.at(-1)?.detail).toMatchObject({ label: 'old too', reason: 'expired' });
    expect((await world.registry.list({ startAt: 0, limit: 10 })).total).toBe(2);
  });

  it('goes on after its first page [PAT-50]', async () => {
    const userKey = await keyOf(world, 'alice');
    await insertRows(
      world,
      Array.from({ length: 250 }, () => ({ USER_KEY: userKey, EXPIRING_AT: 0 })),
    );
    await runJob(world, 'prune');
    expect(await list(world, ALICE)).toEqual([]);
  });

  it('runs at its time [PAT-50]', async () => {
    await make(world, ALICE, { name: 'old', expirationDuration: 1 });
    const jobs = scheduleJobs(
      world.active.jobs.filter(({ name }) => name.endsWith('prune')),
      world.clock,
      world.host.logger,
      'UTC',
    );
    // The test begins at ten in the morning; the first midnight after the 31 days is the one of the 32nd.
    await world.clock.advance(31 * DAY_MS + 14 * 60 * MINUTE_MS - 1);
    expect(await namesOf(ALICE)).toEqual(['old']);
    await world.clock.advance(1);
    // A timer of one shot is not awaited by the clock.
    await world.settleUses();
    for (let turn = 0; turn < 100 && (await list(world, ALICE)).length > 0; turn += 1);
    expect(await namesOf(ALICE)).toEqual([]);
    jobs.close();
  });

  it('stops where it cannot be recorded, and has deleted nothing then [PAT-50, PAT-60]', async () => {
    await make(world, ALICE, { name: 'old', expirationDuration: 1 });
    await world.clock.advance(40 * DAY_MS);
    world.isAuditDown = true;
    await expect(runJob(world, 'prune')).rejects.toMatchObject({ code: 'audit.unavailable' });
    expect(await namesOf(ALICE)).toEqual(['old']);
  });
});

describe('the tokens of users who no longer exist', () => {
  it('are deleted by the job of the fifteenth property, and by nothing before [PAT-50, DIR-7]', async () => {
    const token = await make(world, BOB);
    await make(world, BOB, { name: 'x' }, CONFLUENCE_BASE);
    await make(world, ALICE, { name: 'stays' });
    await world.directory.changeUser('alice', { isActive: false });
    await world.directory.deleteUser('bob');
    await runJob(world, 'prune');
    expect((await storedRow(world, token.id))['NAME']).toBe('script');
    await runJob(world, 'deleted users');
    const rows = await world.store.read<{ NAME: string }>('SELECT "NAME" FROM "AO_81F455_PERSONAL_TOKEN"');
    expect(rows.map(({ NAME }) => NAME)).toEqual(['stays']);
    expect((await world.registry.list({ startAt: 0, limit: 10 })).total).toBe(1);
    expect(world.acts.at(-1)).toMatchObject({ actor: null, detail: { reason: 'owner-deleted' } });
  });

  it('are found among many users, all of each [PAT-50]', async () => {
    const alice = await keyOf(world, 'alice');
    const nobodies = Array.from({ length: 230 }, (_, index) => ({ USER_KEY: `JIRAUSER${50_000 + (index % 120)}` }));
    const many = Array.from({ length: 150 }, () => ({ USER_KEY: 'JIRAUSER60000' }));
    await insertRows(world, [...nobodies, ...many, { USER_KEY: alice }]);
    await runJob(world, 'deleted users');
    expect((await world.active.tokens.list({ startAt: 0, limit: 10 })).tokens.map(({ owner }) => owner)).toEqual([alice]);
  });
});

describe('the expiry check', () => {
  const stateOf = async (id: number) => (await storedRow(world, id))['NOTIFICATION_STATE'];

  it('notes what it has told of: soon from five days before the end, expired from the end on [PAT-51]', async () => {
    const { id } = await make(world, ALICE, { name: 'x', expirationDuration: 10 });
    const forever = await make(world, ALICE);
    const steps: unknown[] = [];
    for (const at of [5 * DAY_MS - 1, 1, 4 * DAY_MS, DAY_MS - 1, 2, 30 * DAY_MS]) {
      await world.clock.advance(at);
      await runJob(world, 'expiry check');
      steps.push(await stateOf(id));
    }
    expect(steps).toEqual(['NOT_SENT', 'EXPIRE_SOON_SENT', 'EXPIRE_SOON_SENT', 'EXPIRE_SOON_SENT', 'EXPIRED_SENT', 'EXPIRED_SENT']);
    expect(await stateOf(forever.id)).toBe('NOT_SENT');
  });

  it('never says "soon" of what is over [PAT-51]', async () => {
    const { id } = await make(world, ALICE, { name: 'x', expirationDuration: 10 });
    await world.clock.advance(10 * DAY_MS);
    await runJob(world, 'expiry check');
    expect(await stateOf(id)).toBe('EXPIRED_SENT');
  });
});

describe('the last use', () => {
  it('reaches the table with the interval, all tokens in one batch, while the REST is never behind [PAT-52]', async () => {
    const [first, second, unused] = [
      await make(world, ALICE),
      await make(world, BOB, { name: 'x' }, CONFLUENCE_BASE),
      await make(world, BOB),
    ];
    const jobs = scheduleJobs(world.active.jobs, world.clock, world.host.logger, 'UTC');
    await world.clock.advance(10_000);
    world.use({ tokenRef: tokenRefOf(first), permitted: 1 });
    world.use({ tokenRef: tokenRefOf(second), permitted: 0, authenticated: 1 });
    await world.clock.advance(49_999);
    expect((await list(world, ALICE))[0]?.lastAccessedAt).toBe('2026-01-31T10:00:10.000+00:00');
    expect([await accessedAt(first.id), await accessedAt(second.id)]).toEqual([null, null]);
    await world.clock.advance(1);
    const at = '2026-01-31 10:00:10.000';
    expect([await accessedAt(first.id), await accessedAt(second.id), await accessedAt(unused.id)]).toEqual([at, at, null]);
    jobs.close();
  });

  it('never goes back, in whatever order uses are noted, and counts each [PAT-52, GW-51]', async () => {
    const token = await make(world, ALICE);
    const uses = [TEST_START + 50, TEST_START + 90, TEST_START + 70];
    for (const lastUsedAt of uses) {
      world.use({ tokenRef: tokenRefOf(token), permitted: 2, lastUsedAt });
      await world.settleUses();
      await runJob(world, 'last use');
    }
    expect(await accessedAt(token.id)).toBe('2026-01-31 10:00:00.090');
    expect((await world.active.tokens.list({ startAt: 0, limit: 1 })).tokens[0]).toMatchObject({
      useCount: 6,
      lastUsedAt: TEST_START + 90,
    });
  });

  it('is still known after a process that died before the interval was over [PAT-52, GW-51]', async () => {
    const token = await make(world, ALICE);
    world.use({ tokenRef: tokenRefOf(token), permitted: 1 });
    await world.settleUses();
    world = await world.restart();
    expect(await accessedAt(token.id)).toBeNull();
    expect((await list(world, ALICE))[0]?.lastAccessedAt).toBe('2026-01-31T10:00:00.000+00:00');
    await runJob(world, 'last use');
    expect(await accessedAt(token.id)).toBe('2026-01-31 10:00:00.000');
  });

  it('of a token that is gone is passed over', async () => {
    const token = await make(world, ALICE);
    world.use({ tokenRef: tokenRefOf(token), permitted: 1 });
    await world.send({ method: 'DELETE', path: `${BASE}/tokens/${token.id}`, as: ALICE });
    await world.settleUses();
    await runJob(world, 'last use');
    expect(await world.store.read('SELECT token_id FROM postern_personal_token')).toEqual([]);
    expect(await outcomeOf(world, token.rawToken)).toBe('unknown');
  });
});
