// GET tokenTools/get: who sees what, in which shape and on which page [EXT-30 … EXT-35].
import { DAY_MS, Secret } from '../../src/core/index.js';
import { plugins } from '../../src/plugins/index.js';
import type { PluginWorld } from '../support/plugin-host.js';
import { TEST_START } from '../support/test-clock.js';
import { ADMIN, ALICE, BASE, BOB, keyOf, list, make, remove, ROOT, startExtender } from './extender-world.js';

let world: PluginWorld;

beforeAll(async () => {
  world = await startExtender();
});

afterAll(() => world.close());

afterEach(async () => {
  for (const { id } of (await list(world, ADMIN)).tokens) await remove(world, ADMIN, { id });
});

it('is one of the token systems that Postern carries', () => {
  expect(plugins.map(({ manifest }) => manifest.key)).toContain('extender');
});

describe('who sees which tokens [EXT-30]', () => {
  beforeEach(async () => {
    await make(world, ALICE, { label: 'alice for herself' });
    await make(world, BOB, { label: 'bob for himself' });
    await make(world, ADMIN, { label: 'admin for alice', userName: 'alice' });
    await make(world, ADMIN, { label: 'admin for himself', userName: 'admin' });
    await make(world, ADMIN, { label: 'admin for anyone' });
  });

  it.each([
    ['an administrator', ADMIN, ['alice for herself', 'bob for himself', 'admin for alice', 'admin for himself', 'admin for anyone']],
    ['another administrator', ROOT, ['alice for herself', 'bob for himself', 'admin for alice', 'admin for himself', 'admin for anyone']],
    ['a user: his own and those made for him', ALICE, ['alice for herself', 'admin for alice']],
    ['another user', BOB, ['bob for himself']],
  ] as const)('%s', async (_who, login, labels) => {
    const page = await list(world, login);
    expect(page.tokens.map(({ label }) => label)).toEqual(labels);
    expect(page.total).toBe(labels.length);
  });

  it('is 401 for nobody, in the framework’s own words [EXT-60]', async () => {
    const answer = await world.send({ path: `${BASE}/get` });
    expect(answer.status).toBe(401);
    expect(answer.text).toBe('{"message":"Client must be authenticated to access this resource.","status-code":401}');
    expect(answer.headers['www-authenticate']).toContain('Basic realm=');
  });

  it('hides a token for anyone from its author once he is no administrator any more', async () => {
    await world.directory.changeUser('admin', { isAdministrator: false });
    try {
      expect((await list(world, ADMIN)).tokens.map(({ label }) => label)).toEqual(['admin for himself']);
    } finally {
      await world.directory.changeUser('admin', { isAdministrator: true });
    }
  });
});

describe('the shape of the answer', () => {
  it('has exactly these keys in this order [EXT-32, EXT-33]', async () => {
    const made = await make(world, ALICE, { label: ' Token name ', daysUntilExpiry: 90, limitTo: '.*/x', ip: '192.168.1.1' });
    const key = await keyOf(world, 'alice');
    const answer = await world.send({ path: `${BASE}/get?maxResults=50`, as: ALICE });
    expect(answer.text).toBe(
      `{"total":1,"pages":1,"maxResults":50,"startAt":0,"tokens":[{"authorKey":"${key}","userKey":"${key}",` +
        `"userDisplayName":"Alice Example","label":"Token name","user":"alice","token":"${made.token}","id":"${made.id}",` +
        `"limitTo":".*/x","ip":"192.168.1.1","validUntil":${TEST_START + 90 * DAY_MS},"dateCreated":${TEST_START},"counter":0}],` +
        '"status":"ok"}',
    );
  });

  it('has an opaque id: base64 of 64 bytes [EXT-33]', async () => {
    const { id } = await make(world, ALICE, { label: 'x' });
    expect(Buffer.from(id, 'base64')).toHaveLength(64);
    expect(Buffer.from(id, 'base64').toString('base64')).toBe(id);
  });

  it('names the author only where he made the token for himself [EXT-33]', async () => {
    await make(world, ALICE, { label: 'own' });
    await make(world, ADMIN, { label: 'own of an administrator', userName: 'ADMIN' });
    await make(world, ADMIN, { label: 'for alice', userName: 'alice' });
    await make(world, ADMIN, { label: 'for anyone' });
    const [alice, admin] = [await keyOf(world, 'alice'), await keyOf(world, 'admin')];
    const { tokens } = await list(world, ADMIN);
    expect(tokens.map(({ authorKey, userKey, user, userDisplayName }) => [authorKey, userKey, user, userDisplayName])).toEqual([
      [alice, alice, 'alice', 'Alice Example'],
      [admin, admin, 'admin', 'Admin Example'],
      ['', alice, 'alice', 'Alice Example'],
      ['', '', '', ''],
    ]);
  });

  it('counts days of 24 hours from creation, to the millisecond, and says 0 for never [EXT-33, EXT-34]', async () => {
    await world.clock.advance(123);
    const ninety = await make(world, ALICE, { label: 'x', daysUntilExpiry: 90 });
    expect(ninety.validUntil - ninety.dateCreated).toBe(90 * 86_400_000);
    expect(ninety.dateCreated).toBe(world.clock.now());
    const never = await make(world, ALICE, { label: 'y' });
    expect(never.validUntil).toBe(0);
    expect((await list(world, ALICE)).tokens.map(({ validUntil }) => validUntil)).toEqual([ninety.validUntil, 0]);
  });

  it('is in the order of creation, within one millisecond too [EXT-33]', async () => {
    const labels = ['c', 'a', 'b'];
    for (const label of labels) await make(world, ALICE, { label });
    await world.clock.advance(1);
    await make(world, ALICE, { label: '0' });
    expect((await list(world, ALICE)).tokens.map(({ label }) => label)).toEqual([...labels, '0']);
  });

  it('says nothing but the envelope when there is no token [EXT-32]', async () => {
    const answer = await world.send({ path: `${BASE}/get`, as: BOB });
    expect(answer.text).toBe('{"total":0,"pages":0,"maxResults":1000,"startAt":0,"tokens":[],"status":"ok"}');
  });

  it('is served below latest too, and with a trailing slash', async () => {
    for (const path of ['/rest/extender/latest/tokenTools/get', `${BASE}/get/`, '/jira/rest/extender/1.0/tokenTools/get']) {
      expect((await world.send({ path, as: ALICE })).status).toBe(200);
    }
  });

  it('keeps showing the token of a deleted user, under the names he had [DIR-7]', async () => {
    await world.directory.createUser({
      username: 'gone',
      password: new Secret('gone-password'),
      displayName: 'Gone Example',
      emailAddress: '',
      isAdministrator: false,
      isActive: true,
    });
    await make(world, ADMIN, { label: 'left behind', userName: 'gone' });
    await world.directory.deleteUser('gone');
    expect((await list(world, ADMIN)).tokens).toMatchObject([{ user: 'gone', userDisplayName: 'Gone Example', label: 'left behind' }]);
  });

  it('shows a user’s new display name', async () => {
    await make(world, ALICE, { label: 'x' });
    await world.directory.changeUser('alice', { displayName: 'Alice Married' });
    try {
      expect((await list(world, ALICE)).tokens[0]?.userDisplayName).toBe('Alice Married');
    } finally {
      await world.directory.changeUser('alice', { displayName: 'Alice Example' });
    }
  });
});
