// Login by cookie, as the clients' cookie mode uses it.
import { principal, closeWorlds, passwordOf, type Reply, startWorld, type World } from './world.js';

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(closeWorlds);

const SESSION = '/jira/rest/auth/1/session';
const HOUR_MS = 3_600_000;

function logIn(username = 'alice', password = passwordOf(username), headers: Record<string, string> = {}): Promise<Reply> {
  return world.ask(SESSION, { method: 'POST', as: null, json: { username, password }, headers });
}

function cookieOf(reply: Reply): string {
  return String(reply.headers['set-cookie']).split(';', 1)[0] ?? '';
}

it.each(['1', 'latest'])('opens, shows and ends a session at /rest/auth/%s [PRD-3, DIR-9]', async (version) => {
  const path = `/jira/rest/auth/${version}/session`;
  const opened = await world.ask(path, { method: 'POST', as: null, json: { username: 'alice', password: passwordOf('alice') } });
  expect(opened.status).toBe(200);
  expect(opened.json).toEqual({
    session: { name: 'JSESSIONID', value: expect.stringMatching(/^[0-9A-F]{32}$/) },
    loginInfo: { loginCount: 1 },
  });
  expect(opened.headers['set-cookie']).toEqual([`JSESSIONID=${opened.json.session.value}; Path=/jira; HttpOnly`]);
  expect(opened.headers).toMatchObject({ 'x-seraph-loginreason': 'OK', 'x-ausername': 'alice' });

  const headers = { Cookie: cookieOf(opened) };
  const current = await world.ask(path, { as: null, headers });
  expect(current.status).toBe(200);
  expect(current.json).toEqual({
    self: 'http://localhost:2990/jira/rest/api/latest/user?username=alice',
    name: 'alice',
    loginInfo: { loginCount: 1 },
  });
  expect((await world.jira('/myself', { as: null, headers })).json.name).toBe('alice');

  expect((await world.ask(path, { method: 'DELETE', as: null, headers })).status).toBe(204);
  expect((await world.ask(path, { as: null, headers })).status).toBe(401);
  expect((await world.jira('/myself', { as: null, headers })).status).toBe(401);
});

it.each([
  { username: 'alice', password: 'wrong', reason: 'a wrong password' },
  { username: 'nobody', password: 'nobody:secret', reason: 'an unknown user' },
  { username: 'inactive', password: 'inactive:secret', reason: 'a deactivated user' },
])('refuses $reason, in the same words [PRD-3]', async ({ username, password }) => {
  const reply = await logIn(username, password);
  expect(reply.status).toBe(401);
  expect(reply.json).toEqual({ errorMessages: ['Login failed'], errors: {} });
  expect(reply.headers['x-seraph-loginreason']).toBe('AUTHENTICATED_FAILED');
  expect(reply.headers['set-cookie']).toBeUndefined();
});

it.each([{}, { username: 'alice' }, { username: 'alice', password: 1 }, [], null])(
  'refuses %j as a login with 400 [PRD-3]',
  async (json) => {
    expect((await world.ask(SESSION, { method: 'POST', as: null, json })).status).toBe(400);
  },
);

it('answers who is not logged in with 401, to look and to leave [PRD-3]', async () => {
  for (const method of ['GET', 'DELETE']) expect((await world.ask(SESSION, { method, as: null })).status).toBe(401);
});

it('tells the time of the login before this one [PRD-3, PRD-6]', async () => {
  await logIn();
  await world.clock.advance(HOUR_MS);
  const { json } = await logIn();
  expect(json.loginInfo).toEqual({ loginCount: 2, previousLoginTime: '2026-01-31T10:00:00.000+0000' });
});

it('ends a session after five hours without use, and not while it is used [PRD-3]', async () => {
  const headers = { Cookie: cookieOf(await logIn()) };
  await world.clock.advance(4 * HOUR_MS);
  expect((await world.ask(SESSION, { as: null, headers })).status).toBe(200);
  await world.clock.advance(4 * HOUR_MS);
  expect((await world.ask(SESSION, { as: null, headers })).status).toBe(200);
  await world.clock.advance(5 * HOUR_MS + 1);
  expect((await world.ask(SESSION, { as: null, headers })).status).toBe(401);
});

it('stops honouring the session of a user who was deactivated [PRD-3, DIR-7]', async () => {
  const headers = { Cookie: cookieOf(await logIn('bob')) };
  world.users.set(principal('bob', 2, false));
  expect((await world.jira('/myself', { as: null, headers })).status).toBe(401);
});

it('opens a fresh session at every login and ends the one that came along: no id can be planted [PRD-3]', async () => {
  const first = cookieOf(await logIn('bob'));
  const second = cookieOf(await logIn('alice', passwordOf('alice'), { Cookie: first }));
  expect(second).not.toBe(first);
  expect((await world.jira('/myself', { as: null, headers: { Cookie: first } })).status).toBe(401);
  expect((await world.jira('/myself', { as: null, headers: { Cookie: second } })).json.name).toBe('alice');
});

it('finds its own among several cookies of the same name [PRD-3]', async () => {
  const mine = cookieOf(await logIn());
  const headers = { Cookie: `a=b; JSESSIONID=${'0'.repeat(32)}; ${mine}; c=d` };
  expect((await world.jira('/myself', { as: null, headers })).json.name).toBe('alice');
});

it.each([`JSESSIONID=${'A'.repeat(32)}`, 'JSESSIONID=__proto__', 'JSESSIONID=', 'nonsense'])(
  'takes the cookie %s for nobody [PRD-3]',
  async (Cookie) => {
    expect((await world.ask(SESSION, { as: null, headers: { Cookie } })).status).toBe(401);
  },
);

it('keeps the cookie to https where the site is [PRD-3]', async () => {
  world.product.setBaseUrl('https://jira.example.com');
  expect(String((await logIn()).headers['set-cookie'])).toMatch(/; HttpOnly; Secure$/);
});

it('sets the cookie for / where Jira has no context path [PRD-3]', async () => {
  const other = await startWorld({ jiraContext: '' });
  const reply = await other.ask('/rest/auth/1/session', {
    method: 'POST',
    as: null,
    json: { username: 'alice', password: passwordOf('alice') },
  });
  expect(String(reply.headers['set-cookie'])).toContain('; Path=/; ');
});

it("is nobody's login in Confluence, which has no /rest/auth either [PRD-3, PRD-5]", async () => {
  const other = await startWorld({ jiraContext: '' });
  const login = { method: 'POST', as: null, json: { username: 'alice', password: passwordOf('alice') } };
  const headers = { Cookie: cookieOf(await other.ask('/rest/auth/1/session', login)) };
  expect((await other.confluence('/user/current', { as: null, headers })).json.type).toBe('anonymous');
  expect((await other.ask('/confluence/rest/auth/1/session', login)).status).toBe(404);
});
