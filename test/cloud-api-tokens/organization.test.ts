// `/admin/api-access/v1/orgs/{orgId}/api-tokens`: the organization's newer calls [CLD-8].
import { LIMITS } from '../../src/core/index.js';
import { organizationIdSetting } from '../../src/plugins/cloud-api-tokens/manifest.js';
import { ADMIN, ALICE, BOB, type CloudWorld, parsed, startCloudWorld } from './cloud-world.js';

const ORGANIZATION = organizationIdSetting.fallback.emulator;
const LIST = `/admin/api-access/v1/orgs/${ORGANIZATION}/api-tokens`;

interface Listed {
  readonly data: readonly { readonly id: string; readonly label: string; readonly status: string; readonly user: object }[];
  readonly links: { readonly self: string; readonly next?: string; readonly prev?: string };
}

let cloud: CloudWorld;
let key: string;

function inWorlds(before: typeof beforeEach, after: typeof afterEach, settings: Record<string, unknown> = {}): void {
  before(async () => {
    cloud = await startCloudWorld({ settings });
    key = (await cloud.key()).key;
  });
  after(() => cloud.world.close());
}

async function get<T = Listed>(path: string): Promise<T> {
  const answer = await cloud.world.send({ path, bearer: key });
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
  return parsed(answer) as T;
}

describe('the list', () => {
  inWorlds(beforeEach, afterEach);

  it('shows every user’s tokens with whose they are [CLD-8]', async () => {
    const { world } = cloud;
    const token = await cloud.token(ALICE, { label: 'used', expiresInDays: 30 });
    world.use({ tokenRef: token.id, permitted: 1 });
    await cloud.token(BOB, { label: 'unused' });
    await world.directory.changeUser('bob', { emailAddress: '', isActive: false });
    const { data, links } = await get(LIST);
    expect(links).toEqual({ self: LIST });
    expect(data).toEqual([
      {
        id: token.id,
        label: 'used',
        status: 'ALLOWED',
        createdAt: token.createdAt,
        expiresAt: new Date(world.clock.now() + 30 * 86_400_000).toISOString().replace('Z', '000000Z'),
        lastActiveAt: token.createdAt,
        user: { id: await cloud.accountId('alice'), orgId: ORGANIZATION, name: 'Alice Example', email: 'alice@example.com' },
        scopes: [],
      },
      expect.objectContaining({
        label: 'unused',
        status: 'BLOCKED',
        user: { id: await cloud.accountId('bob'), orgId: ORGANIZATION, name: 'Bob Example' },
      }),
    ]);
    expect(data[1]).not.toHaveProperty('lastActiveAt');
  });

  it('goes on showing tokens that have ended, and those of users who are gone [CLD-8, DIR-7]', async () => {
    const { world } = cloud;
    await cloud.token(ALICE, { expiresInDays: 1 });
    await cloud.token(BOB, { expiresInDays: 2 });
    const bob = await cloud.accountId('bob');
    await world.directory.deleteUser('bob');
    await world.clock.advance(86_400_000);
    expect((await get(LIST)).data).toMatchObject([
      { status: 'EXPIRED' },
      { status: 'BLOCKED', user: { id: bob, orgId: ORGANIZATION, name: 'bob' } },
    ]);
  });

  it.each([
    ['another organization', '/admin/api-access/v1/orgs/0b1d5c0e-0000-4000-8000-000000000000/api-tokens'],
    ['another version', `/admin/api-access/v2/orgs/${ORGANIZATION}/api-tokens`],
    ['another resource', `/admin/api-access/v1/orgs/${ORGANIZATION}/api-keys`],
  ])('is not there for %s [CLD-5, CLD-8]', async (_what, path) => {
    const answer = await cloud.world.send({ path, bearer: key });
    expect([answer.status, parsed(answer)]).toEqual([404, { key: 'notFound', message: expect.any(String) as string }]);
  });

  it('is there under the id that the site sets [CLD-8]', async () => {
    const id = organizationIdSetting.parse('A0000000-0000-4000-8000-00000000000B');
    cloud.world.close().catch(() => undefined);
    cloud = await startCloudWorld({ settings: { 'cloud.organizationId': id } });
    key = (await cloud.key()).key;
    expect((await get(`/admin/api-access/v1/orgs/${id}/api-tokens`)).data).toEqual([]);
    expect((await cloud.world.send({ path: LIST, bearer: key })).status).toBe(404);
    expect(organizationIdSetting.parse('my-organization')).toBeUndefined();
  });
});

describe('pages', () => {
  inWorlds(beforeAll, afterAll);
  const LABELS = ['delta', 'Alpha', 'echo', 'bravo', 'charlie', 'bravo', 'golf'];

  beforeAll(async () => {
    for (const [index, label] of LABELS.entries()) {
      // The last two within one millisecond, and every second one never used.
      if (index < 6) await cloud.world.clock.advance(1_000);
      const { id } = await cloud.token(index % 3 === 0 ? ALICE : BOB, { label, expiresInDays: 300 - index });
      if (index % 2 === 0) cloud.world.use({ tokenRef: id, permitted: 1 });
    }
    await cloud.world.settleUses();
  });

  const walk = async (path: string, towards: 'next' | 'prev'): Promise<string[][]> => {
    const pages: string[][] = [];
    for (let at: string | undefined = path; at !== undefined; ) {
      const page: Listed = await get(at);
      pages.push(page.data.map(({ label }) => label));
      at = page.links[towards];
    }
    return pages;
  };
  const lastLink = async (path: string): Promise<string> => {
    let at = path;
    for (let page = await get(at); page.links.next !== undefined; page = await get(at)) at = page.links.next;
    return at;
  };

  it.each([1, 2, 3, 6, 7, 8])('of %d lead through the whole list and back again [CLD-8]', async (pageSize) => {
    const forwards = await walk(`${LIST}?pageSize=${pageSize}`, 'next');
    expect(forwards.flat()).toEqual(LABELS);
    expect(forwards.slice(0, -1).every(({ length }) => length === pageSize)).toBe(true);
    const backwards = await walk(await lastLink(`${LIST}?pageSize=${pageSize}`), 'prev');
    expect(backwards.toReversed().flat()).toEqual(LABELS);
  });

  it.each([
    ['createdAt', LABELS],
    ['-createdAt', LABELS.toReversed()],
    ['expiresAt', LABELS.toReversed()],
    ['label', ['Alpha', 'bravo', 'bravo', 'charlie', 'delta', 'echo', 'golf']],
    ['-label', ['golf', 'echo', 'delta', 'charlie', 'bravo', 'bravo', 'Alpha']],
    ['lastActiveAt', ['Alpha', 'bravo', 'bravo', 'delta', 'echo', 'charlie', 'golf']],
  ])('are sorted by %s, page by page [CLD-8]', async (sort, labels) => {
    expect((await walk(`${LIST}?sort=${sort}&pageSize=2`, 'next')).flat()).toEqual(labels);
    expect((await walk(await lastLink(`${LIST}?sort=${sort}&pageSize=2`), 'prev')).toReversed().flat()).toEqual(labels);
  });

  it.each([
    ['bravo', ['bravo', 'bravo'], 'a label'],
    ['ALPHA', ['Alpha'], 'without case'],
    ['alice@EXAMPLE', ['delta', 'bravo', 'golf'], 'the owner’s address'],
    ['Bob Ex', ['Alpha', 'echo', 'charlie', 'bravo'], 'the owner’s name'],
    ['%25', [], 'no pattern'],
    ['', LABELS, 'everything'],
  ])('hold what q=%s finds, and the count says how many: %s [CLD-8]', async (text, labels, _what) => {
    expect((await walk(`${LIST}?q=${text.replace(' ', '+')}&pageSize=1`, 'next')).flat()).toEqual(labels);
    expect(await get(`${LIST}/count?q=${text.replace(' ', '+')}`)).toEqual({ count: labels.length });
  });

  it('are not shifted by a token that goes in between [CLD-8]', async () => {
    const extra = await cloud.token(ALICE, { label: 'zulu' });
    const first = await get(`${LIST}?sort=-createdAt&pageSize=3`);
    expect(first.data.map(({ label }) => label)).toEqual(['zulu', 'golf', 'bravo']);
    await cloud.world.send({ method: 'DELETE', path: `/api/v1/cloud-api-tokens/${extra.id}`, as: ALICE });
    expect((await get(first.links.next ?? '')).data.map(({ label }) => label)).toEqual(['charlie', 'bravo', 'echo']);
  });

  it('count all without a question [CLD-8]', async () => {
    expect(await get(`${LIST}/count`)).toEqual({ count: LABELS.length });
  });

  const cursor = (place: unknown): string => Buffer.from(JSON.stringify(place)).toString('base64url');
  it.each([
    ['?pageSize=0', 'no page'],
    ['?pageSize=1001', 'more than a page holds'],
    ['?pageSize=ten', 'no number'],
    ['?sort=size', 'no such order'],
    ['?sort=constructor', 'nothing of our own'],
    ['?cursor=garbage', 'no cursor'],
    [`?cursor=${cursor(['next', 'a', 1])}`, 'a cursor of another order'],
    [`?cursor=${cursor(['next', 1, 1])}&sort=label`, 'a cursor of another order'],
    [`?cursor=${cursor(['up', 1, 1])}`, 'no such direction'],
    [`?cursor=${cursor(['next', 1, '1'])}`, 'no position'],
    ['?status=ALLOWED', 'a filter that is not here'],
    ['/count?pageSize=1', 'what a count has no use for'],
  ])('are not made of %s: %s [CLD-5, CLD-8]', async (query, _what) => {
    const answer = await cloud.world.send({ path: `${LIST}${query}`, bearer: key });
    expect([answer.status, parsed(answer)]).toEqual([400, { key: 'badRequest', message: expect.any(String) as string }]);
  });
});

describe('ending every token', () => {
  describe('where the site has not allowed it', () => {
    inWorlds(beforeEach, afterEach);

    it('is refused, by default, and ends none [CLD-8]', async () => {
      await cloud.token(ALICE);
      const answer = await cloud.world.send({ method: 'DELETE', path: LIST, bearer: key });
      expect([answer.status, parsed(answer)]).toEqual([
        403,
        { key: 'forbidden', message: expect.stringMatching(/cloud\.allowBulkRevoke/) as string },
      ]);
      expect(await get(`${LIST}/count`)).toEqual({ count: 1 });
    });
  });

  describe('where the site allows it', () => {
    inWorlds(beforeEach, afterEach, { 'cloud.allowBulkRevoke': true });

    it('ends each user’s, records each, and leaves the keys [CLD-8]', async () => {
      const made = [await cloud.token(ALICE), await cloud.token(BOB), await cloud.token(ADMIN)];
      const before = cloud.world.acts.length;
      const answer = await cloud.world.send({ method: 'DELETE', path: LIST, bearer: key });
      expect([answer.status, answer.text]).toEqual([204, '']);
      expect(await get(`${LIST}/count`)).toEqual({ count: 0 });
      expect(cloud.world.acts.slice(before).map(({ action, tokenRef, outcome }) => [action, tokenRef, outcome])).toEqual(
        made.map(({ id }) => ['token.deleted', id, 'done']),
      );
      expect((await cloud.world.registry.list({ startAt: 0, limit: 10 })).total).toBe(1);
    });

    it('needs the scope to delete, where the key has scopes [CLD-3, CLD-8]', async () => {
      await cloud.token(ALICE);
      const reading = (await cloud.key({ scopes: ['read:tokens:admin'] })).key;
      const deleting = (await cloud.key({ scopes: ['delete:tokens:admin'] })).key;
      const status = async (method: 'GET' | 'DELETE', bearer: string) => (await cloud.world.send({ method, path: LIST, bearer })).status;
      expect([await status('GET', reading), await status('DELETE', reading), await status('GET', deleting)]).toEqual([200, 403, 403]);
      expect(await get(`${LIST}/count`)).toEqual({ count: 1 });
      expect(await status('DELETE', deleting)).toBe(204);
    });
  });
});

describe('the rate limit', () => {
  inWorlds(beforeEach, afterEach);

  it('is told on every answer, also on a refusal [CLD-8]', async () => {
    const { world } = cloud;
    const resetsAt = new Date((Math.floor(world.clock.now() / 60_000) + 1) * 60_000).toISOString();
    for (const [index, sent] of [
      { path: LIST },
      { path: `${LIST}/count` },
      { path: `${LIST}?pageSize=0` },
      { path: '/admin/api-access/v1/orgs/x/api-tokens' },
      { method: 'DELETE' as const, path: LIST },
    ].entries()) {
      const { headers } = await world.send({ ...sent, bearer: key });
      expect([headers['x-ratelimit-limit'], headers['x-ratelimit-remaining'], headers['x-ratelimit-reset']]).toEqual([
        String(LIMITS.organizationCallsPerMinute),
        String(LIMITS.organizationCallsPerMinute - 1 - index),
        resetsAt,
      ]);
    }
  });

  it('holds for each key, until the minute is over [CLD-8]', async () => {
    const { world } = cloud;
    const other = (await cloud.key()).key;
    await world.clock.advance(60_000 - (world.clock.now() % 60_000) + 15_000);
    for (let call = 0; call < LIMITS.organizationCallsPerMinute; call += 1) await get(`${LIST}/count`);
    const answer = await world.send({ path: `${LIST}/count`, bearer: key });
    expect([answer.status, parsed(answer), answer.headers['retry-after'], answer.headers['x-ratelimit-remaining']]).toEqual([
      429,
      { key: 'tooManyRequests', message: expect.any(String) as string },
      '45',
      '0',
    ]);
    expect((await world.send({ path: `${LIST}/count`, bearer: other })).status).toBe(200);
    await world.clock.advance(45_000);
    expect((await world.send({ path: `${LIST}/count`, bearer: key })).status).toBe(200);
  });
});
