// Everything that the built server wrote, searched for every secret that was used on it: database, trail, keys' neighbours, log [AUD-11, GW-13].
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { basic } from '../support/raw-client.js';
import { type PosternProcess, startPosternProcess } from '../support/postern-process.js';

const PASSWORD = 'a password that nobody has: 7c1f9d';
const WRONG = 'what-somebody-guessed-5b2e8a';
const UPSTREAM = 'Bearer upstream-credential-91af03c7';
const ADMIN = basic('admin', 'admin');
const ALICE = basic('alice', PASSWORD);

/** The spellings in which a secret could be read again. */
function spellings(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const base64 = bytes.toString('base64').replace(/=+$/, '');
  return [secret, base64, bytes.toString('hex'), encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** Where any of the texts stands in any of the spellings. */
function findings(written: ReadonlyMap<string, string>, secrets: readonly string[]): readonly string[] {
  return secrets.flatMap((secret, index) =>
    [...written]
      .filter(([, text]) => spellings(secret).some((spelling) => text.includes(spelling)))
      .map(([place]) => `${place}: secret ${index}`),
  );
}

describe('whatever is done with secrets', () => {
  let postern: PosternProcess;
  const secrets = [PASSWORD, WRONG, UPSTREAM.slice('Bearer '.length)];
  const exported: string[] = [];

  async function call(method: string, path: string, authorization: string, body?: unknown): Promise<string> {
    const answer = await fetch(`${postern.origin}${path}`, {
      method,
      headers: { Authorization: authorization, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return answer.text();
  }

  /** Makes a token and keeps what it must never be found by. */
  async function made(path: string, body: unknown, name: string): Promise<string> {
    const value = (JSON.parse(await call('POST', path, ALICE, body)) as Record<string, unknown>)[name];
    secrets.push(String(value));
    return String(value);
  }

  beforeAll(async () => {
    postern = await startPosternProcess();
    await call('POST', '/api/v1/users', ADMIN, { username: 'alice', password: PASSWORD, emailAddress: 'alice@example.com' });
  });
  afterAll(() => postern.close());

  it('keeps none of them where it could be read: neither passwords nor tokens nor keys nor sessions [AUD-11, GW-13]', async () => {
    const extender = await made('/jira/rest/extender/1.0/tokenTools/set', { label: 'a' }, 'token');
    const wombats = await made('/confluence/rest/api-tokens/latest/', { label: 'a' }, 'passwordValue');
    const personal = await made('/jira/rest/pat/latest/tokens', { name: 'a' }, 'rawToken');
    const cloud = await made('/api/v1/cloud-api-tokens', { label: 'a' }, 'token');
    const organization = (JSON.parse(await call('POST', '/api/v1/organization-keys', ADMIN, { label: 'a' })) as { key: string }).key;
    const session = await fetch(`${postern.origin}/api/v1/session`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username: 'alice', password: PASSWORD }),
    });
    const [cookie = ''] = session.headers.getSetCookie();
    const { pageToken } = (await session.json()) as { pageToken: string };
    secrets.push(organization, /=([^;]+)/.exec(cookie)?.[1] ?? '', pageToken);
    await call('PUT', '/api/v1/upstream-credentials/jira', ALICE, { credential: UPSTREAM });
    const logins = [basic('alice', extender), basic('alice', wombats), `Bearer ${personal}`, basic('alice@example.com', cloud)];
    for (const login of [...logins, basic('alice', WRONG), `Bearer ${WRONG}`, `Bearer ${organization}`]) {
      await call('GET', `/jira/rest/api/2/myself?token=${extender}&q=${encodeURIComponent(PASSWORD)}`, login);
      await call('GET', '/confluence/rest/api/user/current', login);
    }
    for (const path of ['audit.jsonl', 'audit.csv', 'audit', 'tokens', 'settings'])
      exported.push(await call('GET', `/api/v1/${path}`, ADMIN));
    await postern.stop();

    const written = new Map(filesBelow(postern.dataFolder).map((path) => [path, readFileSync(path, 'latin1')]));
    written.set('the log', postern.output());
    for (const [index, text] of exported.entries()) written.set(`answer ${index}`, text);
    expect(secrets.filter((secret) => secret.length < 16)).toEqual([]);
    expect(secrets).toHaveLength(10);
    // The searching itself: what is there is found.
    expect(findings(written, ['alice@example.com']).length).toBeGreaterThan(0);
    expect([...written.values()].some((text) => text.includes('"decision":"permit"'))).toBe(true);
    expect(findings(written, secrets)).toEqual([]);
  });
});
