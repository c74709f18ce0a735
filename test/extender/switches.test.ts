// The site's two switches, alone, together and beside a token; and what carrying out means when something fails [EXT-44].
import { HostError } from '../../src/core/index.js';
import { extender } from '../../src/plugins/extender/index.js';
import { carryOut, draftToken } from '../../src/plugins/extender/issue.js';
import { addAuditRecordSetting } from '../../src/plugins/extender/manifest.js';
import { openTokens } from '../../src/plugins/extender/tokens.js';
import type { PluginHost } from '../../src/plugin-kit/contract.js';
import type { PluginWorld } from '../support/plugin-host.js';
import { ADMIN, ALICE, BASE, list, make, messageOf, remove, set, startExtender } from './extender-world.js';

const ON = { inProductLog: true, inUsageDetails: true };
let world: PluginWorld;

beforeAll(async () => {
  world = await startExtender();
});

afterAll(() => world.close());

afterEach(async () => {
  world.isAuditDown = false;
  await set(world, ADMIN, { addAuditRecord: true, collectUsageDetails: true });
  for (const { id } of (await list(world, ADMIN)).tokens) await remove(world, ADMIN, { id });
});

const marks = () => world.active.marks?.();

it('are both on until somebody says otherwise [EXT-44]', () => {
  expect(marks()).toEqual(ON);
});

it.each([
  ['{ "collectUsageDetails": false }', { inProductLog: true, inUsageDetails: false }],
  ['{ "collectUsageDetails": true }', ON],
  ['{ "addAuditRecord": false }', { inProductLog: false, inUsageDetails: true }],
  ['{ "addAuditRecord": true }', ON],
  ['{ "addAuditRecord": false, "collectUsageDetails": false }', { inProductLog: false, inUsageDetails: false }],
])('%s from an administrator: 200 and in force [EXT-44]', async (body, expected) => {
  const answer = await world.send({ method: 'POST', path: `${BASE}/set`, as: ADMIN, body });
  expect([answer.status, answer.text]).toEqual([200, '{"status":"ok"}']);
  expect(marks()).toEqual(expected);
  expect((await list(world, ADMIN)).total).toBe(0);
});

it('go back on, and survive a restart', async () => {
  await set(world, ADMIN, { addAuditRecord: false, collectUsageDetails: false });
  await set(world, ADMIN, { collectUsageDetails: true });
  expect(marks()).toEqual({ inProductLog: false, inUsageDetails: true });
  world = await world.restart();
  expect(marks()).toEqual({ inProductLog: false, inUsageDetails: true });
});

it.each([
  [{ collectUsageDetails: false }],
  [{ addAuditRecord: false }],
  [{ addAuditRecord: 'no' }],
  [{ label: 'x', addAuditRecord: false }],
])('%j from anybody else: 403 and no effect [EXT-44]', async (body) => {
  const answer = await set(world, ALICE, body);
  expect(answer.status).toBe(403);
  expect(messageOf(answer)).toBe('Only administrators may change this.');
  expect(marks()).toEqual(ON);
  expect((await list(world, ADMIN)).total).toBe(0);
});

it.each([
  [{ collectUsageDetails: null }],
  [{ collectUsageDetails: 'false' }],
  [{ collectUsageDetails: 0 }],
  [{ addAuditRecord: [] }],
  [{ addAuditRecord: false, collectUsageDetails: 'no' }],
  [{ label: 'x', addAuditRecord: 'no' }],
  [{ label: '', addAuditRecord: false }],
  [{ limitTo: '.*', addAuditRecord: false }],
  [{ label: 'x', limitTo: '[pots].*', addAuditRecord: false }],
  [{ label: 'x', userName: 'nobody', addAuditRecord: false }],
  [{ label: 'x', token: 'short', addAuditRecord: false }],
  [{}],
])('%j is 400, and none of it has any effect [EXT-44]', async (body) => {
  expect((await set(world, ADMIN, body)).status).toBe(400);
  expect(marks()).toEqual(ON);
  expect((await list(world, ADMIN)).total).toBe(0);
});

it('change together with a token that is made beside them', async () => {
  const made = await make(world, ADMIN, { label: 'x', userName: 'admin', addAuditRecord: false });
  expect(made.label).toBe('x');
  expect(marks()).toEqual({ inProductLog: false, inUsageDetails: true });
  expect(world.acts.slice(-2).map(({ action, outcome, detail }) => [action, outcome, detail?.['addAuditRecord']])).toEqual([
    ['switch.changed', 'done', false],
    ['token.created', 'done', undefined],
  ]);
});

it('stay as they are when the token beside them cannot be made, in memory and on the disk', async () => {
  await make(world, ALICE, { label: 'x', token: 'taken-already' });
  expect((await set(world, ADMIN, { label: 'y', token: 'taken-already', addAuditRecord: false })).status).toBe(409);
  expect(marks()).toEqual(ON);
  expect(world.acts.slice(-2).map(({ outcome }) => outcome)).toEqual(['failed', 'failed']);
  world = await world.restart();
  expect(marks()).toEqual(ON);
});

it('stay as they are when the change cannot be recorded [AUD-2]', async () => {
  world.isAuditDown = true;
  expect((await set(world, ADMIN, { addAuditRecord: false })).status).toBe(503);
  expect(marks()).toEqual(ON);
});

describe('carrying out', () => {
  const by = { actor: null, clientAddress: null };
  const off = [{ property: 'addAuditRecord', name: addAuditRecordSetting.name, value: false }];

  async function draft(host: PluginHost, value: string) {
    const principal = await host.directory.findByUsername('alice');
    if (principal === null) throw new Error('alice is missing');
    const request = { label: 'x', daysUntilExpiry: null, userName: null, limits: { limitTo: '', ip: '' }, value };
    return draftToken(host, { principal, grant: null }, principal, request, true);
  }

  it('gives 409 to whom the unique index stops: two nodes can both find a value free', async () => {
    const tokens = { ...openTokens(world.host), isTaken: async () => false };
    await carryOut(world.host, tokens, await draft(world.host, 'raced-for'), [], by);
    const second = await draft(world.host, 'raced-for');
    await expect(carryOut(world.host, tokens, second, off, by)).rejects.toMatchObject({ name: 'RestFault', status: 409 });
    expect(marks()).toEqual(ON);
    expect((await list(world, ADMIN)).total).toBe(1);
  });

  it('does not tell that a value is in use where that cannot be recorded', async () => {
    await make(world, ALICE, { label: 'x', token: 'taken-already' });
    world.isAuditDown = true;
    const answer = await set(world, ALICE, { label: 'y', token: 'taken-already' });
    expect(answer.status).toBe(503);
  });

  it('has what was stored in force even if the record could not be closed afterwards', async () => {
    const forgotten: string[] = [];
    const host: PluginHost = {
      ...world.host,
      forget: (tokenRef) => forgotten.push(tokenRef),
      audit: {
        async act(_act, work) {
          await work();
          throw new HostError('audit.unavailable');
        },
      },
    };
    const made = await draft(host, 'stored-all-the-same');
    await expect(carryOut(host, openTokens(host), made, off, by)).rejects.toMatchObject({ code: 'audit.unavailable' });
    expect(marks()).toEqual({ inProductLog: false, inUsageDetails: true });
    expect(forgotten).toEqual([made.token.tokenRef]);
    expect((await list(world, ALICE)).tokens).toMatchObject([{ id: made.token.tokenRef }]);
  });

  it('passes on what went wrong otherwise', async () => {
    const tokens = {
      ...openTokens(world.host),
      insert: async () => {
        throw new HostError('store.unavailable');
      },
    };
    const made = await draft(world.host, 'never-stored');
    await expect(carryOut(world.host, tokens, made, [], by)).rejects.toMatchObject({ code: 'store.unavailable' });
  });
});

it('are declared by name in the manifest’s own words', () => {
  expect(extender.manifest.settings.map(({ name }) => name)).toEqual([
    'extender.secureMode',
    'extender.auth',
    'extender.anyoneTokens',
    'extender.tokenLengthMin',
    'extender.addAuditRecord',
    'extender.collectUsageDetails',
  ]);
});
