// Whether a value can ever be read again, and what lies in the database for it [EXT-35, EXT-43, EXT-61].
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { extenderTokenTable } from '../../src/plugins/extender/tables.js';
import type { PluginWorld } from '../support/plugin-host.js';
import { ADMIN, ALICE, BASE, list, make, set, startExtender } from './extender-world.js';

const SECURE = { settings: { 'extender.secureMode': true } };
const OPEN = { settings: { 'extender.secureMode': false } };

let world: PluginWorld;

afterEach(() => world.close());

async function rows() {
  return world.store.transaction((manager) => manager.find(extenderTokenTable));
}

/** Every byte that Postern has put on the disk. */
async function onDisk(): Promise<string> {
  const folder = path.dirname(String(world.store.dataSource.options.database));
  const files = await Promise.all((await readdir(folder)).map((name) => readFile(path.join(folder, name), 'latin1')));
  return files.join('\n');
}

it.each([
  ['emulator', true],
  ['gateway', false],
] as const)('by default the %s profile shows values again: %s [EXT-35]', async (profile, isShown) => {
  world = await startExtender({ profile });
  const made = await make(world, ALICE, { label: 'x' });
  const answer = await world.send({ path: `${BASE}/get`, as: ALICE });
  expect(answer.text.includes(made.token)).toBe(isShown);
  expect(answer.text.includes('"token":')).toBe(isShown);
});

it('shows a value once in secure mode: in the answer that made it [EXT-43]', async () => {
  world = await startExtender(SECURE);
  const answer = await set(world, ALICE, { label: 'x' });
  expect(Object.keys(JSON.parse(answer.text))).toEqual([
    'status',
    'authorKey',
    'userKey',
    'userDisplayName',
    'label',
    'user',
    'token',
    'id',
    'limitTo',
    'ip',
    'validUntil',
    'dateCreated',
    'counter',
  ]);
  const [shown] = (await list(world, ALICE)).tokens;
  expect(Object.keys(shown ?? {})).toEqual([
    'authorKey',
    'userKey',
    'userDisplayName',
    'label',
    'user',
    'id',
    'limitTo',
    'ip',
    'validUntil',
    'dateCreated',
    'counter',
  ]);
});

it.each([
  ['on', SECURE],
  ['off', OPEN],
])('leaves no value readable on the disk, in the log or in the trail with secure mode %s', async (_mode, options) => {
  world = await startExtender(options);
  const minted = await make(world, ALICE, { label: 'minted' });
  const chosen = await make(world, ALICE, { label: 'chosen', token: 'chosen-by-the-caller-itself' });
  await set(world, ALICE, { label: 'again', token: 'chosen-by-the-caller-itself' });
  const everything = [await onDisk(), ...world.logged, JSON.stringify(world.acts)].join('\n');
  expect(everything).toContain(minted.id);
  for (const { token } of [minted, chosen]) expect(everything).not.toContain(token);
});

it('keeps a digest and nothing else in secure mode [EXT-35]', async () => {
  world = await startExtender(SECURE);
  const { token } = await make(world, ALICE, { label: 'x' });
  const { digest, keyId } = world.keys.digest('token', token);
  expect(await rows()).toMatchObject([{ digest, digest_key_id: keyId, value_cipher: null }]);
});

it('leaves tokens that were made in secure mode without a value when it goes off [EXT-35]', async () => {
  world = await startExtender(SECURE);
  const secret = await make(world, ALICE, { label: 'made in secure mode' });
  world = await world.restart(OPEN);
  const open = await make(world, ALICE, { label: 'made after' });
  const { tokens } = await list(world, ALICE);
  expect(tokens.map(({ token }) => token)).toEqual([undefined, open.token]);
  expect(await world.identify({ as: ['alice', secret.token] })).toMatchObject({ kind: 'authenticated', grant: { tokenRef: secret.id } });
});

it('drops the values that are there when secure mode goes on, for good; the tokens work on [EXT-35]', async () => {
  world = await startExtender(OPEN);
  const { token, id } = await make(world, ALICE, { label: 'x' });
  world = await world.restart(SECURE);
  expect(await rows()).toMatchObject([{ token_ref: id, value_cipher: null }]);
  world = await world.restart(OPEN);
  expect((await list(world, ALICE)).tokens[0]?.token).toBeUndefined();
  expect(await world.identify({ as: ['alice', token] })).toMatchObject({ kind: 'authenticated' });
});

it('shows no value in secure mode, even where a node without it has stored one since [EXT-35]', async () => {
  world = await startExtender(SECURE);
  const { token, id } = await make(world, ALICE, { label: 'x' });
  const value_cipher = world.keys.encrypt('token-value', token, id);
  await world.store.transaction((manager) => manager.update(extenderTokenTable, { token_ref: id }, { value_cipher }));
  expect((await list(world, ALICE)).tokens[0]?.token).toBeUndefined();
});

it('goes on showing and accepting values after the site’s key was rotated [GW-13]', async () => {
  world = await startExtender(OPEN);
  const { token } = await make(world, ALICE, { label: 'under the old key' });
  world = await world.restart({ rotateKeys: true });
  expect((await list(world, ALICE)).tokens[0]?.token).toBe(token);
  expect(await world.identify({ as: ['alice', token] })).toMatchObject({ kind: 'authenticated' });
  expect((await set(world, ALICE, { label: 'same value', token })).status).toBe(409);
  await make(world, ALICE, { label: 'under the new key' });
  expect(new Set((await rows()).map(({ digest_key_id }) => digest_key_id)).size).toBe(2);
});

it('still lists a token whose value can no longer be decrypted, without it', async () => {
  world = await startExtender(OPEN);
  const [broken, whole] = [await make(world, ALICE, { label: 'broken' }), await make(world, ALICE, { label: 'whole' })];
  await world.store.transaction((manager) =>
    manager.update(extenderTokenTable, { token_ref: broken.id }, { value_cipher: 'v1.gone.AAAA' }),
  );
  expect((await list(world, ALICE)).tokens.map(({ token }) => token)).toEqual([undefined, whole.token]);
  expect(world.logged.join()).toContain(broken.id);
});

it('does not take the cipher of one token for that of another', async () => {
  world = await startExtender(OPEN);
  const [first, second] = [await make(world, ALICE, { label: 'first' }), await make(world, ALICE, { label: 'second' })];
  const value_cipher = (await rows()).find(({ token_ref }) => token_ref === first.id)?.value_cipher ?? '';
  await world.store.transaction((manager) => manager.update(extenderTokenTable, { token_ref: second.id }, { value_cipher }));
  expect((await list(world, ALICE)).tokens.map(({ token }) => token)).toEqual([first.token, undefined]);
});

it('forbids storing every answer that carries a value, and only those [EXT-61]', async () => {
  world = await startExtender(OPEN);
  expect((await set(world, ALICE, { label: 'x' })).headers['cache-control']).toBe('no-store');
  expect((await world.send({ path: `${BASE}/get`, as: ALICE })).headers['cache-control']).toBe('no-store');
  expect((await set(world, ADMIN, { addAuditRecord: true })).headers['cache-control']).toBeUndefined();
  world = await world.restart(SECURE);
  expect((await set(world, ALICE, { label: 'x' })).headers['cache-control']).toBe('no-store');
  expect((await world.send({ path: `${BASE}/get`, as: ALICE })).headers['cache-control']).toBeUndefined();
});
