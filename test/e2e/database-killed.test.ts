// PostgreSQL killed under a running server, and started again: who is remembered goes on within the freshness limit and no longer, everything
// else is 503, and nothing is let through for lack of an answer.
import { postgresServer } from '../support/database-servers.js';
import { type PosternProcess, startPosternProcess } from '../support/postern-process.js';
import { startPostgres } from '../support/postgres.js';
import type { DatabaseServer } from '../support/private-process.js';
import { basic } from '../support/raw-client.js';
import { type RecordingUpstream, startUpstream } from '../support/upstream.js';

const ADMIN = { Authorization: basic('admin', 'admin') };
const TOKEN_TOOLS = '/jira/rest/extender/1.0/tokenTools';
/** Long beside a kill and two requests, short beside the patience of whoever waits for this test. */
const FRESHNESS_MS = 3_000;

const isThere = (await postgresServer()) !== null;

(isThere ? describe : describe.skip)('while PostgreSQL is killed', () => {
  let server: DatabaseServer;
  let upstream: RecordingUpstream;
  let postern: PosternProcess;

  beforeAll(async () => {
    const started = await startPostgres();
    if (started === null) throw new Error('There was a PostgreSQL a moment ago.');
    server = started;
    upstream = await startUpstream();
    postern = await startPosternProcess({
      POSTERN_DATABASE: server.url,
      POSTERN_JIRA_UPSTREAM: upstream.origin,
      POSTERN_PROFILE: 'emulator',
      POSTERN_FRESHNESS_LIMIT_MS: String(FRESHNESS_MS),
    });
  });
  afterAll(async () => {
    await postern.close();
    await upstream.close();
    await server.stop();
  });

  async function make(label: string, limitTo?: string): Promise<string> {
    const body = JSON.stringify({ label, userName: 'user', limitTo });
    const headers = { ...ADMIN, 'Content-Type': 'application/json' };
    const answer = await fetch(`${postern.origin}${TOKEN_TOOLS}/set`, { method: 'POST', headers, body });
    expect(answer.status).toBeLessThan(300);
    return ((await answer.json()) as { token: string }).token;
  }

  async function ask(path: string, authorization?: string): Promise<number> {
    const headers = authorization === undefined ? {} : { Authorization: authorization };
    const answer = await fetch(`${postern.origin}${path}`, { headers });
    await answer.arrayBuffer();
    return answer.status;
  }
  const use = (token: string): Promise<number> => ask('/jira/rest/api/2/myself', basic('user', token));

  it('remembered tokens go on within the limit and are 503 after it, all else is 503 at once, and afterwards all works [GW-50, GW-11]', async () => {
    const [known, limited, unknown] = [await make('known'), await make('limited', '[get]/jira/rest/api/2/issue'), await make('never used')];
    expect([await use(known), await use(limited)]).toEqual([200, 403]);
    const before = upstream.requests.length;

    await server.kill();
    // Within the limit: who it is, is remembered; what it may is asked as always.
    expect([await use(known), await use(limited)]).toEqual([200, 403]);
    expect([await use(unknown), await use('no token at all'), await ask('/jira/rest/api/2/myself', basic('admin', 'wrong'))]).toEqual([
      503, 503, 503,
    ]);
    expect(await ask(`${TOKEN_TOOLS}/get`, ADMIN.Authorization)).toBe(503);

    let permitted = 1;
    const killedAt = performance.now();
    let status = await use(known);
    for (; status === 200 && performance.now() - killedAt < 4 * FRESHNESS_MS; status = await use(known)) permitted += 1;
    expect(status).toBe(503);
    for (let times = 0; times < 5; times += 1) expect([await use(known), await use(limited), await use(unknown)]).toEqual([503, 503, 503]);
    expect(upstream.requests.length - before).toBe(permitted);

    await server.start();
    expect([await use(known), await use(limited), await use(unknown), await use('no token at all')]).toEqual([200, 403, 200, 401]);
    expect(await use(await make('made afterwards'))).toBe(200);
    expect(postern.output()).not.toMatch(/platform\.unexpected|uncaught|unhandled/i);
  });
});
