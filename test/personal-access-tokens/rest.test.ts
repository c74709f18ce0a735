// Everybody's own tokens over real HTTP, as the vendor's clients see them [PAT-20 … PAT-26].
import { DAY_MS } from '../../src/core/index.js';
import type { PluginWorld } from '../support/plugin-host.js';
import { TEST_START } from '../support/test-clock.js';
import {
  ADMIN,
  ALICE,
  BASE,
  BOB,
  CONFLUENCE_BASE,
  create,
  faultOf,
  list,
  make,
  startPats,
  storedRow,
  TIME,
  tokenRefOf,
} from './pat-world.js';

const ILLEGAL = 'java.lang.IllegalArgumentException';
let world: PluginWorld;

beforeEach(async () => {
  world = await startPats();
});

afterEach(() => world.close());

describe.each(['latest', '1.0'])('POST /rest/pat/%s/tokens', (version) => {
  it('answers the documented example with 201, the token and its raw value, in the vendor’s order [PAT-21]', async () => {
    const answer = await world.send({
      method: 'POST',
      path: `/rest/pat/${version}/tokens`,
      as: ALICE,
      json: { name: 'tokenName', expirationDuration: 90 },
    });
    expect([answer.status, answer.headers['content-type'], answer.headers['cache-control']]).toEqual([
      201,
      'application/json;charset=UTF-8',
      'no-store',
    ]);
    expect(answer.text).toMatch(
      /^\{"id":1,"name":"tokenName","createdAt":"2026-01-31T10:00:00\.000\+00:00","expiringAt":"2026-05-01T10:00:00\.000\+00:00","rawToken":"[MNO][A-Za-z0-9+/]{43}"\}$/,
    );
  });
});

describe('POST /tokens', () => {
  it('counts the days to the millisecond, and says 9999-12-31 for never [PAT-20, PAT-21]', async () => {
    await world.clock.advance(1);
    const { expiringAt } = await make(world, ALICE, { name: 'x', expirationDuration: 1 });
    expect(Date.parse(expiringAt)).toBe(TEST_START + 1 + DAY_MS);
    expect((await make(world, ALICE, { name: 'x' })).expiringAt).toBe('9999-12-31T00:00:00.000+00:00');
    expect((await make(world, ALICE, { name: 'x', expirationDuration: null })).expiringAt).toBe('9999-12-31T00:00:00.000+00:00');
  });

  it('allows duplicate names, for oneself only, and shows the raw value this once [PAT-21]', async () => {
    const [first, second] = [await make(world, ALICE), await make(world, ALICE)];
    expect(first.rawToken).not.toBe(second.rawToken);
    expect((await list(world, ALICE)).map(({ name }) => name)).toEqual(['script', 'script']);
    expect(await list(world, BOB)).toEqual([]);
    expect(JSON.stringify(await list(world, ALICE))).not.toContain('rawToken');
    const row = await storedRow(world, first.id);
    const secret = Buffer.from(first.rawToken, 'base64').subarray(13).toString('base64');
    expect(JSON.stringify([row, world.acts, world.logged])).not.toMatch(new RegExp(`${escape(first.rawToken)}|${escape(secret)}`));
  });

  const long = 'x'.repeat(41);
  it.each<[object, number, string]>([
    [{ name: '' }, 400, 'blank'],
    [{ name: ' \t' }, 400, 'blank'],
    [{}, 400, 'no name'],
    [{ name: null }, 400, 'no name'],
    [{ name: 7 }, 400, 'a number'],
    [{ name: long }, 400, 'one character more than token.name.length'],
    [{ name: 'x\r\nBcc: all@example.com' }, 400, 'a header of a mail'],
    [{ name: 'x', expirationDuration: 366 }, 400, 'a day more than max.tokens.expiry.days'],
    [{ name: 'x', expirationDuration: 0 }, 400, 'none'],
    [{ name: 'x', expirationDuration: -1 }, 400, 'less than none'],
    [{ name: 'x', expirationDuration: 1.5 }, 400, 'a part of a day'],
    [{ name: 'x', expirationDuration: 'soon' }, 400, 'a word'],
    [{ name: 'x', userKey: 'JIRAUSER10000' }, 400, 'for somebody else'],
    [['x'], 400, 'not an object'],
    [{ name: 'x'.repeat(40), expirationDuration: 365 }, 201, 'both at their bounds'],
  ])('takes %j as %i (%s) [PAT-21, PAT-22, PAT-23]', async (json, status) => {
    const answer = await create(world, ALICE, json);
    expect(answer.status).toBe(status);
    if (status === 400) expect(faultOf(answer).exception).toBe(ILLEGAL);
    expect(await list(world, ALICE)).toHaveLength(status === 201 ? 1 : 0);
  });

  it('counts expired tokens too, and says how many there may be in these words [PAT-22, PAT-23]', async () => {
    for (let index = 0; index < 10; index += 1) await make(world, ALICE, { name: 'x', expirationDuration: 1 });
    await world.clock.advance(2 * DAY_MS);
    const answer = await create(world, ALICE, { name: 'x' });
    expect(answer.status).toBe(403);
    expect(faultOf(answer)).toEqual({
      exception: 'com.atlassian.pats.exception.UserTokenLimitExceededException',
      error: "You can't create more than 10 tokens.",
    });
    // Of each user, and of each product.
    await make(world, BOB);
    await make(world, ALICE, { name: 'x' }, CONFLUENCE_BASE);
  });

  it('never makes one more than there may be, however many ask at once [PAT-22]', async () => {
    const answers = await Promise.all(Array.from({ length: 15 }, () => create(world, ALICE, { name: 'x' })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(5);
  });

  it('records the making with the token’s name and owner, and makes nothing where that cannot be recorded [PAT-60]', async () => {
    const token = await make(world, ALICE, { name: 'nightly' });
    expect(world.acts).toHaveLength(1);
    const userKey = (await world.directory.findByUsername('alice'))?.userKeys.jira;
    expect(world.acts[0]).toMatchObject({
      action: 'token.created',
      system: 'personal-access-tokens-jira',
      tokenRef: tokenRefOf(token),
      clientAddress: '192.0.2.7',
      detail: { label: 'nightly', user: 'alice', userKey },
      outcome: 'done',
    });
    world.isAuditDown = true;
    expect((await create(world, ALICE, { name: 'x' })).status).toBe(503);
    world.isAuditDown = false;
    expect(await list(world, ALICE)).toHaveLength(1);
  });
});

describe('what was asked for wrongly is told in the vendor’s order, the first failure alone', () => {
  const strict = { 'atlassian.pats.eternal.tokens.enabled': false, 'atlassian.pats.max.tokens.per.user': 0 };
  it.each([
    [{ 'atlassian.pats.enabled': false }, { name: '', expirationDuration: 999 }, 400, /switched off/],
    [strict, { name: '', expirationDuration: 999 }, 400, /blank/],
    [strict, { name: 'x'.repeat(41), expirationDuration: 999 }, 400, /at most 40 characters/],
    [strict, { name: 'x', expirationDuration: 999 }, 400, /at most 365 days/],
    [strict, { name: 'x', expirationDuration: 0 }, 400, /at least 1 day/],
    [strict, { name: 'x' }, 403, /You can't create more than 0 tokens\./],
    [{ 'atlassian.pats.eternal.tokens.enabled': false }, { name: 'x' }, 400, /expirationDuration is required/],
  ])('with %j: %j is %i %s [PAT-22]', async (settings, json, status, error) => {
    world = await world.restart({ settings });
    const answer = await create(world, ALICE, json);
    expect(answer.status).toBe(status);
    expect(faultOf(answer).error).toMatch(error);
  });
});

describe('GET /tokens', () => {
  it('lists the caller’s tokens in the order of making, expired ones too, with times that end in +00:00 and no null [PAT-20]', async () => {
    await make(world, ALICE, { name: 'a', expirationDuration: 1 });
    await world.clock.advance(2 * DAY_MS);
    await make(world, ALICE, { name: 'b' });
    const answer = await world.send({ path: `${BASE}/tokens`, as: ALICE });
    expect(answer.headers['content-type']).toBe('application/json;charset=UTF-8');
    const tokens = JSON.parse(answer.text) as Record<string, string>[];
    expect(tokens.map((token) => Object.keys(token))).toEqual([
      ['id', 'name', 'createdAt', 'expiringAt'],
      ['id', 'name', 'createdAt', 'expiringAt'],
    ]);
    for (const { createdAt, expiringAt } of tokens)
      expect([createdAt, expiringAt]).toEqual([expect.stringMatching(TIME), expect.stringMatching(TIME)]);
    expect(tokens.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('shows a use as soon as it was answered, before the table does [PAT-20, PAT-52]', async () => {
    const token = await make(world, ALICE);
    await world.clock.advance(1_234);
    world.use({ tokenRef: tokenRefOf(token), permitted: 1 });
    const [shown] = await list(world, ALICE);
    expect(Object.keys(shown ?? {})).toEqual(['id', 'name', 'createdAt', 'expiringAt', 'lastAccessedAt']);
    expect(shown?.lastAccessedAt).toBe('2026-01-31T10:00:01.234+00:00');
    expect((await storedRow(world, token.id))['LAST_ACCESSED_AT']).toBeNull();
  });

  it('shows each product its own tokens alone [DIR-3]', async () => {
    await make(world, ALICE, { name: 'in Jira' });
    await make(world, ALICE, { name: 'in Confluence' }, CONFLUENCE_BASE);
    expect((await list(world, ALICE)).map(({ name }) => name)).toEqual(['in Jira']);
    expect((await list(world, ALICE, CONFLUENCE_BASE)).map(({ name }) => name)).toEqual(['in Confluence']);
  });

  it('is 401 with the exception for nobody', async () => {
    const active = world.active.restModules[0];
    expect(active?.renderFault).toBeDefined();
    const answer = await world.send({ path: `${BASE}/tokens` });
    expect([answer.status, faultOf(answer).exception]).toEqual([401, 'com.atlassian.sal.api.permission.AuthorisationException']);
  });
});

describe('GET /tokens/{id}', () => {
  it.each([
    ['its owner', ALICE, 200],
    ['an administrator', ADMIN, 200],
    ['somebody else', BOB, 401],
  ])('is for %s [PAT-24]', async (_who, login, status) => {
    const token = await make(world, ALICE);
    const answer = await world.send({ path: `${BASE}/tokens/${token.id}`, as: login });
    expect(answer.status).toBe(status);
    if (status === 200) expect(JSON.parse(answer.text)).toEqual((await list(world, ALICE))[0]);
    else expect(faultOf(answer).exception).toBe('com.atlassian.sal.api.permission.AuthorisationException');
  });

  it.each(['4711', '0', 'abc', '-1', '99999999999999999999', 'search'])('is 404 without a body for %s [PAT-24]', async (id) => {
    const answer = await world.send({ path: `${BASE}/tokens/${id}`, as: ALICE });
    expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([404, '', undefined]);
  });

  it('is 404 for a token of the other product, whose number it is [DIR-3, PAT-24]', async () => {
    const token = await make(world, ALICE, { name: 'x' }, CONFLUENCE_BASE);
    for (const login of [ALICE, ADMIN]) expect((await world.send({ path: `${BASE}/tokens/${token.id}`, as: login })).status).toBe(404);
    expect((await world.send({ path: `${CONFLUENCE_BASE}/tokens/${token.id}`, as: ALICE })).status).toBe(200);
  });
});

describe('DELETE /tokens/{id}', () => {
  const remove = (id: number | string, login: readonly [string, string], base = BASE) =>
    world.send({ method: 'DELETE', path: `${base}/tokens/${id}`, as: login });

  it.each([
    ['its owner', ALICE, 204],
    ['an administrator', ADMIN, 204],
    ['somebody else', BOB, 401],
  ])('is for %s; the row is gone, and no number comes twice [PAT-25]', async (_who, login, status) => {
    const token = await make(world, ALICE);
    const answer = await remove(token.id, login);
    expect(answer.status).toBe(status);
    if (status === 204) expect([answer.text, await storedRow(world, token.id)]).toEqual(['', {}]);
    expect(await list(world, ALICE)).toHaveLength(status === 204 ? 0 : 1);
    expect((await make(world, ALICE)).id).toBeGreaterThan(token.id);
    expect((await world.registry.list({ startAt: 0, limit: 10 })).total).toBe(status === 204 ? 1 : 2);
  });

  it('is 204 also when there is none, and for a token of the other product, which stays [PAT-25, DIR-3]', async () => {
    const other = await make(world, ALICE, { name: 'x' }, CONFLUENCE_BASE);
    expect([(await remove(4711, ALICE)).status, (await remove(other.id, ADMIN)).status]).toEqual([204, 204]);
    expect(await list(world, ALICE, CONFLUENCE_BASE)).toHaveLength(1);
    expect(world.acts.filter(({ action }) => action === 'token.deleted')).toEqual([]);
  });

  it('is recorded with who did it and whose it was, and not done where that cannot be recorded [PAT-60]', async () => {
    const token = await make(world, ALICE, { name: 'nightly' });
    world.isAuditDown = true;
    expect((await remove(token.id, ADMIN)).status).toBe(503);
    world.isAuditDown = false;
    expect(await list(world, ALICE)).toHaveLength(1);
    await remove(token.id, ADMIN);
    expect(world.acts.at(-1)).toMatchObject({
      action: 'token.deleted',
      actor: { username: 'admin' },
      tokenRef: tokenRefOf(token),
      detail: { label: 'nightly', user: 'alice', reason: 'revoked' },
    });
  });
});

describe('there is no', () => {
  it.each([
    ['PUT', '/tokens'],
    ['PATCH', '/tokens'],
    ['PUT', '/tokens/1'],
    ['PATCH', '/tokens/1'],
    ['POST', '/admin/tokens'],
  ] as const)('%s %s: 405 [PAT-26]', async (method, path) => {
    const answer = await world.send({ method, path: `${BASE}${path}`, as: ADMIN, json: {} });
    expect(answer.status).toBe(405);
    expect(answer.headers['allow']).toBeDefined();
    faultOf(answer);
  });
});

it('with pats.enabled=false lists all the same [PAT-15]', async () => {
  await make(world, ALICE);
  world = await world.restart({ settings: { 'atlassian.pats.enabled': false } });
  expect(await list(world, ALICE)).toHaveLength(1);
  const answer = await create(world, ALICE, { name: 'x' });
  expect([answer.status, faultOf(answer).exception]).toEqual([400, ILLEGAL]);
});

function escape(text: string): string {
  return text.replaceAll(/[+/]/g, '\\$&');
}
