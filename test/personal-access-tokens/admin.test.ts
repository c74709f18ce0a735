// What administrators do with everybody's tokens [PAT-27 … PAT-30].
import { DAY_MS } from '../../src/core/index.js';
import { dataCenterSetting } from '../../src/plugin-kit/site-switches.js';
import { isOfProduct } from '../../src/plugins/personal-access-tokens/profile.js';
import { pageStatement } from '../../src/plugins/personal-access-tokens/search.js';
import { readTokenSearch } from '../../src/plugins/personal-access-tokens/search-request.js';
import { statementsFor } from '../../src/plugins/personal-access-tokens/statements.js';
import type { PluginWorld } from '../support/plugin-host.js';
import {
  ADMIN,
  ALICE,
  BASE,
  BOB,
  CONFLUENCE_BASE,
  faultOf,
  insertRows,
  keyOf,
  list,
  make,
  outcomeOf,
  type ShownToken,
  startPats,
  tokenRefOf,
} from './pat-world.js';

interface Found {
  readonly values: readonly (ShownToken & { readonly userProfileResource: Record<string, string> })[];
  readonly page: number;
  readonly size: number;
  readonly isLastPage: boolean;
  readonly totalPages: number;
}

let world: PluginWorld;

beforeEach(async () => {
  world = await startPats();
});

afterEach(() => world.close());

async function search(json: object = {}, base = BASE): Promise<Found> {
  const answer = await world.send({ method: 'POST', path: `${base}/tokens/search`, as: ADMIN, json });
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  expect(answer.headers['content-type']).toBe('application/json;charset=UTF-8');
  return JSON.parse(answer.text) as Found;
}

const namesOf = (found: Found) => found.values.map(({ name }) => name);

describe('POST /tokens/search', () => {
  it('answers with tokens and their users, in the vendor’s order of keys [PAT-27]', async () => {
    const token = await make(world, ALICE, { name: 'x' });
    world.use({ tokenRef: tokenRefOf(token), permitted: 1 });
    const found = await search();
    expect(Object.keys(found)).toEqual(['values', 'page', 'size', 'isLastPage', 'totalPages']);
    const [value] = found.values;
    expect(Object.keys(value ?? {})).toEqual(['id', 'name', 'createdAt', 'expiringAt', 'lastAccessedAt', 'userProfileResource']);
    expect(value?.userProfileResource).toEqual({
      userKey: await keyOf(world, 'alice'),
      username: 'alice',
      fullName: 'Alice Example',
      email: 'alice@example.com',
    });
    expect(found).toMatchObject({ page: 0, size: 100, isLastPage: true, totalPages: 1 });
  });

  it('finds each product’s own tokens alone, those of users who are no more included [PAT-27, DIR-3, DIR-7]', async () => {
    await make(world, ALICE, { name: 'in Jira' });
    await make(world, BOB, { name: 'of nobody' });
    await make(world, BOB, { name: 'in Confluence' }, CONFLUENCE_BASE);
    const userKey = await keyOf(world, 'bob');
    await world.directory.deleteUser('bob');
    expect(namesOf(await search())).toEqual(['in Jira', 'of nobody']);
    expect((await search()).values[1]?.userProfileResource).toEqual({ userKey });
    expect(namesOf(await search({}, CONFLUENCE_BASE))).toEqual(['in Confluence']);
  });

  describe('narrows', () => {
    beforeEach(async () => {
      const [alice, bob] = [await keyOf(world, 'alice'), await keyOf(world, 'bob')];
      const day = (number: number) => Date.UTC(2026, 0, number);
      await insertRows(world, [
        { USER_KEY: alice, NAME: 'Nightly build', CREATED_AT: day(1), EXPIRING_AT: day(20), LAST_ACCESSED_AT: day(5) },
        { USER_KEY: alice, NAME: 'weekly_build', CREATED_AT: day(2), EXPIRING_AT: day(10) + DAY_MS - 1, LAST_ACCESSED_AT: null },
        { USER_KEY: bob, NAME: '100% nightly!', CREATED_AT: day(3) },
        { USER_KEY: bob, NAME: 'report', CREATED_AT: day(4) - 1, EXPIRING_AT: day(15), LAST_ACCESSED_AT: day(6) },
      ]);
    });

    const [nightly, weekly, percent, report] = ['Nightly build', 'weekly_build', '100% nightly!', 'report'];
    it.each<[object, readonly string[], string]>([
      [{ name: 'NIGHT' }, [percent, nightly], 'any case'],
      [{ name: '_' }, [weekly], 'no wildcard'],
      [{ name: '0%' }, [percent], 'no wildcard'],
      [{ name: '!' }, [percent], 'the escape itself'],
      [{ name: 'BUILD', isUsed: true }, [nightly], 'all of it must fit'],
      [{ isUsed: true }, [nightly, report], ''],
      [{ isUsed: false }, [percent, weekly], ''],
      [{ tokenCreatedDateFrom: '2026-01-02', tokenCreatedDateTo: '2026-01-03' }, [percent, report, weekly], 'a day is a whole day'],
      [{ tokenCreatedDateFrom: '2026-01-03T00:00:00.000+00:00' }, [percent, report], 'its ends included'],
      [{ tokenCreatedDateTo: '2026-01-02T00:00:00Z' }, [nightly, weekly], 'its ends included'],
      [{ tokenCreatedDateTo: '2026-01-02T00:59:59.999+01:00' }, [nightly], 'a zone counts'],
      [{ tokenExpiryDateFrom: '2026-01-15', tokenExpiryDateTo: '9000-01-01' }, [nightly, report], 'what never ends does not end'],
      [{ tokenExpiryDateTo: '2026-01-10' }, [weekly], ''],
      [{ lastAuthenticatedDateFrom: '2026-01-06' }, [report], 'what was never used was not used then'],
      [{ lastAuthenticatedDateTo: '2026-01-05' }, [nightly], ''],
      [{ userKeys: [] }, [percent, nightly, report, weekly], 'nobody named is everybody'],
      [{ userKeys: ['nobody'] }, [], ''],
      [
        { name: null, isUsed: null, userKeys: null, tokenCreatedDateFrom: null, sortBy: null, page: null },
        [percent, nightly, report, weekly],
        'null is left out',
      ],
      [{ sortBy: 'createdAt' }, [nightly, weekly, percent, report], ''],
      [{ sortBy: 'createdAt', orderBy: 'desc' }, [report, percent, weekly, nightly], ''],
      [{ sortBy: 'expiringAt' }, [weekly, report, nightly, percent], ''],
      [{ sortBy: 'lastAccessedAt' }, [weekly, percent, nightly, report], 'never is before everything'],
      [{ sortBy: 'lastAccessedAt', orderBy: 'desc' }, [report, nightly, percent, weekly], ''],
      [{ sortBy: 'userKey', orderBy: 'asc' }, [nightly, weekly, percent, report], ''],
      [{ limit: 3, page: 1 }, [weekly], ''],
    ])('by %j to %j %s [PAT-27]', async (json, names) => {
      expect(namesOf(await search(json))).toEqual(names);
    });

    it('by the users’ keys [PAT-27]', async () => {
      expect(namesOf(await search({ userKeys: [await keyOf(world, 'bob')] }))).toEqual([percent, report]);
    });

    it('by a use that the table does not have yet [PAT-27, PAT-52]', async () => {
      world.use({ tokenRef: 'pat-100000000001', permitted: 1 });
      expect(namesOf(await search({ isUsed: false }))).toEqual([percent]);
      expect(namesOf(await search({ lastAuthenticatedDateFrom: '2026-01-31' }))).toEqual([weekly]);
      expect(namesOf(await search({ sortBy: 'lastAccessedAt', orderBy: 'desc' }))[0]).toBe(weekly);
    });
  });

  it.each([
    [{ sortBy: 'hashedToken' }],
    [{ sortBy: 'NAME' }],
    [{ orderBy: 'ASC; DROP TABLE cwd_user' }],
    [{ tokenCreatedDateFrom: 'yesterday' }],
    [{ tokenExpiryDateTo: '2026-02-30' }],
    [{ lastAuthenticatedDateTo: 17 }],
    [{ page: -1 }],
    [{ page: 0.5 }],
    [{ limit: 0 }],
    [{ limit: 'all' }],
    [{ isUsed: 'yes' }],
    [{ userKeys: 'alice' }],
    [{ userKeys: [1] }],
    [{ username: 'alice' }],
    [[]],
  ])('refuses %j with 400 [PAT-27]', async (json) => {
    const answer = await world.send({ method: 'POST', path: `${BASE}/tokens/search`, as: ADMIN, json });
    expect([answer.status, faultOf(answer).exception]).toEqual([400, 'java.lang.IllegalArgumentException']);
  });

  it('pages through a hundred thousand tokens, from the first to behind the last, without sorting them [PAT-27]', async () => {
    const userKey = await keyOf(world, 'alice');
    // The names and the ends in an order that is not the one of the numbers.
    await world.store.transaction((manager) =>
      manager.query(
        `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999)
         INSERT INTO "AO_81F455_PERSONAL_TOKEN"
           ("USER_KEY", "NAME", "TOKEN_ID", "HASHED_TOKEN", "CREATED_AT", "EXPIRING_AT", "NOTIFICATION_STATE")
         SELECT ?, printf('token %06d', (i * 7919) % 100000), 100000000000 + i, '{PKCS5S2}', printf('2026-01-01 00:%02d:%02d.%03d', i / 60000,
           (i / 1000) % 60, i % 1000), printf('2030-01-01 00:00:00.%03d', (i * 4729) % 1000), 'NOT_SENT' FROM n`,
        [userKey],
      ),
    );
    const last = await search({ page: 999, limit: 100 });
    expect([last.totalPages, last.isLastPage, namesOf(last).at(-1), last.values.length]).toEqual([1000, true, 'token 099999', 100]);
    const first = await search({ limit: 100 });
    expect([first.isLastPage, namesOf(first)[0], first.values.length]).toEqual([false, 'token 000000', 100]);
    expect(await search({ page: 1000, limit: 100 })).toMatchObject({ values: [], page: 1000, isLastPage: true, totalPages: 1000 });
    expect(await search({ name: '0009', sortBy: 'createdAt', limit: 1 })).toMatchObject({
      size: 1,
      totalPages: expect.any(Number) as number,
    });
    const statements = statementsFor(world.store);
    for (const sortBy of ['name', 'createdAt', 'expiringAt', 'userKey']) {
      for (const orderBy of ['asc', 'desc']) {
        const condition = isOfProduct(statements.column('USER_KEY'), 'jira');
        const sql = pageStatement(statements, statements.bare, condition, readTokenSearch({ sortBy, orderBy }));
        const plan = await world.store.read<{ detail: string; parent: number }>(`EXPLAIN QUERY PLAN ${sql}`, [100, 99_900]);
        // The page itself comes out of an index that holds all it asks for; what is sorted afterwards is that page.
        const scan = plan.find(({ detail }) => detail.startsWith('SCAN t '));
        expect([sortBy, scan?.detail]).toEqual([sortBy, expect.stringMatching(/COVERING INDEX/)]);
        expect(plan.filter(({ detail, parent }) => parent === scan?.parent && detail.includes('TEMP B-TREE'))).toEqual([]);
      }
    }
  });
});

describe('GET /tokens/search/user', () => {
  const users = async (query: string, base = BASE) => {
    const answer = await world.send({ path: `${base}/tokens/search/user${query}`, as: ADMIN });
    if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
    return JSON.parse(answer.text) as Record<string, string>[];
  };

  it.each([
    ['?contains=LIC', ['alice']],
    ['?contains=Bob%20Ex', ['bob']],
    ['?contains=root%40example', ['root']],
    ['?contains=example.com', ['admin', 'alice', 'bob', 'root']],
    ['?contains=example.com&limit=2', ['admin', 'alice']],
    ['?contains=%25', []],
    ['?contains=_', []],
    ['', ['admin', 'alice', 'bob', 'root']],
  ])('%s finds %j, by name, display name or address [PAT-28]', async (query, names) => {
    expect((await users(query)).map(({ username }) => username)).toEqual(names);
  });

  it('shows a user with the key of the product [PAT-28, DIR-3]', async () => {
    const expected = { username: 'bob', fullName: 'Bob Example', email: 'bob@example.com' };
    expect(await users('?contains=bob')).toEqual([{ userKey: await keyOf(world, 'bob'), ...expected }]);
    expect(await users('?contains=bob', CONFLUENCE_BASE)).toEqual([{ userKey: await keyOf(world, 'bob', 'confluence'), ...expected }]);
  });

  it.each(['?limit=0', '?limit=x', '?limit=-1'])('refuses %s with 400 [PAT-28]', async (query) => {
    const answer = await world.send({ path: `${BASE}/tokens/search/user${query}`, as: ADMIN });
    expect([answer.status, faultOf(answer).exception]).toEqual([400, 'java.lang.IllegalArgumentException']);
  });
});

describe('DELETE /admin/tokens', () => {
  const revoke = (json: unknown, login: readonly [string, string] = ADMIN) =>
    world.send({ method: 'DELETE', path: `${BASE}/admin/tokens`, as: login, json });

  it('revokes many at once, passes over what there is not and what is the other product’s, and records each [PAT-29, PAT-60]', async () => {
    const made = [await make(world, ALICE), await make(world, ALICE), await make(world, BOB)];
    const kept = await make(world, BOB, { name: 'kept' });
    const elsewhere = await make(world, BOB, { name: 'x' }, CONFLUENCE_BASE);
    const ids = made.map(({ id }) => id);
    const answer = await revoke([...ids, ids[0], 4711, -1, elsewhere.id]);
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect([await list(world, ALICE), (await list(world, BOB)).map(({ id }) => id)]).toEqual([[], [kept.id]]);
    expect(await list(world, BOB, CONFLUENCE_BASE)).toHaveLength(1);
    for (const { rawToken } of made) expect(await outcomeOf(world, rawToken)).toBe('unknown');
    expect(world.acts.filter(({ action }) => action === 'token.deleted').map(({ tokenRef }) => tokenRef)).toEqual(made.map(tokenRefOf));
  });

  it.each([[{}], [['1']], [[1.5]], [7], [{ ids: [1] }]])('refuses %j with 400 [PAT-29]', async (json) => {
    const answer = await revoke(json);
    expect([answer.status, faultOf(answer).exception]).toEqual([400, 'java.lang.IllegalArgumentException']);
  });
});

describe.each([
  ['POST', '/tokens/search', {}],
  ['GET', '/tokens/search/user', undefined],
  ['DELETE', '/admin/tokens', []],
] as const)('%s %s', (method, path, json) => {
  const ask = (login?: readonly [string, string]) =>
    world.send({ method, path: `${BASE}${path}`, ...(login === undefined ? {} : { as: login }), ...(json === undefined ? {} : { json }) });

  async function endLicence(): Promise<void> {
    const setting = dataCenterSetting('jira').name;
    (await world.store.transaction((manager) => world.host.switches.set(manager, setting, false))).commit();
  }

  it('is 401 with the exception for whoever is no administrator [PAT-30]', async () => {
    for (const answer of [await ask(ALICE), await ask()]) {
      expect([answer.status, faultOf(answer).exception]).toEqual([401, 'com.atlassian.sal.api.permission.AuthorisationException']);
    }
    expect((await ask(ADMIN)).status).toBeLessThan(300);
  });

  it('is 403 without a Data Center licence, whoever asks [PAT-30]', async () => {
    await endLicence();
    for (const login of [ADMIN, ALICE]) {
      const answer = await ask(login);
      expect([answer.status, faultOf(answer).error]).toEqual([403, 'This needs a Data Center licence.']);
    }
  });
});
