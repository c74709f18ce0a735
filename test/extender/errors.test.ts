// Every way in which tokenTools says no, in its own shape [EXT-60], and the counters that go on regardless [EXT-45].
import type { PluginWorld } from '../support/plugin-host.js';
import { ADMIN, ALICE, BASE, BOB, list, make, remove, set, startExtender } from './extender-world.js';

let world: PluginWorld;

beforeAll(async () => {
  world = await startExtender();
});

afterAll(() => world.close());

afterEach(async () => {
  for (const { id } of (await list(world, ADMIN)).tokens) await remove(world, ADMIN, { id });
});

describe('errors [EXT-60]', () => {
  it.each([
    ['GET', 'get'],
    ['POST', 'set'],
    ['DELETE', 'delete'],
  ] as const)('%s %s without a login: 401 in the framework’s words, before the body is looked at', async (method, name) => {
    const answer = await world.send({ method, path: `${BASE}/${name}`, ...(method === 'GET' ? {} : { body: '{' }) });
    expect(answer.status).toBe(401);
    expect(answer.text).toBe('{"message":"Client must be authenticated to access this resource.","status-code":401}');
    expect(answer.headers['content-type']).toBe('application/json;charset=UTF-8');
  });

  it.each([
    ['POST', 'get', 'GET, HEAD'],
    ['DELETE', 'get', 'GET, HEAD'],
    ['GET', 'set', 'POST'],
    ['PUT', 'set', 'POST'],
    ['GET', 'delete', 'DELETE'],
    ['POST', 'delete', 'DELETE'],
  ] as const)('%s %s: 405 with Allow: %s', async (method, name, allow) => {
    const answer = await world.send({ method, path: `${BASE}/${name}`, as: ALICE });
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe(allow);
    expect(JSON.parse(answer.text)).toEqual({ status: 'error', message: 'This method is not allowed here.' });
  });

  it.each([
    ['{"label":"x"', 400, 'it ends too early at position 12'],
    ['label=x', 400, 'unexpected character at position 0'],
    ['[]', 400, 'must be a JSON object'],
    ['"label"', 400, 'must be a JSON object'],
    ['null', 400, 'must be a JSON object'],
    ['', 400, 'must be a JSON object'],
  ])('the body %j: %i, %s', async (body, status, text) => {
    for (const [method, name] of [
      ['POST', 'set'],
      ['DELETE', 'delete'],
    ] as const) {
      const answer = await world.send({ method, path: `${BASE}/${name}`, as: ALICE, body });
      expect(answer.status).toBe(status);
      expect(answer.text).toContain(text);
      expect(JSON.parse(answer.text)).toMatchObject({ status: 'error' });
      expect(answer.headers['content-type']).toBe('application/json;charset=UTF-8');
    }
  });

  it('a body of another type: 415', async () => {
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const answer = await world.send({ method: 'POST', path: `${BASE}/set`, as: ALICE, body: 'label=x', headers });
    expect(answer.status).toBe(415);
    expect(JSON.parse(answer.text)).toEqual({ status: 'error', message: 'The body must be application/json.' });
  });

  it('an unknown resource: 404', async () => {
    const answer = await world.send({ path: `${BASE}/nothing`, as: ALICE });
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.text)).toEqual({ status: 'error', message: 'There is nothing here.' });
  });

  it('a database that cannot be asked: 503, without a word about it', async () => {
    await world.store.dataSource.query('ALTER TABLE extender_token RENAME TO extender_token_away');
    try {
      const answer = await world.send({ path: `${BASE}/get`, as: ALICE });
      expect(answer.status).toBe(503);
      expect(answer.text).not.toContain('extender_token');
    } finally {
      await world.store.dataSource.query('ALTER TABLE extender_token_away RENAME TO extender_token');
    }
  });
});

describe('the counter [EXT-45]', () => {
  it('grows by what was let through, is fresh when it is asked for, and survives a restart', async () => {
    const [mine, other] = [await make(world, ALICE, { label: 'mine' }), await make(world, ALICE, { label: 'other' })];
    world.use({ tokenRef: mine.id, permitted: 3, authenticated: 5 });
    world.use({ tokenRef: mine.id, permitted: 1 });
    world.use({ tokenRef: 'deleted-meanwhile', permitted: 1 });
    expect((await list(world, ALICE)).tokens.map(({ counter }) => counter)).toEqual([4, 0]);
    world = await world.restart();
    expect((await list(world, ALICE)).tokens.map(({ counter }) => counter)).toEqual([4, 0]);
    expect(other.counter).toBe(0);
  });

  it('counts on whatever the switches say', async () => {
    const { id } = await make(world, ALICE, { label: 'x' });
    await set(world, ADMIN, { addAuditRecord: false, collectUsageDetails: false });
    world.use({ tokenRef: id, permitted: 2 });
    expect((await list(world, ALICE)).tokens[0]?.counter).toBe(2);
    await set(world, ADMIN, { addAuditRecord: true, collectUsageDetails: true });
  });

  it('counts a use that was authenticated and not let through as none', async () => {
    const { id } = await make(world, ALICE, { label: 'x' });
    world.use({ tokenRef: id, permitted: 0, authenticated: 7 });
    expect((await list(world, ALICE)).tokens[0]?.counter).toBe(0);
  });

  it('goes past 2^31 and stays a number', async () => {
    const { id } = await make(world, ALICE, { label: 'x' });
    world.use({ tokenRef: id, permitted: 3_000_000_000 });
    expect((await list(world, ALICE)).tokens[0]?.counter).toBe(3_000_000_000);
  });
});

describe('administration of every system alike', () => {
  it('lists tokens with their last use, the latest whatever order batches come in', async () => {
    const [mine, anyone] = [
      await make(world, ALICE, { label: 'mine', daysUntilExpiry: 1, ip: '192.0.2.7' }),
      await make(world, ADMIN, { label: 'anyone' }),
    ];
    world.use({ tokenRef: mine.id, permitted: 1, lastUsedAt: 2000, clientAddress: '192.0.2.8' });
    world.use({ tokenRef: mine.id, permitted: 1, lastUsedAt: 1000, clientAddress: '192.0.2.9' });
    const { tokens } = world.active;
    expect(await tokens.list({ startAt: 0, limit: 10 })).toEqual({
      total: 2,
      tokens: [
        {
          tokenRef: mine.id,
          product: 'jira',
          label: 'mine',
          owner: mine.userKey,
          createdAt: mine.dateCreated,
          expiresAt: mine.validUntil,
          lastUsedAt: 2000,
          useCount: 2,
          hasLimits: true,
        },
        {
          tokenRef: anyone.id,
          product: 'jira',
          label: 'anyone',
          owner: null,
          createdAt: anyone.dateCreated,
          expiresAt: null,
          lastUsedAt: null,
          useCount: 0,
          hasLimits: false,
        },
      ],
    });
    expect((await tokens.list({ startAt: 0, limit: 10, owner: mine.userKey })).tokens).toHaveLength(1);
    expect((await tokens.list({ startAt: 1, limit: 10 })).tokens).toMatchObject([{ label: 'anyone' }]);
    const rows = await world.host.read('SELECT last_used_at, last_used_ip FROM extender_token WHERE token_ref = ?', [mine.id]);
    expect(rows).toEqual([{ last_used_at: 2000, last_used_ip: '192.0.2.8' }]);
  });

  it('ends a token in the name of whoever does it, and says false when there is none [EXT-52]', async () => {
    const { id, token } = await make(world, BOB, { label: 'x' });
    expect(await world.identify({ as: ['bob', token] })).toMatchObject({ kind: 'authenticated' });
    const actor = await world.directory.findByUsername('root');
    expect(await world.active.tokens.revoke(id, actor, '198.51.100.1')).toBe(true);
    expect(world.acts.at(-1)).toMatchObject({
      action: 'token.deleted',
      outcome: 'done',
      clientAddress: '198.51.100.1',
      actor: { username: 'root' },
    });
    expect(await world.identify({ as: ['bob', token] })).toMatchObject({ kind: 'unaccepted', fault: 'unknown' });
    expect(await world.active.tokens.revoke(id, actor, null)).toBe(false);
  });
});

it('has a migration that leads to exactly the table the plugin declares', async () => {
  const drift = async () => (await world.store.dataSource.driver.createSchemaBuilder().log()).upQueries.map(({ query }) => query);
  expect(await drift()).toEqual([]);
  await world.store.dataSource.undoLastMigration();
  expect(await drift()).not.toEqual([]);
  await world.store.dataSource.runMigrations();
  expect(await drift()).toEqual([]);
});
