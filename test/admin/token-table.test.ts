// The administrators' table of all tokens with 100,000 rows: every page, order and filter stays quick, and says what is there [PAT-71].
import type { EntityManager } from 'typeorm';
import { LIMITS } from '../../src/core/index.js';
import { type AdminWorld, startAdminWorld } from './admin-world.js';

const TOTAL = 100_000;
/** Milliseconds that the server may take for one page (issue 6). */
const TIME_MAX = 200;
const TOKENS = '/api/v1/tokens';

interface Listed {
  readonly total: number;
  readonly tokens: readonly { readonly label: string; readonly createdAt: string; readonly useCount: number; readonly status: string }[];
}

let world: AdminWorld;
let start: number;

// One statement makes them all: row n was made n seconds ago, every second never expires, every third was never used.
async function fill(manager: EntityManager): Promise<void> {
  await manager.query(
    `INSERT INTO postern_token (system_key, token_ref, product, owner_key, label, created_at, expires_at, last_used_at, use_count, has_limits, has_address_limit)
     WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${TOTAL - 1})
     SELECT CASE i % 4 WHEN 0 THEN 'extender' ELSE 'wombats-jira' END, 'ref-' || i, 'jira', 'JIRAUSER' || (i % 500), 'label ' || i,
       ${start} - i * 1000, CASE i % 2 WHEN 0 THEN ${start} + (i - 50000) * 60000 END, CASE i % 3 WHEN 0 THEN NULL ELSE ${start} - i END,
       i % 1000, i % 5 = 0, CASE i % 5 WHEN 0 THEN 1 WHEN 1 THEN NULL ELSE 0 END FROM n`,
  );
}

beforeAll(async () => {
  world = await startAdminWorld();
  start = world.clock.now();
  await world.store.transaction(fill);
  // The password's slow hash is no part of what is measured.
  await list('');
}, 120_000);

afterAll(() => world.close());

async function list(query: string): Promise<Listed> {
  const answer = await world.send({ path: `${TOKENS}?maxResults=50&${query}`, as: 'admin' });
  if (answer.status !== 200) throw new Error(`${query} answered ${answer.status}: ${answer.text}`);
  return answer.json<Listed>();
}

const day = (days: number): string => new Date(start + days * 86_400_000).toISOString();

it.each([
  ['the first page', () => '', TOTAL],
  ['the last page', () => `startAt=${TOTAL - 50}`, TOTAL],
  ['the last page of an order that has gaps', () => `sort=expires&startAt=${TOTAL - 50}`, TOTAL],
  ['by the end, the last first', () => 'sort=-expires', TOTAL],
  ['by the last use', () => 'sort=lastUsed', TOTAL],
  ['by the last use, the last first', () => 'sort=-lastUsed', TOTAL],
  ['by the label', () => `sort=label&startAt=${TOTAL / 2}`, TOTAL],
  ['by the uses, the most first', () => 'sort=-uses', TOTAL],
  ['of one system', () => 'system=extender', TOTAL / 4],
  ['of one user key', () => 'owner=JIRAUSER7', TOTAL / 500],
  ['never used', () => 'lastUsed=never', Math.ceil(TOTAL / 3)],
  ['never used, of one system, by the label', () => 'lastUsed=never&system=extender&sort=label', 8_334],
  ['without an address', () => 'addresses=none', TOTAL * 0.8],
  ['without any limit', () => 'limits=none', TOTAL * 0.8],
  ['that never expire', () => 'expires=never', TOTAL / 2],
  ['that expire within a week', () => `expiresFrom=${day(0)}&expiresTo=${day(7)}`, 5_040],
  ['made within an hour', () => `createdFrom=${day(-1 / 24)}`, 3_601],
  ['used since, and with a label', () => `lastUsedFrom=${day(-1)}&label=LABEL%2077`, 742],
])(`lists tokens %s within ${TIME_MAX} ms of the server’s time`, async (_name, query, total) => {
  const times: number[] = [];
  let listed: Listed | null = null;
  for (let round = 0; round < 3; round += 1) {
    const before = performance.now();
    listed = await list(query());
    times.push(performance.now() - before);
  }
  expect(listed?.total).toBe(total);
  // The best of three: others work on this machine too.
  expect(Math.min(...times)).toBeLessThan(TIME_MAX);
});

it('puts tokens in the order that is asked for, those without the time first in rising order', async () => {
  expect((await list('sort=-created')).tokens.map(({ label }) => label).slice(0, 2)).toEqual(['label 0', 'label 1']);
  expect((await list('sort=created')).tokens[0]?.label).toBe(`label ${TOTAL - 1}`);
  expect((await list('sort=-uses')).tokens[0]?.useCount).toBe(999);
  const byEnd = await list('sort=expires');
  expect(byEnd.tokens.every(({ status }) => status === 'active')).toBe(true);
  expect((await list(`sort=expires&startAt=${TOTAL / 2}`)).tokens[0]).toMatchObject({ label: 'label 0', status: 'expired' });
});

it('takes what looks like a wildcard in a label for itself', async () => {
  expect((await list('label=label%25')).total).toBe(0);
});

it.each([
  ['label=a&label=b', 'label is given twice.'],
  ['lable=a', 'Did you mean "label"?'],
  ['sort=size', 'sort must be one of created, expires, lastUsed, label, uses'],
  ['expires=soon', 'expires must be never'],
  ['lastUsed=never&lastUsedFrom=0', 'lastUsed cannot be never and within times as well.'],
  ['createdFrom=yesterday', 'createdFrom must be epoch milliseconds or ISO 8601'],
  ['addresses=no', 'addresses must be none or some.'],
])('refuses ?%s: more would be shown than was asked for', async (query, text) => {
  const answer = await world.send({ path: `${TOKENS}?${query}`, as: 'admin' });
  expect([answer.status, answer.json()['message']]).toEqual([400, expect.stringContaining(text)]);
});

it.each([
  ['nothing', {}],
  ['an empty list', { tokens: [] }],
  ['too many', { tokens: Array.from({ length: LIMITS.revokedAtOnceMax + 1 }, () => ({ system: 'a', tokenRef: 'b' })) }],
  ['something else', { tokens: ['ref-1'] }],
  ['half of one', { tokens: [{ system: 'extender' }] }],
])('revokes nothing when it is given %s', async (_name, json) => {
  expect((await world.send({ method: 'POST', path: `${TOKENS}/revoke`, as: 'admin', json })).status).toBe(400);
});

it('lets administrators alone revoke several', async () => {
  const sent = { method: 'POST', path: `${TOKENS}/revoke`, json: { tokens: [{ system: 'extender', tokenRef: 'ref-0' }] } } as const;
  expect((await world.send(sent)).status).toBe(401);
  expect((await world.send({ ...sent, as: 'alice' })).status).toBe(403);
  expect((await world.send({ ...sent, as: 'admin' })).json()).toEqual({ revoked: 0, missing: 1 });
});
