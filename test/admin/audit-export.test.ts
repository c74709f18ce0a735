// `GET /api/v1/audit.jsonl`: the trail as JSON lines [AUD-22].
import { once } from 'node:events';
import http from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AuditRecord, Trail } from '../../src/audit/contract.js';
import type { CanonicalRequest, Decision, Grant, Identity, Principal } from '../../src/core/index.js';
import { TEST_START } from '../support/test-clock.js';
import { type AdminWorld, basic, PASSWORDS, startAdminWorld } from './admin-world.js';

const PATH = '/api/v1/audit.jsonl';
const PERMIT: Decision = { effect: 'permit', rule: null, statement: null, obligations: [] };
const DENY: Decision = { effect: 'deny', code: 'policy.limits', rule: null, statement: null };

/** A request to the product that the trail took. */
interface Use {
  readonly name: string;
  readonly afterMs: number;
  readonly user: string;
  readonly tokenRef: string;
  readonly decision: Decision;
  readonly inProductLog: boolean;
}

const USES: readonly Use[] = [
  { name: 'first', afterMs: 0, user: 'alice', tokenRef: 'extender:1', decision: PERMIT, inProductLog: true },
  { name: 'second', afterMs: 1_000, user: 'alice', tokenRef: 'extender:2', decision: DENY, inProductLog: false },
  { name: 'third', afterMs: 2_000, user: 'admin', tokenRef: 'extender:3', decision: PERMIT, inProductLog: true },
  { name: 'fourth', afterMs: 3_000, user: 'admin', tokenRef: 'extender:3', decision: DENY, inProductLog: true },
];

let world: AdminWorld;

beforeAll(async () => {
  world = await startAdminWorld();
  for (const use of USES) await record(use);
});

afterAll(() => world.close());

async function record(use: Use): Promise<void> {
  const principal = (await world.directory.findByUsername(use.user)) as Principal;
  const grant: Grant = { tokenRef: use.tokenRef, system: 'extender', validUntil: null, limits: [], isAnyone: false };
  const identity: Identity = { kind: 'authenticated', principal, grant, scheme: 'basic', credentialDigest: 'd'.repeat(64) };
  const request: CanonicalRequest = {
    id: `019c0000-0000-7000-8000-00000000000${USES.indexOf(use)}`,
    requestId: use.name,
    method: 'GET',
    path: `/jira/rest/api/2/${use.name}`,
    query: 'os=secret-value',
    target: `/jira/rest/api/2/${use.name}?os=secret-value`,
    product: 'jira',
    contextPath: '/jira',
    peer: '127.0.0.1',
    clientAddress: '127.0.0.1',
    userAgent: null,
    receivedAt: TEST_START + use.afterMs,
    isPeerTrusted: false,
    expectsContinue: false,
    wantsWebSocket: false,
  };
  const entry = await world.trail.open(request, identity, use.decision, { inProductLog: use.inProductLog, inUsageDetails: true });
  entry.close({ kind: 'forwarded', status: use.decision.effect === 'permit' ? 200 : 403, code: null, bytesIn: 0, bytesOut: 10 });
}

async function exported(query = ''): Promise<readonly AuditRecord[]> {
  const answer = await world.send({ path: `${PATH}${query}`, as: 'admin' });
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toBe('application/x-ndjson');
  const lines = answer.text.split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => JSON.parse(line) as AuditRecord);
}

async function exportedNames(query: string): Promise<readonly (string | null)[]> {
  return (await exported(query)).filter(({ kind }) => kind === 'request').map(({ requestId }) => requestId);
}

/** A record as the trail gives it, for what stands in for the trail. */
function sample(sequence: number, padding = ''): AuditRecord {
  return { version: 1, sequence, kind: 'request', decision: 'permit', detail: { padding } } as unknown as AuditRecord;
}

/** A control plane whose trail gives `records`. */
const startWith = (records: Trail['records']) =>
  startAdminWorld(({ trail }) => ({ trail: { act: (act, work) => trail.act(act, work), noteLogin() {}, records } }));

/** Begins an export and resolves with the answer, of which nothing has been read. */
async function begin(port: number, query = ''): Promise<http.IncomingMessage> {
  const request = ask(port, query);
  const [answer] = (await once(request, 'response')) as [http.IncomingMessage];
  return answer;
}

function ask(port: number, query = ''): http.ClientRequest {
  const headers = { Authorization: basic('admin', PASSWORDS.admin) };
  return http.request({ port, host: '127.0.0.1', path: `${PATH}${query}`, headers, agent: false }).end();
}

describe('what is exported', () => {
  it('is every record as the trail has it, one a line, oldest first', async () => {
    // The login of the first is a record of the second.
    await exported();
    const lines = await exported();
    expect(lines).toEqual(await world.records());
    expect(lines.map(({ kind }) => kind)).toEqual(['request', 'request', 'request', 'request', 'login']);
    expect(lines.filter(({ kind }) => kind === 'request').map(({ requestId }) => requestId)).toEqual(USES.map(({ name }) => name));
  });

  it('holds at least what AUD-22 names', async () => {
    const [line] = await exported('?tokenRef=extender:2');
    expect(line).toMatchObject({
      requestId: 'second',
      time: '2026-01-31T10:00:01.000Z',
      decision: 'deny',
      actor: 'alice',
      tokenRef: 'extender:2',
      method: 'GET',
      path: '/jira/rest/api/2/second',
      status: 403,
    });
  });

  it.each([
    ['?user=alice', ['first', 'second'], 'the actor'],
    ['?user=ALICE', ['first', 'second'], 'names are compared without case [EXT-1]'],
    ['?user=ali', [], 'whole names'],
    ['?decision=permit', ['first', 'third'], ''],
    ['?decision=deny', ['second', 'fourth'], ''],
    ['?tokenRef=extender:3', ['third', 'fourth'], ''],
    ['?tokenRef=extender%3A3', ['third', 'fourth'], 'escaped'],
    ['?tokenRef=EXTENDER:3', [], 'exactly'],
    ['?productLog=true', ['first', 'third', 'fourth'], 'what the product’s log shows [AUD-5]'],
    ['?productLog=false', ['second'], 'what it does not [AUD-5]'],
    ['?user=admin&decision=deny', ['fourth'], 'all must hold'],
    ['?from=2026-01-31T10:00:01Z', ['second', 'third', 'fourth'], 'from is within'],
    ['?to=2026-01-31T10:00:01Z', ['first'], 'to is not'],
    [`?from=${TEST_START + 1_000}&to=${TEST_START + 3_000}`, ['second', 'third'], 'epoch milliseconds'],
    ['?from=2026-01-31T11:00:01%2B01:00&to=2026-01-31T05:00:02.500-05:00', ['second', 'third'], 'other zones'],
    ['?from=2026-01-31&to=2026-02-01', ['first', 'second', 'third', 'fourth'], 'a date is its midnight in UTC'],
    ['?from=2026-02-01', [], 'nothing yet'],
  ])('is narrowed by %s', async (query, names, _reason) => {
    expect(await exportedNames(query)).toEqual(names);
  });

  it('is nothing but a head for HEAD, and reads nothing', async () => {
    let isRead = false;
    const quiet = await startWith(async function* () {
      isRead = true;
      yield sample(1);
    });
    try {
      const answer = await quiet.send({ method: 'HEAD', path: PATH, as: 'admin' });
      expect([answer.status, answer.headers['content-type'], answer.text]).toEqual([200, 'application/x-ndjson', '']);
      expect(isRead).toBe(false);
    } finally {
      await quiet.close();
    }
  });

  it('holds no value of a query [AUD-11]', async () => {
    expect(JSON.stringify(await exported())).not.toContain('secret-value');
  });
});

describe('what is refused', () => {
  it.each([
    ['?from=yesterday', 'from'],
    ['?from=', 'from'],
    ['?to=2026-13-01', 'to'],
    ['?to=2026-02-30', 'to'],
    ['?to=-1', 'to'],
    ['?from=2026-01-31T10:00:00', 'from'],
    ['?from=2026-01-31T25:00:00Z', 'from'],
    ['?from=2026-01-31T10:00:00+01:00', 'from'],
    ['?from=1e3', 'from'],
    ['?from=9999999999999999', 'from'],
    ['?decision=allow', 'decision'],
    ['?decision=', 'decision'],
    ['?productLog=yes', 'productLog'],
    ['?user=alice&user=admin', 'user'],
    ['?decison=deny', 'Did you mean "decision"?'],
    ['?tokenref=a', 'Did you mean "tokenRef"?'],
    ['?limit=10', 'Known are: from, to, user, actor, system, tokenRef,'],
  ])('%s: 400 that names it, rather than an export of something else', async (query, words) => {
    const answer = await world.send({ path: `${PATH}${query}`, as: 'admin' });
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toBe('application/json;charset=UTF-8');
    expect(answer.json()['message']).toContain(words);
  });

  it('a user who is no administrator: 403; nobody: 401', async () => {
    expect((await world.send({ path: PATH, as: 'alice' })).status).toBe(403);
    expect((await world.send({ path: PATH })).status).toBe(401);
  });

  it('a trail that cannot be read: an answer of its own, not an empty export', async () => {
    // oxlint-disable-next-line require-yield -- it fails before the first
    const broken = await startWith(async function* () {
      throw new Error('the disk is gone');
    });
    try {
      const answer = await broken.send({ path: PATH, as: 'admin' });
      expect(answer.status).toBe(500);
      expect(answer.text).not.toContain('disk');
      expect(broken.logged.join('\n')).toContain('the disk is gone');
    } finally {
      await broken.close();
    }
  });
});

describe('how it flows', () => {
  it('waits for a client that does not read', async () => {
    const total = 4_000;
    const padding = 'x'.repeat(16_000);
    let given = 0;
    const slow = await startWith(async function* () {
      for (; given < total; given += 1) yield sample(given, padding);
    });
    try {
      const answer = await begin(slow.port);
      // 64 MB: more than the sockets' buffers hold. Were nobody waiting, so many turns would be plenty to give it all.
      for (let turn = 0; turn < 5_000; turn += 1) await nextTurn();
      expect(given).toBeLessThan(total);
      let lines = 0;
      for await (const chunk of answer) for (const byte of chunk as Buffer) if (byte === 0x0a) lines += 1;
      expect(lines).toBe(total);
    } finally {
      await slow.close();
    }
  });

  it.each([
    ['while it reads', '', true],
    ['before anything matched', '?decision=deny', false],
  ])('ends when the client goes away %s', async (_name, query, isBegun) => {
    let tellBegun = (): void => {};
    const begun = new Promise<void>((resolve) => {
      tellBegun = resolve;
    });
    let tellEnded = (): void => {};
    const ended = new Promise<void>((resolve) => {
      tellEnded = resolve;
    });
    const endless = await startWith(async function* () {
      try {
        for (let sequence = 0; ; sequence += 1) {
          yield sample(sequence, 'x'.repeat(1_000));
          tellBegun();
          await nextTurn();
        }
      } finally {
        tellEnded();
      }
    });
    try {
      const request = ask(endless.port, query).on('error', () => {});
      if (isBegun) await once(request, 'response');
      else await begun;
      request.destroy();
      await ended;
      // One more round trip: what the end would have logged is logged by now.
      await endless.send({ path: '/api/v1/nothing' });
      expect(endless.logged.filter((line) => line.includes('failed'))).toEqual([]);
    } finally {
      await endless.close();
    }
  });

  it('is cut where the trail fails half-way, so that half is not taken for all', async () => {
    const torn = await startWith(async function* () {
      for (let sequence = 0; sequence < 100; sequence += 1) yield sample(sequence, 'x'.repeat(1_000));
      throw new Error('the disk is gone');
    });
    try {
      const answer = await begin(torn.port);
      expect(answer.statusCode).toBe(200);
      const read = async (): Promise<void> => {
        for await (const chunk of answer) void chunk;
      };
      await expect(read()).rejects.toMatchObject({ code: 'ECONNRESET' });
      expect(torn.logged.join('\n')).toContain('the disk is gone');
    } finally {
      await torn.close();
    }
  });
});
