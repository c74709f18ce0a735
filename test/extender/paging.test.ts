// Pages over more tokens than one answer holds [EXT-31, EXT-32].
import type { PluginWorld } from '../support/plugin-host.js';
import { TEST_START } from '../support/test-clock.js';
import { ADMIN, ALICE, BASE, BOB, insertRows, keyOf, list, messageOf, startExtender } from './extender-world.js';

const COUNT = 2345;
let world: PluginWorld;

/** As many rows as one user may well have; most share a millisecond with others, so that the second key of the order is needed. */
beforeAll(async () => {
  world = await startExtender();
  const owner = await keyOf(world, 'alice');
  const rows = Array.from({ length: COUNT }, (_, index) => ({
    token_ref: `ref-${index}`,
    digest: world.keys.digest('token', `value-${index}`).digest,
    author_key: owner,
    user_key: owner,
    label: `token ${index}`,
    created_at: TEST_START + Math.floor(index / 7),
  }));
  await insertRows(world, rows);
});

afterAll(() => world.close());

it.each([
  ['', COUNT, 3, 1000, 0, 1000],
  ['?startAt=2000', COUNT, 3, 1000, 2000, 345],
  ['?startAt=2344', COUNT, 3, 1000, 2344, 1],
  ['?startAt=2345', COUNT, 3, 1000, 2345, 0],
  ['?startAt=99999999999999999999', COUNT, 3, 1000, Number.MAX_SAFE_INTEGER, 0],
  ['?startAt=-5', COUNT, 3, 1000, 0, 1000],
  ['?maxResults=50', COUNT, 47, 50, 0, 50],
  ['?maxResults=1', COUNT, COUNT, 1, 0, 1],
  ['?maxResults=1001', COUNT, 3, 1000, 0, 1000],
  ['?maxResults=0', COUNT, 3, 1000, 0, 1000],
  ['?maxResults=-1', COUNT, 3, 1000, 0, 1000],
  ['?startAt=10&maxResults=7', COUNT, 335, 7, 10, 7],
])('answers %s with total %i, pages %i, maxResults %i, startAt %i and %i tokens [EXT-31, EXT-32]', async (query, ...expected) => {
  const page = await list(world, ALICE, query);
  expect([page.total, page.pages, page.maxResults, page.startAt, page.tokens.length]).toEqual(expected);
  expect(page.status).toBe('ok');
});

it.each([['?startAt=x'], ['?startAt='], ['?maxResults=ten'], ['?maxResults=1.5'], ['?startAt=1e2']])(
  'refuses %s with 400 [EXT-31]',
  async (query) => {
    const answer = await world.send({ path: `${BASE}/get${query}`, as: ALICE });
    expect(answer.status).toBe(400);
    expect(messageOf(answer)).toContain('must be a whole number');
  },
);

it.each([
  ['the owner', ALICE, 100],
  ['an administrator', ADMIN, 1000],
])('misses none and repeats none, page after page, for %s [EXT-32]', async (_who, login, maxResults) => {
  const seen: string[] = [];
  for (let startAt = 0; ; startAt += maxResults) {
    const { tokens } = await list(world, login, `?startAt=${startAt}&maxResults=${maxResults}`);
    if (tokens.length === 0) break;
    seen.push(...tokens.map(({ label }) => label));
  }
  expect(seen).toEqual(Array.from({ length: COUNT }, (_, index) => `token ${index}`));
});

it('counts only what the caller may see [EXT-30]', async () => {
  expect(await list(world, BOB)).toEqual({ total: 0, pages: 0, maxResults: 1000, startAt: 0, tokens: [], status: 'ok' });
});

it('finds a page through an index, not by sorting every token', async () => {
  for (const where of ['', ' WHERE user_key = ?']) {
    const plan = await world.store.read<{ detail: string }>(
      `EXPLAIN QUERY PLAN SELECT * FROM extender_token${where} ORDER BY created_at, id LIMIT 10 OFFSET 0`,
      where === '' ? [] : ['x'],
    );
    const steps = plan.map(({ detail }) => detail).join('; ');
    expect(steps).toContain('USING INDEX');
    expect(steps).not.toContain('TEMP B-TREE');
  }
});
