// Personal access tokens in the whole house: before a recording product, before the sample, in both profiles.
import { loadSettings } from '../../src/config/load.js';
import { type Clock, DAY_MS, silentLogger, systemClock, systemRandom } from '../../src/core/index.js';
import { validateManifests } from '../../src/host/registry.js';
import { personalAccessTokensConfluence, personalAccessTokensJira } from '../../src/plugins/personal-access-tokens/index.js';
import { type PosternServer, startServer } from '../../src/server/start.js';
import { basic } from '../support/raw-client.js';
import { type RecordingUpstream, startUpstream } from '../support/upstream.js';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.js';

const PLUGINS = [personalAccessTokensJira, personalAccessTokensConfluence];
const SPECS = PLUGINS.flatMap(({ manifest }) => manifest.settings);

interface House {
  readonly server: PosternServer;
  /** Moves the time of day on; timers go on as they were. */
  pass(ms: number): void;
}

let folder: TemporaryFolder;
const open: PosternServer[] = [];

beforeEach(async () => {
  folder = await temporaryFolder();
});

afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
  await folder.remove();
});

async function start(environment: Readonly<Record<string, string>> = {}, flags: readonly string[] = []): Promise<House> {
  let offset = 0;
  const clock: Clock = { ...systemClock, now: () => systemClock.now() + offset };
  const settings = loadSettings(SPECS, { POSTERN_PORT: '0', POSTERN_DATA: folder.path, ...environment }, flags);
  const server = await startServer({
    settings,
    plugins: PLUGINS,
    clock,
    random: systemRandom,
    logger: silentLogger,
    timezone: 'UTC',
    print: () => undefined,
  });
  open.push(server);
  return {
    server,
    pass(ms) {
      offset += ms;
    },
  };
}

interface Made {
  readonly id: number;
  readonly rawToken: string;
}

async function make(
  { server }: House,
  authorization: string,
  context = 'jira',
  json: object = { name: 'tokenName', expirationDuration: 90 },
) {
  return fetch(`${server.origin}/${context}/rest/pat/latest/tokens`, {
    method: 'POST',
    headers: { Authorization: authorization, 'Content-Type': 'application/json' },
    body: JSON.stringify(json),
  });
}

const bearer = (rawToken: string, scheme = 'Bearer') => ({ headers: { Authorization: `${scheme} ${rawToken}` } });

describe('the seed’s examples, as printed', () => {
  it.each(['jira', 'confluence'])('make a token with a password and another with that token, in %s [PAT-21, PAT-10]', async (context) => {
    const house = await start();
    const first = await make(house, basic('admin', 'admin'), context);
    expect([first.status, first.headers.get('content-type')]).toEqual([201, 'application/json;charset=UTF-8']);
    const { rawToken } = (await first.json()) as Made;
    const second = await make(house, `Bearer ${rawToken}`, context);
    expect(second.status).toBe(201);
    const { rawToken: other } = (await second.json()) as Made;
    expect(other).not.toBe(rawToken);
    const path = context === 'jira' ? 'rest/api/2/myself' : 'rest/api/content';
    const answer = await fetch(`${house.server.origin}/${context}/${path}`, bearer(other));
    expect([answer.status, answer.headers.get('x-ausername')]).toEqual([200, 'admin']);
  });
});

describe('a token that does not count', () => {
  const wrongTokens = async (house: House): Promise<readonly (readonly [string, string, string])[]> => {
    const { rawToken, id } = (await (await make(house, basic('user', 'user'))).json()) as Made;
    const ending = (await (await make(house, basic('user', 'user'), 'jira', { name: 'x', expirationDuration: 1 })).json()) as Made;
    const inactive = (await (await make(house, basic('jankowalski', 'jankowalski'))).json()) as Made;
    const { origin } = house.server;
    // Used just before, so that whatever remembers it does.
    house.pass(DAY_MS - 30_000);
    for (const used of [rawToken, ending.rawToken])
      expect((await fetch(`${origin}/jira/rest/api/2/myself`, bearer(used))).status).toBe(200);
    const admin = { Authorization: basic('admin', 'admin'), 'Content-Type': 'application/json' };
    await fetch(`${origin}/jira/rest/pat/latest/tokens/${id}`, { method: 'DELETE', headers: admin });
    await fetch(`${origin}/api/v1/users/jankowalski`, { method: 'PATCH', headers: admin, body: JSON.stringify({ active: false }) });
    house.pass(30_000);
    return [
      ['expired', 'Bearer', ending.rawToken],
      ['revoked', 'Bearer', rawToken],
      ['wrong', 'Bearer', ending.rawToken.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))],
      ['of an inactive user', 'Bearer', inactive.rawToken],
      ['no token at all', 'Bearer', 'x'],
    ];
  };

  it('is silently anonymous in the emulator profile [PAT-11, PAT-13]', async () => {
    const house = await start();
    for (const [why, scheme, rawToken] of await wrongTokens(house)) {
      const anybody = await fetch(`${house.server.origin}/jira/rest/api/2/serverInfo`, bearer(rawToken, scheme));
      expect([why, anybody.status, anybody.headers.get('x-ausername')]).toEqual([why, 200, 'anonymous']);
      const own = await fetch(`${house.server.origin}/jira/rest/pat/latest/tokens`, bearer(rawToken, scheme));
      expect([why, own.status]).toEqual([why, 401]);
    }
    const { rawToken } = (await (await make(house, basic('user', 'user'))).json()) as Made;
    const lower = await fetch(`${house.server.origin}/jira/rest/api/2/serverInfo`, bearer(rawToken, 'bearer'));
    expect([lower.status, lower.headers.get('x-ausername')]).toEqual([200, 'anonymous']);
  });

  it('is 401 with a challenge where the site refuses such values [PAT-11, PAT-13]', async () => {
    const house = await start({ POSTERN_WRONG_BEARER: 'refuse' });
    for (const [why, scheme, rawToken] of await wrongTokens(house)) {
      const answer = await fetch(`${house.server.origin}/jira/rest/api/2/serverInfo`, bearer(rawToken, scheme));
      expect([why, answer.status, answer.headers.get('www-authenticate')]).toEqual([
        why,
        401,
        'Basic realm="Postern", charset="UTF-8", Bearer realm="Postern", error="invalid_token"',
      ]);
    }
  });
});

describe('a session', () => {
  let upstream: RecordingUpstream;

  beforeEach(async () => {
    upstream = await startUpstream();
    await upstream.answerWith({ status: 200, headers: { 'Set-Cookie': 'JSESSIONID=fresh; Path=/jira' }, body: '{}' });
  });

  afterEach(() => upstream.close());

  /** What of the cookies reached the product, and what of the product's reached the client. */
  async function cookiesOf(house: House, authorization: string): Promise<readonly [readonly string[], string | null]> {
    const url = `${house.server.origin}/jira/rest/api/2/myself`;
    const answer = await fetch(url, { headers: { Authorization: authorization, Cookie: 'JSESSIONID=stale' } });
    expect(answer.status).toBe(200);
    await upstream.answerWith({ status: 200, headers: { 'Set-Cookie': 'JSESSIONID=fresh; Path=/jira' }, body: '{}' });
    return [upstream.header(upstream.requests.at(-1), 'cookie'), answer.headers.get('set-cookie')];
  }

  const environment = (profile: string): Readonly<Record<string, string>> => ({
    POSTERN_PROFILE: profile,
    POSTERN_JIRA_UPSTREAM: upstream.origin,
    POSTERN_UPSTREAM_IDENTITY: 'header:X-Forwarded-User',
    POSTERN_COOKIES: 'forward',
    POSTERN_PASSWORDS: 'forward',
    ...(profile === 'gateway' ? { POSTERN_BOOTSTRAP_ADMIN: 'root:root-password' } : {}),
  });

  it.each([
    ['emulator', 'admin', 'admin'],
    ['gateway', 'root', 'root-password'],
  ] as const)('does not survive a request made with a token, in the %s profile [PAT-14]', async (profile, username, password) => {
    const house = await start(environment(profile));
    const login = basic(username, password);
    const { rawToken } = (await (await make(house, login)).json()) as Made;
    expect(await cookiesOf(house, `Bearer ${rawToken}`)).toEqual([[], null]);
    // One made with a password does, where the site forwards cookies.
    expect(await cookiesOf(house, login)).toEqual([['JSESSIONID=stale'], 'JSESSIONID=fresh; Path=/jira']);
  });

  it('survives it where the property says so [PAT-14]', async () => {
    const house = await start(environment('emulator'), ['-Datlassian.pats.invalidate.session.enabled=false']);
    const { rawToken } = (await (await make(house, basic('admin', 'admin'))).json()) as Made;
    expect(await cookiesOf(house, `Bearer ${rawToken}`)).toEqual([['JSESSIONID=stale'], 'JSESSIONID=fresh; Path=/jira']);
  });
});

describe('a use', () => {
  it('that was answered is in the list at once, and in it after another start [PAT-20, GW-51]', async () => {
    const house = await start();
    const { origin } = house.server;
    const { rawToken } = (await (await make(house, basic('user', 'user'))).json()) as Made;
    const lastUse = async (at: string): Promise<string | undefined> => {
      const answer = await fetch(`${at}/jira/rest/pat/latest/tokens`, { headers: { Authorization: basic('user', 'user') } });
      return ((await answer.json()) as { lastAccessedAt?: string }[])[0]?.lastAccessedAt;
    };
    expect(await lastUse(origin)).toBeUndefined();
    await fetch(`${origin}/jira/rest/api/2/myself`, bearer(rawToken));
    const used = await lastUse(origin);
    expect(used).toBeDefined();
    await open.pop()?.close();
    expect(await lastUse((await start()).server.origin)).toBe(used);
  });
});

describe('the two installations', () => {
  it('fit together: the table, the migrations and the properties are declared once', () => {
    expect(() => validateManifests(PLUGINS)).not.toThrow();
    expect(personalAccessTokensConfluence.manifest).toMatchObject({ tables: [], migrations: [], settings: [] });
  });

  it('are not carried one without the other, where the properties would be nobody’s', () => {
    expect(() => validateManifests([personalAccessTokensConfluence])).toThrow(
      /personal-access-tokens-confluence shares the setting atlassian\.pats\.enabled, which no carried system declares/,
    );
  });
});
