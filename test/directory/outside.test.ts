// Passwords that the product behind the gateway checks, and the users it is asked for [DIR-5].
import http from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { loadSettings, ConfigError } from '../../src/config/load.js';
import { HOUSE_SETTINGS } from '../../src/config/schema.js';
import { checkSettings } from '../../src/config/check.js';
import { LIMITS } from '../../src/core/index.js';
import { basic } from '../support/raw-client.js';
import { makeToken, runPostern, type RunningPostern } from './running-postern.js';

const ROOT = ['root', 'a-long-password'] as const;
const ADA = ['ada', 'ada-password'] as const;
const MYSELF = '/jira/rest/api/2/myself';

/** What the product answers next; by default its user, when the password is right. */
type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void;

interface Product {
  readonly origin: string;
  readonly asked: { readonly path: string; readonly authorization: string | undefined }[];
  answer: Answer;
  close(): Promise<void>;
}

const JIRA_ADA = { name: 'ada', displayName: 'Ada Lovelace', emailAddress: 'ada@example.com', active: true };

function json(response: http.ServerResponse, status: number, body: unknown, headers: http.OutgoingHttpHeaders = {}): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
}

const knowsAda: Answer = (request, response) => {
  if (request.headers.authorization === basic(...ADA)) return json(response, 200, JIRA_ADA);
  json(response, request.headers.authorization === undefined ? 200 : 401, { from: request.headers['x-forwarded-user'] });
};

async function startProduct(port = 0): Promise<Product> {
  const product: { answer: Answer } = { answer: knowsAda };
  const asked: Product['asked'] = [];
  const server = http.createServer((request, response) => {
    asked.push({ path: request.url ?? '', authorization: request.headers.authorization });
    product.answer(request, response);
  });
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return Object.assign(product, {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

let product: Product;
let node: RunningPostern;

function settings(origin: string, more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return {
    POSTERN_DIRECTORY: 'upstream',
    POSTERN_PROFILE: 'emulator',
    POSTERN_JIRA_UPSTREAM: origin,
    POSTERN_BOOTSTRAP_ADMIN: ROOT.join(':'),
    ...more,
  };
}

beforeEach(async () => {
  product = await startProduct();
  node = await runPostern({ settings: settings(product.origin) });
});

afterEach(async () => {
  await node.close();
  await product.close();
});

async function user(name: string): Promise<Record<string, unknown>> {
  return JSON.parse((await node.ask({ path: `/api/v1/users/${name}`, as: ROOT })).text) as Record<string, unknown>;
}

function databaseBytes(): string {
  const { readFileSync, existsSync } = process.getBuiltinModule('node:fs');
  const files = ['postern.sqlite', 'postern.sqlite-wal'].map((name) => node.folder.file(name));
  return files.flatMap((file) => (existsSync(file) ? [readFileSync(file, 'latin1')] : [])).join('');
}

describe('a user of the product', () => {
  it('logs in with the product’s password, and is recorded: name, display name, address [DIR-5]', async () => {
    const answer = await node.ask({ path: MYSELF, as: ADA });
    expect([answer.status, answer.headers['x-ausername']]).toEqual([200, 'ada']);
    expect(product.asked[0]).toEqual({ path: MYSELF, authorization: basic(...ADA) });
    expect(await user('ada')).toMatchObject({
      username: 'ada',
      displayName: 'Ada Lovelace',
      emailAddress: 'ada@example.com',
      administrator: false,
      active: true,
    });
  });

  it('has no password in the database, and none can be put there [DIR-5]', async () => {
    await node.ask({ path: MYSELF, as: ADA });
    expect(databaseBytes()).toContain('Ada Lovelace');
    expect(databaseBytes()).not.toContain(ADA[1]);
    const changed = await node.ask({ method: 'PATCH', path: '/api/v1/users/ada', as: ROOT, json: { password: 'another-password' } });
    expect([changed.status, changed.text.includes('kept and checked by the product')]).toEqual([409, true]);
    expect((await node.ask({ path: MYSELF, as: ['ada', 'another-password'] })).status).toBe(401);
  });

  it('is asked about once for many requests, and anew when the time is over [DIR-5, GW-61]', async () => {
    await node.ask({ path: '/api/v1/users', as: ADA });
    product.asked.splice(0);
    for (let time = 0; time < 3; time += 1) await node.ask({ path: '/jira/rest/extender/1.0/tokenTools/get', as: ADA });
    expect(product.asked).toHaveLength(1);
    await node.clock.advance(LIMITS.credentialCacheTtlMs);
    await node.ask({ path: '/jira/rest/extender/1.0/tokenTools/get', as: ADA });
    expect(product.asked).toHaveLength(2);
  });

  it('is brought up to date at the next login; a text that we could not hold is left out [DIR-5]', async () => {
    await node.ask({ path: MYSELF, as: ADA });
    await node.clock.advance(LIMITS.credentialCacheTtlMs);
    product.answer = (_request, response) => json(response, 200, { ...JIRA_ADA, displayName: 'Ada King', emailAddress: 'not an address' });
    await node.ask({ path: MYSELF, as: ADA });
    expect(await user('ada')).toMatchObject({ displayName: 'Ada King', emailAddress: 'ada@example.com' });
  });

  it('works with a token while the product cannot be asked, and has tokens of every right kind [DIR-5]', async () => {
    const token = await makeToken(node, ADA);
    await node.clock.advance(LIMITS.credentialCacheTtlMs);
    product.answer = (_request, response) => void response.destroy();
    const own = '/jira/rest/extender/1.0/tokenTools/get';
    expect((await node.ask({ path: own, as: ['ada', token] })).status).toBe(200);
    expect((await node.ask({ path: own, as: ADA })).status).toBe(503);
  });

  it('stays out when deactivated here, or there [DIR-5, DIR-7]', async () => {
    await node.ask({ path: MYSELF, as: ADA });
    const patch = (active: boolean) => node.ask({ method: 'PATCH', path: '/api/v1/users/ada', as: ROOT, json: { active } });
    expect((await patch(false)).status).toBe(200);
    expect((await node.ask({ path: MYSELF, as: ADA })).status).toBe(401);
    await patch(true);
    expect((await node.ask({ path: MYSELF, as: ADA })).status).toBe(200);
    await node.clock.advance(LIMITS.credentialCacheTtlMs);
    product.answer = (_request, response) => json(response, 200, { ...JIRA_ADA, active: false });
    expect((await node.ask({ path: MYSELF, as: ADA })).status).toBe(401);
  });

  it('may administer once an administrator says so, on our own API with the product’s password [DIR-5]', async () => {
    await node.ask({ path: MYSELF, as: ADA });
    expect((await node.ask({ path: '/api/v1/users', as: ADA })).status).toBe(403);
    await node.ask({ method: 'PATCH', path: '/api/v1/users/ada', as: ROOT, json: { administrator: true } });
    expect((await node.ask({ path: '/api/v1/users', as: ADA })).status).toBe(200);
  });

  it('is recorded once by two first logins at the same time [DIR-5]', async () => {
    const answers = await Promise.all([MYSELF, '/api/v1/users'].map((path) => node.ask({ path, as: ADA })));
    expect(answers.map(({ status }) => status)).toEqual([200, 403]);
    const list = JSON.parse((await node.ask({ path: '/api/v1/users', as: ROOT })).text) as { users: { username: string }[] };
    expect(list.users.filter(({ username }) => username === 'ada')).toHaveLength(1);
  });
});

describe('what the product says', () => {
  it.each([
    ['401', (_request, response) => json(response, 401, {}), 401, 'AUTHENTICATED_FAILED'],
    [
      '403 with AUTHENTICATION_DENIED',
      (_request, response) => json(response, 403, {}, { 'X-Seraph-LoginReason': 'AUTHENTICATION_DENIED' }),
      403,
      'AUTHENTICATION_DENIED',
    ],
    [
      '403 with the reason of a CAPTCHA',
      (_request, response) => json(response, 403, {}, { 'X-Authentication-Denied-Reason': 'CAPTCHA_CHALLENGE; login-url=x' }),
      403,
      'AUTHENTICATION_DENIED',
    ],
    ['403 for another reason', (_request, response) => json(response, 403, {}), 503, undefined],
    ['500', (_request, response) => json(response, 500, {}), 503, undefined],
    ['a redirect to a login page', (_request, response) => json(response, 302, {}, { Location: '/login.jsp' }), 503, undefined],
    ['200 with a page', (_request, response) => void response.writeHead(200).end('<html>'), 503, undefined],
    ['200 without a user', (_request, response) => json(response, 200, {}), 503, undefined],
    ['200 with more than a user is', (_request, response) => json(response, 200, { ...JIRA_ADA, x: 'x'.repeat(300_000) }), 503, undefined],
    ['nothing', (_request, response) => void response.destroy(), 503, undefined],
    ['another user', (_request, response) => json(response, 200, { ...JIRA_ADA, name: 'somebody' }), 401, 'AUTHENTICATED_FAILED'],
    ['our own administrator', (_request, response) => json(response, 200, { ...JIRA_ADA, name: 'root' }), 401, 'AUTHENTICATED_FAILED'],
  ] as [string, Answer, number, string | undefined][])(
    '%s is told to the client as it is, or not at all [DIR-5, GW-11]',
    async (_name, answer, status, reason) => {
      product.answer = answer;
      const got = await node.ask({ path: MYSELF, as: ADA });
      expect([got.status, got.headers['x-seraph-loginreason']]).toEqual([status, reason]);
      expect((await node.ask({ path: '/api/v1/users/ada', as: ROOT })).status).toBe(404);
      expect(node.logged.join('\n')).not.toContain(ADA[1]);
    },
  );

  it('is counted when it is no, and neither when it is denied nor when nobody could find out [DIR-5, DIR-6]', async () => {
    const counted = await runPostern({ settings: settings(product.origin, { POSTERN_LOGIN_FAILURES_MAX: '2' }) });
    try {
      const ask = async (answer: Answer, secret: string) => {
        product.answer = answer;
        return (await counted.ask({ path: MYSELF, as: ['ada', secret] })).status;
      };
      const denied: Answer = (_request, response) => json(response, 403, {}, { 'X-Seraph-LoginReason': 'AUTHENTICATION_DENIED' });
      const broken: Answer = (_request, response) => json(response, 500, {});
      expect([await ask(denied, 'a'), await ask(denied, 'b'), await ask(broken, 'c'), await ask(broken, 'd')]).toEqual([
        403, 403, 503, 503,
      ]);
      expect([await ask(knowsAda, 'e'), await ask(knowsAda, 'f')]).toEqual([401, 401]);
      const before = product.asked.length;
      expect(await ask(knowsAda, ADA[1])).toBe(403);
      expect(product.asked).toHaveLength(before);
    } finally {
      await counted.close();
    }
  });
});

describe('a user of our own', () => {
  it('is checked here alone, and the product is never shown the password [DIR-5]', async () => {
    expect((await node.ask({ path: '/api/v1/users', as: ROOT })).status).toBe(200);
    expect((await node.ask({ path: '/api/v1/users', as: ['ROOT', 'wrong'] })).status).toBe(401);
    expect(product.asked).toEqual([]);
  });

  it('is not whom the product has under the same name [DIR-5]', async () => {
    product.answer = (_request, response) => json(response, 200, { ...JIRA_ADA, name: 'root' });
    expect((await node.ask({ path: '/api/v1/users', as: ['root', 'the product’s password'] })).status).toBe(401);
    expect(product.asked).toEqual([]);
  });
});

describe('Confluence', () => {
  it('is asked where there is no Jira; the anonymous user that it answers with is nobody [DIR-5]', async () => {
    const { POSTERN_JIRA_UPSTREAM: _jira, ...rest } = settings(product.origin);
    const other = await runPostern({ settings: { ...rest, POSTERN_CONFLUENCE_UPSTREAM: product.origin } });
    try {
      const path = '/confluence/rest/api/user/current';
      product.answer = (_request, response) => json(response, 200, { type: 'anonymous', displayName: 'Anonymous', username: 'ada' });
      expect((await other.ask({ path, as: ADA })).status).toBe(503);
      product.answer = (_request, response) => json(response, 200, { type: 'known', username: 'ada', displayName: 'Ada Lovelace' });
      expect((await other.ask({ path, as: ADA })).status).toBe(200);
      expect(product.asked[0]).toEqual({ path, authorization: basic(...ADA) });
      const shown = JSON.parse((await other.ask({ path: '/api/v1/users/ada', as: ROOT })).text) as Record<string, unknown>;
      expect(shown).toMatchObject({ displayName: 'Ada Lovelace', emailAddress: '' });
    } finally {
      await other.close();
    }
  });
});

describe('the setting', () => {
  const load = (text: string) => loadSettings([], { POSTERN_DIRECTORY: text, POSTERN_UPSTREAM_IDENTITY: 'header:X-User' });

  it('keeps a place free for ldap, and refuses it until it is built [DIR-5]', () => {
    expect(() => load('ldap')).toThrow('names a directory that is not built yet; use internal or upstream');
    expect(() => load('crowd')).toThrow('must be internal|upstream');
    expect(load('internal').get(HOUSE_SETTINGS.directory)).toBe('internal');
  });

  it('refuses upstream where there is none: the sample asks us, so we cannot ask it [DIR-5]', () => {
    expect(() => checkSettings(load('upstream'))).toThrow(ConfigError);
    expect(() => checkSettings(load('upstream'))).toThrow('POSTERN_JIRA_UPSTREAM or POSTERN_CONFLUENCE_UPSTREAM');
  });
});
