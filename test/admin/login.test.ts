// Who may administer: a directory password by HTTP Basic, and nothing else.
import { HostError, LIMITS, Secret } from '../../src/core/index.js';
import { parseAddressList } from '../../src/policy/index.js';
import { sendRaw } from '../support/raw-client.js';
import { type AdminWorld, basic, PASSWORDS, startAdminWorld } from './admin-world.js';

const CHALLENGE = 'Basic realm="Postern", charset="UTF-8"';

let world: AdminWorld;

/** A world for each test of the block: they change it. */
function eachInItsOwnWorld(): void {
  beforeEach(async () => {
    world = await startAdminWorld();
  });
  afterEach(() => world.close());
}

async function logins(): Promise<readonly object[]> {
  const records = await world.records();
  return records.filter(({ kind }) => kind === 'login').map(({ actor, outcome, clientAddress }) => ({ actor, outcome, clientAddress }));
}

describe('what does not log in', () => {
  beforeAll(async () => {
    world = await startAdminWorld();
  });
  afterAll(() => world.close());

  it.each([
    ['nothing', {}, 'no credential at all'],
    ['a wrong password', { Authorization: basic('admin', 'wrong') }, 'known user'],
    ['an unknown user', { Authorization: basic('nobody', PASSWORDS.admin) }, 'must look like a wrong password [GW-12]'],
    ['an inactive user with the right password', { Authorization: basic('gone', PASSWORDS.gone) }, 'deactivated [DIR-7]'],
    ['the right password in another case', { Authorization: basic('admin', PASSWORDS.admin.toUpperCase()) }, 'passwords are exact'],
    ['a bearer token', { Authorization: 'Bearer NjQ4Njk1OTA1ODM2OkL2pWZVWBvyVPFeg' }, 'tokens open /rest/* alone [GW-7, GW-14]'],
    ['the password as a bearer token', { Authorization: `Bearer ${PASSWORDS.admin}` }, 'a password is not a token [GW-14]'],
    ['base64 that is none', { Authorization: 'Basic !!!' }, 'malformed [GW-10]'],
    ['a pair without a colon', { Authorization: `Basic ${Buffer.from('admin').toString('base64')}` }, 'malformed [GW-10]'],
    ['another scheme', { Authorization: 'Digest username="admin"' }, 'unknown scheme'],
    ['a password in the query', {}, 'query parameters log nobody in [GW-4]', '?os_username=admin&os_password=admin-password'],
    ['a cookie and a forwarded user', { Cookie: 'JSESSIONID=1', 'X-Forwarded-User': 'admin' }, 'headers name nobody [GW-5]'],
  ])('refuses %s with the one challenge that would do [GW-12]', async (_name, headers, _reason, query = '') => {
    const answer = await world.send({ path: `/api/v1/users${query}`, headers });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe(CHALLENGE);
    expect(answer.headers['content-type']).toBe('application/json;charset=UTF-8');
    expect(answer.json()).toEqual({ message: 'Client must be authenticated to access this resource.', 'status-code': 401 });
  });

  it('refuses a wrong credential even where nobody need be logged in to be told more', async () => {
    const answer = await world.send({ path: '/api/v1/nothing', as: ['admin', 'wrong'] });
    expect(answer.status).toBe(401);
  });

  it('refuses two Authorization fields with 400 [GW-10]', async () => {
    const right = `Authorization: ${basic('admin', PASSWORDS.admin)}\r\n`;
    const checks = world.passwordChecks.length;
    const answer = await sendRaw(world.port, `GET /api/v1/users HTTP/1.1\r\nHost: a\r\n${right}${right}\r\n`);
    expect(answer.status).toBe(400);
    expect(world.passwordChecks).toHaveLength(checks);
  });

  it('refuses an Authorization field past the limit with 431 [GW-10]', async () => {
    const checks = world.passwordChecks.length;
    const answer = await world.send({ path: '/api/v1/users', as: ['admin', 'x'.repeat(LIMITS.authorizationBytesMax)] });
    expect(answer.status).toBe(431);
    expect(world.passwordChecks).toHaveLength(checks);
  });

  it('refuses a user who is no administrator with 403, without a challenge', async () => {
    const answer = await world.send({ path: '/api/v1/users', as: 'alice' });
    expect(answer.status).toBe(403);
    expect(answer.headers['www-authenticate']).toBeUndefined();
    expect(answer.json()).toEqual({ message: 'Only administrators may do this.', 'status-code': 403 });
  });
});

describe('what logs in', () => {
  eachInItsOwnWorld();

  it.each([
    ['the password', 'admin', 'admin-password'],
    ['the name in another case [EXT-1]', 'ADMIN', 'admin-password'],
  ])('%s', async (_name, username, password) => {
    expect((await world.send({ path: '/api/v1/users', as: [username, password] })).status).toBe(200);
  });

  it('a password with colons and letters outside ASCII: RFC 7617 splits at the first colon and is UTF-8 [GW-10]', async () => {
    await world.directory.changeUser('admin', { password: new Secret('pä:ss:wörd') });
    expect((await world.send({ path: '/api/v1/users', as: ['admin', 'pä:ss:wörd'] })).status).toBe(200);
  });
});

describe('what cannot be found out', () => {
  const failing = (method: 'verifyPassword' | 'findByUsername', error: Error) =>
    startAdminWorld(({ directory }) => ({ directory: { ...directory, [method]: () => Promise.reject(error) } }));

  it.each([
    ['verifyPassword', new Error('the disk is gone'), 'a failure nobody foresaw'],
    ['verifyPassword', new HostError('store.unavailable'), 'the database'],
    ['verifyPassword', new HostError('authn.unavailable'), 'too many checks wait'],
    ['findByUsername', new HostError('store.unavailable'), 'the second look'],
  ] as const)('is 503, never 401, when %s fails with %s: %s [GW-11]', async (method, error, _reason) => {
    const broken = await failing(method, error);
    try {
      const answer = await broken.send({ path: '/api/v1/users', as: 'admin' });
      expect(answer.status).toBe(503);
      expect(answer.json()['status-code']).toBe(503);
      expect(answer.text).not.toContain('disk');
      expect(broken.logged.join('\n')).toContain(error.message);
      expect(broken.logged.join('\n')).not.toContain(PASSWORDS.admin);
    } finally {
      await broken.close();
    }
  });
});

describe('what is remembered', () => {
  eachInItsOwnWorld();

  it('checks a password once for many requests, and again when the time is over', async () => {
    for (let page = 0; page < 3; page += 1) await world.send({ path: `/api/v1/users?startAt=${page}`, as: 'admin' });
    expect(world.passwordChecks).toEqual(['admin']);
    await world.clock.advance(LIMITS.credentialCacheTtlMs);
    await world.send({ path: '/api/v1/users', as: 'admin' });
    expect(world.passwordChecks).toEqual(['admin', 'admin']);
  });

  it('forgets a password that was changed, before the change is answered', async () => {
    expect((await world.send({ path: '/api/v1/users', as: 'admin' })).status).toBe(200);
    const changed = await world.send({ method: 'PATCH', path: '/api/v1/users/admin', as: 'admin', json: { password: 'another-password' } });
    expect(changed.status).toBe(200);
    expect((await world.send({ path: '/api/v1/users', as: 'admin' })).status).toBe(401);
    expect((await world.send({ path: '/api/v1/users', as: ['admin', 'another-password'] })).status).toBe(200);
  });

  it('forgets a miss when a user is made: the new password works at once', async () => {
    expect((await world.send({ path: '/api/v1/users', as: ['bob', 'bob-password'] })).status).toBe(401);
    const bob = { username: 'bob', password: 'bob-password', administrator: true };
    await world.send({ method: 'POST', path: '/api/v1/users', as: 'admin', json: bob });
    expect((await world.send({ path: '/api/v1/users', as: ['bob', 'bob-password'] })).status).toBe(200);
  });

  it.each([
    ['demoted', "UPDATE postern_user SET is_administrator = 0 WHERE jira_key = 'JIRAUSER10000'", 403],
    ['deactivated', "UPDATE cwd_user SET active = 'F' WHERE id = 10000", 401],
  ])(
    'never remembers what a user may do: one who was %s by another process is refused at once [GW-61, DIR-7]',
    async (_name, sql, status) => {
      expect((await world.send({ path: '/api/v1/users', as: 'admin' })).status).toBe(200);
      await world.store.dataSource.query(sql);
      expect((await world.send({ path: '/api/v1/users', as: 'admin' })).status).toBe(status);
      expect(world.passwordChecks).toEqual(['admin']);
    },
  );
});

describe('what is recorded', () => {
  eachInItsOwnWorld();

  it('an accepted login once for as long as it is remembered, a failed one every time [AUD-1]', async () => {
    for (let times = 0; times < 3; times += 1) await world.send({ path: '/api/v1/users', as: 'admin' });
    for (let times = 0; times < 3; times += 1) await world.send({ path: '/api/v1/users', as: ['mallory', 'guess'] });
    const failed = { actor: 'mallory', outcome: 'refused', clientAddress: '127.0.0.1' };
    expect(await logins()).toEqual([{ actor: 'admin', outcome: 'done', clientAddress: '127.0.0.1' }, failed, failed, failed]);
  });

  it('no login where none was tried', async () => {
    await world.send({ path: '/api/v1/users' });
    await world.send({ path: '/api/v1/users', headers: { Authorization: 'Bearer abc' } });
    expect(await logins()).toEqual([]);
  });

  it('no password and no token, neither in the trail nor in the log [AUD-11]', async () => {
    await world.send({ path: '/api/v1/users', as: 'admin' });
    await world.send({ path: '/api/v1/users', as: ['admin', 'guessed-secret'] });
    await world.send({ path: '/api/v1/users', headers: { Authorization: 'Bearer leaked-token' } });
    const written = JSON.stringify(await world.records()) + world.logged.join('\n');
    expect(written).toContain('admin');
    for (const secret of [PASSWORDS.admin, 'guessed-secret', 'leaked-token']) expect(written).not.toContain(secret);
  });

  it('the address that a trusted proxy vouches for [GW-22]', async () => {
    const proxied = await startAdminWorld(() => ({ trustedProxies: parseAddressList('127.0.0.1') }));
    try {
      await proxied.send({ path: '/api/v1/users', as: ['admin', 'guess'], headers: { 'X-Forwarded-For': '203.0.113.9' } });
      await proxied.send({ path: '/api/v1/users', as: ['admin', 'guess'], headers: { 'X-Forwarded-For': 'garbage' } });
      const addresses = (await proxied.records()).map(({ clientAddress }) => clientAddress);
      expect(addresses).toEqual(['203.0.113.9', '127.0.0.1']);
    } finally {
      await proxied.close();
    }
  });

  it('nobody’s word about the address without a trusted proxy [GW-22]', async () => {
    await world.send({ path: '/api/v1/users', as: ['admin', 'guess'], headers: { 'X-Forwarded-For': '203.0.113.9' } });
    expect(await logins()).toEqual([{ actor: 'admin', outcome: 'refused', clientAddress: '127.0.0.1' }]);
  });
});
