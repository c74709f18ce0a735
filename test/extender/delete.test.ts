// DELETE tokenTools/delete: what ends a token, and what tells nothing [EXT-50 … EXT-52].
import { extenderTokenTable } from '../../src/plugins/extender/tables.js';
import type { PluginWorld } from '../support/plugin-host.js';
import { ADMIN, ALICE, BASE, BOB, list, make, messageOf, remove, startExtender } from './extender-world.js';

const NOT_FOUND = '{"status":"error","message":"There is no such token."}';
let world: PluginWorld;

beforeAll(async () => {
  world = await startExtender();
});

afterAll(() => world.close());

afterEach(async () => {
  for (const { id } of (await list(world, ADMIN)).tokens) await remove(world, ADMIN, { id });
});

it('takes the value, as the vendor’s page shows [EXT-50, EXT-51]', async () => {
  await make(world, ALICE, { label: 'x', token: 'ip9ul19f8jenb92tji8lo34qt7tb1meo' });
  const body = '{ "token": "ip9ul19f8jenb92tji8lo34qt7tb1meo" }';
  const answer = await world.send({ method: 'DELETE', path: `${BASE}/delete`, as: ALICE, body });
  expect([answer.status, answer.text]).toEqual([200, '{"status":"ok"}']);
  expect((await list(world, ALICE)).tokens).toEqual([]);
});

it('takes the id, which is all there is in secure mode [EXT-50]', async () => {
  const { id } = await make(world, ALICE, { label: 'x' });
  expect((await remove(world, ALICE, { id })).status).toBe(200);
  expect((await list(world, ALICE)).tokens).toEqual([]);
});

describe('both at once [EXT-50]', () => {
  it('must name the same token', async () => {
    const [mine, other] = [await make(world, ALICE, { label: 'mine' }), await make(world, ALICE, { label: 'other' })];
    const foreign = await make(world, BOB, { label: 'foreign' });
    for (const body of [
      { token: mine.token, id: other.id },
      { token: mine.token, id: 'unknown' },
      { token: 'unknown-value', id: mine.id },
      { token: mine.token, id: foreign.id },
      { token: foreign.token, id: mine.id },
    ]) {
      const answer = await remove(world, ALICE, body);
      expect(answer.status).toBe(400);
      expect(messageOf(answer)).toBe('token and id do not name the same token.');
    }
    expect((await list(world, ADMIN)).total).toBe(3);
    expect((await remove(world, ALICE, { token: mine.token, id: mine.id })).status).toBe(200);
    expect((await list(world, ADMIN)).total).toBe(2);
  });

  it('of which the caller may see neither is the same 404 as ever', async () => {
    const foreign = await make(world, BOB, { label: 'foreign' });
    for (const body of [
      { token: foreign.token, id: foreign.id },
      { token: 'unknown-value', id: 'unknown' },
      { token: foreign.token, id: 'unknown' },
    ]) {
      const answer = await remove(world, ALICE, body);
      expect([answer.status, answer.text]).toEqual([404, NOT_FOUND]);
    }
  });
});

it.each<[unknown, string]>([
  [{}, 'neither'],
  [{ token: null }, 'null'],
  [{ token: '' }, 'empty'],
  [{ id: '' }, 'an empty id'],
  [{ token: 5 }, 'a number'],
  [{ token: ['x'] }, 'a list'],
  [{ tokens: 'x' }, 'a misspelt name'],
  [[], 'a list for a body'],
  [undefined, 'no body'],
])('refuses %j with 400 [EXT-50] (%s)', async (body) => {
  const answer = await remove(world, ALICE, body);
  expect(answer.status).toBe(400);
  expect(JSON.parse(answer.text)).toMatchObject({ status: 'error' });
});

it('answers for what is unknown and for what is not the caller’s byte for byte alike [EXT-51]', async () => {
  const [foreign, anyone] = [await make(world, BOB, { label: 'x' }), await make(world, ADMIN, { label: 'y' })];
  const bodies = [
    { token: 'no-such-value' },
    { id: 'no-such-id' },
    { id: foreign.id.toLowerCase() },
    { id: `${foreign.id} ` },
    { id: 'x'.repeat(100_000) },
    { token: 'a\u0000b' },
    { token: foreign.token },
    { id: foreign.id },
    { token: anyone.token },
    { id: anyone.id },
  ];
  for (const body of bodies) {
    const answer = await remove(world, ALICE, body);
    expect([answer.status, answer.text]).toEqual([404, NOT_FOUND]);
    expect(answer.headers['content-length']).toBe(String(NOT_FOUND.length));
  }
  expect((await list(world, ADMIN)).total).toBe(2);
});

it('lets administrators delete any, users those whose user they are [EXT-51]', async () => {
  const [bobs, forAlice, anyone] = [
    await make(world, BOB, { label: 'bob' }),
    await make(world, ADMIN, { label: 'for alice', userName: 'alice' }),
    await make(world, ADMIN, { label: 'anyone' }),
  ];
  expect((await remove(world, ALICE, { token: forAlice.token })).status).toBe(200);
  expect((await remove(world, ADMIN, { token: bobs.token })).status).toBe(200);
  expect((await remove(world, ADMIN, { id: anyone.id })).status).toBe(200);
  expect((await list(world, ADMIN)).total).toBe(0);
});

it('stops a token at once, one that was used a moment ago included [EXT-52]', async () => {
  const { token, id } = await make(world, ALICE, { label: 'x' });
  expect(await world.identify({ as: ['alice', token] })).toMatchObject({ kind: 'authenticated', grant: { tokenRef: id } });
  await remove(world, ALICE, { id });
  expect(await world.identify({ as: ['alice', token] })).toMatchObject({ kind: 'unaccepted', fault: 'unknown' });
});

it('lets a new token work at once, one whose value was tried a moment ago included', async () => {
  expect(await world.identify({ as: ['alice', 'tried-too-early'] })).toMatchObject({ kind: 'unaccepted' });
  await make(world, ALICE, { label: 'x', token: 'tried-too-early' });
  expect(await world.identify({ as: ['alice', 'tried-too-early'] })).toMatchObject({ kind: 'authenticated' });
});

it('deletes once when many ask at once; the others get 404', async () => {
  const { id } = await make(world, ALICE, { label: 'x' });
  const answers = await Promise.all([ALICE, ADMIN, ALICE, ADMIN].map((login) => remove(world, login, { id })));
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 404, 404, 404]);
});

it('takes the row out of the plugin’s table and of the host’s list', async () => {
  const { id } = await make(world, ALICE, { label: 'x' });
  await remove(world, ALICE, { id });
  expect(await world.store.transaction((manager) => manager.count(extenderTokenTable))).toBe(0);
  expect(await world.registry.find('extender', id)).toBeNull();
});

it('records the act before it is done, and does nothing that cannot be recorded [AUD-2]', async () => {
  const { id, token } = await make(world, ALICE, { label: 'x' });
  world.isAuditDown = true;
  try {
    expect((await remove(world, ADMIN, { id })).status).toBe(503);
  } finally {
    world.isAuditDown = false;
  }
  expect(await world.identify({ as: ['alice', token] })).toMatchObject({ kind: 'authenticated' });
  await remove(world, ADMIN, { id });
  expect(world.acts.at(-1)).toMatchObject({ action: 'token.deleted', outcome: 'done', tokenRef: id, actor: { username: 'admin' } });
  expect(JSON.stringify(world.acts)).not.toContain(token);
});

it('may be asked with a token, which then is gone itself', async () => {
  const { token } = await make(world, ALICE, { label: 'x' });
  expect((await remove(world, ['alice', token], { token })).status).toBe(200);
  expect((await remove(world, ['alice', token], { token })).status).toBe(401);
});
