// Postern inside an Express app: the middleware and the Passport strategies, over real HTTP on real files.
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express, type Request } from 'express';
import passport from 'passport';
import { openPostern, type Postern, type PosternUser } from '../../src/express/index.js';
import { StartError } from '../../src/core/start-error.js';
import { ConfigError } from '../../src/config/load.js';
import { LIMITS, silentLogger } from '../../src/core/index.js';
import { converse } from '../gateway/conversation.js';
import { sendHttp, type HttpAnswer } from '../support/http-client.js';
import { basic, sendRaw } from '../support/raw-client.js';
import { cheapenPassword } from '../support/first-start.js';
import { copiesOf, type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.js';
import { type TestClock, testClock } from '../support/test-clock.js';
import { testRandom } from '../support/test-random.js';

const PASSWORD = 'a-long-password';
const ADMIN = basic('admin', PASSWORD);
const GREETING = '/jira/rest/greeting';

let folder: TemporaryFolder;
let clock: TestClock;
let postern: Postern;
let server: Server;
/** Who reached a route of the app, and as what it saw the request. */
const reached: { user: PosternUser | undefined; url: string; body: unknown }[] = [];

/** After a first start, as most are. */
const begunFolder = copiesOf(async (begun) => {
  await (await openIn(begun, {})).close();
  cheapenPassword(begun.path, PASSWORD);
});

function openIn({ path: data }: TemporaryFolder, settings: Readonly<Record<string, string>>): Promise<Postern> {
  return openPostern({
    settings: { data, bootstrapAdmin: `admin:${PASSWORD}`, 'extender.auth': 'both', ...settings },
    environment: {},
    logger: silentLogger,
    clock,
    random: testRandom(),
  });
}

async function open(settings: Readonly<Record<string, string>> = {}, build: (app: Express) => void = guardWithMiddleware): Promise<void> {
  clock = testClock();
  folder = await begunFolder();
  postern = await openIn(folder, settings);
  const app = express().enable('case sensitive routing').enable('strict routing');
  build(app);
  server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

const userOf = ({ user }: Request): PosternUser | undefined => user as PosternUser | undefined;

function guardWithMiddleware(app: Express): void {
  app.use('/jira/rest', postern.protect({ product: 'jira' }));
  addRoutes(app);
}

function guardWithStrategies(app: Express): void {
  const authenticator = new passport.Passport();
  authenticator.use(postern.basicStrategy({ product: 'jira' }));
  authenticator.use(postern.bearerStrategy({ product: 'jira' }));
  app.use('/jira/rest/extender', postern.protect({ product: 'jira' }));
  app.use(authenticator.authenticate(['basic', 'bearer'], { session: false }) as express.RequestHandler);
  addRoutes(app);
}

function addRoutes(app: Express): void {
  app.use(express.text({ type: () => true }));
  app.all('/{*any}', (request, response) => {
    reached.push({ user: userOf(request), url: request.url, body: request.body as unknown });
    response.json({ hello: userOf(request)?.username ?? null });
  });
}

afterEach(async () => {
  reached.splice(0);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await postern.close();
  await folder.remove();
});

const port = (): number => (server.address() as AddressInfo).port;

function ask(method: string, path: string, authorization?: string, body?: string): Promise<HttpAnswer> {
  return sendHttp(port(), {
    method,
    path,
    headers: {
      ...(authorization === undefined ? {} : { Authorization: authorization }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
    },
    ...(body === undefined ? {} : { body }),
  });
}

async function token(fields: object): Promise<{ value: string; tokenRef: string }> {
  const body = JSON.stringify({ label: 'x', userName: 'admin', ...fields });
  const made = await ask('POST', '/jira/rest/extender/1.0/tokenTools/set', ADMIN, body);
  if (made.status !== 200) throw new Error(made.text);
  const { token: value, id } = JSON.parse(made.text) as { token: string; id: string };
  return { value, tokenRef: id };
}

function trailLines(): readonly string[] {
  const { readFileSync, readdirSync } = process.getBuiltinModule('node:fs');
  return readdirSync(folder.file('audit'), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => readFileSync(folder.file(`audit/${name}`), 'utf8').split('\n'));
}

describe.each([
  ['the middleware', guardWithMiddleware],
  ['the strategies', guardWithStrategies],
] as const)('%s', (_way, build) => {
  it('lets a token within its limits to the routes, and says whose it is [GW-20]', async () => {
    await open({}, build);
    const { value, tokenRef } = await token({ limitTo: `[get]${GREETING}` });
    expect((await ask('GET', GREETING, basic('admin', value))).status).toBe(200);
    expect((await ask('GET', GREETING, `Bearer ${value}`)).status).toBe(200);
    expect(reached.map(({ user }) => user)).toMatchObject([
      { username: 'admin', isAdministrator: true, token: { system: 'extender', tokenRef } },
      { username: 'admin', token: { tokenRef } },
    ]);
  });

  it.each([
    ['another method', 'POST', GREETING, '[get]/jira/rest/greeting', 403],
    ['another path', 'GET', '/jira/rest/other', '[get]/jira/rest/greeting', 403],
    ['an encoded slash', 'GET', '/jira/rest/x%2F..%2Fgreeting', '[get].*', 400],
    ['a dot segment', 'GET', '/jira/rest/x/../greeting', '[get].*', 400],
    ['a parameter that logs in', 'GET', `${GREETING}?os_username=admin`, '[get].*', 400],
  ])('keeps a token away from %s: %s %s [GW-2, GW-4]', async (_reason, method, path, limitTo, status) => {
    await open({}, build);
    const { value } = await token({ limitTo });
    expect((await ask(method, path, basic('admin', value))).status).toBe(status);
    expect(reached).toEqual([]);
  });

  it.each([
    ['no credential', undefined],
    ['an unknown token', basic('admin', 'nobody-made-this')],
    ['an unknown bearer value', 'Bearer nobody-made-this'],
    ['a header that is none', 'Basic !!!'],
    ['another scheme', 'Digest x'],
  ])('answers 401 with a challenge to %s [GW-12, GW-15]', async (_name, authorization) => {
    await open({ profile: 'gateway', 'extender.secureMode': 'false' }, build);
    const answer = await ask('GET', GREETING, authorization);
    expect([answer.status, reached]).toEqual([401, []]);
    expect(answer.headers['www-authenticate']).toMatch(/Basic realm="Postern"/);
  });

  it('judges the body that a rule asks about, and leaves it to the routes [EXT-15]', async () => {
    await open({}, build);
    const { value } = await token({ limitTo: `[post]${GREETING}[JsonData::to==anybody]` });
    const login = basic('admin', value);
    for (const [body, status] of [
      ['{ "to":"anybody" }', 200],
      ['{ "to":"nobody" }', 403],
    ] as const)
      expect([body, (await ask('POST', GREETING, login, body)).status]).toEqual([body, status]);
    expect(reached.map(({ body }) => body)).toEqual(['{ "to":"anybody" }']);
  });

  it('denies where something before it has read that body [EXT-15]', async () => {
    await open({}, (app) => build(app.use('/jira/rest/greeting', express.json())));
    const { value } = await token({ limitTo: `[post]${GREETING}[JsonData::to==anybody]` });
    const answer = await ask('POST', GREETING, basic('admin', value), '{ "to":"anybody" }');
    expect([answer.status, reached]).toEqual([503, []]);
    const denied = trailLines().find((line) => line.includes('"decision":"deny"')) ?? '{}';
    expect((JSON.parse(denied) as { code?: string }).code).toBe('policy.body-consumed');
  });

  it('answers 408 to a body that a rule asks about and that does not come, and is free for the next [EXT-15, GW-41, GW-52]', async () => {
    await open({}, build);
    const { value } = await token({ limitTo: `[post]${GREETING}[JsonData::to==anybody]` });
    const head = [`POST ${GREETING} HTTP/1.1`, 'Host: a', `Authorization: ${basic('admin', value)}`, 'Content-Type: application/json'];
    // The app's own server: nobody need wait for its five seconds.
    server.keepAliveTimeout = 1;
    const client = await converse(port());
    await client.write([...head, 'Content-Length: 18', 'Expect: 100-continue', '', ''].join('\r\n'));
    await client.until((text) => text.includes('100 Continue'));
    await client.write('{ "to":"any');
    let waitedMs = 0;
    // The line takes the piece, and begins to wait, in its own time; another recorded request gives it that, and the trail too.
    for (; !client.text.includes(' 408 ') && waitedMs < 10 * LIMITS.bodyTimeoutMs; waitedMs += 10_000) {
      await clock.advance(10_000);
      await ask('GET', GREETING, basic('admin', value));
    }
    expect(await client.untilClosed()).toContain('HTTP/1.1 408 ');
    expect(waitedMs).toBeGreaterThanOrEqual(LIMITS.bodyTimeoutMs);
    client.end();
    expect(reached).toEqual([]);
    expect((await ask('POST', GREETING, basic('admin', value), '{ "to":"anybody" }')).status).toBe(200);
  });

  it('refuses a password where the profile forwards tokens alone [GW-14]', async () => {
    await open({ profile: 'gateway' }, build);
    expect((await ask('GET', GREETING, ADMIN)).status).toBe(401);
    expect(reached).toEqual([]);
  });

  it('refuses what the site’s policy forbids [GW-20]', async () => {
    const policy = JSON.stringify([
      { effect: 'permit', rule: '.*' },
      { effect: 'forbid', rule: '[post].*greeting' },
    ]);
    await open({ policy }, build);
    const { value } = await token({});
    expect((await ask('GET', GREETING, basic('admin', value))).status).toBe(200);
    expect((await ask('POST', GREETING, basic('admin', value))).status).toBe(403);
  });

  it('stops a token at once when it ends [GW-21]', async () => {
    await open({}, build);
    const { value } = await token({ daysUntilExpiry: 1 });
    expect((await ask('GET', GREETING, basic('admin', value))).status).toBe(200);
    await clock.skip(86_400_000);
    expect((await ask('GET', GREETING, basic('admin', value))).status).toBe(401);
  });

  it('denies after too many wrong passwords, and not to tokens [DIR-6]', async () => {
    await open({ 'login.failuresMax': '2' }, build);
    const { value } = await token({});
    await clock.advance(60_000);
    for (const secret of ['a', 'b']) expect((await ask('GET', GREETING, basic('admin', secret))).status).toBe(401);
    expect((await ask('GET', GREETING, ADMIN)).status).toBe(403);
    expect((await ask('GET', GREETING, basic('admin', value))).status).toBe(200);
  });

  it('records every decision, and counts the uses [GW-30, EXT-45]', async () => {
    await open({}, build);
    const { value, tokenRef } = await token({ limitTo: '[get].*' });
    await ask('GET', GREETING, basic('admin', value));
    await ask('POST', GREETING, basic('admin', value));
    const list = await ask('GET', '/jira/rest/extender/1.0/tokenTools/get', ADMIN);
    const { tokens } = JSON.parse(list.text) as { tokens: { id: string; counter: number }[] };
    expect(tokens).toMatchObject([{ id: tokenRef, counter: 1 }]);
    const lines = trailLines();
    const decided = lines.filter((line) => line.includes(`"path":"${GREETING}"`)).map((line) => (/"decision":"(\w+)"/.exec(line) ?? [])[1]);
    expect(decided).toEqual(['permit', 'deny']);
    expect(lines.join('')).not.toContain(value);
  });
});

describe('the strategies', () => {
  it('accept nobody on a path that no token opens [GW-7]', async () => {
    await open({}, guardWithStrategies);
    const { value } = await token({});
    expect((await ask('GET', '/jira/secure/Dashboard', basic('admin', value))).status).toBe(404);
    expect(reached).toEqual([]);
  });

  it('accept nobody without a credential, also where the site forwards such requests [GW-15]', async () => {
    await open({ anonymous: 'forward', wrongBearer: 'anonymous' }, guardWithStrategies);
    expect((await ask('GET', GREETING)).status).toBe(401);
    expect((await ask('GET', GREETING, 'Bearer nobody-made-this')).status).toBe(401);
    expect(reached).toEqual([]);
  });
});

describe('the middleware', () => {
  it('hands the routes the path that was judged, in its canonical form [GW-1]', async () => {
    await open();
    const { value } = await token({ limitTo: `[get]${GREETING}` });
    expect((await ask('GET', '/jira/rest/%67reeting', basic('admin', value))).status).toBe(200);
    expect(reached.map(({ url }) => url)).toEqual([GREETING]);
  });

  it('judges what a middleware before it has made of the request, which is what the routes see [GW-3]', async () => {
    await open({}, (app) => {
      app.use((request, _response, next) => {
        if (request.url === '/jira/rest/greeting?as=other') request.url = '/jira/rest/other';
        next();
      });
      guardWithMiddleware(app);
    });
    const { value } = await token({ limitTo: `[get]${GREETING}` });
    expect((await ask('GET', `${GREETING}?as=other`, basic('admin', value))).status).toBe(403);
  });

  it('answers 404 where it is mounted and no token can open anything [GW-7]', async () => {
    await open({}, (app) => {
      app.use(postern.protect({ product: 'jira' }));
      addRoutes(app);
    });
    for (const path of ['/', '/jira', '/jira/secure/x', '/JIRA/rest/greeting', '/confluence/rest/x']) {
      expect([path, (await ask('GET', path, ADMIN)).status]).toEqual([path, 404]);
    }
    expect(reached).toEqual([]);
  });

  it('refuses two Authorization fields [GW-10]', async () => {
    await open();
    const field = `Authorization: ${ADMIN}\r\n`;
    const answer = await sendRaw(port(), `GET ${GREETING} HTTP/1.1\r\nHost: a\r\n${field}${field}\r\n`);
    expect([answer.status, reached]).toEqual([400, []]);
  });

  it('leaves anonymous requests without a user where the site forwards them [GW-15]', async () => {
    await open({ anonymous: 'forward' });
    expect((await ask('GET', GREETING)).status).toBe(200);
    expect(reached.map(({ user }) => user)).toEqual([undefined]);
  });

  it('serves a product below the context path of its setting', async () => {
    await open({ 'confluence.context': '' }, (app) => {
      app.use('/rest', postern.protect({ product: 'confluence' }));
      addRoutes(app);
    });
    expect((await ask('GET', '/rest/api/content', ADMIN)).status).toBe(200);
    expect((await ask('GET', '/rest/api/content', basic('admin', 'x'))).status).toBe(401);
  });
});

describe('openPostern', () => {
  const start = async (settings: Readonly<Record<string, string>>): Promise<unknown> => {
    const made = await temporaryFolder();
    try {
      const opened = await openPostern({
        settings: { data: made.path, ...settings },
        environment: {},
        logger: silentLogger,
        clock: testClock(),
      });
      await opened.close();
      return null;
    } catch (error) {
      return error;
    } finally {
      await made.remove();
    }
  };

  beforeEach(() => open());

  it('makes no demo users: where the app listens is not known', async () => {
    expect(await start({})).toBeInstanceOf(StartError);
    expect(await start({ profile: 'gateway' })).toMatchObject({ nextStep: expect.stringContaining('POSTERN_BOOTSTRAP_ADMIN') });
  });

  it.each([
    [{ 'jira.context': '/x', 'confluence.context': '/x' }, 'two context paths'],
    [{ directory: 'upstream' }, 'POSTERN_JIRA_UPSTREAM'],
    [{ prot: '1' }, '--prot is not a setting'],
    [{ policy: '[{"effect":"permit","rule":"(?!x)"}]' }, 'policy[0]'],
  ] as [Record<string, string>, string][])('refuses %j: %s', async (settings, words) => {
    const error = await start({ bootstrapAdmin: 'admin:a-long-password', ...settings });
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).message).toContain(words);
  });
});
