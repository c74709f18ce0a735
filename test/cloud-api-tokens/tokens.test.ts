// The users' own tokens: made, used, counted, ended [CLD-9].
import { LIMITS } from '../../src/core/index.js';
import { ADMIN, ALICE, BOB, CLOUD, type CloudWorld, parsed, REST, speak, startCloudWorld } from './cloud-world.js';

const DAY_MS = 86_400_000;
const PATH = '/api/v1/cloud-api-tokens';

let cloud: CloudWorld;

/** One world for each test, or one for all of a table whose rows leave nothing behind. */
function inWorlds(before: typeof beforeEach, after: typeof afterEach): void {
  before(async () => {
    cloud = await startCloudWorld();
  });
  after(() => cloud.world.close());
}

describe('a new token', () => {
  inWorlds(beforeEach, afterEach);

  it('is shown once, with its value, its id and the documented properties [CLD-1, CLD-9]', async () => {
    const { world } = cloud;
    const answer = await world.send({ method: 'POST', path: PATH, as: ALICE, json: { label: ' Backup ' } });
    expect([answer.status, answer.headers['cache-control']]).toEqual([201, 'no-store']);
    const made = parsed(answer) as Record<string, unknown>;
    expect(made).toEqual({
      id: expect.stringMatching(/^[a-z0-9]{20}$/) as string,
      label: 'Backup',
      createdAt: new Date(world.clock.now()).toISOString().replace('Z', '000000Z'),
      expiry: new Date(world.clock.now() + 365 * DAY_MS).toISOString().replace('Z', '000000Z'),
      disabledStatus: false,
      limitTo: '',
      ip: '',
      token: expect.any(String) as string,
    });
    const { token, ...shown } = made;
    expect(parsed(await world.send({ path: PATH, as: ALICE }))).toEqual([shown]);
    expect(token).toMatch(/^ATATT3xFfGF0[A-Za-z0-9_-]{160,191}=[0-9A-F]{8}$/);
  });

  it('has a value whose length varies, and no two are alike [CLD-9]', async () => {
    const values: string[] = [];
    for (let made = 0; made < 12; made += 1) values.push((await cloud.token(ALICE)).token);
    expect(new Set(values).size).toBe(12);
    expect(new Set(values.map(({ length }) => length)).size).toBeGreaterThan(3);
  });

  it('is kept as a keyed digest alone [CLD-9, GW-13]', async () => {
    const { token } = await cloud.token(ALICE);
    const rows = await cloud.world.store.read<Record<string, unknown>>('SELECT * FROM cloud_api_token');
    expect(rows).toHaveLength(1);
    expect(rows[0]?.['digest']).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify([rows, cloud.world.acts, cloud.world.logged])).not.toContain(token.slice(12, 60));
  });

  it.each([1, 365])('lasts %d days and not a millisecond longer [CLD-9, GW-21]', async (expiresInDays) => {
    const { world } = cloud;
    const { token } = await cloud.token(ALICE, { expiresInDays });
    await world.clock.advance(expiresInDays * DAY_MS - 1);
    expect((await world.identify({ as: ['alice@example.com', token] }, REST)).kind).toBe('authenticated');
    await world.clock.advance(1);
    cloud = speak(await world.restart());
    expect(await cloud.world.identify({ as: ['alice@example.com', token] }, REST)).toMatchObject({ kind: 'unaccepted', fault: 'expired' });
  });

  it('is recorded before it is made, and not made when it cannot be recorded [GW-30]', async () => {
    const { world } = cloud;
    const { id } = await cloud.token(ALICE);
    expect(world.acts).toMatchObject([{ action: 'token.created', tokenRef: id, system: 'cloud-api-tokens', outcome: 'done' }]);
    world.isAuditDown = true;
    expect((await world.send({ method: 'POST', path: PATH, as: ALICE, json: { label: 'x' } })).status).toBe(503);
    world.isAuditDown = false;
    expect(parsed(await world.send({ path: PATH, as: ALICE }))).toHaveLength(1);
  });

  it('is refused past the bound of one user [GW-52]', async () => {
    const { world } = cloud;
    const { id } = await cloud.token(ALICE);
    const [row] = await world.store.read<Record<string, string | number | null>>('SELECT * FROM cloud_api_token');
    await world.store.transaction(async (manager) => {
      for (let made = 1; made < LIMITS.tokensPerUserMax; made += 1) {
        const copy = Object.entries({ ...row, id: null, token_id: `copy${made}`, digest: `digest${made}` });
        const names = copy.map(([name]) => name).join(', ');
        await manager.query(
          `INSERT INTO cloud_api_token (${names}) VALUES (${copy.map(() => '?').join(', ')})`,
          copy.map(([, value]) => value),
        );
      }
    });
    expect((await world.send({ method: 'POST', path: PATH, as: ALICE, json: { label: 'x' } })).status).toBe(403);
    await world.send({ method: 'DELETE', path: `${PATH}/${id}`, as: ALICE });
    expect((await world.send({ method: 'POST', path: PATH, as: ALICE, json: { label: 'x' } })).status).toBe(201);
    expect((await world.send({ method: 'POST', path: PATH, as: BOB, json: { label: 'x' } })).status).toBe(201);
  });
});

describe('a request for a token', () => {
  inWorlds(beforeAll, afterAll);

  it.each([
    [{}, 'no label'],
    [{ label: ' ' }, 'blank'],
    [{ label: 'x'.repeat(256) }, 'too long'],
    [{ label: 'a\nb' }, 'a control character'],
    [{ label: 'x', expiresInDays: 0 }, 'less than a day'],
    [{ label: 'x', expiresInDays: 366 }, 'more than a year'],
    [{ label: 'x', expiresInDays: 1.5 }, 'not whole'],
    [{ label: 'x', expiresInDays: '7' }, 'a text'],
    [{ label: 'x', expiresInDays: null }, 'never ending'],
    [{ label: 'x', limitTo: '(?!x)' }, 'a rule that does not compile'],
    [{ label: 'x', ip: '010.0.0.1' }, 'an octal address'],
    [{ label: 'x', limitto: '' }, 'a misspelt property'],
  ])('is not made of %j: %s [CLD-9]', async (json: object, _why: string) => {
    const { world } = cloud;
    expect((await world.send({ method: 'POST', path: PATH, as: ALICE, json })).status).toBe(400);
    expect(parsed(await world.send({ path: PATH, as: ALICE }))).toEqual([]);
  });
});

describe('a token in use', () => {
  inWorlds(beforeEach, afterEach);

  it('is Basic `email:token` on /rest/* of both products [CLD-9]', async () => {
    const { world } = cloud;
    const { id, token } = await cloud.token(ALICE);
    for (const request of [REST, { product: 'confluence', contextPath: '/confluence', path: '/confluence/rest/api/space' } as const]) {
      expect(await world.identify({ as: ['Alice@Example.com', token] }, request)).toMatchObject({
        kind: 'authenticated',
        principal: { username: 'alice' },
        grant: { tokenRef: id, system: 'cloud-api-tokens', limits: [] },
      });
    }
  });

  it('wants the address of exactly one active user [CLD-9, EXT-1]', async () => {
    const { world } = cloud;
    const { token } = await cloud.token(ALICE);
    const kind = async () => (await world.identify({ as: ['alice@example.com', token] }, REST)).kind;
    await world.directory.changeUser('bob', { emailAddress: 'ALICE@example.com' });
    expect(await kind()).toBe('unaccepted');
    await world.directory.changeUser('bob', { isActive: false });
    expect(await kind()).toBe('authenticated');
  });

  it('stops with its owner, and goes on with the owner [CLD-9, GW-21]', async () => {
    const { world } = cloud;
    const { token } = await cloud.token(ALICE);
    const ask = () => world.identify({ as: ['alice@example.com', token] }, REST);
    expect((await ask()).kind).toBe('authenticated');
    await world.directory.changeUser('alice', { isActive: false });
    expect(await ask()).toMatchObject({ kind: 'unaccepted', fault: 'owner-inactive' });
    await world.directory.changeUser('alice', { isActive: true });
    expect((await ask()).kind).toBe('authenticated');
    await world.directory.deleteUser('alice');
    expect(await ask()).toMatchObject({ kind: 'unaccepted', fault: 'owner-inactive' });
  });

  it('carries the limits it was made with, and the list of all tokens says so [WOM-17, CLD-9]', async () => {
    const { world } = cloud;
    const { id, token } = await cloud.token(ALICE, { limitTo: '[get] /jira/rest/api/2/issue/.*', ip: '192.0.2.0/24' });
    const identity = await world.identify({ as: ['alice@example.com', token] }, REST);
    if (identity.kind !== 'authenticated') throw new Error('not accepted');
    const [limits] = identity.grant?.limits ?? [];
    expect([limits?.rules?.text, limits?.addresses?.text]).toEqual(['[get] /jira/rest/api/2/issue/.*', '192.0.2.0/24']);
    expect(parsed(await world.send({ path: PATH, as: ALICE }))).toMatchObject([
      { limitTo: '[get] /jira/rest/api/2/issue/.*', ip: '192.0.2.0/24' },
    ]);
    expect(await world.registry.find('cloud-api-tokens', id)).toMatchObject({ product: 'cloud', owner: 'JIRAUSER10002', hasLimits: true });
  });

  it('is found after the site’s key was replaced [CLD-9, GW-13]', async () => {
    const { token } = await cloud.token(ALICE);
    cloud = speak(await cloud.world.restart({ rotateKeys: true }));
    expect((await cloud.world.identify({ as: ['alice@example.com', token] }, REST)).kind).toBe('authenticated');
  });

  it('shows its last use and is counted [CLD-1, EXT-45]', async () => {
    const { world } = cloud;
    const { id } = await cloud.token(ALICE);
    expect(parsed(await world.send({ path: PATH, as: ALICE }))).not.toHaveProperty('0.lastAccess');
    await world.clock.advance(1_500);
    world.use({ tokenRef: id, permitted: 2, authenticated: 3 });
    const lastAccess = new Date(world.clock.now()).toISOString().replace('Z', '000000Z');
    expect(parsed(await world.send({ path: PATH, as: ALICE }))).toMatchObject([{ lastAccess }]);
    const { tokens } = await world.active.tokens.list({ startAt: 0, limit: 10 });
    expect(tokens).toMatchObject([{ tokenRef: id, useCount: 2, lastUsedAt: world.clock.now() }]);
  });
});

describe('a token out of place', () => {
  inWorlds(beforeAll, afterAll);

  it.each([
    ['by user name', { name: 'alice' }, REST],
    ['another user’s address', { name: 'bob@example.com' }, REST],
    ['an address nobody has', { name: 'nobody@example.com' }, REST],
    ['without an address', { name: '' }, REST],
    ['as Bearer', { name: null }, REST],
    ['on the cloud’s own resources', { name: 'alice@example.com' }, CLOUD],
    ['outside /rest/*', { name: 'alice@example.com' }, { ...REST, path: '/jira/secure/Dashboard.jspa' }],
    ['one letter changed', { name: 'alice@example.com', isChanged: true }, REST],
  ])(
    'is not accepted %s [CLD-9, GW-7]',
    async (_what, { name, isChanged = false }: { name: string | null; isChanged?: boolean }, request) => {
      const { token } = await cloud.token(ALICE);
      const value = isChanged ? `${token.slice(0, 20)}${token[20] === 'x' ? 'y' : 'x'}${token.slice(21)}` : token;
      const sent = name === null ? { bearer: value } : { as: [name, value] as const };
      expect((await cloud.world.identify(sent, request)).kind).toBe('unaccepted');
    },
  );
});

describe('a user’s own tokens', () => {
  inWorlds(beforeEach, afterEach);

  it('are the user’s alone to see and to end [CLD-9]', async () => {
    const { world } = cloud;
    const { id, token } = await cloud.token(ALICE);
    expect((await world.identify({ as: ['alice@example.com', token] }, REST)).kind).toBe('authenticated');
    for (const as of [BOB, ADMIN]) {
      expect(parsed(await world.send({ path: PATH, as }))).toEqual([]);
      expect((await world.send({ method: 'DELETE', path: `${PATH}/${id}`, as })).status).toBe(404);
    }
    expect((await world.send({ method: 'DELETE', path: `${PATH}/${id.toUpperCase()}`, as: ALICE })).status).toBe(404);
    expect((await world.send({ method: 'DELETE', path: `${PATH}/${id}`, as: ALICE })).status).toBe(204);
    expect((await world.send({ method: 'DELETE', path: `${PATH}/${id}`, as: ALICE })).status).toBe(404);
    expect((await world.identify({ as: ['alice@example.com', token] }, REST)).kind).toBe('unaccepted');
    expect(await world.registry.find('cloud-api-tokens', id)).toBeNull();
    expect(world.acts.at(-1)).toMatchObject({ action: 'token.deleted', tokenRef: id, outcome: 'done' });
  });

  it('want a login, and no token makes or shows another [CLD-9, GW-7, GW-26]', async () => {
    const { world } = cloud;
    const { token } = await cloud.token(ALICE);
    for (const sent of [{}, { as: ['alice@example.com', token] as const }, { bearer: token }]) {
      expect((await world.send({ path: PATH, ...sent })).status).toBe(401);
      expect((await world.send({ method: 'POST', path: PATH, json: { label: 'x' }, ...sent })).status).toBe(401);
    }
    expect(parsed(await world.send({ path: PATH, as: ALICE }))).toHaveLength(1);
  });
});
