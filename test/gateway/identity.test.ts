// Who a request is for, as the product is told: in a header, with one credential for all, or with each user's own; and what becomes of
// requests without a token: with a password, with a wrong credential, with none.
import { type Gate, request } from '../support/gate.js';
import { basic } from '../support/raw-client.js';
import type { RecordedRequest } from '../support/upstream.js';
import { gatesOfThisFile } from './gates.js';

const MYSELF = '/jira/rest/api/2/myself';
const OWN = '/jira/rest/extender/1.0/tokenTools/get';
const BASIC_CHALLENGE = 'Basic realm="Postern", charset="UTF-8"';
const PROFILES = ['emulator', 'gateway'] as const;

// Few gates, each with several settings that do not touch one another: a start costs as much as a hundred requests.
const ANONYMOUS = { POSTERN_ANONYMOUS: 'forward', POSTERN_WRONG_BEARER: 'anonymous' };
const PERCENT = { POSTERN_UPSTREAM_IDENTITY: 'header:X-Sso_User', POSTERN_UPSTREAM_USER_NAMES: 'percent' };
const REFUSING = { ...PERCENT, POSTERN_PASSWORDS: 'refuse', POSTERN_ANONYMOUS: 'refuse' };
const FORWARDING = {
  POSTERN_PASSWORDS: 'forward',
  POSTERN_ANONYMOUS: 'forward',
  POSTERN_UPSTREAM_CHALLENGES: 'forward',
  POSTERN_EXTENDER_AUTH: 'both',
};
const CREDENTIAL = 'Basic c2VydmljZTpzZWNyZXQtb2YtdGhlLXNlcnZpY2U=';
const SERVICE = { POSTERN_UPSTREAM_IDENTITY: 'service', POSTERN_UPSTREAM_CREDENTIAL: CREDENTIAL };
const SERVICE_EMULATOR = { ...SERVICE, POSTERN_EXTENDER_AUTH: 'both' };
const SERVICE_GATEWAY = { ...SERVICE, ...ANONYMOUS };
const PER_USER = { POSTERN_UPSTREAM_IDENTITY: 'per-user', POSTERN_WRONG_BEARER: 'refuse' };
const gates = gatesOfThisFile(
  ['emulator'],
  ['gateway'],
  ['emulator', REFUSING],
  ['gateway', FORWARDING],
  ['emulator', SERVICE_EMULATOR],
  ['gateway', SERVICE_GATEWAY],
  ['emulator', PER_USER],
);

const authorization = (value: string): readonly string[] => (value === '' ? [] : [`Authorization: ${value}`]);

interface Exchanged {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What reached the product; undefined: nothing. */
  readonly received: RecordedRequest | undefined;
}

async function get(gate: Gate, value: string, fields: readonly string[] = [], target = MYSELF): Promise<Exchanged> {
  const { answer, received } = await gate.send(request('GET', target, [...authorization(value), ...fields]));
  expect(received.length).toBeLessThan(2);
  return { status: answer.status, body: answer.body, headers: answer.headers, received: received[0] };
}

/** The two fields that can tell the product who it is. */
function toldOf(gate: Gate, received: RecordedRequest | undefined): { user: readonly string[]; credential: readonly string[] } {
  const names = ['X-Forwarded-User', 'X-Sso_User'];
  return {
    user: names.flatMap((name) => gate.upstream.header(received, name)),
    credential: gate.upstream.header(received, 'Authorization'),
  };
}

const passwordOf = (username: string): string => `password of ${username}`.slice(0, 255);

interface User {
  readonly password: string;
  readonly token: string;
}

const users = new Map<string, Promise<User>>();

/** The Authorization values of a user's password and of a token of its own; made once for each gate. */
function user(gate: Gate, username: string): Promise<User> {
  const key = `${gate.postern.port} ${username}`;
  const known = users.get(key) ?? makeUser(gate, username);
  users.set(key, known);
  return known;
}

async function makeUser(gate: Gate, username: string): Promise<User> {
  const isNew = username !== 'admin';
  const made = isNew ? await gate.api('POST', '/api/v1/users', { username, password: passwordOf(username) }) : null;
  if (made !== null && made.status !== 201) throw new Error(`users answered ${made.status}: ${made.text}`);
  const { token } = await gate.token({ userName: username });
  return { password: isNew ? basic(username, passwordOf(username)) : gate.password, token: basic(username, token) };
}

describe('in a header', () => {
  it.each([
    ['alice', 'a plain one'],
    ['Jan Kowalski', 'a blank within'],
    ["o'neil", 'punctuation'],
    ['alice@example.com', 'an address'],
    ['x'.repeat(255), 'the longest'],
  ])('the user %j arrives as it is: %s [GW-42]', async (username) => {
    const gate = await gates.at('emulator');
    const { token } = await user(gate, username);
    const { status, received } = await get(gate, token);
    expect([status, toldOf(gate, received)]).toEqual([200, { user: [username], credential: [] }]);
  });

  it('the user is the token’s, as the directory writes it, whatever case was typed [GW-42, EXT-1]', async () => {
    const gate = await gates.at('emulator');
    await user(gate, 'Carol');
    const { token } = await gate.token({ userName: 'Carol' });
    const { received } = await get(gate, basic('cAROL', token));
    expect(toldOf(gate, received).user).toEqual(['Carol']);
  });

  it.each(['jürgen', '日本', 'naïve user', 'emoji😀'])(
    'the user %j cannot be told: 403, and nothing reaches the product [GW-42]',
    async (username) => {
      const gate = await gates.at('emulator');
      const { token } = await user(gate, username);
      const { status, body, received } = await get(gate, token);
      expect([status, received]).toEqual([403, undefined]);
      expect(JSON.parse(body)).toEqual({ message: expect.any(String) as string, 'status-code': 403 });
      const records = (await gate.records()).filter((record) => record.kind === 'request' && record.actor === username);
      expect(records.map(({ decision, outcome, status: told, code }) => ({ decision, outcome, told, code }))).toEqual([
        { decision: 'permit', outcome: 'refused', told: 403, code: 'identity.unprintable' },
      ]);
    },
  );

  it.each([
    ['alice', 'alice', 'nothing to encode'],
    ['jürgen', 'j%C3%BCrgen', 'UTF-8'],
    ['日本', '%E6%97%A5%E6%9C%AC', 'UTF-8'],
    ['Jan Kowalski', 'Jan%20Kowalski', 'a blank too'],
    ['a+b', 'a%2Bb', 'what a form would read as a blank'],
    ['emoji😀', 'emoji%F0%9F%98%80', 'beyond the first plane'],
  ])('the user %j arrives as %s where the setting says percent: %s [GW-42]', async (username, expected) => {
    const gate = await gates.at('emulator', REFUSING);
    const { token } = await user(gate, username);
    const { status, received } = await get(gate, token);
    expect([status, gate.upstream.header(received, 'X-Sso_User')]).toEqual([200, [expected]]);
  });

  it('of any name: the configured one is set, and a client’s own spelling of it dropped [GW-42, GW-5]', async () => {
    const gate = await gates.at('emulator', REFUSING);
    const { token } = await user(gate, 'alice');
    const { received } = await get(gate, token, ['x-sso-user: root', 'X_SSO_USER: root', 'X-Sso_User: root']);
    const raw = received?.rawHeaders ?? [];
    expect(raw.filter((_, index) => index % 2 === 1 && /sso/i.test(raw[index - 1] ?? ''))).toEqual(['alice']);
  });
});

describe('with one credential for all', () => {
  it.each([
    ['emulator', SERVICE_EMULATOR],
    ['gateway', SERVICE_GATEWAY],
  ] as const)('every authenticated request carries it, and nothing of the client’s (%s %j) [GW-42]', async (profile, settings) => {
    const gate = await gates.at(profile, settings);
    for (const name of profile === 'emulator' ? ['admin', 'alice'] : ['admin']) {
      const { token } = await user(gate, name);
      for (const fields of [[], ['Connection: Authorization'], ['X-Forwarded-User: root']]) {
        const { status, received } = await get(gate, token, fields);
        expect([status, toldOf(gate, received)]).toEqual([200, { user: [], credential: [CREDENTIAL] }]);
      }
    }
  });

  it.each([
    ['emulator', SERVICE_EMULATOR, '', 'no credential'],
    ['emulator', SERVICE_EMULATOR, 'Bearer wrong', 'a wrong bearer'],
    ['gateway', SERVICE_GATEWAY, '', 'no credential'],
    ['gateway', SERVICE_GATEWAY, 'Bearer wrong', 'a wrong bearer'],
  ] as const)(
    'an anonymous request never carries it: it would make nobody somebody (%s %j `%s`, %s) [GW-42, GW-15]',
    async (profile, settings, value, _why) => {
      const gate = await gates.at(profile, settings);
      const { status, received } = await get(gate, value);
      expect([status, toldOf(gate, received)]).toEqual([200, { user: [], credential: [] }]);
    },
  );

  it('is neither in the trail nor in the log nor in an answer [AUD-11, GW-13]', async () => {
    const gate = await gates.at('gateway', SERVICE_GATEWAY);
    const { token } = await user(gate, 'admin');
    const { headers, body } = await get(gate, token);
    const everything = JSON.stringify([headers, body, await gate.records()]) + gate.postern.output();
    expect(everything).not.toMatch(/c2VydmljZTpz|secret-of-the-service/);
  });
});

describe('with each user’s own credential', () => {
  const stored = (username: string): string => `Bearer own-credential-of-${username}`;
  const store = async (gate: Gate, password: string, credential: string): Promise<number> =>
    (await gate.api('PUT', '/api/v1/upstream-credentials/jira', { credential }, password)).status;

  it('the product is sent that of the token’s user and never another’s [GW-42]', async () => {
    const gate = await gates.at('emulator', PER_USER);
    const both = { alice: await user(gate, 'alice'), bob: await user(gate, 'bob') };
    for (const [name, { password }] of Object.entries(both)) expect(await store(gate, password, stored(name))).toBe(204);
    for (let round = 0; round < 2; round += 1) {
      for (const [name, { token }] of Object.entries(both)) {
        const { status, received } = await get(gate, token, ['X-Forwarded-User: root', 'Connection: Authorization']);
        expect([status, toldOf(gate, received)]).toEqual([200, { user: [], credential: [stored(name)] }]);
      }
    }
  });

  it('a user without one gets 403, and nothing reaches the product [GW-42]', async () => {
    const gate = await gates.at('emulator', PER_USER);
    await user(gate, 'alice');
    const { token } = await user(gate, 'carol');
    const { status, body, received } = await get(gate, token);
    expect([status, received]).toEqual([403, undefined]);
    expect(JSON.parse(body)).toEqual({ message: 'No credential for the product is stored for this user.', 'status-code': 403 });
    const records = (await gate.records()).filter((record) => record.kind === 'request' && record.actor === 'carol');
    expect(records.map(({ decision, outcome, code }) => ({ decision, outcome, code }))).toEqual([
      { decision: 'permit', outcome: 'refused', code: 'identity.missing' },
    ]);
  });

  it('a new one is sent from the next request on, and a removed one never again [GW-42]', async () => {
    const gate = await gates.at('emulator', PER_USER);
    const { password, token } = await user(gate, 'dora');
    for (const credential of [stored('dora'), 'Basic ZG9yYTpuZXc=']) {
      await store(gate, password, credential);
      expect(toldOf(gate, (await get(gate, token)).received).credential).toEqual([credential]);
    }
    expect((await gate.api('DELETE', '/api/v1/upstream-credentials/jira', undefined, password)).status).toBe(204);
    const { status, received } = await get(gate, token);
    expect([status, received]).toEqual([403, undefined]);
  });

  it('that of another product is none of this one’s [GW-42]', async () => {
    const gate = await gates.at('emulator', PER_USER);
    const { password, token } = await user(gate, 'erin');
    await gate.api('PUT', '/api/v1/upstream-credentials/confluence', { credential: stored('erin') }, password);
    expect((await get(gate, token)).status).toBe(403);
  });

  it('a token for anyone is sent that of the user it was used for [GW-42, EXT-4]', async () => {
    const gate = await gates.at('emulator', PER_USER);
    const { token } = await gate.token({ userName: undefined });
    for (const name of ['alice', 'bob']) {
      await store(gate, (await user(gate, name)).password, stored(name));
      const { status, received } = await get(gate, basic(name, token));
      expect([status, toldOf(gate, received).credential]).toEqual([200, [stored(name)]]);
    }
  });

  it('is neither in the trail nor in the log [AUD-11, GW-13]', async () => {
    const gate = await gates.at('emulator', PER_USER);
    await store(gate, (await user(gate, 'alice')).password, stored('alice'));
    expect(JSON.stringify(await gate.records()) + gate.postern.output()).not.toContain('own-credential-of');
  });
});

describe('a password instead of a token', () => {
  it.each([
    ['emulator', {}, 200, 'the emulator’s default'],
    ['emulator', REFUSING, 401, 'by setting'],
    ['gateway', {}, 401, 'the gateway’s default'],
    ['gateway', FORWARDING, 200, 'by setting'],
  ] as const)(
    'in the %s profile with %j: %i, %s; Postern’s own resources take it always [GW-14]',
    async (profile, settings, expected, _why) => {
      const gate = await gates.at(profile, settings);
      const path = `${MYSELF}/password`;
      const { status, received, headers } = await get(gate, gate.password, [], path);
      expect([status, toldOf(gate, received).user]).toEqual([expected, expected === 200 ? ['admin'] : []]);
      if (expected === 401) {
        expect(received).toBeUndefined();
        expect(headers['www-authenticate']).toContain(BASIC_CHALLENGE);
      }
      expect((await get(gate, gate.password, [], OWN)).status).toBe(200);
      expect((await gate.api('GET', '/api/v1/users')).status).toBe(200);
      const told = (await gate.records()).filter((record) => record.path === path);
      expect(told.map(({ system, decision, code }) => ({ system, decision, code }))).toEqual([
        { system: 'password', decision: expected === 200 ? 'permit' : 'deny', code: expected === 200 ? null : 'authn.password' },
      ]);
    },
  );

  it('refused is answered like a wrong one: whether it was right stays unsaid [GW-12, GW-14]', async () => {
    const gate = await gates.at('gateway');
    const [right, wrong, nobody] = [gate.password, basic('admin', 'wrong-password'), basic('nobody-at-all', 'wrong-password')];
    const bodies = new Set<string>();
    for (const value of [right, wrong, nobody]) bodies.add((await get(gate, value)).body);
    expect(bodies.size).toBe(1);
  });

  it('opens no door to a wrong one on Postern’s own resources [GW-14]', async () => {
    for (const profile of PROFILES) {
      const gate = await gates.at(profile);
      expect((await get(gate, basic('admin', 'wrong-password'), [], OWN)).status).toBe(401);
      expect((await gate.api('GET', '/api/v1/users', undefined, basic('admin', 'wrong-password'))).status).toBe(401);
    }
  });
});

describe('a request without any credential', () => {
  it.each([
    ['emulator', {}, 200, 'the emulator’s default'],
    ['emulator', REFUSING, 401, 'by setting'],
    ['gateway', {}, 401, 'the gateway’s default'],
    ['gateway', FORWARDING, 200, 'by setting'],
  ] as const)('in the %s profile with %j: %i, %s [GW-15]', async (profile, settings, expected, _why) => {
    const gate = await gates.at(profile, settings);
    const path = `${MYSELF}/anonymous`;
    const { status, received, headers, body } = await get(gate, '', [], path);
    expect([status, toldOf(gate, received)]).toEqual([expected, { user: [], credential: [] }]);
    if (expected === 401) {
      expect(received).toBeUndefined();
      expect(headers['www-authenticate']).toContain(BASIC_CHALLENGE);
      expect(body).toBe('{"message":"Client must be authenticated to access this resource.","status-code":401}');
    }
    const told = (await gate.records()).filter((record) => record.path === path);
    expect(told.map(({ actor, decision, code }) => ({ actor, decision, code }))).toEqual([
      { actor: null, decision: expected === 200 ? 'permit' : 'deny', code: expected === 200 ? null : 'authn.required' },
    ]);
  });

  it.each([
    ['emulator', {}],
    ['gateway', FORWARDING],
  ] as const)('on Postern’s own resources is 401, also where it is forwarded (%s %j) [GW-15, EXT-60]', async (profile, settings) => {
    const gate = await gates.at(profile, settings);
    const { status, body, headers } = await get(gate, '', [], OWN);
    expect([status, body]).toEqual([401, '{"message":"Client must be authenticated to access this resource.","status-code":401}']);
    expect(headers['www-authenticate']).toContain(BASIC_CHALLENGE);
  });
});

describe('a credential that is there and wrong', () => {
  it.each([
    ['emulator', {}, 'Bearer wrong', 200, 'anonymous, the emulator’s default'],
    ['emulator', {}, 'Bearer', 200, 'malformed, and still a bearer'],
    ['emulator', SERVICE_EMULATOR, 'Bearer wrong', 200, 'also where a system takes bearers'],
    ['emulator', REFUSING, 'Bearer wrong', 401, 'anonymous, and anonymous is refused'],
    ['emulator', PER_USER, 'Bearer wrong', 401, 'by setting'],
    ['emulator', PER_USER, '', 200, 'the setting is about bearers that are there'],
    ['emulator', {}, basic('admin', 'wrong'), 401, 'only a bearer becomes anonymous'],
    ['emulator', {}, 'Basic !!!', 401, 'malformed Basic'],
    ['emulator', {}, 'Digest x', 401, 'another scheme'],
    ['emulator', {}, 'Bearerwrong', 401, 'another scheme'],
    ['gateway', {}, 'Bearer wrong', 401, 'the gateway’s default'],
    ['gateway', FORWARDING, 'Bearer wrong', 401, 'never turned into none'],
    ['gateway', FORWARDING, 'Bearer', 401, 'malformed'],
    ['gateway', FORWARDING, basic('admin', 'wrong'), 401, 'never turned into none'],
    ['gateway', SERVICE_GATEWAY, 'Bearer wrong', 200, 'by two settings'],
  ] as const)('in the %s profile with %j `%s` is %i: %s [GW-15, GW-12]', async (profile, settings, value, expected, _why) => {
    const gate = await gates.at(profile, settings);
    const { status, received } = await get(gate, value, ['X-Forwarded-User: root']);
    expect([status, toldOf(gate, received)]).toEqual([expected, { user: [], credential: [] }]);
    expect(received === undefined).toBe(expected === 401);
  });

  it('is challenged for every scheme that would do, with the error of the one that was tried [GW-12]', async () => {
    const gate = await gates.at('gateway', FORWARDING);
    const challenge = async (value: string): Promise<string | undefined> => (await get(gate, value)).headers['www-authenticate'];
    const both = `${BASIC_CHALLENGE}\nBearer realm="Postern"`;
    expect(await challenge(basic('admin', 'wrong'))).toBe(both);
    expect(await challenge('Bearer wrong')).toBe(`${both}, error="invalid_token"`);
  });

  it('is anonymous in the emulator profile whichever system rejected it, and named in the trail [GW-15, EXT-4]', async () => {
    const gate = await gates.at('emulator', SERVICE_EMULATOR);
    const { token } = await gate.token({ userName: undefined });
    const path = `${MYSELF}/rejected`;
    const { status, received } = await get(gate, `Bearer ${token}`, [], path);
    expect([status, toldOf(gate, received)]).toEqual([200, { user: [], credential: [] }]);
    const told = (await gate.records()).find((record) => record.path === path);
    expect([told?.actor, told?.decision, typeof told?.credentialDigest]).toEqual([null, 'permit', 'string']);
  });

  it('works as a bearer where the system takes bearers [EXT-2]', async () => {
    const gate = await gates.at('gateway', FORWARDING);
    const { token } = await gate.token({});
    const { status, received } = await get(gate, `Bearer ${token}`);
    expect([status, toldOf(gate, received)]).toEqual([200, { user: ['admin'], credential: [] }]);
  });
});

describe('the product’s own challenges', () => {
  const CHALLENGES = { 'WWW-Authenticate': ['OAuth realm="jira"', 'Basic realm="jira"'], 'Proxy-Authenticate': 'Basic' };

  it.each([
    ['emulator', {}, false, 'a browser would ask for a password, and send it to Postern'],
    ['gateway', {}, false, 'the same'],
    ['gateway', FORWARDING, true, 'by setting'],
  ] as const)('in the %s profile with %j reach the client: %s, %s [GW-42]', async (profile, settings, isForwarded, _why) => {
    const gate = await gates.at(profile, settings);
    const login = await gates.login(gate);
    await gate.upstream.answerWith({ status: 401, headers: { ...CHALLENGES, 'Content-Length': '6' }, body: 'theirs' });
    const { status, body, headers } = await get(gate, login.replace('Authorization: ', ''));
    await gate.upstream.answerWith(null);
    expect([status, body]).toEqual([401, 'theirs']);
    expect(headers['www-authenticate']).toBe(isForwarded ? CHALLENGES['WWW-Authenticate'].join('\n') : undefined);
    expect(headers['proxy-authenticate']).toBeUndefined();
  });
});
