// Whatever the mode in which the product learns the user, no field that a client sends says who it is: over raw sockets, from anybody and
// from a trusted proxy, with a token and with none.
import { createLocalJWKSet, createRemoteJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose';
import { type Gate, request } from '../support/gate.js';
import { basic, sendRaw } from '../support/raw-client.js';
import type { RecordedRequest } from '../support/upstream.js';
import { gatesOfThisFile } from './gates.js';

const TARGET = '/jira/rest/api/2/myself';
const PASSWORD = 'password of alice';
const OWN_CREDENTIAL = 'Bearer own-credential-of-alice';
const SERVICE_CREDENTIAL = 'Basic c2VydmljZTpzZWNyZXQ=';
const BASE_URL = 'https://postern.test';
const PROXY = '127.0.0.2';
const KEYS = '/.well-known/jwks.json';
const COMMON = { POSTERN_TRUSTED_PROXIES: PROXY, POSTERN_BASE_URL: BASE_URL, POSTERN_ANONYMOUS: 'forward' };
const TOKEN = { ...COMMON, POSTERN_UPSTREAM_IDENTITY: 'jwt' };

interface Mode {
  readonly settings: Readonly<Record<string, string>>;
  /** The field in which the product is told. */
  readonly field: string;
  /** Who the product takes the value of that field for. */
  nameIn(value: string, gate: Gate): string | Promise<string>;
}

const MODES: Readonly<Record<string, Mode>> = {
  header: { settings: { ...COMMON, POSTERN_UPSTREAM_IDENTITY: 'header:X-Sso-User' }, field: 'X-Sso-User', nameIn: (value) => value },
  service: {
    settings: { ...COMMON, POSTERN_UPSTREAM_IDENTITY: 'service', POSTERN_UPSTREAM_CREDENTIAL: SERVICE_CREDENTIAL },
    field: 'Authorization',
    nameIn: (value) => (value === SERVICE_CREDENTIAL ? 'alice' : value),
  },
  'per-user': {
    settings: { ...COMMON, POSTERN_UPSTREAM_IDENTITY: 'per-user' },
    field: 'Authorization',
    nameIn: (value) => (value === OWN_CREDENTIAL ? 'alice' : value),
  },
  jwt: {
    settings: TOKEN,
    field: 'Authorization',
    nameIn: async (value, gate) => (await verify(value.replace(/^Bearer /, ''), gate)).sub ?? '',
  },
  'jwt:X-Postern-Identity': {
    settings: { ...COMMON, POSTERN_UPSTREAM_IDENTITY: 'jwt:X-Postern-Identity' },
    field: 'X-Postern-Identity',
    nameIn: async (value, gate) => (await verify(value, gate)).sub ?? '',
  },
};

const gates = gatesOfThisFile(...Object.values(MODES).map(({ settings }) => ['emulator', settings] as const));
const gateOf = (mode: Mode): Promise<Gate> => gates.at('emulator', mode.settings);

/** As an upstream does it: with the keys that Postern publishes, fetched over the socket. */
async function verify(token: string, gate: Gate) {
  const keys = createRemoteJWKSet(new URL(KEYS, gate.postern.origin));
  const expected = { issuer: BASE_URL, audience: gate.upstream.origin, algorithms: ['ES256'], typ: 'JWT' };
  const requiredClaims = ['iss', 'aud', 'sub', 'user_key', 'iat', 'nbf', 'exp', 'jti'];
  return (await jwtVerify<{ user_key: string }>(token, keys, { ...expected, requiredClaims })).payload;
}

const logins = new Map<Gate, Promise<string>>();

/** The Authorization field of a token of alice's, who has stored her own credential. */
function login(gate: Gate): Promise<string> {
  const known = logins.get(gate) ?? makeAlice(gate);
  logins.set(gate, known);
  return known;
}

async function makeAlice(gate: Gate): Promise<string> {
  await gate.api('POST', '/api/v1/users', { username: 'alice', password: PASSWORD });
  const stored = await gate.api('PUT', '/api/v1/upstream-credentials/jira', { credential: OWN_CREDENTIAL }, basic('alice', PASSWORD));
  expect(stored.status).toBe(204);
  const { token } = await gate.token({ userName: 'alice' });
  return `Authorization: ${basic('alice', token)}`;
}

/** What a client may send to be taken for root; `own` is the field in which the product is told in this mode. */
const FORGERIES: readonly [name: string, fields: (own: string) => readonly string[]][] = [
  ['nothing', () => []],
  ['the very field', (own) => (own === 'Authorization' ? [] : [`${own}: root`])],
  ['in other letters', (own) => (own === 'Authorization' ? [] : [`${own.toLowerCase()}: root`, `${own.toUpperCase()}: root`])],
  ['with _ for -', (own) => [`${own.replaceAll('-', '_')}: root`].filter(() => own !== 'Authorization')],
  ['with . for -', (own) => [`${own.replaceAll('-', '.')}: root`].filter(() => own !== 'Authorization')],
  ['named in Connection', (own) => [`Connection: ${own}`]],
  ['named in Connection with others, in other letters', (own) => [`Connection: close, ${own.toUpperCase()}, Host`, 'X-Remote-User: root']],
  ['Authorization named in Connection', () => ['Connection: authorization, Authorization']],
  ['for the proxy', () => ['Proxy-Authorization: Basic root', 'Proxy-Connection: keep-alive']],
  [
    'as other gates say it',
    () => ['X-Forwarded-User', 'X-Forwarded-Preferred-Username', 'X-Forwarded-Email'].map((name) => `${name}: root`),
  ],
  [
    'as others say it',
    () => ['Remote-User', 'X-Remote-User', 'X-Auth-Request-User', 'X-WEBAUTH-USER', 'X-Authenticated-User'].map((name) => `${name}: root`),
  ],
  [
    'as others spell it',
    () => ['X_Forwarded_User', 'x.forwarded.user', 'REMOTE_USER', 'X_Auth.Request_User'].map((name) => `${name}: root`),
  ],
  [
    'as groups and tokens',
    () => ['X-Forwarded-Groups', 'X-Forwarded-Access-Token', 'X-Auth-Request-Access-Token'].map((name) => `${name}: root`),
  ],
  [
    'as a certificate',
    () => ['X-Forwarded-Client-Cert', 'Client-Cert', 'X-SSL-Client-Cert', 'X-Client-Cert'].map((name) => `${name}: root`),
  ],
  ['as Extender’s own', () => ['contextUser: root', 'context_user: root']],
];

const WAYS = [
  ['anybody', '127.0.0.1'],
  ['a trusted proxy', PROXY],
] as const;

async function received(gate: Gate, fields: readonly string[], from: string): Promise<RecordedRequest | undefined> {
  const { answer, received: requests } = await gate.send(request('GET', TARGET, fields), { from });
  expect([answer.status, requests.length]).toEqual([200, 1]);
  return requests[0];
}

/** Everything in a request that a product may take for a caller: whatever says root, and the fields that our modes use. */
function callersIn(gate: Gate, recorded: RecordedRequest | undefined): { forged: readonly string[]; told: readonly string[] } {
  const values = (recorded?.rawHeaders ?? []).filter((_, index) => index % 2 === 1);
  const fields = new Set(Object.values(MODES).map(({ field }) => field));
  return {
    forged: values.filter((value) => value.includes('root')),
    told: [...fields].flatMap((field) => gate.upstream.header(recorded, field)),
  };
}

describe.each(Object.entries(MODES))('in mode %s', (_mode, mode) => {
  it.each(FORGERIES)('nobody is named but the token’s user: %s [GW-42, GW-5]', async (_name, fields) => {
    const gate = await gateOf(mode);
    for (const [_way, from] of WAYS) {
      const { forged, told } = callersIn(gate, await received(gate, [await login(gate), ...fields(mode.field)], from));
      expect([forged, told.length]).toEqual([[], 1]);
      expect(await mode.nameIn(told[0] ?? '', gate)).toBe('alice');
    }
  });

  it.each(FORGERIES)('nobody is named at all when nobody is logged in: %s [GW-42, GW-5, GW-15]', async (_name, fields) => {
    const gate = await gateOf(mode);
    for (const [_way, from] of WAYS) {
      for (const credential of [[], ['Authorization: Bearer root']]) {
        const recorded = await received(gate, [...credential, ...fields(mode.field)], from);
        expect(callersIn(gate, recorded)).toEqual({ forged: [], told: [] });
      }
    }
  });
});

describe('a signed token', () => {
  const tokenOf = async (gate: Gate, authorization: string, target = TARGET): Promise<string> => {
    const { received: requests } = await gate.send(request('GET', target, [authorization]));
    return (gate.upstream.header(requests[0], 'Authorization')[0] ?? '').replace(/^Bearer /, '');
  };

  it('says who made it, for whom, about whom, and for one minute [GW-42]', async () => {
    const gate = await gates.at('emulator', TOKEN);
    const before = Math.floor(Date.now() / 1_000);
    const { iss, aud, sub, user_key, iat = 0, nbf, exp, jti, ...more } = await verify(await tokenOf(gate, await login(gate)), gate);
    expect([iss, aud, sub, more]).toEqual([BASE_URL, gate.upstream.origin, 'alice', {}]);
    expect(user_key).toMatch(/^JIRAUSER\d+$/);
    expect(jti).toMatch(/^[0-9a-f-]{36}$/);
    expect([nbf, exp]).toEqual([iat - 10, iat + 60]);
    // It may be one that was made for a request before.
    expect(iat).toBeGreaterThanOrEqual(before - 31);
    expect(iat).toBeLessThanOrEqual(Date.now() / 1_000);
  });

  it('names a user of any letters [GW-42]', async () => {
    const gate = await gates.at('emulator', TOKEN);
    await gate.api('POST', '/api/v1/users', { username: 'jürgen 日本', password: PASSWORD });
    const { token } = await gate.token({ userName: 'jürgen 日本' });
    expect((await verify(await tokenOf(gate, `Authorization: ${basic('jürgen 日本', token)}`), gate)).sub).toBe('jürgen 日本');
  });

  it('is each user’s own [GW-42]', async () => {
    const gate = await gates.at('emulator', TOKEN);
    const ofAdmin = `Authorization: ${gate.as((await gate.token({})).token)}`;
    for (const [authorization, name] of [
      [await login(gate), 'alice'],
      [ofAdmin, 'admin'],
      [await login(gate), 'alice'],
    ] as const)
      expect((await verify(await tokenOf(gate, authorization), gate)).sub).toBe(name);
  });

  it.each([
    ['with a letter changed', (token: string) => token.replace(/\.(.)/, (_, letter: string) => `.${letter === 'A' ? 'B' : 'A'}`)],
    ['without a signature', (token: string) => token.replace(/[^.]+$/, '')],
  ])('%s is worth nothing to a verifier [GW-42]', async (_name, change) => {
    const gate = await gates.at('emulator', TOKEN);
    const token = await tokenOf(gate, await login(gate));
    await expect(verify(change(token), gate)).rejects.toThrow('signature verification failed');
  });

  it('is neither in the trail nor in the log, nor in an answer [GW-13, AUD-11]', async () => {
    const gate = await gates.at('emulator', TOKEN);
    const { answer, received: requests } = await gate.send(request('GET', TARGET, [await login(gate)]));
    const token = (gate.upstream.header(requests[0], 'Authorization')[0] ?? '').replace(/^Bearer /, '');
    expect(decodeJwt(token).sub).toBe('alice');
    expect(JSON.stringify(await gate.records()) + gate.postern.output() + answer.raw).not.toContain(token.split('.')[2]);
  });
});

describe('the public keys', () => {
  it('are there for everybody, may be kept a while, and hold nothing private [GW-42]', async () => {
    const gate = await gates.at('emulator', TOKEN);
    const answer = await sendRaw(gate.postern.port, request('GET', KEYS));
    expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'public, max-age=300']);
    const { keys } = JSON.parse(answer.body) as JSONWebKeySet;
    expect(keys.map((key) => Object.keys(key).sort())).toEqual([['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']]);
    expect(keys).toMatchObject([{ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' }]);
    expect(() => createLocalJWKSet({ keys })).not.toThrow();
  });

  it.each([
    ['HEAD', 200],
    ['POST', 405],
    ['DELETE', 405],
  ])('are for reading: %s is %i [GW-42]', async (method, status) => {
    const gate = await gates.at('emulator', TOKEN);
    expect((await sendRaw(gate.postern.port, request(method, KEYS))).status).toBe(status);
  });

  it.each(['header', 'service', 'per-user'])('are not there where no token is made: %s [GW-42]', async (mode) => {
    const gate = await gates.at('emulator', MODES[mode]?.settings);
    expect((await sendRaw(gate.postern.port, request('GET', KEYS))).status).toBe(404);
  });
});
