// The main job on a database server, with the built Postern: a token's whole life, also across a restart, and what happens while the
// database is gone.
import { rmSync } from 'node:fs';
import { newFolder, type PosternProcess, runPosternToEnd, startPosternProcess } from '../support/postern-process.js';
import { mariadbServer, postgresServer } from '../support/database-servers.js';
import { startMariadb } from '../support/mariadb.js';
import { startPostgres } from '../support/postgres.js';
import type { DatabaseServer } from '../support/private-process.js';
import { basic } from '../support/raw-client.js';
import { type RecordingUpstream, startUpstream } from '../support/upstream.js';

interface Made {
  readonly id: string;
  readonly token: string;
}

const ADMIN = { Authorization: basic('admin', 'admin') };
const JSON_BODY = { 'Content-Type': 'application/json' };
const TOKEN_TOOLS = '/jira/rest/extender/1.0/tokenTools';

// Asked here so that one that is missing is told of, and fails where it must not be missing.
const SERVERS = [
  { name: 'PostgreSQL', isThere: (await postgresServer()) !== null, start: startPostgres },
  { name: 'MariaDB', isThere: (await mariadbServer()) !== null, start: startMariadb },
];

describe.each(SERVERS.filter(({ isThere }) => isThere))('on $name', ({ name, start }) => {
  let server: DatabaseServer;
  let upstream: RecordingUpstream;
  let postern: PosternProcess;
  let settings: Readonly<Record<string, string>>;

  beforeAll(async () => {
    const started = await start();
    if (started === null) throw new Error(`There was a ${name} a moment ago.`);
    server = started;
    upstream = await startUpstream();
    settings = { POSTERN_DATABASE: server.url, POSTERN_JIRA_UPSTREAM: upstream.origin, POSTERN_PROFILE: 'emulator' };
    postern = await startPosternProcess(settings);
  });
  afterAll(async () => {
    await postern.close();
    await upstream.close();
    await server.stop();
  });

  async function make(label: string): Promise<Made> {
    const body = JSON.stringify({ label, userName: 'user' });
    const answer = await fetch(`${postern.origin}${TOKEN_TOOLS}/set`, { method: 'POST', headers: { ...ADMIN, ...JSON_BODY }, body });
    expect(answer.status).toBeLessThan(300);
    return (await answer.json()) as Made;
  }

  /** The status of a request for the product with this login. */
  async function use(secret: string, username = 'user'): Promise<number> {
    const answer = await fetch(`${postern.origin}/jira/rest/api/2/myself`, { headers: { Authorization: basic(username, secret) } });
    await answer.arrayBuffer();
    return answer.status;
  }

  async function counterOf({ id }: Made): Promise<number | undefined> {
    const answer = await fetch(`${postern.origin}${TOKEN_TOOLS}/get`, { headers: ADMIN });
    const { tokens } = (await answer.json()) as { tokens: { id: string; counter: number }[] };
    return tokens.find((token) => token.id === id)?.counter;
  }

  async function revoke({ id }: Made): Promise<number> {
    const body = JSON.stringify({ id });
    const answer = await fetch(`${postern.origin}${TOKEN_TOOLS}/delete`, { method: 'DELETE', headers: { ...ADMIN, ...JSON_BODY }, body });
    return answer.status;
  }

  async function decisions({ id }: Made): Promise<readonly (string | null)[]> {
    const answer = await fetch(`${postern.origin}/api/v1/audit.jsonl`, { headers: ADMIN });
    const lines = (await answer.text()).trim().split('\n');
    return lines
      .map((line) => JSON.parse(line) as { tokenRef: string | null; decision: string | null; path: string | null })
      .filter((line) => line.tokenRef === id && line.path === '/jira/rest/api/2/myself')
      .map((line) => line.decision);
  }

  it('a token is made, used, counted, revoked, and all of it is known after a restart [AUD-1, EXT-45, GW-51]', async () => {
    const [kept, revoked] = [await make('kept'), await make('revoked')];
    const before = upstream.requests.length;
    expect([await use(kept.token), await use(kept.token), await use(revoked.token)]).toEqual([200, 200, 200]);
    expect(upstream.requests.length - before).toBe(3);
    expect([await counterOf(kept), await counterOf(revoked)]).toEqual([2, 1]);
    expect(await revoke(revoked)).toBeLessThan(300);
    expect(await use(revoked.token)).toBe(401);
    await postern.stop();
    postern = await startPosternProcess(settings, postern.dataFolder);
    expect([await use(kept.token), await use(revoked.token)]).toEqual([200, 401]);
    expect([await counterOf(kept), await counterOf(revoked)]).toEqual([3, undefined]);
    expect(await decisions(kept)).toEqual(['permit', 'permit', 'permit']);
    expect(upstream.requests.length - before).toBe(4);
  });

  it('a limited token opens what it may and nothing else, and both are in the trail [EXT-13, AUD-1]', async () => {
    const comments = '/jira/rest/api/2/issue/SCRUM-1/comment';
    const body = JSON.stringify({ label: 'limited', userName: 'user', limitTo: `[get,post].*${comments}`, ip: '127.0.0.1' });
    const made = await fetch(`${postern.origin}${TOKEN_TOOLS}/set`, { method: 'POST', headers: { ...ADMIN, ...JSON_BODY }, body });
    const { token, id } = (await made.json()) as Made;
    const before = upstream.requests.length;
    const statusOf = async (method: string, path: string, username = 'user'): Promise<number> => {
      const answer = await fetch(`${postern.origin}${path}`, { method, headers: { Authorization: basic(username, token) } });
      await answer.arrayBuffer();
      return answer.status;
    };
    expect([await statusOf('GET', comments), await statusOf('POST', comments)]).toEqual([200, 200]);
    expect(upstream.requests.length - before).toBe(2);
    expect([
      await statusOf('DELETE', comments),
      await statusOf('GET', '/jira/rest/api/2/issue/SCRUM-2/comment'),
      await statusOf('GET', '/jira/rest/api/2/myself'),
      await statusOf('GET', comments, 'admin'),
    ]).toEqual([403, 403, 403, 401]);
    expect(upstream.requests.length - before).toBe(2);
    expect(await decisions({ id, token })).toEqual(['deny']);
    expect(await counterOf({ id, token })).toBe(2);
  });

  it('while the database is gone nobody is let in who was not, nobody is told that a token is wrong, and nothing is lost [GW-11, GW-51]', async () => {
    const [known, unknown] = [await make('known'), await make('never used')];
    expect(await use(known.token)).toBe(200);
    await server.kill();
    // Who it is, is remembered; the trail is on disk.
    expect([await use(known.token), await use(known.token)]).toEqual([200, 200]);
    expect([await use(unknown.token), await use('no token at all'), await use('wrong', 'admin')]).toEqual([503, 503, 503]);
    expect((await fetch(`${postern.origin}${TOKEN_TOOLS}/get`, { headers: ADMIN })).status).toBe(503);
    await server.start();
    expect([await use(known.token), await use(unknown.token), await use('no token at all')]).toEqual([200, 200, 401]);
    expect([await counterOf(known), await counterOf(unknown)]).toEqual([4, 1]);
    expect(await revoke(known)).toBeLessThan(300);
    expect(await use(known.token)).toBe(401);
    expect(postern.output()).not.toContain('Unhandled');
  });
});

it('does not start where no server listens, says what to do, and shows no password', async () => {
  const folder = newFolder();
  const { code, output } = await runPosternToEnd({ POSTERN_DATABASE: 'postgres://postern:hidden@127.0.0.1:9/postern' }, folder);
  expect([code, output.includes('hidden')]).toEqual([1, false]);
  expect(output).toContain('postgres://127.0.0.1:9/postern');
  expect(output).toContain('Next: Check that the database server runs');
  rmSync(folder, { recursive: true, force: true });
});
