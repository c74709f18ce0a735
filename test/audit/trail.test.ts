// The trail as the rest of the house sees it: one record for everything, and records() tells it again.
import { HostError, LIMITS, Refusal } from '../../src/core/index.js';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.js';
import { TEST_START, testClock } from '../support/test-clock.js';
import { type FaultyDisk, faultyDisk } from './faulty-file.js';
import {
  answered,
  charlie,
  collect,
  deny,
  marks,
  permit,
  sampleRequest,
  spoolEntries,
  spoolText,
  startTrail,
  tokenIdentity,
  type TrailWorld,
} from './samples.js';

let folder: TemporaryFolder;
let disk: FaultyDisk;
let world: TrailWorld;

beforeEach(async () => {
  folder = await temporaryFolder();
  disk = faultyDisk();
  world = await startTrail(folder.file('spool'), { openFile: disk.open, node: 'north-1' });
});

afterEach(async () => {
  disk.release();
  disk.failure = null;
  await world.trail.close();
  await folder.remove();
});

const full = { code: 'ENOSPC', bytesWritten: 0 };
const act = {
  action: 'token.created',
  actor: charlie,
  system: 'extender',
  tokenRef: 't-1',
  clientAddress: '192.0.2.1',
  detail: { label: 'CI', days: 30, isAnyone: false, user: null },
} as const;

describe('a decision', () => {
  it('is one record in two entries with one id [AUD-1]', async () => {
    const entry = await world.open(1);
    await world.clock.advance(12.34);
    entry.close({ kind: 'forwarded', status: 201, code: null, bytesIn: 10, bytesOut: 20 });
    await world.trail.drain();
    const [, opened, closed] = await spoolEntries(folder.file('spool'));
    expect(opened).toMatchObject({ e: 'open', id: sampleRequest(1).id, seq: 2 });
    expect(closed).toEqual({
      v: 1,
      seq: 3,
      e: 'close',
      id: sampleRequest(1).id,
      of: 2,
      at: TEST_START + 12.34,
      outcome: 'forwarded',
      status: 201,
      durationMs: 12.3,
      bytesIn: 10,
      bytesOut: 20,
      prev: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
    });
  });

  it('is exported with every field, null where there is nothing [AUD-10, AUD-22]', async () => {
    (await world.open(1)).close({ kind: 'forwarded', status: 200, code: null, bytesIn: 0, bytesOut: 17 });
    expect(await world.records()).toEqual([
      {
        version: 1,
        id: sampleRequest(1).id,
        sequence: 2,
        time: '2026-01-31T10:00:00.000Z',
        node: 'north-1',
        kind: 'request',
        requestId: sampleRequest(1).id,
        decision: 'permit',
        actor: 'charlie',
        userKey: 'JIRAUSER10100',
        system: 'extender',
        tokenRef: 'token-1',
        fault: null,
        credentialDigest: 'c0ffee',
        method: 'GET',
        path: '/jira/rest/api/2/issue/KANBAN-1',
        queryNames: ['expand'],
        clientAddress: '192.0.2.10',
        peer: '127.0.0.1',
        userAgent: 'curl/8.5.0',
        rule: '[get]/jira/rest/api/2/issue/.*',
        statement: 'permit everyone',
        code: null,
        status: 200,
        outcome: 'forwarded',
        durationMs: 0,
        bytesIn: 0,
        bytesOut: 17,
        flags: [],
        inProductLog: true,
        inUsageDetails: true,
        action: null,
        detail: null,
        count: null,
      },
    ]);
  });

  it('is recorded when it is deny just as well [AUD-1]', async () => {
    const entry = await world.trail.open(sampleRequest(1), tokenIdentity(), deny, marks);
    entry.close({ kind: 'refused', status: 403, code: 'policy.limits', bytesIn: 0, bytesOut: 50 });
    expect(await world.records()).toMatchObject([{ decision: 'deny', outcome: 'refused', status: 403, code: 'policy.limits' }]);
  });

  it('ends once: a second end says nothing new', async () => {
    const entry = await world.open(1);
    entry.close(answered);
    entry.close({ ...answered, kind: 'aborted', status: 499 });
    expect(await world.records()).toMatchObject([{ outcome: 'forwarded', status: 200 }]);
    expect((await spoolEntries(folder.file('spool'))).filter(({ e }) => e === 'close')).toHaveLength(1);
  });

  it('goes on with a number that is none left out: close never throws', async () => {
    (await world.open(1)).close({ ...answered, bytesOut: Number.NaN });
    expect(await world.records()).toMatchObject([{ outcome: 'forwarded', bytesOut: null }]);
  });

  it('tells the counters of each accepted token, permitted or not, and of nobody else [EXT-45, WOM-15]', async () => {
    const request = sampleRequest(1, { userAgent: 'u'.repeat(5_000) });
    await Promise.all([
      world.trail.open(request, tokenIdentity('a'), permit, marks),
      world.trail.open(sampleRequest(2), tokenIdentity('b'), deny, marks),
      world.trail.open(sampleRequest(3), { ...tokenIdentity(), grant: null } as never, permit, marks),
      world.trail.open(
        sampleRequest(4),
        { kind: 'unaccepted', fault: 'expired', scheme: 'basic', tokenRef: 'c', system: 'extender', credentialDigest: null },
        deny,
        marks,
      ),
    ]);
    const use = { system: 'extender', at: TEST_START, clientAddress: '192.0.2.10' };
    expect(world.durable.flatMap(({ uses }) => uses)).toEqual([
      { ...use, tokenRef: 'a', isPermitted: true, userAgent: 'u'.repeat(LIMITS.userAgentLengthMax) },
      { ...use, tokenRef: 'b', isPermitted: false, userAgent: 'curl/8.5.0' },
    ]);
  });
});

describe('an act', () => {
  it('is durable before it is done, and closed after [AUD-1]', async () => {
    const seen = await world.trail.act(act, async () => (await spoolEntries(folder.file('spool'))).map(({ e }) => e));
    expect(seen).toEqual(['segment', 'act']);
    expect(await world.records()).toMatchObject([
      {
        kind: 'act',
        action: 'token.created',
        actor: 'charlie',
        userKey: 'JIRAUSER10100',
        system: 'extender',
        tokenRef: 't-1',
        outcome: 'done',
        detail: act.detail,
        decision: null,
        requestId: null,
      },
    ]);
  });

  it('that is Postern’s own has no actor', async () => {
    await world.trail.act(
      { action: 'token.pruned', actor: null, system: null, tokenRef: null, clientAddress: null },
      async () => undefined,
    );
    expect(await world.records()).toMatchObject([{ actor: null, action: 'token.pruned', detail: null }]);
  });

  it.each([
    ['a HostError', new HostError('store.unavailable'), { code: 'store.unavailable', status: 503 }],
    ['anything else', new TypeError('x is not a function'), { code: 'platform.unexpected', status: null }],
    ['a Refusal, as the client’s matter', new Refusal('taken'), { outcome: 'refused', code: null, status: null }],
  ])('that fails with %s is closed so, and the error goes on to whoever asked', async (_what, error, expected) => {
    await expect(world.trail.act(act, () => Promise.reject(error))).rejects.toBe(error);
    expect(await world.records()).toMatchObject([{ outcome: 'failed', ...expected }]);
  });

  it('is not done when it cannot be recorded [AUD-2]', async () => {
    disk.failure = full;
    let isDone = false;
    const asked = world.trail.act(act, async () => {
      isDone = true;
    });
    await expect(asked).rejects.toMatchObject({ code: 'audit.unavailable' });
    expect(isDone).toBe(false);
  });
});

describe('what normalise refused', () => {
  const note = (peer: string, at = world.clock.now()) => world.trail.noteMalformed({ peer, code: 'request.malformed', at });

  it('is one record per peer, code and second, with a count [AUD-1]', async () => {
    for (let index = 0; index < 500; index += 1) note('192.0.2.1');
    note('192.0.2.2');
    world.trail.noteMalformed({ peer: '192.0.2.1', code: 'request.login-parameter', at: world.clock.now() });
    await world.clock.advance(1_000);
    note('192.0.2.1');
    await world.clock.advance(1_000);
    expect(
      (await world.records()).map(({ kind, peer, code, count, outcome, status, time }) => [
        kind,
        peer,
        code,
        count,
        outcome,
        status,
        time.slice(17, 19),
      ]),
    ).toEqual([
      ['malformed', '192.0.2.1', 'request.malformed', 500, 'refused', 400, '00'],
      ['malformed', '192.0.2.2', 'request.malformed', 1, 'refused', 400, '00'],
      ['malformed', '192.0.2.1', 'request.login-parameter', 1, 'refused', 400, '00'],
      ['malformed', '192.0.2.1', 'request.malformed', 1, 'refused', 400, '01'],
    ]);
  });

  it('of a second that is not over is not written yet, so that it stays one record', async () => {
    const clock = testClock(TEST_START + 300);
    const { trail, records } = await startTrail(folder.file('later'), { clock });
    await clock.advance(900);
    const refusal = { peer: '192.0.2.1', code: 'request.malformed' } as const;
    trail.noteMalformed({ ...refusal, at: clock.now() });
    // The trail looks at the seconds in the midst of one.
    await clock.advance(700);
    expect(await records()).toEqual([]);
    trail.noteMalformed({ ...refusal, at: clock.now() });
    await clock.advance(1_000);
    expect(await records()).toMatchObject([{ count: 2 }]);
    await trail.close();
  });

  it('from more peers than rows are kept for is counted in one row for the rest [AUD-1]', async () => {
    const peers = LIMITS.refusalRowsMax + 250;
    for (let index = 0; index < peers; index += 1) note(`192.0.2.${index}`);
    await world.trail.drain();
    const records = await world.records();
    expect(records).toHaveLength(LIMITS.refusalRowsMax + 1);
    expect(records.reduce((sum, { count }) => sum + (count ?? 0), 0)).toBe(peers);
    expect(records.at(-1)).toMatchObject({ peer: null, code: null, count: 250 });
  });

  it('is counted on while the disk fails, and written when it does not any more', async () => {
    disk.failure = full;
    await expect(world.open(1)).rejects.toMatchObject({ code: 'audit.unavailable' });
    for (let second = 0; second < 5; second += 1) {
      note('192.0.2.1');
      await world.clock.advance(1_000);
    }
    disk.failure = null;
    await world.open(2);
    await world.clock.advance(1_000);
    expect((await world.records()).filter(({ kind }) => kind === 'malformed')).toHaveLength(5);
  });

  it('is not lost at the end', async () => {
    note('192.0.2.1');
    await world.trail.close();
    expect(await spoolText(folder.file('spool'))).toContain('"e":"malformed"');
  });
});

describe('a login', () => {
  it('is one record in two entries, passed or failed [AUD-1]', async () => {
    const login = { clientAddress: '192.0.2.1', at: world.clock.now() };
    world.trail.noteLogin({ username: 'charlie', isAccepted: true, ...login });
    world.trail.noteLogin({ username: 'n'.repeat(5_000), isAccepted: false, ...login });
    await world.trail.drain();
    expect((await spoolEntries(folder.file('spool'))).map(({ e }) => e)).toEqual(['segment', 'login', 'login', 'close', 'close']);
    expect(await world.records()).toMatchObject([
      { kind: 'login', actor: 'charlie', outcome: 'done', code: null, clientAddress: '192.0.2.1' },
      { kind: 'login', actor: 'n'.repeat(LIMITS.userTextLengthMax), outcome: 'refused', code: 'authn.refused' },
    ]);
  });

  it('is kept while the disk fails', async () => {
    disk.failure = full;
    world.trail.noteLogin({ username: 'charlie', isAccepted: false, clientAddress: '192.0.2.1', at: world.clock.now() });
    await expect(world.trail.drain()).rejects.toMatchObject({ code: 'audit.unavailable' });
    disk.failure = null;
    await world.trail.drain();
    expect(await world.records()).toMatchObject([{ kind: 'login', outcome: 'refused' }]);
  });
});

describe('records()', () => {
  it('tells everything that was acknowledged before, also the ends that nobody waited for', async () => {
    for (let round = 0; round < 20; round += 1) {
      const entry = await world.open(round);
      entry.close(answered);
      const records = await world.records();
      expect(records.map(({ outcome }) => outcome)).toEqual(Array.from({ length: round + 1 }, () => 'forwarded'));
    }
  });

  it('tells what runs as in-flight, in its place', async () => {
    const slow = await world.open(1);
    (await world.open(2)).close(answered);
    expect((await world.records()).map(({ outcome }) => outcome)).toEqual(['in-flight', 'forwarded']);
    slow.close({ ...answered, kind: 'aborted', status: 499, code: 'request.aborted' });
    expect((await world.records()).map(({ outcome }) => outcome)).toEqual(['aborted', 'forwarded']);
  });

  it.each<[{ from?: number; to?: number }, readonly number[], string]>([
    [{}, [1, 2, 3], 'all'],
    [{ from: TEST_START + 1_000 }, [2, 3], 'from, inclusive'],
    [{ to: TEST_START + 2_000 }, [1, 2], 'to, exclusive'],
    [{ from: TEST_START + 1, to: TEST_START + 1_001 }, [2], 'both'],
    [{ from: TEST_START + 9_000 }, [], 'later than all'],
  ])('within %p: %p, %s', async (range, numbers, _which) => {
    for (const number of [1, 2, 3]) (await world.open(number, { receivedAt: TEST_START + (number - 1) * 1_000 })).close(answered);
    const records = await collect(world.trail.records(range));
    expect(records.map(({ id }) => id)).toEqual(numbers.map((number) => sampleRequest(number).id));
  });

  it('can be read while the disk takes nothing', async () => {
    (await world.open(1)).close(answered);
    await world.trail.drain();
    disk.failure = full;
    await expect(world.open(2)).rejects.toMatchObject({ code: 'audit.unavailable' });
    expect(await world.records()).toMatchObject([{ id: sampleRequest(1).id, outcome: 'forwarded' }]);
  });

  it('ends at the moment it was asked, however much is recorded while it is read', async () => {
    for (let number = 0; number < 10; number += 1) await world.open(number);
    const seen: number[] = [];
    for await (const { sequence } of world.trail.records({})) {
      seen.push(sequence);
      await world.open(100 + seen.length);
    }
    expect(seen).toHaveLength(10);
  });

  it('keeps the order and the ends of requests that take very long, over many segments [AUD-3]', async () => {
    const far = LIMITS.auditJoinWindowMax;
    const small = await startTrail(folder.file('small'), { segmentBytesMax: 1_000_000 });
    const count = Math.ceil(far * 1.6);
    const isLong = (number: number) => number % 4_000 === 3;
    const long = [];
    for (let number = 0; number < count; number += 64) {
      const entries = await Promise.all(Array.from({ length: 64 }, (_, index) => small.open(number + index)));
      for (const [index, entry] of entries.entries()) {
        if (isLong(number + index)) long.push(entry);
        else entry.close(answered);
      }
      // Each of the long ones outlives the window of a reader by far.
      if (long.length > 4) long.shift()?.close({ ...answered, status: 206 });
    }
    const records = await small.records();
    expect(records.map(({ id }) => id)).toEqual(Array.from({ length: records.length }, (_, number) => sampleRequest(number).id));
    const ends = records.map(({ outcome, status }, number) =>
      isLong(number) ? `${outcome} ${status}` : `${outcome} ${status}` === 'forwarded 200',
    );
    const told = ends.filter((end) => typeof end === 'string');
    expect(told.slice(-long.length)).toEqual(long.map(() => 'in-flight null'));
    expect(told.slice(0, -long.length)).toEqual(told.slice(0, -long.length).map(() => 'forwarded 206'));
    expect(told.length - long.length).toBeGreaterThanOrEqual(2);
    expect(ends.filter((end) => end === false)).toEqual([]);
    await small.trail.close();
  });
});
