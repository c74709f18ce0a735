// Failed logins, counted for users and addresses on all nodes [DIR-6].
import { LIMITS } from '../../src/core/index.js';
import { afterFailure } from '../../src/authn/login-throttle.js';
import type { HttpAnswer } from '../support/http-client.js';
import { makeToken, runPostern, type RunningPostern } from './running-postern.js';

const MYSELF = '/jira/rest/api/2/myself';
const ADMIN = ['admin', 'admin'] as const;
const USER = ['user', 'user'] as const;
const SETTINGS = { POSTERN_LOGIN_FAILURES_MAX: '3', POSTERN_LOGIN_ADDRESS_FAILURES_MAX: '6' };

const opened: RunningPostern[] = [];

async function postern(options: Parameters<typeof runPostern>[0] = {}): Promise<RunningPostern> {
  const made = await runPostern({ ...options, settings: { ...SETTINGS, ...options.settings } });
  opened.push(made);
  return made;
}

afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close();
});

/** Wrong passwords, each another one. */
async function fail(node: RunningPostern, times: number, username = 'user', path = MYSELF): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (let time = 0; time < times; time += 1) statuses.push((await node.ask({ path, as: [username, `wrong-${time}`] })).status);
  return statuses;
}

function words({ status, headers }: HttpAnswer): readonly unknown[] {
  return [status, headers['x-seraph-loginreason'], headers['x-authentication-denied-reason']];
}

describe('a user whose logins fail', () => {
  it('is denied after the limit, with the right password too, in the words of the product [DIR-6, DIR-8]', async () => {
    const node = await postern();
    expect(await fail(node, 3)).toEqual([401, 401, 401]);
    const denied = [403, 'AUTHENTICATION_DENIED', `CAPTCHA_CHALLENGE; login-url=http://localhost:${node.port}/jira/login.jsp`];
    const headers = { Host: `localhost:${node.port}` };
    expect(words(await node.ask({ path: MYSELF, as: USER, headers }))).toEqual(denied);
    expect(words(await node.ask({ path: MYSELF, as: ['USER', 'wrong'], headers }))).toEqual(denied);
    const [record] = (await records(node)).filter(({ code }) => code === 'authn.denied');
    expect(record).toMatchObject({ decision: 'deny', fault: 'denied', status: 403, system: null, actor: null });
  });

  it('is told where to log in by the base URL, where there is one [DIR-6]', async () => {
    const node = await postern({ settings: { POSTERN_BASE_URL: 'https://jira.example.com' } });
    await fail(node, 3);
    const answer = await node.ask({ path: MYSELF, as: USER });
    expect(answer.headers['x-authentication-denied-reason']).toBe('CAPTCHA_CHALLENGE; login-url=https://jira.example.com/jira/login.jsp');
  });

  it('counts the same wrong password each time it comes [DIR-6]', async () => {
    const node = await postern();
    const statuses: number[] = [];
    for (let time = 0; time < 5; time += 1) statuses.push((await node.ask({ path: MYSELF, as: ['user', 'wrong'] })).status);
    expect(statuses).toEqual([401, 401, 401, 403, 403]);
  });

  it('counts an unknown user as a known one: no answer tells the two apart [DIR-6, GW-12]', async () => {
    const node = await postern();
    expect(await fail(node, 5, 'nobody')).toEqual([401, 401, 401, 403, 403]);
  });

  it('waits longer after each further failure: 5, 10, 20 seconds [DIR-6]', async () => {
    const node = await postern();
    await fail(node, 3);
    for (const delayMs of [5_000, 10_000, 20_000]) {
      await node.clock.advance(delayMs - 1);
      expect(words(await node.ask({ path: MYSELF, as: USER }))[0]).toBe(403);
      await node.clock.advance(1);
      expect(await fail(node, 1)).toEqual([401]);
    }
    await node.clock.advance(40_000);
    expect((await node.ask({ path: MYSELF, as: USER })).status).toBe(200);
  });

  it('begins anew after a login that succeeded [DIR-6]', async () => {
    const node = await postern();
    await fail(node, 2);
    expect((await node.ask({ path: MYSELF, as: USER })).status).toBe(200);
    expect(await fail(node, 3)).toEqual([401, 401, 401]);
    expect((await node.ask({ path: MYSELF, as: ['user', 'wrong again'] })).status).toBe(403);
  });

  it('leaves other users alone, and the counters of our own API [DIR-6]', async () => {
    const node = await postern();
    await fail(node, 4);
    expect((await node.ask({ path: MYSELF, as: ADMIN })).status).toBe(200);
    expect((await node.ask({ path: '/api/v1/users', as: USER })).status).toBe(403);
    expect((await node.ask({ path: '/api/v1/users', as: USER })).headers['x-seraph-loginreason']).toBeUndefined();
  });

  it('is denied on our own API by its own counters [DIR-6]', async () => {
    const node = await postern();
    expect(await fail(node, 3, 'admin', '/api/v1/users')).toEqual([401, 401, 401]);
    const answer = await node.ask({ path: '/api/v1/users', as: ADMIN });
    expect([answer.status, answer.headers['x-seraph-loginreason']]).toEqual([403, 'AUTHENTICATION_DENIED']);
    expect((await node.ask({ path: MYSELF, as: ADMIN })).status).toBe(200);
  });

  it('is denied after guessing values of tokens, which 409 tells of [DIR-6, EXT-42]', async () => {
    const node = await postern();
    await makeToken(node, ADMIN, { token: 'a-known-value' });
    const path = '/jira/rest/extender/1.0/tokenTools/set';
    for (let time = 0; time < 3; time += 1) {
      expect((await node.ask({ method: 'POST', path, as: USER, json: { label: 'x', token: 'a-known-value' } })).status).toBe(409);
    }
    expect(await fail(node, 1)).toEqual([403]);
  });

  it('is denied by the sample’s own login too [DIR-6, DIR-9]', async () => {
    const node = await postern();
    const login = (password: string) =>
      node.ask({ method: 'POST', path: '/jira/rest/auth/1/session', json: { username: 'user', password } }).then(({ status }) => status);
    expect([await login('a'), await login('b'), await login('c'), await login('user')]).toEqual([401, 401, 401, 403]);
  });
});

describe('a token', () => {
  it('is accepted whatever the count, and asked before any password [DIR-6, WOM-5]', async () => {
    const node = await postern();
    const token = await makeToken(node, ADMIN, { userName: 'user' });
    await fail(node, 4);
    expect((await node.ask({ path: MYSELF, as: USER })).status).toBe(403);
    expect((await node.ask({ path: MYSELF, as: ['user', token] })).status).toBe(200);
    await node.clock.advance(LIMITS.credentialCacheTtlMs - 1);
    expect((await node.ask({ path: MYSELF, as: ['user', token] })).status).toBe(200);
  });

  it('that is rejected is no failed login: nobody looked at a password [DIR-6]', async () => {
    const node = await postern();
    const token = await makeToken(node, ADMIN, { userName: 'user', daysUntilExpiry: 1 });
    await node.clock.skip(86_400_000);
    for (let time = 0; time < 5; time += 1) expect((await node.ask({ path: MYSELF, as: ['user', token] })).status).toBe(401);
    expect((await node.ask({ path: MYSELF, as: USER })).status).toBe(200);
  });
});

describe('an address', () => {
  it('is denied after its own limit, whatever users it tries, and another address is not [DIR-6]', async () => {
    const node = await postern({ settings: { POSTERN_TRUSTED_PROXIES: '127.0.0.1' } });
    const from = (address: string) => ({ 'X-Forwarded-For': address });
    for (let time = 0; time < 6; time += 1) {
      expect((await node.ask({ path: MYSELF, as: [`user${time}`, 'x'], headers: from('203.0.113.9') })).status).toBe(401);
    }
    expect((await node.ask({ path: MYSELF, as: USER, headers: from('203.0.113.9') })).status).toBe(403);
    expect((await node.ask({ path: MYSELF, as: USER, headers: from('203.0.113.10') })).status).toBe(200);
  });

  it('of IPv6 stands for its /64, which one customer has all of [DIR-6]', async () => {
    const node = await postern({ settings: { POSTERN_TRUSTED_PROXIES: '127.0.0.1' } });
    const ask = (address: string, as: readonly [string, string]) =>
      node.ask({ path: MYSELF, as, headers: { 'X-Forwarded-For': address } }).then(({ status }) => status);
    for (let time = 0; time < 6; time += 1) expect(await ask(`2001:db8:1:2:${time}::1`, [`user${time}`, 'x'])).toBe(401);
    expect(await ask('2001:db8:1:2:ffff::9', USER)).toBe(403);
    expect(await ask('2001:db8:1:3::9', USER)).toBe(200);
  });

  it('stays counted after a login that succeeded: one account of one’s own would open it again and again [DIR-6]', async () => {
    const node = await postern();
    for (const name of ['a', 'b', 'c', 'd', 'user']) await fail(node, 1, name);
    expect((await node.ask({ path: MYSELF, as: USER })).status).toBe(200);
    await fail(node, 1, 'f');
    expect((await node.ask({ path: MYSELF, as: ADMIN })).status).toBe(403);
  });
});

describe('two nodes on one database', () => {
  it('count together [DIR-6]', async () => {
    const first = await postern();
    const second = await postern({ beside: first, clock: first.clock });
    expect(await fail(first, 2)).toEqual([401, 401]);
    expect(await fail(second, 1)).toEqual([401]);
    expect((await first.ask({ path: MYSELF, as: USER })).status).toBe(403);
    expect((await second.ask({ path: MYSELF, as: USER })).status).toBe(403);
  });
});

describe('many guesses at once', () => {
  it('are denied once the limit is reached, the right one among them too [DIR-6]', async () => {
    const node = await postern({ settings: { POSTERN_LOGIN_ADDRESS_FAILURES_MAX: '100' } });
    const guesses = Array.from({ length: 40 }, (_, index) =>
      node.ask({ path: MYSELF, as: ['user', index === 39 ? 'user' : `wrong-${index}`] }),
    );
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    // Each hash in turn, a few at once: the last one is looked at when the limit has long been reached.
    expect(statuses.at(-1)).toBe(403);
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(3);
  });
});

describe('the counter', () => {
  const NOW = 1_000_000_000;
  const counted = (failures: number, max: number) => {
    let counter: ReturnType<typeof afterFailure> | null = null;
    for (let time = 0; time < failures; time += 1) counter = afterFailure(counter, NOW, max);
    return counter?.blockedUntil === undefined ? 0 : Math.max(0, counter.blockedUntil - NOW);
  };

  it.each([
    [9, 10, 0, 'one below the limit'],
    [10, 10, 5_000, 'the limit'],
    [11, 10, 10_000, 'one more'],
    [17, 10, 640_000, 'doubled again and again'],
    [18, 10, 900_000, 'and at most a quarter of an hour'],
    [2_000, 10, 900_000, 'however many'],
    [1, 1, 5_000, 'a limit of one'],
    [7, 7, 5_000, 'a limit that does not divide an hour'],
  ])('after %i failures with a limit of %i blocks for %i ms: %s [DIR-6]', (failures, max, delay, _reason) => {
    expect(counted(failures, max)).toBe(delay);
  });

  it('empties in an hour, one failure after the other [DIR-6]', () => {
    let counter = afterFailure(null, NOW, 10);
    for (let time = 0; time < 8; time += 1) counter = afterFailure(counter, NOW, 10);
    // Nine within the hour; six minutes later one of them is forgotten, so that the next is the ninth again.
    expect(afterFailure(counter, NOW + 360_000, 10).blockedUntil).toBe(NOW);
    expect(afterFailure(counter, NOW + 359_000, 10).blockedUntil).toBe(NOW + 359_000 + 5_000);
  });
});

async function records(node: RunningPostern): Promise<readonly Record<string, unknown>[]> {
  const { text } = await node.ask({ path: '/api/v1/audit.jsonl', as: ADMIN });
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]));
}
