// `GET /api/v1/audit`, its chart, its live tail and the CSV, over HTTP.
import { once } from 'node:events';
import http from 'node:http';
import type { AdminNeeds } from '../../src/admin/app.js';
import type { AuditChart, AuditPage } from '../../src/admin/api-types.js';
import type { AuditRecord } from '../../src/audit/contract.js';
import type { TailListener } from '../../src/audit/tail.js';
import { type CanonicalRequest, type Decision, LIMITS } from '../../src/core/index.js';
import { answered, marks, sampleRequest, tokenIdentity } from '../audit/samples.js';
import { TEST_START } from '../support/test-clock.js';
import { type AdminWorld, basic, PASSWORDS, startAdminWorld } from './admin-world.js';

const PERMIT: Decision = { effect: 'permit', rule: null, statement: null, obligations: [] };
const DENY: Decision = { effect: 'deny', code: 'policy.limits', rule: null, statement: null };

let world: AdminWorld;

beforeAll(async () => {
  world = await startAdminWorld();
  await record(1, {}, PERMIT, 'token-1');
  await record(2, { method: 'POST', path: '/jira/rest/api/2/issue', clientAddress: '198.51.100.7' }, DENY, 'token-2');
  await record(3, { userAgent: '=HYPERLINK("http://evil.example")', path: '/jira/rest/api/2/search' }, PERMIT, 'token-1');
});

afterAll(() => world.close());

async function record(number: number, changes: Partial<CanonicalRequest>, decision: Decision, tokenRef: string): Promise<void> {
  const request = sampleRequest(number, { receivedAt: TEST_START + number * 1_000, ...changes });
  const entry = await world.trail.open(request, tokenIdentity(tokenRef), decision, marks);
  entry.close({ ...answered, status: decision.effect === 'permit' ? 200 : 403 });
}

async function page(query: string): Promise<AuditPage> {
  const answer = await world.send({ path: `/api/v1/audit${query}`, as: 'admin' });
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  return answer.json<AuditPage>();
}

const numbersOf = ({ records }: AuditPage): number[] =>
  records.filter(({ kind }) => kind === 'request').map(({ id }) => Number(id.slice(-12)));

describe('the records', () => {
  it('are what the export has, newest first, with a total that is kept [AUD-23]', async () => {
    const all = await page('?limit=1000');
    const exported = (await world.send({ path: '/api/v1/audit.jsonl', as: 'admin' })).text.split('\n').filter((line) => line !== '');
    const byId = new Map(exported.map((line) => JSON.parse(line) as AuditRecord).map((one) => [one.id, one]));
    expect(all.records.map(({ id }) => byId.get(id))).toEqual(all.records);
    expect(numbersOf(all)).toEqual([3, 2, 1]);
    expect([all.total, all.isCurrent, all.nextCursor]).toEqual([all.records.length, true, null]);
  });

  it.each([
    ['?user=CHARLIE', [3, 2, 1]],
    ['?actor=charlie&decision=deny', [2]],
    ['?tokenRef=token-1', [3, 1]],
    ['?system=extender&status=403', [2]],
    ['?system=wombats-jira', []],
    ['?address=198.51.100.7', [2]],
    ['?method=POST', [2]],
    ['?path=/jira/rest/api/2/s', [3]],
    ['?search=HYPERlink', [3]],
    // The name of a field is in every record and in none of its texts.
    ['?search=clientAddress', []],
    ['?kind=request&from=2026-01-31T10:00:02Z&to=2026-01-31T10:00:03Z', [2]],
    ['?kind=login&tokenRef=token-1', []],
  ])('are narrowed by %s [AUD-23]', async (query, expected) => {
    expect(numbersOf(await page(query))).toEqual(expected);
  });

  it('come in pages, each from where the one before ended [AUD-23]', async () => {
    const first = await page('?kind=request&limit=2');
    const second = await page(`?kind=request&limit=2&cursor=${first.nextCursor ?? ''}`);
    expect([numbersOf(first), numbersOf(second), second.nextCursor]).toEqual([[3, 2], [1], null]);
  });

  it.each([
    ['?limit=1001', 'limit'],
    ['?cursor=1', 'cursor'],
    ['?status=x', 'status'],
    ['?kind=acts', 'kind'],
    ['?user=a&actor=b', 'the same filter'],
    ['?adress=1', 'Did you mean "address"?'],
  ])('%s: 400 that names it', async (query, words) => {
    const answer = await world.send({ path: `/api/v1/audit${query}`, as: 'admin' });
    expect([answer.status, answer.json()['message']]).toEqual([400, expect.stringContaining(words)]);
  });

  it.each(['/api/v1/audit', '/api/v1/audit/chart', '/api/v1/audit/stream', '/api/v1/audit.csv'])(
    'are for administrators: %s',
    async (path) => {
      expect([(await world.send({ path })).status, (await world.send({ path, as: 'alice' })).status]).toEqual([401, 403]);
    },
  );
});

describe('the chart', () => {
  const chart = async (query: string): Promise<AuditChart> =>
    (await world.send({ path: `/api/v1/audit/chart${query}`, as: 'admin' })).json<AuditChart>();

  it.each(['minute', 'hour', 'day'] as const)('has permits, denials and uses of each %s [AUD-23]', async (bucket) => {
    await world.clock.advance(5_000);
    const { steps } = await chart(`?bucket=${bucket}`);
    expect(steps).toHaveLength(1);
    expect(steps[0]).toMatchObject({ permits: 2, denials: 1, uses: 3 });
    expect(steps[0]?.time).toBe(bucket === 'day' ? '2026-01-31T00:00:00.000Z' : '2026-01-31T10:00:00.000Z');
  });

  it('is empty where nothing was, and refuses more steps than a screen is wide', async () => {
    expect((await chart('?bucket=hour&from=2026-01-01&to=2026-01-02')).steps).toEqual([]);
    const answer = await world.send({ path: '/api/v1/audit/chart?bucket=minute&from=2020-01-01&to=2026-01-01', as: 'admin' });
    expect([answer.status, answer.json()['message']]).toEqual([400, expect.stringContaining('1500')]);
    expect((await world.send({ path: '/api/v1/audit/chart?user=a', as: 'admin' })).status).toBe(400);
  });
});

it('is a table for a spreadsheet, which calculates nothing of it [AUD-22]', async () => {
  const answer = await world.send({ path: '/api/v1/audit.csv?kind=request', as: 'admin' });
  expect([answer.headers['content-type'], answer.headers['content-disposition']]).toEqual([
    'text/csv; charset=utf-8',
    'attachment; filename="audit.csv"',
  ]);
  const [head, ...rows] = answer.text.split('\r\n');
  expect(head?.startsWith('requestId,time,decision,actor,tokenRef,method,path,status,')).toBe(true);
  expect(rows.slice(0, 3).map((row) => row.split(',').slice(1, 8).join(' '))).toEqual([
    '2026-01-31T10:00:01.000Z permit charlie token-1 GET /jira/rest/api/2/issue/KANBAN-1 200',
    '2026-01-31T10:00:02.000Z deny charlie token-2 POST /jira/rest/api/2/issue 403',
    '2026-01-31T10:00:03.000Z permit charlie token-1 GET /jira/rest/api/2/search 200',
  ]);
  expect(answer.text).toContain(`"'=HYPERLINK(""http://evil.example"")"`);
});

describe('the live tail', () => {
  interface Follower {
    readonly answer: http.IncomingMessage;
    /** Everything that came so far. */
    text(): string;
    /** Resolves when the words have come. */
    until(words: string): Promise<void>;
    close(): void;
  }

  async function follow(query = '', port = world.port): Promise<Follower> {
    const headers = { Authorization: basic('admin', PASSWORDS.admin) };
    const request = http.request({ port, host: '127.0.0.1', path: `/api/v1/audit/stream${query}`, headers, agent: false }).end();
    const [answer] = (await once(request, 'response')) as [http.IncomingMessage];
    let text = '';
    answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    answer.on('error', () => undefined);
    return {
      answer,
      text: () => text,
      async until(words) {
        while (!text.includes(words)) await once(answer, 'data');
      },
      close: () => request.on('error', () => undefined).destroy(),
    };
  }

  const eventsOf = (text: string): readonly (readonly [string, Record<string, unknown>])[] =>
    [...text.matchAll(/event: (\w+)\ndata: (.*)\n\n/g)].map(([, event, json]) => [
      event ?? '',
      JSON.parse(json ?? '') as Record<string, unknown>,
    ]);

  it('tells of a record when it begins and when it ends, and of those alone that match [AUD-23]', async () => {
    const tail = await follow('?tokenRef=token-9');
    expect(tail.answer.headers['content-type']).toBe('text/event-stream');
    await record(10, {}, PERMIT, 'token-8');
    await record(11, {}, DENY, 'token-9');
    await world.trail.settle();
    await world.clock.advance(LIMITS.auditTailDelayMs);
    await tail.until('event: ended');
    expect(eventsOf(tail.text()).map(([event, { id, outcome, status }]) => [event, id, outcome, status])).toEqual([
      ['opened', sampleRequest(11).id, 'in-flight', null],
      ['ended', sampleRequest(11).id, 'forwarded', 403],
    ]);
    tail.close();
  });

  it('gives signs of life, refuses more clients than are allowed, and ends with the rights of its reader', async () => {
    const tails = [];
    for (let count = 0; count < LIMITS.auditTailsMax; count += 1) tails.push(await follow());
    const refused = await world.send({ path: '/api/v1/audit/stream', as: 'admin' });
    expect([refused.status, refused.json()['message']]).toEqual([503, expect.stringContaining(String(LIMITS.auditTailsMax))]);
    const [first] = tails;
    const before = first?.text().length ?? 0;
    await world.clock.advance(LIMITS.auditTailBeatMs);
    if (first?.text().length === before) await once(first.answer, 'data');
    const ended = tails.map(({ answer }) => once(answer, 'end'));
    await world.directory.changeUser('admin', { displayName: 'Another' });
    await Promise.all(ended);
    const again = await follow();
    again.close();
  });

  it('tells a client that reads too slowly how many records it did not get, and keeps no more than that of them', async () => {
    let tell: TailListener = () => undefined;
    const auditTail: AdminNeeds['auditTail'] = {
      listen(listener) {
        tell = listener;
        return () => undefined;
      },
    };
    const flooded = await startAdminWorld(() => ({ auditTail }));
    try {
      const tail = await follow('', flooded.port);
      const count = 100;
      // 10 MB in one turn: nothing of it can have been sent meanwhile.
      for (let sequence = 0; sequence < count; sequence += 1) tell('opened', { sequence, path: 'x'.repeat(100_000) } as AuditRecord);
      await tail.until('event: dropped');
      const events = eventsOf(tail.text());
      const [[, dropped] = ['', {}]] = events.filter(([event]) => event === 'dropped');
      const kept = events.filter(([event]) => event === 'opened').length;
      expect(kept).toBeLessThan(LIMITS.auditTailBytesMax / 100_000 + 2);
      expect(kept + Number(dropped['count'])).toBe(count);
      tail.close();
    } finally {
      await flooded.close();
    }
  });
});
