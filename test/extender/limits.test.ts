// What a token may be used for: read strictly, stored as it will be shown, handed on to what it makes [EXT-10 … EXT-19, GW-26].
import { readFileSync } from 'node:fs';
import { DAY_MS, type Grant, LIMITS, type RuleSubject } from '../../src/core/index.js';
import { inheritLimits } from '../../src/plugin-kit/stored-limits.js';
import { extenderTokenTable } from '../../src/plugins/extender/tables.js';
import type { PluginWorld } from '../support/plugin-host.js';
import { ADMIN, ALICE, list, make, messageOf, remove, set, startExtender } from './extender-world.js';

interface Vectors {
  readonly sets: readonly { readonly rules: string; readonly sameAs?: readonly string[]; readonly cases: readonly string[][] }[];
  readonly valid: readonly string[];
  readonly invalid: readonly string[];
}

const vectors = JSON.parse(readFileSync(new URL('../vectors/limit-to.json', import.meta.url), 'utf8')) as Vectors;
let world: PluginWorld;

beforeAll(async () => {
  world = await startExtender();
});

afterAll(() => world.close());

afterEach(async () => {
  for (const { id } of (await list(world, ADMIN)).tokens) await remove(world, ADMIN, { id });
});

async function grantOf(username: string, secret: string): Promise<Grant> {
  const identity = await world.identify({ as: [username, secret] });
  if (identity.kind !== 'authenticated' || identity.grant === null) throw new Error(`not accepted: ${JSON.stringify(identity)}`);
  return identity.grant;
}

function subject(method: string, target: string): RuleSubject {
  const [path = '', query = null] = target.split('?');
  return { method, path, contextPath: path.startsWith('/jira/') ? '/jira' : '', query, body: null };
}

/** Whether every bundle of a grant lets the request through, as the decision asks [GW-26]. */
function permits(grant: Grant, method: string, target: string, address = '192.0.2.7'): boolean {
  return grant.limits.every(
    ({ rules, addresses }) =>
      (rules === null || rules.match(subject(method, target)) !== null) && (addresses === null || addresses.includes(address)),
  );
}

describe('limitTo', () => {
  const cases = vectors.sets.flatMap(({ rules, cases: rows }) =>
    rows.map(([method = '', target = '', expected = '', why = '']) => ({ rules, method, target, expected, why })),
  );

  it.each(cases.filter(({ expected }) => expected !== 'refuse'))(
    'of the token: $rules lets $method $target through: $expected ($why) [EXT-11, EXT-13, EXT-14, EXT-15, EXT-16]',
    async ({ rules, method, target, expected }) => {
      const { token, id } = await make(world, ALICE, { label: 'x', limitTo: rules });
      // The gateway judges the canonical path; the vectors' one escape is that of an unreserved character.
      expect(permits(await grantOf('alice', token), method, target.replace('%2D', '-'))).toBe(expected === 'allow');
      await remove(world, ALICE, { id });
    },
  );

  it('has vectors to be held to', () => {
    expect(cases.filter(({ expected }) => expected !== 'refuse').length).toBeGreaterThanOrEqual(15);
    expect(vectors.invalid.length).toBeGreaterThanOrEqual(16);
  });

  it.each(vectors.sets.flatMap(({ rules, sameAs = [] }) => sameAs.map((spelling) => [spelling, rules])))(
    '%j is the same as %j, and comes back joined with <br> [EXT-10, EXT-19]',
    async (spelling, rules) => {
      const made = await make(world, ALICE, { label: 'x', limitTo: spelling });
      expect(made.limitTo).toBe(rules);
      expect((await list(world, ALICE)).tokens[0]?.limitTo).toBe(rules);
    },
  );

  it.each([
    ['.*/a\n.*/b', '.*/a<br>.*/b', 'a line feed'],
    ['.*/a\r\n.*/b', '.*/a<br>.*/b', 'CRLF'],
    ['.*/a\\n.*/b', '.*/a<br>.*/b', 'a backslash and an n'],
    ['.*/a<BR/>.*/b', '.*/a<br>.*/b', 'a break in another form'],
    ['\n .*/a <br><br> .*/b \n', '.*/a<br>.*/b', 'blanks and empty pieces'],
  ])('%j is kept as %j [EXT-10] (%s)', async (limitTo, kept) => {
    expect((await make(world, ALICE, { label: 'x', limitTo })).limitTo).toBe(kept);
  });

  it.each([[undefined], [null], ['']])('%j is unrestricted [EXT-10]', async (limitTo) => {
    const { token, limitTo: shown } = await make(world, ALICE, { label: 'x', limitTo });
    expect(shown).toBe('');
    expect((await grantOf('alice', token)).limits).toEqual([]);
  });

  it.each(vectors.valid.map((limitTo) => [limitTo]))('%j is taken [EXT-17]', async (limitTo) => {
    expect((await set(world, ALICE, { label: 'x', limitTo })).status).toBe(200);
  });

  it.each(vectors.invalid.map((limitTo) => [limitTo]))(
    '%j is refused with 400, and nothing is stored [EXT-12, EXT-17, EXT-18]',
    async (limitTo) => {
      const before = world.acts.length;
      const answer = await set(world, ALICE, { label: 'x', limitTo });
      expect(answer.status).toBe(400);
      expect(messageOf(answer)).toMatch(/^limitTo: rule \d+/);
      expect((await list(world, ALICE)).total).toBe(0);
      expect(world.acts).toHaveLength(before);
    },
  );

  it('that does not compile is named by rule, position and construct [EXT-17]', async () => {
    const answer = await set(world, ALICE, { label: 'x', limitTo: '.*/fine<br>.*/(?!admin).*' });
    expect(messageOf(answer)).toMatch(/^limitTo: rule 2, column 4: .*look-?ahead/i);
  });

  it('with [JsonData::…] is taken, and comes back as it was written [EXT-15]', async () => {
    const limitTo = '[post].*/issue[JsonData::fields.project.key==KAN.*]';
    const { limitTo: shown } = await make(world, ALICE, { label: 'x', limitTo });
    expect(shown).toBe(limitTo);
  });

  it.each([[5], [true], [['.*']], [{}]])('%j is refused with 400', async (limitTo) => {
    expect((await set(world, ALICE, { label: 'x', limitTo })).status).toBe(400);
  });

  it.each([
    ['limit_to', '(?!x)'],
    ['ip', '10.1'],
    ['inherited', '[{"limitTo":"(?!x)","ip":""}]'],
    ['inherited', '[{"limitTo":"","ip":"10.1"}]'],
  ])('in the database that no longer compiles (%s: %s) denies [EXT-18]', async (column, text) => {
    const { token, id } = await make(world, ALICE, { label: 'x' });
    await world.store.transaction((manager) => manager.update(extenderTokenTable, { token_ref: id }, { [column]: text }));
    expect(permits(await grantOf('alice', token), 'GET', '/rest/x', '10.0.0.1')).toBe(false);
  });
});

it('an ip restricts to its addresses [GW-22]', async () => {
  const { token } = await make(world, ALICE, { label: 'x', ip: '192.0.2.0/24, 2001:db8::1' });
  const grant = await grantOf('alice', token);
  expect(['192.0.2.255', '192.0.3.1', '2001:db8::1', '2001:db8::2'].map((address) => permits(grant, 'GET', '/rest/x', address))).toEqual([
    true,
    false,
    true,
    false,
  ]);
});

describe('a token that makes a token [GW-26]', () => {
  const parentLimits = { limitTo: '.*/rest/extender/.*<br>.*/parent/.*', ip: '192.0.2.0/24' };

  it.each(['emulator', 'gateway'] as const)(
    'hands its rules and addresses on in the %s profile, where it may make one',
    async (profile) => {
      world = await world.restart({ profile });
      const parent = await make(world, ALICE, { label: 'parent', ...parentLimits });
      const child = await make(world, ['alice', parent.token], { label: 'child', limitTo: '.*/both.*', ip: '192.0.2.7' });
      const grandchild = await make(world, ['alice', child.token], { label: 'grandchild' });
      for (const grant of [await grantOf('alice', child.token), await grantOf('alice', grandchild.token)]) {
        expect(permits(grant, 'GET', '/rest/parent/both')).toBe(true);
        expect(permits(grant, 'GET', '/rest/parent/x')).toBe(false);
        expect(permits(grant, 'GET', '/rest/both')).toBe(false);
        expect(permits(grant, 'GET', '/rest/parent/both', '192.0.2.8')).toBe(false);
      }
      expect((await world.registry.find('extender', grandchild.id))?.hasLimits).toBe(true);
      expect((await list(world, ADMIN)).tokens.map(({ limitTo, ip }) => [limitTo, ip])).toEqual([
        [parentLimits.limitTo, parentLimits.ip],
        ['.*/both.*', '192.0.2.7'],
        ['', ''],
      ]);
      world = await world.restart({ profile: 'emulator' });
    },
  );

  it('hands them on whoever it is for, and one for anyone as well', async () => {
    const parent = await make(world, ADMIN, { label: 'parent', userName: 'admin', ...parentLimits });
    for (const userName of ['bob', undefined]) {
      const child = await make(world, ['admin', parent.token], { label: 'child', userName });
      expect(permits(await grantOf('bob', child.token), 'GET', '/rest/elsewhere')).toBe(false);
    }
  });

  it('does not grow its line where all carry the same limits', async () => {
    let secret = (await make(world, ALICE, { label: 'first', ...parentLimits })).token;
    for (let generation = 0; generation < 30; generation += 1)
      secret = (await make(world, ['alice', secret], { label: 'x', ...parentLimits })).token;
    expect((await grantOf('alice', secret)).limits).toHaveLength(2);
  });

  it('ends its line where the limits have become too many [GW-52]', () => {
    const rules = (index: number) => ({ rules: { ...NO_RULES, text: `.*/${index}` }, addresses: null });
    const parent = (count: number): Grant => ({ ...GRANT, limits: Array.from({ length: count }, (_, index) => rules(index)) });
    expect(inheritLimits(parent(LIMITS.inheritedLimitsMax))).toHaveLength(LIMITS.inheritedLimitsMax);
    expect(() => inheritLimits(parent(LIMITS.inheritedLimitsMax + 1))).toThrow(expect.objectContaining({ status: 403 }));
    expect(inheritLimits(null)).toEqual([]);
  });

  it.each([
    [0, 10, 'a child that should never end'],
    [20, 10, 'a child that should end later'],
    [5, 5, 'a child that ends sooner anyway'],
  ])('gives its child of %j days no later end than its own in the gateway profile: %i days (%s)', async (days, expected) => {
    world = await world.restart({ profile: 'gateway' });
    const parent = await make(world, ALICE, { label: 'parent', daysUntilExpiry: 10 });
    const child = await make(world, ['alice', parent.token], { label: 'child', daysUntilExpiry: days });
    expect(child.validUntil).toBe(child.dateCreated + expected * DAY_MS);
    world = await world.restart({ profile: 'emulator' });
  });

  it('gives its child the end that was asked for in the emulator profile', async () => {
    const parent = await make(world, ALICE, { label: 'parent', daysUntilExpiry: 10 });
    expect((await make(world, ['alice', parent.token], { label: 'child' })).validUntil).toBe(0);
  });

  it('is refused with 403 where tokens make no tokens; the same user’s password is not', async () => {
    world = await world.restart({ tokensMakeTokens: 'refuse' });
    const { token } = await make(world, ADMIN, { label: 'parent', userName: 'admin' });
    const answer = await set(world, ['admin', token], { label: 'child' });
    expect(answer.status).toBe(403);
    expect(messageOf(answer)).toBe('A token may not be used to make another: log in with a password.');
    expect((await set(world, ['admin', token], { addAuditRecord: true })).status).toBe(200);
    expect((await set(world, ADMIN, { label: 'child' })).status).toBe(200);
    expect((await list(world, ADMIN)).tokens.map(({ label }) => label)).toEqual(['parent', 'child']);
    world = await world.restart({ tokensMakeTokens: 'allow' });
  });

  const NO_RULES = { match: () => null, needsBody: () => false, trace: () => [] };
  const GRANT = { tokenRef: 'ref', system: 'extender', validUntil: null, isAnyone: false };
});
