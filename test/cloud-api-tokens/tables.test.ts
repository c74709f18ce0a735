// The two tables on every database: every statement of the plugin means the same.
import { type Principal, Secret, silentLogger } from '../../src/core/index.js';
import type { OrganizationKey } from '../../src/plugins/cloud-api-tokens/key-row.js';
import { manifest } from '../../src/plugins/cloud-api-tokens/manifest.js';
import { type KeyStore, openKeys } from '../../src/plugins/cloud-api-tokens/organization-keys.js';
import { FoldCloudApiToken1795305600503 } from '../../src/plugins/cloud-api-tokens/migrations/1795305600503-fold-cloud-api-token.js';
import { type From, positionOf, SORT_FIELDS, type TokenOrder } from '../../src/plugins/cloud-api-tokens/token-order.js';
import type { ApiToken } from '../../src/plugins/cloud-api-tokens/token-row.js';
import { fitting } from '../../src/plugins/cloud-api-tokens/token-search.js';
import { openTokens, type TokenStore } from '../../src/plugins/cloud-api-tokens/tokens.js';
import { type Directory, openDirectory } from '../../src/store/directory/directory.js';
import { ownerConditions } from '../../src/store/directory/owner-conditions.js';
import { storeMigrations } from '../../src/store/migrations/index.js';
import type { OpenStore } from '../../src/store/open-store.js';
import { openSiteKeys } from '../../src/store/site-keys.js';
import { storeTables } from '../../src/store/tables/index.js';
import { eachDatabase } from '../support/databases.js';
import { TEST_START, testClock } from '../support/test-clock.js';
import { testRandom } from '../support/test-random.js';

const SCHEMA = { entities: [...storeTables, ...manifest.tables], migrations: [...storeMigrations, ...manifest.migrations] };

const TOKEN: Omit<ApiToken, 'id' | 'tokenRef'> = {
  userKey: 'JIRAUSER10000',
  accountId: '557058:alice',
  username: 'alice',
  label: 'a token',
  createdAt: TEST_START,
  expiresAt: TEST_START + 1,
  lastUsedAt: null,
  useCount: 0,
  limits: [{ limitTo: '[get] .*', ip: '' }],
};

const KEY: Omit<OrganizationKey, 'id' | 'tokenRef'> = {
  userKey: 'JIRAUSER10000',
  username: 'alice',
  label: 'a key',
  createdAt: TEST_START,
  expiresAt: null,
  lastUsedAt: null,
  useCount: 0,
  scopes: ['read:tokens:admin'],
};

eachDatabase((database) => {
  let store: OpenStore;
  let directory: Directory;
  let tokens: TokenStore;
  let keys: KeyStore;

  beforeEach(async () => {
    store = await database.open(SCHEMA);
    const house = { store, clock: testClock(), random: testRandom(), logger: silentLogger };
    const siteKeys = await openSiteKeys({ ...house, keyFile: (await database.folder()).file('site-key.json') });
    directory = await openDirectory({ ...house, passwordScheme: 'pkcs5s2' });
    const keptIn = { read: store.read.bind(store), keys: siteKeys };
    [tokens, keys] = [openTokens(keptIn), openKeys(keptIn)];
  });

  const addToken = (tokenRef: string, changes: Partial<ApiToken> = {}): Promise<void> =>
    store.transaction((manager) => tokens.insert(manager, { ...TOKEN, tokenRef, ...changes }, `value of ${tokenRef}`));
  const addUser = (username: string): Promise<Principal> =>
    directory.createUser({
      username,
      password: new Secret('a-password'),
      displayName: username,
      emailAddress: '',
      isAdministrator: false,
      isActive: true,
    });

  it('are what the migrations make, and the migrations lead back', async () => {
    const drift = async () => (await store.dataSource.driver.createSchemaBuilder().log()).upQueries.map(({ query }) => query);
    expect(await drift()).toEqual([]);
    for (let left = store.dataSource.migrations.length; left > 0; left -= 1) await store.dataSource.undoLastMigration();
    expect(await drift()).not.toEqual([]);
  });

  it('give back what was put in, by value and by id, case and all [CLD-1, CLD-3, CLD-9]', async () => {
    await addToken('abc');
    await store.transaction((manager) => keys.insert(manager, { ...KEY, tokenRef: 'key-abc' }, 'value of the key'));
    const token = { ...TOKEN, id: expect.any(Number) as number, tokenRef: 'abc' };
    const key = { ...KEY, id: expect.any(Number) as number, tokenRef: 'key-abc' };
    expect([await tokens.findByValue('value of abc'), await tokens.find('abc')]).toEqual([token, token]);
    expect([await tokens.findByValue('Value of abc'), await tokens.find('ABC')]).toEqual([null, null]);
    expect([await keys.findByValue('value of the key'), await keys.find('key-abc'), await keys.find('KEY-ABC')]).toEqual([key, key, null]);
    expect([await tokens.listOf('557058:alice'), await tokens.listOf('557058:ALICE'), await tokens.listOf('')]).toEqual([[token], [], []]);
    expect([await tokens.list(0, 10), await tokens.list(1, 10), await tokens.list(0, 10, 'JIRAUSER10001')]).toEqual([[token], [], []]);
    expect([await tokens.count(), await tokens.count('JIRAUSER10000'), await tokens.count('JIRAUSER10001')]).toEqual([1, 1, 0]);
  });

  it('count uses and remember the last, in whatever order they come [CLD-1]', async () => {
    await addToken('abc');
    await addToken('other');
    const use = (permitted: number, lastUsedAt: number) => ({
      tokenRef: 'abc',
      authenticated: 9,
      permitted,
      lastUsedAt,
      clientAddress: null,
      userAgent: null,
    });
    await store.transaction((manager) => tokens.recordUses([use(2, TEST_START + 500), use(3, TEST_START + 100)], manager));
    expect(await tokens.find('abc')).toMatchObject({ useCount: 5, lastUsedAt: TEST_START + 500 });
    expect(await tokens.find('other')).toMatchObject({ useCount: 0, lastUsedAt: null });
  });

  it('end a token once [CLD-4]', async () => {
    await addToken('abc');
    const token = await tokens.find('abc');
    if (token === null) throw new Error('the token was not made');
    const remove = () => store.transaction((manager) => tokens.remove(manager, token));
    expect([await remove(), await remove(), await tokens.count()]).toEqual([true, false, 0]);
  });

  it.each(SORT_FIELDS.flatMap((field) => [{ field, isDescending: false } as const, { field, isDescending: true } as const]))(
    'are read by $field, descending: $isDescending, without a gap or a repeat, both ways [CLD-8]',
    async (order: TokenOrder) => {
      const labels = ['b', 'A', 'a', 'Ä', 'b', '', 'ab', 'a b', 'B'];
      for (const [index, label] of labels.entries()) {
        const at = TEST_START + (index % 4);
        await addToken(`t${index}`, { label, createdAt: at, expiresAt: at + 7, lastUsedAt: index % 3 === 0 ? null : at });
      }
      const walk = async (from: From): Promise<string[]> => {
        const refs: string[] = [];
        for (let place = from; ; ) {
          const some = await tokens.listFrom(order, place, 2);
          refs.push(...some.map(({ tokenRef }) => tokenRef));
          const last = some.at(-1);
          if (last === undefined) return refs;
          place = { ...positionOf(last, order), towards: from?.towards ?? 'next' };
        }
      };
      const forwards = await walk(null);
      expect([...forwards].sort()).toEqual(labels.map((_, index) => `t${index}`));
      const last = await tokens.find(forwards.at(-1) ?? '');
      if (last === null) throw new Error('nothing was read');
      const backwards = await walk({ ...positionOf(last, order), towards: 'prev' });
      expect([last.tokenRef, ...backwards].toReversed()).toEqual(forwards);
    },
  );

  describe('what a search finds [CLD-8]', () => {
    const LABELS = ['100% safe', '100 safe', 'a_b', 'aXb', 'Why!', 'ÄRGER Straße', 'ärger', 'İstanbul', 'ΟΔΟΣ', 'ЖУК', '名前 🚀'];

    beforeEach(async () => {
      const create = async (username: string, displayName: string, emailAddress: string): Promise<string> => {
        const password = new Secret('a-password');
        const user = { username, password, displayName, emailAddress, isAdministrator: false, isActive: true };
        return (await directory.createUser(user)).userKeys.jira;
      };
      const zoe = await create('zoe', 'ZOË Müller', 'Zoe_M@Example.com');
      const gone = await create('Ömer', 'Nobody Any More', 'gone@example.com');
      for (const [index, label] of LABELS.entries())
        await addToken(`t${index}`, { label, userKey: zoe, username: 'zoe', createdAt: index });
      await addToken('orphan', { label: 'orphan', userKey: gone, username: 'Ömer', createdAt: 99 });
      await directory.deleteUser('Ömer');
    });

    const found = async (text: string): Promise<readonly string[]> => {
      const condition = fitting(ownerConditions, text);
      if (condition === null) throw new Error('nothing is looked for');
      const refs: string[] = [];
      // Page by page: the condition and the position are one statement.
      for (let from: From = null; ; ) {
        const order = { field: 'createdAt', isDescending: false } as const;
        const page: readonly ApiToken[] = await tokens.listFrom(order, from, 2, condition);
        refs.push(...page.map(({ label }) => label));
        const last = page.at(-1);
        if (last === undefined) break;
        from = { ...positionOf(last, order), towards: 'next' };
      }
      expect(await tokens.countFitting(condition)).toBe(refs.length);
      return refs;
    };

    const SEARCHES: readonly (readonly [text: string, labels: readonly string[], why: string])[] = [
      ['%', ['100% safe'], 'no wildcard'],
      ['0% S', ['100% safe'], 'nor within a text'],
      ['_', LABELS, 'no wildcard: it stands in the owner’s address'],
      ['a_b', ['a_b'], 'nor within a text'],
      ['!', ['Why!'], 'nothing that escapes'],
      ['!%', [], 'nor before a wildcard'],
      ['\\', [], 'nor MySQL’s own'],
      ["'", [], 'nothing that ends a text'],
      ['SAFE', ['100% safe', '100 safe'], 'without case'],
      ['ÄRG', ['ÄRGER Straße', 'ärger'], 'beyond A-Z too'],
      ['ärg', ['ÄRGER Straße', 'ärger'], 'either way'],
      ['arg', [], 'an accent counts'],
      ['STRASSE', [], 'a letter is no two'],
      ['i̇stan', ['İstanbul'], 'as JavaScript folds it'],
      ['οδος', ['ΟΔΟΣ'], 'a letter with two small forms'],
      ['жук', ['ЖУК'], 'any script'],
      ['前 🚀', ['名前 🚀'], 'beyond the first plane'],
      ['safe ', [], 'a blank at the end counts'],
      ['zoë mÜ', LABELS, 'the owner’s name'],
      ['zoe_m@EX', LABELS, 'the owner’s address'],
      ['zoeXm', [], 'whose _ is no wildcard'],
      ['öMER', ['orphan'], 'the name of a user who is gone'],
      ['nobody any', [], 'but not what went with the user'],
      ['\0', [], 'a NUL is in no text'],
    ];

    it('is what holds the text as it stands, without case in every script, and is counted', async () => {
      // One database for all of them: each takes a second to make.
      const told = [];
      for (const [text, , why] of SEARCHES) told.push([text, await found(text), why]);
      expect(told).toEqual(SEARCHES);
    });
  });

  it('are searched by what was stored before there was a search, as by what came after [CLD-8]', async () => {
    await store.dataSource.undoLastMigration();
    const columns = 'token_id, user_key, account_id, username, label, digest, created_at, expires_at, use_count, limits';
    for (const [index, label] of ['ÄRGER', 'Plain'].entries()) {
      const values = `'t${index}', 'a key of nobody', '557058:a', 'ÖMER', '${label}', '${String(index).repeat(64)}', 1, 2, 0, '[]'`;
      await store.transaction((manager) => manager.query(`INSERT INTO cloud_api_token (${columns}) VALUES (${values})`));
    }
    await store.dataSource.runMigrations();
    const labelsWith = async (text: string) =>
      (await tokens.listFrom({ field: 'label', isDescending: true }, null, 10, fitting(ownerConditions, text))).map(({ label }) => label);
    expect([await labelsWith('ärg'), await labelsWith('plaiN'), await labelsWith('ömer')]).toEqual([
      ['ÄRGER'],
      ['Plain'],
      ['ÄRGER', 'Plain'],
    ]);
    // A start that was cut short on a database that commits at every statement finds the columns there.
    const runner = store.dataSource.createQueryRunner();
    await new FoldCloudApiToken1795305600503().up(runner);
    await runner.release();
    expect(await labelsWith('ärg')).toEqual(['ÄRGER']);
  });

  it('the account is found by its id, case and all, and every user is told once [CLD-6]', async () => {
    const names = ['bob', 'a-b', 'ab', 'a b', 'Ärger', 'żółć', 'zed'];
    const users: Principal[] = [];
    for (const name of names) users.push(await addUser(name));
    const [bob] = users;
    expect(await directory.findByAccountId(bob?.accountId ?? '')).toEqual(bob);
    for (const other of [bob?.accountId.replace('557058', '557059'), bob?.accountId.toUpperCase(), '557058:', ''])
      expect(await directory.findByAccountId(other ?? '')).toBeNull();
    const told: string[] = [];
    for await (const page of directory.allUsers()) told.push(...page.map(({ username }) => username));
    expect([...told].sort()).toEqual([...names].sort());
  });
});
