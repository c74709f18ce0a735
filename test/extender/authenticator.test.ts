// Whose request it is when an Extender token comes with it [EXT-1 … EXT-5, GW-12, GW-21].
import { DAY_MS, type RequestView, Secret } from '../../src/core/index.js';
import { extender } from '../../src/plugins/extender/index.js';
import type { PluginWorld } from '../support/plugin-host.js';
import { ADMIN, ALICE, BASE, BOB, list, make, remove, startExtender } from './extender-world.js';

let world: PluginWorld;

beforeAll(async () => {
  world = await startExtender({ settings: { 'extender.auth': 'both' } });
  await world.directory.createUser(user('ann@example.org', 'ann@other.example'));
  await world.directory.createUser(user('twin1', 'twin@example.com'));
  await world.directory.createUser(user('twin2', 'twin@example.com'));
});

afterAll(() => world.close());

afterEach(async () => {
  for (const { id } of (await list(world, ADMIN)).tokens) await remove(world, ADMIN, { id });
});

function user(username: string, emailAddress: string) {
  const password = new Secret(`${username}-password`);
  return { username, password, displayName: username, emailAddress, isAdministrator: false, isActive: true };
}

/** `accepted as`, or how it is not accepted. */
async function outcomeOf(credential: { as?: readonly [string, string]; bearer?: string }, request?: Partial<RequestView>): Promise<string> {
  const identity = await world.identify(credential, request);
  if (identity.kind === 'authenticated') return `${identity.principal.username}${identity.grant === null ? ' by password' : ''}`;
  return identity.kind === 'unaccepted' ? identity.fault : identity.kind;
}

describe('Basic: the user is a user name, or an address that one active user has [EXT-1]', () => {
  it.each([
    ['alice', 'alice', 'the name'],
    ['ALICE', 'alice', 'the name in another case'],
    ['alice@example.com', 'alice', 'the address'],
    ['Alice@Example.COM', 'alice', 'the address in another case'],
    ['bob', 'unknown', 'somebody else'],
    ['bob@example.com', 'unknown', 'somebody else’s address'],
    ['admin', 'unknown', 'an administrator'],
    ['nobody', 'unknown', 'no user at all'],
    ['alıce', 'unknown', 'a dotless i: only ASCII letters are folded'],
    ['al\u212Aice', 'unknown', 'a Kelvin sign'],
    ["alice' OR '1'='1", 'unknown', 'an injection'],
  ])('%s → %s (%s)', async (username, expected) => {
    const { token } = await make(world, ALICE, { label: 'x' });
    expect(await outcomeOf({ as: [username, token] })).toBe(expected);
  });

  it('an address that two active users have is nobody’s, until one of them is inactive', async () => {
    const { token } = await make(world, ADMIN, { label: 'x', userName: 'twin1' });
    expect(await outcomeOf({ as: ['twin1', token] })).toBe('twin1');
    expect(await outcomeOf({ as: ['twin@example.com', token] })).toBe('unknown');
    await world.directory.changeUser('twin2', { isActive: false });
    expect(await outcomeOf({ as: ['twin@example.com', token] })).toBe('twin1');
    await world.directory.changeUser('twin2', { isActive: true });
  });

  it('a name that is another user’s address means whichever of both the token is bound to', async () => {
    await world.directory.changeUser('bob', { emailAddress: 'ann@example.org' });
    const [anns, bobs] = [
      await make(world, ADMIN, { label: 'x', userName: 'ann@example.org' }),
      await make(world, ADMIN, { label: 'x', userName: 'bob' }),
    ];
    expect(await outcomeOf({ as: ['ann@example.org', anns.token] })).toBe('ann@example.org');
    expect(await outcomeOf({ as: ['ann@example.org', bobs.token] })).toBe('bob');
    const anyones = await make(world, ADMIN, { label: 'x' });
    expect(await outcomeOf({ as: ['ann@example.org', anyones.token] })).toBe('ann@example.org');
    await world.directory.changeUser('bob', { emailAddress: 'bob@example.com' });
  });

  it('a token that contains a part of another is another', async () => {
    const { token } = await make(world, ALICE, { label: 'x' });
    for (const wrong of [token.slice(0, -1), `${token}0`, token.toUpperCase(), ` ${token}`, '', token.replace(/.$/, '\u0000')]) {
      expect(await outcomeOf({ as: ['alice', wrong] })).not.toBe('alice');
    }
  });

  it('the user’s password still works beside his tokens', async () => {
    expect(await outcomeOf({ as: ALICE })).toBe('alice by password');
  });
});

describe('the setting extender.auth [EXT-2]', () => {
  it.each([
    ['basic', 'alice', 'unknown'],
    ['bearer', 'unknown', 'alice'],
    ['both', 'alice', 'alice'],
  ] as const)('%s: Basic gives %s, Bearer gives %s', async (auth, basic, bearer) => {
    world = await world.restart({ settings: { 'extender.auth': auth } });
    try {
      const { token } = await make(world, ALICE, { label: 'x' });
      expect(await outcomeOf({ as: ['alice', token] })).toBe(basic);
      expect(await outcomeOf({ bearer: token })).toBe(bearer);
      const schemes = world.active.authenticators.map(({ scheme }) => scheme);
      expect(schemes).toEqual(auth === 'both' ? ['basic', 'bearer'] : [auth]);
    } finally {
      world = await world.restart({ settings: { 'extender.auth': 'both' } });
    }
  });

  it('is basic where nothing is said, in both profiles', async () => {
    for (const profile of ['emulator', 'gateway'] as const) {
      world = await world.restart({ settings: {}, profile });
      expect(world.active.authenticators.map(({ scheme }) => scheme)).toEqual(['basic']);
    }
    world = await world.restart({ settings: { 'extender.auth': 'both' }, profile: 'emulator' });
  });
});

describe('where a token is looked at [EXT-3]', () => {
  it.each<[string, Partial<RequestView>, string]>([
    ['below /rest', { path: '/rest/api/2/myself' }, 'alice'],
    ['below /rest of the context path', { path: '/jira/rest/api/2/myself', contextPath: '/jira' }, 'alice'],
    ['outside /rest', { path: '/secure/Dashboard.jspa' }, 'unknown'],
    ['at a path that only begins alike', { path: '/restricted/api' }, 'unknown'],
    ['at /rest itself', { path: '/rest' }, 'unknown'],
    ['below another context path', { path: '/rest/api/2/myself', contextPath: '/jira' }, 'unknown'],
    ['in Confluence', { path: '/confluence/rest/api/content', contextPath: '/confluence', product: 'confluence' }, 'unknown'],
  ])('%s', async (_where, request, expected) => {
    const { token } = await make(world, ALICE, { label: 'x' });
    expect(await outcomeOf({ as: ['alice', token] }, request)).toBe(expected);
    expect(await outcomeOf({ bearer: token }, request)).toBe(expected);
  });

  it('never in the query', async () => {
    const { token } = await make(world, ALICE, { label: 'x' });
    for (const name of ['token', 'access_token', 'os_password']) {
      const answer = await world.send({ path: `${BASE}/get?${name}=${token}&os_username=alice` });
      expect(answer.status).toBe(401);
    }
  });
});

describe('a token for anyone [EXT-4, EXT-5]', () => {
  it('works over Basic for any existing, active user, whose request it then is', async () => {
    const { token, id } = await make(world, ADMIN, { label: 'x' });
    for (const username of ['alice', 'bob', 'admin']) expect(await outcomeOf({ as: [username, token] })).toBe(username);
    expect(await outcomeOf({ as: ['alice@example.com', token] })).toBe('alice');
    expect(await outcomeOf({ as: ['nobody', token] })).toBe('unknown');
    await world.directory.changeUser('bob', { isActive: false });
    expect(await outcomeOf({ as: ['bob', token] })).toBe('owner-inactive');
    await world.directory.changeUser('bob', { isActive: true });
    expect(await world.identify({ as: ['alice', token] })).toMatchObject({ grant: { tokenRef: id, isAnyone: true } });
  });

  it('never works over Bearer, which names nobody', async () => {
    const { token, id } = await make(world, ADMIN, { label: 'x' });
    expect(await world.identify({ bearer: token })).toMatchObject({ kind: 'unaccepted', fault: 'disabled', tokenRef: id });
  });

  it('is neither made nor honoured when the setting is off, and works again when it is on', async () => {
    const { token, id } = await make(world, ADMIN, { label: 'x' });
    world = await world.restart({ settings: { 'extender.auth': 'both', 'extender.anyoneTokens': false } });
    expect(await world.identify({ as: ['alice', token] })).toMatchObject({ kind: 'unaccepted', fault: 'disabled', tokenRef: id });
    expect((await world.send({ method: 'POST', path: `${BASE}/set`, as: ADMIN, json: { label: 'y' } })).status).toBe(400);
    world = await world.restart({ settings: { 'extender.auth': 'both' } });
    expect(await outcomeOf({ as: ['alice', token] })).toBe('alice');
  });

  it('is off by default in the gateway profile, on in the emulator’s', async () => {
    for (const [profile, status] of [
      ['gateway', 400],
      ['emulator', 200],
    ] as const) {
      world = await world.restart({ profile });
      expect((await world.send({ method: 'POST', path: `${BASE}/set`, as: ADMIN, json: { label: 'y' } })).status).toBe(status);
    }
  });

  it('a bound token is not marked so', async () => {
    const { token } = await make(world, ALICE, { label: 'x' });
    expect(await world.identify({ as: ['alice', token] })).toMatchObject({ grant: { isAnyone: false } });
  });
});

describe('what ends a token', () => {
  it('expiry, on the millisecond [GW-21]', async () => {
    const { token, id, validUntil } = await make(world, ALICE, { label: 'x', daysUntilExpiry: 1 });
    await world.clock.advance(DAY_MS - 1);
    expect(await world.identify({ as: ['alice', token] })).toMatchObject({ grant: { validUntil } });
    const fresh = await world.restart();
    world = fresh;
    await world.clock.advance(1);
    for (const credential of [{ as: ['alice', token] as const }, { bearer: token }]) {
      expect(await world.identify(credential)).toMatchObject({ kind: 'unaccepted', fault: 'expired', tokenRef: id });
    }
  });

  it('its user’s deactivation, at once, until he is active again [DIR-7]', async () => {
    const { token, id } = await make(world, BOB, { label: 'x' });
    expect(await outcomeOf({ as: ['bob', token] })).toBe('bob');
    await world.directory.changeUser('bob', { isActive: false });
    for (const credential of [{ as: ['bob', token] as const }, { bearer: token }]) {
      expect(await world.identify(credential)).toMatchObject({ kind: 'unaccepted', fault: 'owner-inactive', tokenRef: id });
    }
    await world.directory.changeUser('bob', { isActive: true });
    expect(await outcomeOf({ as: ['bob', token] })).toBe('bob');
  });

  it('its user’s deletion, also for a new user of that name [DIR-7]', async () => {
    await world.directory.createUser(user('leaver', 'leaver@example.com'));
    const { token, id } = await make(world, ADMIN, { label: 'x', userName: 'leaver' });
    await world.directory.deleteUser('leaver');
    for (const credential of [{ as: ['leaver', token] as const }, { bearer: token }]) {
      expect(await world.identify(credential)).toMatchObject({ kind: 'unaccepted', fault: 'owner-inactive', tokenRef: id });
    }
    await world.directory.createUser(user('leaver', 'leaver@example.com'));
    expect(await outcomeOf({ as: ['leaver', token] })).toBe('unknown');
    await world.directory.deleteUser('leaver');
  });
});

describe('the work of a miss [GW-12]', () => {
  /** The statements and look-ups that one Basic credential costs. */
  async function workOf(username: string, secret: string): Promise<readonly string[]> {
    const work: string[] = [];
    const { directory } = world.host;
    const host = {
      ...world.host,
      read: <Row extends object>(sql: string, parameters?: readonly (string | number | null)[]) => {
        work.push(sql);
        return world.host.read<Row>(sql, parameters);
      },
      directory: new Proxy(directory, {
        get(target, name: keyof typeof directory) {
          work.push(name);
          return target[name];
        },
      }),
    };
    const [basic] = (await extender.activate(host)).authenticators;
    await basic?.verify({ scheme: 'basic', schemeAsWritten: 'Basic', username, secret: new Secret(secret) }, REQUEST);
    return work;
  }

  const REQUEST: RequestView = {
    method: 'GET',
    path: '/rest/api/2/myself',
    query: null,
    product: 'jira',
    contextPath: '',
    peer: '192.0.2.7',
    clientAddress: '192.0.2.7',
    userAgent: null,
    receivedAt: 0,
  };

  it('is one statement and one look-up, whether the user, the token or both are unknown, or the token is another’s', async () => {
    const { token } = await make(world, BOB, { label: 'x' });
    const expected = await workOf('alice', 'no-such-token');
    expect(expected).toEqual([expect.stringMatching(/^SELECT [a-z_, ]+ FROM extender_token WHERE digest IN \(\?\)$/), 'findByUsername']);
    expect(await workOf('nobody', 'no-such-token')).toEqual(expected);
    expect(await workOf('alice', token)).toEqual(expected);
  });

  it('is the same for addresses', async () => {
    const expected = await workOf('alice@example.com', 'no-such-token');
    expect(await workOf('nobody@example.com', 'no-such-token')).toEqual(expected);
  });
});

it('throws when it cannot find out, which is neither yes nor no [GW-11]', async () => {
  const { token } = await make(world, ALICE, { label: 'x' });
  await world.store.dataSource.query('ALTER TABLE extender_token RENAME TO extender_token_away');
  try {
    expect(await world.identify({ as: ['alice', token] })).toEqual({ kind: 'unknown', credentialDigest: null });
  } finally {
    await world.store.dataSource.query('ALTER TABLE extender_token_away RENAME TO extender_token');
  }
});

it('a header contextUser changes nobody’s identity [EXT-7]', async () => {
  await make(world, ALICE, { label: 'of alice' });
  const answer = await world.send({ path: `${BASE}/get`, as: BOB, headers: { contextUser: 'alice' } });
  expect(JSON.parse(answer.text)).toMatchObject({ total: 0 });
});
