// `/users/{account_id}/manage`: what an organization key sees and ends of one account.
import { ADMIN, ALICE, BOB, type CloudWorld, parsed, REST, startCloudWorld } from './cloud-world.js';

let cloud: CloudWorld;
let key: string;
beforeEach(async () => {
  cloud = await startCloudWorld();
  key = (await cloud.key()).key;
});
afterEach(() => cloud.world.close());

const tokensOf = async (username: string) => `/users/${await cloud.accountId(username)}/manage/api-tokens`;

it('lists an account’s tokens as a bare array, in the order of their creation, and no others [CLD-1]', async () => {
  const { world } = cloud;
  const first = await cloud.token(ALICE, { label: 'first' });
  await world.clock.advance(86_400_123);
  const second = await cloud.token(ALICE, { label: 'second', expiresInDays: 1 });
  await cloud.token(BOB);
  world.use({ tokenRef: second.id, permitted: 1 });
  const answer = await world.send({ path: await tokensOf('alice'), bearer: key });
  expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/json;charset=UTF-8']);
  expect(parsed(answer)).toEqual([
    { id: first.id, label: 'first', createdAt: first.createdAt, expiry: expect.any(String) as string, disabledStatus: false },
    {
      id: second.id,
      label: 'second',
      createdAt: second.createdAt,
      lastAccess: second.createdAt,
      expiry: new Date(world.clock.now() + 86_400_000).toISOString().replace('Z', '000000Z'),
      disabledStatus: false,
    },
  ]);
  // The form of the vendor's own example.
  for (const { createdAt } of [first, second]) expect(createdAt).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{9}Z$/);
});

it('answers [] for an account without tokens, 404 for an account that nobody has [CLD-2, CLD-5]', async () => {
  expect(await cloud.listed('bob', key)).toEqual([]);
  for (const accountId of ['557058:nobody', `${await cloud.accountId('bob')}x`, (await cloud.accountId('bob')).toUpperCase(), 'a%7Cb']) {
    const answer = await cloud.world.send({ path: `/users/${accountId}/manage/api-tokens`, bearer: key });
    expect([accountId, answer.status, parsed(answer)]).toEqual([accountId, 404, { key: 'notFound', message: 'There is no such account.' }]);
  }
});

it('lists by an index, however many tokens there are [CLD-1]', async () => {
  const plan = async (sql: string) => {
    const rows = await cloud.world.store.read<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ['x']);
    return rows.map(({ detail }) => detail).join('; ');
  };
  expect(await plan('SELECT * FROM cloud_api_token WHERE account_id = ? ORDER BY created_at, id')).toMatch(/^SEARCH .* USING INDEX [^;]*$/);
  for (const table of ['cloud_api_token', 'cloud_organization_key']) {
    expect(await plan(`SELECT * FROM ${table} WHERE digest IN (?)`)).toMatch(/^SEARCH .* USING INDEX [^;]*$/);
  }
});

it('shows tokens of a user who is inactive or gone as disabled [CLD-1, DIR-7]', async () => {
  const { world } = cloud;
  const { id } = await cloud.token(ALICE);
  await world.directory.changeUser('alice', { isActive: false });
  expect(await cloud.listed('alice', key)).toMatchObject([{ id, disabledStatus: true }]);
  const path = await tokensOf('alice');
  await world.directory.deleteUser('alice');
  expect(parsed(await world.send({ path, bearer: key }))).toMatchObject([{ id, disabledStatus: true }]);
  expect((await world.send({ method: 'DELETE', path: `${path}/${id}`, bearer: key })).status).toBe(204);
  expect((await world.send({ path, bearer: key })).status).toBe(404);
});

it('deletes a token for good, in the name of the key’s administrator; the account’s own alone [CLD-4]', async () => {
  const { world } = cloud;
  const { id, token } = await cloud.token(ALICE);
  expect((await world.identify({ as: ['alice@example.com', token] }, REST)).kind).toBe('authenticated');
  const remove = async (username: string, tokenId: string) => {
    const answer = await world.send({ method: 'DELETE', path: `${await tokensOf(username)}/${tokenId}`, bearer: key });
    return [answer.status, answer.text];
  };
  const notFound = [404, '{"key":"notFound","message":"The account has no such token."}'];
  expect(await remove('bob', id)).toEqual(notFound);
  expect(await remove('alice', 'unknown')).toEqual(notFound);
  expect(await cloud.listed('alice', key)).toHaveLength(1);
  expect(await remove('alice', id)).toEqual([204, '']);
  expect(await remove('alice', id)).toEqual(notFound);
  expect(await cloud.listed('alice', key)).toEqual([]);
  expect((await world.identify({ as: ['alice@example.com', token] }, REST)).kind).toBe('unaccepted');
  expect(world.acts.at(-1)).toMatchObject({ action: 'token.deleted', tokenRef: id, actor: { username: 'admin' }, outcome: 'done' });
});

it('does not delete what it cannot record [CLD-4, GW-30]', async () => {
  const { world } = cloud;
  const { id } = await cloud.token(ALICE);
  world.isAuditDown = true;
  const answer = await world.send({ method: 'DELETE', path: `${await tokensOf('alice')}/${id}`, bearer: key });
  expect([answer.status, parsed(answer)]).toMatchObject([503, { key: 'serviceUnavailable' }]);
  world.isAuditDown = false;
  expect(await cloud.listed('alice', key)).toHaveLength(1);
});

it('tells a key made with scopes {"key":"forbidden"} and nothing more [CLD-3]', async () => {
  const { world } = cloud;
  const scoped = await cloud.key({ scopes: ['read:tokens:admin', 'delete:tokens:admin'] });
  const { id } = await cloud.token(ALICE);
  const path = await tokensOf('alice');
  for (const [method, target] of [
    ['GET', path],
    ['DELETE', `${path}/${id}`],
    ['GET', path.replace('/api-tokens', '')],
  ] as const) {
    const answer = await world.send({ method, path: target, bearer: scoped.key });
    expect([method, answer.status, answer.text]).toEqual([method, 403, '{"key":"forbidden"}']);
  }
  expect(await cloud.listed('alice', key)).toHaveLength(1);
});

it.each([
  ['?privileges=apiToken.read,apiToken.delete', { 'apiToken.read': { allowed: true }, 'apiToken.delete': { allowed: true } }],
  ['?privileges=apiToken.read', { 'apiToken.read': { allowed: true } }],
  ['?privileges=apiToken.read&privileges=apiToken.delete', { 'apiToken.read': { allowed: true }, 'apiToken.delete': { allowed: true } }],
  ['', { 'apiToken.read': { allowed: true }, 'apiToken.delete': { allowed: true } }],
  [
    '?privileges=email.set,apiToken.read',
    { 'email.set': { allowed: false, reason: { key: 'notSupported' } }, 'apiToken.read': { allowed: true } },
  ],
])('tells what the key may do with an account: manage%s [CLD-7]', async (query, expected) => {
  const answer = await cloud.world.send({ path: `/users/${await cloud.accountId('alice')}/manage${query}`, bearer: key });
  expect([answer.status, parsed(answer)]).toEqual([200, expected]);
});

it('says nothing of privileges over an account that nobody has [CLD-7]', async () => {
  const answer = await cloud.world.send({ path: '/users/nobody/manage?privileges=apiToken.read', bearer: key });
  expect([answer.status, parsed(answer)]).toEqual([404, { key: 'notFound', message: 'There is no such account.' }]);
});

it.each([
  ['GET', '/users/x/profile', 404, 'notFound'],
  ['POST', '/users/x/manage/api-tokens', 405, 'methodNotAllowed'],
] as const)('answers %s %s with %d and the key %s [CLD-5]', async (method, path, status, faultKey) => {
  const answer = await cloud.world.send({ method, path, bearer: key });
  expect([answer.status, answer.headers['content-type'], parsed(answer)]).toEqual([
    status,
    'application/json;charset=UTF-8',
    { key: faultKey, message: expect.any(String) as string },
  ]);
});

it('does not show an administrator’s organization keys among the tokens [CLD-1, CLD-3]', async () => {
  const { id } = await cloud.token(ADMIN);
  expect((await cloud.listed('admin', key)).map((token) => token['id'])).toEqual([id]);
});
