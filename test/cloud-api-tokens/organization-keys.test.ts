// Organization keys: made, listed and revoked by administrators, and what they stand for [CLD-3].
import { ADMIN, ALICE, CLOUD, type CloudWorld, parsed, REST, speak, startCloudWorld } from './cloud-world.js';

const PATH = '/api/v1/organization-keys';

let cloud: CloudWorld;

describe('a request for a key', () => {
  beforeAll(async () => {
    cloud = await startCloudWorld();
  });
  afterAll(() => cloud.world.close());

  it.each([
    [{}, 'no label'],
    [{ label: '' }, 'empty'],
    [{ label: 'x', expiresAt: '2020-01-01' }, 'in the past'],
    [{ label: 'x', expiresAt: '2099-02-30' }, 'no such day'],
    [{ label: 'x', expiresAt: '2099-01-01T00:00:00' }, 'a time without a zone'],
    [{ label: 'x', expiresAt: 7 }, 'a number'],
    [{ label: 'x', scopes: [] }, 'an empty list of scopes'],
    [{ label: 'x', scopes: 'read:tokens:admin' }, 'a text'],
    [{ label: 'x', scopes: ['read tokens'] }, 'no name of a scope'],
    [{ label: 'x', scope: ['read:tokens:admin'] }, 'a misspelt property'],
  ])('is not made of %j: %s [CLD-3]', async (json: object, _why: string) => {
    const { world } = cloud;
    expect((await world.send({ method: 'POST', path: PATH, as: ADMIN, json })).status).toBe(400);
    expect(parsed(await world.send({ path: PATH, as: ADMIN }))).toEqual([]);
  });
});

describe('an organization key', () => {
  beforeEach(async () => {
    cloud = await startCloudWorld();
  });
  afterEach(() => cloud.world.close());

  it('shows the key once, and keeps a keyed digest [CLD-3, GW-13]', async () => {
    const { world } = cloud;
    const answer = await world.send({ method: 'POST', path: PATH, as: ADMIN, json: { label: 'report' } });
    const { key, ...made } = parsed(answer) as { key: string };
    const createdAt = new Date(world.clock.now()).toISOString();
    expect([answer.status, answer.headers['cache-control']]).toEqual([201, 'no-store']);
    expect(made).toEqual({
      id: expect.stringMatching(/^key-[a-z0-9]{16}$/) as string,
      label: 'report',
      createdAt,
      expiresAt: null,
      scopes: [],
    });
    // What RFC 6750 §2.1 lets a bearer token be.
    expect(key).toMatch(/^[A-Za-z0-9]{48}$/);
    expect(parsed(await world.send({ path: PATH, as: ADMIN }))).toEqual([{ ...made, createdBy: 'admin', lastUsedAt: null }]);
    const rows = await world.store.read<Record<string, unknown>>('SELECT * FROM cloud_organization_key');
    expect(rows[0]?.['digest']).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify([rows, world.acts, world.logged])).not.toContain(key);
    expect(world.acts).toMatchObject([{ action: 'organization-key.created', tokenRef: rows[0]?.['key_id'], outcome: 'done' }]);
  });

  it.each([
    ['nobody', {}, 401],
    ['a user', { as: ALICE }, 403],
  ])('is not for %s [CLD-3]', async (_who, sent: { as?: readonly [string, string] }, status) => {
    const { id, key } = await cloud.key();
    const { world } = cloud;
    expect((await world.send({ path: PATH, ...sent })).status).toBe(status);
    expect((await world.send({ method: 'POST', path: PATH, json: { label: 'x' }, ...sent })).status).toBe(status);
    expect((await world.send({ method: 'DELETE', path: `${PATH}/${id}`, ...sent })).status).toBe(status);
    expect(await cloud.listed('alice', key)).toEqual([]);
  });

  it('is no way to another key: the control plane takes passwords alone [CLD-3, GW-7, GW-26]', async () => {
    const { key } = await cloud.key();
    for (const method of ['GET', 'POST'] as const) {
      const json = method === 'POST' ? { json: { label: 'x' } } : {};
      expect((await cloud.world.send({ method, path: PATH, bearer: key, ...json })).status).toBe(401);
    }
  });

  it('ends when it was said to [CLD-3, GW-21]', async () => {
    const { world } = cloud;
    const expiresAt = new Date(world.clock.now() + 60_000).toISOString();
    const { key } = await cloud.key({ expiresAt });
    await world.clock.advance(59_999);
    expect((await world.identify({ bearer: key }, CLOUD)).kind).toBe('authenticated');
    cloud = speak(await world.restart());
    await cloud.world.clock.advance(1);
    expect(await cloud.world.identify({ bearer: key }, CLOUD)).toMatchObject({ kind: 'unaccepted', fault: 'expired' });
  });

  it('ends when any administrator revokes it, at once and for good [CLD-3]', async () => {
    const { world } = cloud;
    const { id, key } = await cloud.key();
    expect(await cloud.listed('alice', key)).toEqual([]);
    const revoke = () => world.send({ method: 'DELETE', path: `${PATH}/${id}`, as: ['root', 'root-password'] });
    expect((await revoke()).status).toBe(204);
    expect((await world.send({ path: `/users/${await cloud.accountId('alice')}/manage/api-tokens`, bearer: key })).status).toBe(401);
    expect((await revoke()).status).toBe(404);
    expect(world.acts.at(-1)).toMatchObject({ action: 'organization-key.revoked', tokenRef: id, actor: { username: 'root' } });
    expect(await world.registry.find('cloud-api-tokens', id)).toBeNull();
  });

  it('stands for the administrator who made it, by the key’s id, on the cloud’s resources alone [CLD-2, CLD-3]', async () => {
    const { id, key } = await cloud.key();
    expect(await cloud.world.identify({ bearer: key }, CLOUD)).toMatchObject({
      kind: 'authenticated',
      principal: { username: 'admin' },
      grant: { tokenRef: id, system: 'cloud-api-tokens', validUntil: null },
    });
    for (const request of [REST, { product: 'confluence', contextPath: '/confluence', path: '/confluence/rest/api/space' } as const]) {
      expect((await cloud.world.identify({ bearer: key }, request)).kind).toBe('unaccepted');
    }
    expect((await cloud.world.identify({ as: ['admin', key] }, CLOUD)).kind).toBe('unaccepted');
  });

  it.each([
    ['deactivated', { isActive: false }],
    ['no administrator any more', { isAdministrator: false }],
  ])('is worth nothing while its administrator is %s [CLD-3, GW-20]', async (_what, changes) => {
    const { world } = cloud;
    const { key } = await cloud.key();
    const ask = () => world.identify({ bearer: key }, CLOUD);
    expect((await ask()).kind).toBe('authenticated');
    await world.directory.changeUser('admin', changes);
    expect(await ask()).toMatchObject({ kind: 'unaccepted', fault: 'owner-inactive' });
  });

  it('is worth nothing once its administrator is deleted, and can still be revoked [CLD-3, DIR-7]', async () => {
    const { world } = cloud;
    const { id, key } = await cloud.key();
    await world.directory.deleteUser('admin');
    expect(await world.identify({ bearer: key }, CLOUD)).toMatchObject({ kind: 'unaccepted', fault: 'owner-inactive' });
    const root = ['root', 'root-password'] as const;
    expect(parsed(await world.send({ path: PATH, as: root }))).toMatchObject([{ id, createdBy: 'admin' }]);
    expect((await world.send({ method: 'DELETE', path: `${PATH}/${id}`, as: root })).status).toBe(204);
  });

  it('shows its last use [CLD-3]', async () => {
    const { world } = cloud;
    const { id } = await cloud.key();
    const token = await cloud.token(ALICE);
    world.use({ tokenRef: id, permitted: 1 });
    world.use({ tokenRef: token.id, permitted: 4 });
    expect(parsed(await world.send({ path: PATH, as: ADMIN }))).toMatchObject([{ lastUsedAt: new Date(world.clock.now()).toISOString() }]);
    const { total, tokens } = await world.active.tokens.list({ startAt: 0, limit: 10 });
    expect([total, tokens.map(({ tokenRef, useCount }) => [tokenRef, useCount])]).toEqual([
      2,
      [
        [token.id, 4],
        [id, 1],
      ],
    ]);
  });

  it('stands in the administrators’ list behind the tokens, page by page, and ends there too [CLD-3]', async () => {
    const { world } = cloud;
    const tokens = [await cloud.token(ALICE), await cloud.token(ADMIN), await cloud.token(ALICE)];
    const keys = [await cloud.key(), await cloud.key()];
    const refs = [...tokens, ...keys].map(({ id }) => id);
    const listed: string[] = [];
    for (const startAt of [0, 2, 4]) {
      const page = await world.active.tokens.list({ startAt, limit: 2 });
      expect(page.total).toBe(5);
      listed.push(...page.tokens.map(({ tokenRef }) => tokenRef));
    }
    expect(listed).toEqual(refs);
    const owner = (await world.directory.findByUsername('admin'))?.userKeys.jira ?? '';
    expect((await world.active.tokens.list({ startAt: 0, limit: 10, owner })).tokens.map(({ tokenRef }) => tokenRef)).toEqual([
      refs[1],
      refs[3],
      refs[4],
    ]);
    for (const ref of refs) expect(await world.active.tokens.revoke(ref, null, null)).toBe(true);
    for (const ref of [...refs, 'key-unknown', '']) expect(await world.active.tokens.revoke(ref, null, null)).toBe(false);
    expect((await world.registry.list({ startAt: 0, limit: 10 })).total).toBe(0);
  });
});
