// Sessions of the pages: how one begins and ends, what it opens, and what no other site can do with it.
import { ERROR_CODES, LIMITS } from '../../src/core/index.js';
import { type AdminWorld, type Answer, startAdminWorld } from './admin-world.js';

const SESSION = '/api/v1/session';
const USERS = '/api/v1/users';

let world: AdminWorld;

beforeEach(async () => {
  world = await startAdminWorld();
});

afterEach(() => world.close());

interface SignedIn {
  readonly cookie: string;
  readonly pageToken: string;
}

function signInAs(username: string, password: string, headers: Record<string, string> = {}): Promise<Answer> {
  return world.send({ method: 'POST', path: SESSION, json: { username, password }, headers });
}

async function signedIn(username: 'admin' | 'alice' = 'admin'): Promise<SignedIn> {
  const answer = await signInAs(username, `${username}-password`);
  expect(answer.status).toBe(200);
  return { cookie: cookieOf(answer), pageToken: String(answer.json()['pageToken']) };
}

function cookieOf(answer: Answer): string {
  return String(answer.headers['set-cookie']?.[0]).split(';', 1)[0] ?? '';
}

function get(path: string, cookie: string): Promise<Answer> {
  return world.send({ path, headers: { Cookie: cookie } });
}

async function isOpen({ cookie }: SignedIn): Promise<boolean> {
  return (await get(SESSION, cookie)).json()['user'] !== null;
}

it('signs in with a password: an HttpOnly, SameSite=Strict cookie for the API alone, and who it is', async () => {
  const answer = await signInAs('admin', 'admin-password');
  expect(answer.status).toBe(200);
  expect(answer.headers['set-cookie']).toEqual([
    expect.stringMatching(/^postern-session=[\w-]{43}; Path=\/api\/v1; HttpOnly; SameSite=Strict$/),
  ]);
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.json()).toEqual({
    user: {
      username: 'admin',
      displayName: 'admin',
      emailAddress: 'admin@example.com',
      accountId: expect.any(String),
      administrator: true,
    },
    pageToken: expect.stringMatching(/^[0-9a-f]{64}$/),
    profile: 'emulator',
  });
  expect((await get(SESSION, cookieOf(answer))).json()).toEqual(answer.json());
  expect((await get(USERS, cookieOf(answer))).status).toBe(200);
});

it('binds the cookie to this host and to TLS where clients come with it', async () => {
  const secure = await startAdminWorld(() => ({ isSecure: true }));
  try {
    const answer = await secure.send({ method: 'POST', path: SESSION, json: { username: 'admin', password: 'admin-password' } });
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(/^__Host-postern-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/),
    ]);
    const value = cookieOf(answer).split('=')[1];
    expect((await secure.send({ path: USERS, headers: { Cookie: `postern-session=${value}` } })).status).toBe(401);
    expect((await secure.send({ path: USERS, headers: { Cookie: cookieOf(answer) } })).status).toBe(200);
  } finally {
    await secure.close();
  }
});

it('keeps neither the cookie’s value nor the page token in the database', async () => {
  const { cookie, pageToken } = await signedIn();
  const rows = JSON.stringify(await world.store.read('SELECT * FROM postern_session'));
  expect(rows).toContain('"username":"admin"');
  expect(rows).not.toContain(cookie.split('=')[1]);
  expect(rows).not.toContain(pageToken);
});

it.each([
  ['a wrong password', 'admin', 'wrong', 401],
  ['an unknown user', 'nobody', 'x', 401],
  ['an inactive user', 'gone', 'gone-password', 401],
  ['no password', 'admin', '', 400],
])('refuses %s with %4$i, in words for the person, and sets no cookie', async (_name, username, password, status) => {
  const answer = await signInAs(username, password);
  expect(answer.status).toBe(status);
  expect(answer.headers['set-cookie']).toBeUndefined();
  if (status === 401) expect(answer.json()['message']).toBe('The user name or the password is wrong.');
});

it('answers 403 while passwords are not looked at, as for Basic [DIR-6]', async () => {
  const denying = await startAdminWorld(() => ({ checkPassword: async () => 'denied' }));
  try {
    const answer = await denying.send({ method: 'POST', path: SESSION, json: { username: 'admin', password: 'admin-password' } });
    expect([answer.status, answer.headers['x-seraph-loginreason']]).toEqual([403, 'AUTHENTICATION_DENIED']);
  } finally {
    await denying.close();
  }
});

it('notes logins in the trail, refused ones too, and never a password', async () => {
  await signInAs('admin', 'not-the-password');
  await signedIn();
  const text = JSON.stringify(await world.records());
  expect(text.match(/"login\.[a-z]+"/g) ?? text.match(/login/g)).not.toBeNull();
  expect(text).not.toContain('not-the-password');
  expect(text).not.toContain('admin-password');
});

it('leaves the browser’s own dialogue out for pages: their 401 has no Basic challenge', async () => {
  const forPage = await world.send({ path: USERS, headers: { 'Sec-Fetch-Site': 'same-origin' } });
  expect([forPage.status, forPage.headers['www-authenticate']]).toEqual([401, 'Session realm="Postern"']);
  expect((await world.send({ path: USERS })).headers['www-authenticate']).toMatch(/^Basic /);
});

describe('a change with a session', () => {
  const CHANGE = { method: 'PATCH', path: `${USERS}/alice`, json: { displayName: 'Alice' } } as const;

  it('is done for a page that sends its token, also from a browser that names our origin', async () => {
    const { cookie, pageToken } = await signedIn();
    const headers = { Cookie: cookie, 'X-Postern-Page': pageToken };
    expect((await world.send({ ...CHANGE, headers })).status).toBe(200);
    const origin = `http://127.0.0.1:${world.port}`;
    expect((await world.send({ ...CHANGE, headers: { ...headers, Origin: origin, 'Sec-Fetch-Site': 'same-origin' } })).status).toBe(200);
  });

  it.each([
    ['without the page token', {}],
    ['with a wrong one', { 'X-Postern-Page': 'f'.repeat(64) }],
    ['with an empty one', { 'X-Postern-Page': '' }],
  ])('is refused %s', async (_name, headers) => {
    const { cookie } = await signedIn();
    const answer = await world.send({ ...CHANGE, headers: { Cookie: cookie, ...headers } });
    expect([answer.status, answer.json()['message']]).toEqual([403, ERROR_CODES['request.cross-site'].publicText]);
    expect((await world.directory.findByUsername('alice'))?.displayName).toBe('alice');
  });

  it('is refused with the page token of another session', async () => {
    const mine = await signedIn();
    const other = await signedIn('alice');
    const answer = await world.send({ ...CHANGE, headers: { Cookie: mine.cookie, 'X-Postern-Page': other.pageToken } });
    expect(answer.status).toBe(403);
  });

  it.each([
    ['another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['another host of the same site', { 'Sec-Fetch-Site': 'same-site' }],
    ['another origin', { Origin: 'https://evil.example' }],
    ['a page without an origin', { Origin: 'null' }],
  ])('is refused when the browser says that it comes from %s, right token or not', async (_name, headers) => {
    const { cookie, pageToken } = await signedIn();
    const answer = await world.send({ ...CHANGE, headers: { Cookie: cookie, 'X-Postern-Page': pageToken, ...headers } });
    expect(answer.status).toBe(403);
    const signIn = await signInAs('admin', 'admin-password', headers);
    expect([signIn.status, signIn.headers['set-cookie']]).toEqual([403, undefined]);
  });

  it('needs no page token with a password, and a session opens no more than its user may', async () => {
    expect((await world.send({ ...CHANGE, as: 'admin' })).status).toBe(200);
    const { cookie, pageToken } = await signedIn('alice');
    expect((await world.send({ ...CHANGE, headers: { Cookie: cookie, 'X-Postern-Page': pageToken } })).status).toBe(403);
  });
});

describe('the end of a session', () => {
  it('comes with signing out, which needs the page token', async () => {
    const session = await signedIn();
    expect((await world.send({ method: 'DELETE', path: SESSION, headers: { Cookie: session.cookie } })).status).toBe(403);
    expect(await isOpen(session)).toBe(true);
    const headers = { Cookie: session.cookie, 'X-Postern-Page': session.pageToken };
    const answer = await world.send({ method: 'DELETE', path: SESSION, headers });
    expect([answer.status, answer.headers['set-cookie']?.[0]]).toEqual([204, expect.stringMatching(/^postern-session=;.*Max-Age=0/)]);
    expect(await isOpen(session)).toBe(false);
  });

  it.each([
    ['the password is changed', { password: 'another-password' }],
    ['the user is deactivated', { active: false }],
  ])('comes when %s, on the next request', async (_name, json) => {
    const session = await signedIn('alice');
    expect((await world.send({ method: 'PATCH', path: `${USERS}/alice`, as: 'admin', json })).status).toBe(200);
    expect(await isOpen(session)).toBe(false);
    await world.send({ method: 'PATCH', path: `${USERS}/alice`, as: 'admin', json: { active: true } });
    expect(await isOpen(session)).toBe(false);
  });

  it('comes with the user’s, also when another takes the name', async () => {
    const session = await signedIn('alice');
    await world.send({ method: 'DELETE', path: `${USERS}/alice`, as: 'admin' });
    await world.send({ method: 'POST', path: USERS, as: 'admin', json: { username: 'alice', password: 'alice-password' } });
    expect(await isOpen(session)).toBe(false);
  });

  it('comes after two hours without use, and after twelve however much it is used', async () => {
    const idle = await signedIn();
    await world.clock.advance(LIMITS.sessionIdleMs - 1);
    expect(await isOpen(idle)).toBe(true);
    await world.clock.advance(LIMITS.sessionIdleMs);
    expect(await isOpen(idle)).toBe(false);
    const busy = await signedIn();
    for (let spent = 0; spent < LIMITS.sessionMsMax - 3_600_000; spent += 3_600_000) {
      await world.clock.advance(3_600_000);
      expect(await isOpen(busy)).toBe(true);
    }
    await world.clock.advance(3_600_000);
    expect(await isOpen(busy)).toBe(false);
  });

  it('comes to the one unused longest when a user has too many', async () => {
    const first = await signedIn('alice');
    for (let made = 1; made < LIMITS.sessionsPerUserMax; made += 1) {
      await world.clock.advance(1);
      await signedIn('alice');
    }
    expect(await isOpen(first)).toBe(true);
    await world.clock.advance(1);
    await signedIn('alice');
    expect(await isOpen(first)).toBe(false);
  });

  it('comes to the one before when the same browser signs in again', async () => {
    const before = await signedIn();
    const answer = await signInAs('admin', 'admin-password', { Cookie: before.cookie });
    expect(cookieOf(answer)).not.toBe(before.cookie);
    expect(await isOpen(before)).toBe(false);
  });
});

it('is not begun by a password that was changed while it was checked', async () => {
  let isFirst = true;
  const racing = await startAdminWorld((parts) => ({
    async checkPassword(login) {
      const principal = await parts.checkPassword(login);
      if (isFirst) await parts.directory.changeUser('alice', { displayName: 'Changed meanwhile' });
      isFirst = false;
      return principal;
    },
  }));
  try {
    const sent = { method: 'POST', path: SESSION, json: { username: 'alice', password: 'alice-password' } } as const;
    expect((await racing.send(sent)).status).toBe(200);
    // The first was ended, the password asked for again.
    expect(await racing.store.read('SELECT * FROM postern_session')).toHaveLength(1);
    expect(racing.passwordChecks).toEqual(['alice', 'alice']);
  } finally {
    await racing.close();
  }
});

it('takes two cookies of the name for none: nobody could say whose they are', async () => {
  const { cookie } = await signedIn();
  expect((await get(USERS, `${cookie}; postern-session=another`)).status).toBe(401);
});

it.each([
  ['text/plain', 415],
  ['application/x-www-form-urlencoded', 415],
])('takes a password as JSON alone: %s is %i', async (type, status) => {
  const body = JSON.stringify({ username: 'admin', password: 'admin-password' });
  expect((await world.send({ method: 'POST', path: SESSION, body, headers: { 'Content-Type': type } })).status).toBe(status);
});

it('answers 503 when nobody can find out whose session it is', async () => {
  const failing = await startAdminWorld((parts) => ({
    sessions: {
      ...parts.sessions,
      find: async () => {
        throw new Error('The database is gone.');
      },
    },
  }));
  try {
    expect((await failing.send({ path: USERS, headers: { Cookie: 'postern-session=x' } })).status).toBe(503);
  } finally {
    await failing.close();
  }
});
