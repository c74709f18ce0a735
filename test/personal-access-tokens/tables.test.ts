// The vendor's table on every database: the published reports read it, and every statement of the plugin means the same [DIR-1, DIR-2].
import { readFileSync } from 'node:fs';
import { silentLogger, Secret, type Principal } from '../../src/core/index.js';
import { createPosternMail1795305600080, posternMailTable } from '../../src/mail/postern-mail.js';
import { openOutbox } from '../../src/mail/outbox.js';
import { jiraManifest } from '../../src/plugins/personal-access-tokens/manifest.js';
import { searchTokens } from '../../src/plugins/personal-access-tokens/search.js';
import { readTokenSearch } from '../../src/plugins/personal-access-tokens/search-request.js';
import { refOf } from '../../src/plugins/personal-access-tokens/token-format.js';
import type { PersonalToken } from '../../src/plugins/personal-access-tokens/token-row.js';
import { openTokens, type TokenStore } from '../../src/plugins/personal-access-tokens/tokens.js';
import { openDirectory } from '../../src/store/directory/directory.js';
import { storeMigrations } from '../../src/store/migrations/index.js';
import type { OpenStore } from '../../src/store/open-store.js';
import { storeTables } from '../../src/store/tables/index.js';
import { eachDatabase } from '../support/databases.js';
import { TEST_START, testClock } from '../support/test-clock.js';
import { testRandom } from '../support/test-random.js';

const SCHEMA = {
  entities: [...storeTables, posternMailTable, ...jiraManifest.tables],
  migrations: [...storeMigrations, createPosternMail1795305600080, ...jiraManifest.migrations],
};

/** The three queries of the published report, as printed: the first two are one text, the last is MySQL's. */
const REPORTS = [
  ...readFileSync(new URL('../../docs/specification/seeds/000_1b81239881013948.txt', import.meta.url), 'utf8').matchAll(
    /^SELECT CU\.USER_NAME[^;]+;/gm,
  ),
].map(([text]) => text);

const NEW: Omit<PersonalToken, 'id' | 'tokenId' | 'tokenRef' | 'userKey'> = {
  name: 'script',
  hashedToken: '{PKCS5S2}x',
  createdAt: TEST_START,
  expiresAt: null,
  lastUsedAt: null,
  useCount: 0,
  inherited: [],
};

eachDatabase((database) => {
  let store: OpenStore;
  let tokens: TokenStore;
  let alice: Principal;

  beforeEach(async () => {
    store = await database.open(SCHEMA);
    tokens = openTokens(store);
    const directory = await openDirectory({ store, clock: testClock(), random: testRandom(), passwordScheme: 'pkcs5s2' });
    alice = await directory.createUser({
      username: 'alice',
      password: new Secret('alice-password'),
      displayName: 'Alice Example',
      emailAddress: 'alice@example.com',
      isAdministrator: false,
      isActive: true,
    });
  });

  const insert = (tokenId: string, changes: Partial<PersonalToken> = {}): Promise<number> =>
    store.transaction((manager) =>
      tokens.insert(manager, { ...NEW, tokenId, tokenRef: refOf(tokenId), userKey: alice.userKeys.jira, ...changes }),
    );

  it('is what the migrations make, and the migrations lead back', async () => {
    const drift = async () => (await store.dataSource.driver.createSchemaBuilder().log()).upQueries.map(({ query }) => query);
    expect(await drift()).toEqual([]);
    for (let left = store.dataSource.migrations.length; left > 0; left -= 1) await store.dataSource.undoLastMigration();
    expect(await drift()).not.toEqual([]);
    await store.dataSource.runMigrations();
    expect(await drift()).toEqual([]);
  });

  it('has the vendor’s columns, and the published report runs on it as printed [DIR-1, DIR-2]', async () => {
    await insert('111111111111');
    await insert('222222222222', { userKey: alice.userKeys.confluence });
    const [row] = await store.read<object>(`SELECT * FROM ${store.quote('AO_81F455_PERSONAL_TOKEN')}`);
    expect(Object.keys(row ?? {})).toEqual([
      'ID',
      'USER_KEY',
      'NAME',
      'TOKEN_ID',
      'HASHED_TOKEN',
      'CREATED_AT',
      'EXPIRING_AT',
      'LAST_ACCESSED_AT',
      'NOTIFICATION_STATE',
    ]);
    expect(REPORTS).toHaveLength(3);
    const fitting = REPORTS.filter((text) => text.includes('"AO_81F455') === (database.engine !== 'mysql'));
    expect(fitting).toHaveLength(database.engine === 'mysql' ? 1 : 2);
    for (const report of fitting) {
      const found = await store.read<Record<string, string>>(report.replace(/;$/, ''));
      // One row for each token, though the user has two keys [DIR-3].
      expect(found.map((each) => Object.values(each)).sort((a, b) => (a[3] ?? '').localeCompare(b[3] ?? ''))).toEqual([
        ['alice', 'alice@example.com', alice.userKeys.jira, '111111111111'],
        ['alice', 'alice@example.com', alice.userKeys.confluence, '222222222222'],
      ]);
    }
  });

  it('gives a token back as it was stored, to the millisecond, and 9999-12-31 as never [DIR-2]', async () => {
    const expiresAt = TEST_START + 86_400_001;
    const inherited = [{ limitTo: '[GET]/rest/.*', ip: '' }];
    const id = await insert('111111111111', { expiresAt, inherited, name: 'Łódź 😀' });
    const expected = {
      id,
      tokenRef: 'pat-111111111111',
      expiresAt,
      inherited,
      createdAt: TEST_START,
      name: 'Łódź 😀',
      lastUsedAt: null,
      useCount: 0,
    };
    expect(await tokens.findByTokenId('111111111111')).toMatchObject(expected);
    const never = await insert('222222222222');
    expect(never).toBeGreaterThan(id);
    expect((await tokens.find(never))?.expiresAt).toBeNull();
    expect((await tokens.findMany([never, id, 4711])).map((token) => token.id).sort((a, b) => a - b)).toEqual([id, never]);
    const [row] = await store.read<Record<string, string>>(
      `SELECT ${store.quote('EXPIRING_AT')} FROM ${store.quote('AO_81F455_PERSONAL_TOKEN')} WHERE ${store.quote('ID')} = ?`,
      [never],
    );
    expect(row?.['EXPIRING_AT']).toMatch(/^9999-12-31 00:00:00/);
    expect([await tokens.countOf(alice.userKeys.jira), await tokens.countAll('jira'), await tokens.countAll('confluence')]).toEqual([
      2, 2, 0,
    ]);
  });

  it('ends a token once, and leaves nothing of it', async () => {
    const id = await insert('111111111111');
    const token = await tokens.find(id);
    if (token === null) throw new Error('the token is not there');
    const remove = () => store.transaction((manager) => tokens.remove(manager, token));
    expect([await remove(), await remove()]).toEqual([true, false]);
    expect(await store.read('SELECT token_id FROM postern_personal_token')).toEqual([]);
    expect(await insert('222222222222')).toBeGreaterThan(id);
  });

  it('changes a state once, from the states it may be changed from [PAT-51]', async () => {
    const id = await insert('111111111111', { expiresAt: TEST_START });
    const token = await tokens.find(id);
    if (token === null) throw new Error('the token is not there');
    const soon = () => store.transaction((manager) => tokens.setState(manager, token, ['NOT_SENT'], 'EXPIRE_SOON_SENT'));
    expect([await soon(), await soon()]).toEqual([true, false]);
    const ending = (states: readonly ('NOT_SENT' | 'EXPIRE_SOON_SENT')[]) => tokens.listEnding(TEST_START, states, 0, 10);
    expect((await ending(['NOT_SENT', 'EXPIRE_SOON_SENT'])).map((each) => each.id)).toEqual([id]);
    expect(await ending(['NOT_SENT'])).toEqual([]);
    expect(await tokens.listEnding(TEST_START - 1, ['EXPIRE_SOON_SENT'], 0, 10)).toEqual([]);
  });

  it('notes uses, and writes them into the vendor’s column all at once [PAT-52, GW-51]', async () => {
    const id = await insert('111111111111');
    await insert('222222222222');
    const use = (lastUsedAt: number, tokenRef = 'pat-111111111111') => ({
      tokenRef,
      authenticated: 1,
      permitted: 1,
      lastUsedAt,
      clientAddress: null,
      userAgent: null,
    });
    const note = (uses: readonly ReturnType<typeof use>[]) => store.transaction((manager) => tokens.recordUses(uses, manager));
    await note([use(TEST_START + 5), use(TEST_START, 'pat-999999999999'), use(TEST_START, 'something else')]);
    await note([use(TEST_START + 3)]);
    const columns = async () =>
      (
        await store.read<Record<string, string | null>>(
          `SELECT ${store.quote('LAST_ACCESSED_AT')} FROM ${store.quote('AO_81F455_PERSONAL_TOKEN')} ORDER BY ${store.quote('ID')}`,
        )
      ).map((row) => row['LAST_ACCESSED_AT']);
    expect(await columns()).toEqual([null, null]);
    expect(await tokens.find(id)).toMatchObject({ lastUsedAt: TEST_START + 5, useCount: 2 });
    await tokens.flushUses();
    expect(await columns()).toEqual([expect.stringMatching(/^2026-01-31 10:00:00\.005/), null]);
    expect(await store.read('SELECT token_id FROM postern_personal_token WHERE awaits_flush = true')).toEqual([]);
    expect(await tokens.find(id)).toMatchObject({ lastUsedAt: TEST_START + 5, useCount: 2 });
  });

  it('is searched alike: spans, parts of names, users, last uses, order and pages [PAT-27]', async () => {
    const names = ['Alpha', 'beta_1', 'Gamma 100%'];
    for (const [index, name] of names.entries()) {
      await insert(`${index}00000000000`, { name, createdAt: TEST_START + index, expiresAt: TEST_START + 1_000 - index });
    }
    await insert('900000000000', { name: 'elsewhere', userKey: alice.userKeys.confluence });
    await store.transaction((manager) =>
      tokens.recordUses(
        [
          {
            tokenRef: 'pat-100000000000',
            authenticated: 1,
            permitted: 1,
            lastUsedAt: TEST_START + 7,
            clientAddress: null,
            userAgent: null,
          },
        ],
        manager,
      ),
    );
    const find = async (json: object) => {
      const found = await searchTokens(store, tokens.statements, 'jira', readTokenSearch(json));
      return [found.total, ...found.tokens.map(({ name }) => name)];
    };
    expect(await find({ sortBy: 'createdAt', orderBy: 'desc' })).toEqual([3, 'Gamma 100%', 'beta_1', 'Alpha']);
    expect(await find({ sortBy: 'expiringAt', limit: 2, page: 1 })).toEqual([3, 'Alpha']);
    expect(await find({ sortBy: 'userKey', userKeys: [alice.userKeys.jira, 'nobody'] })).toEqual([3, 'Alpha', 'beta_1', 'Gamma 100%']);
    expect([await find({ name: 'BETA_' }), await find({ name: '0%' }), await find({ name: '_m' })]).toEqual([
      [1, 'beta_1'],
      [1, 'Gamma 100%'],
      [0],
    ]);
    expect(await find({ sortBy: 'lastAccessedAt' })).toEqual([3, 'Alpha', 'Gamma 100%', 'beta_1']);
    expect(
      await find({ isUsed: true, lastAuthenticatedDateFrom: '2026-01-31', lastAuthenticatedDateTo: '2026-01-31T10:00:00.007Z' }),
    ).toEqual([1, 'beta_1']);
    expect(await find({ tokenCreatedDateTo: '2026-01-31T10:00:00.001Z', tokenExpiryDateFrom: '2026-01-31T10:00:01.000Z' })).toEqual([
      1,
      'Alpha',
    ]);
    expect(await tokens.listUserKeys('', 10)).toEqual([alice.userKeys.confluence, alice.userKeys.jira].sort());
  });

  it('keeps mails until they are taken out, and gives each to one node [PAT-53, PAT-54]', async () => {
    const clock = testClock();
    const outbox = openOutbox({ store, clock, random: testRandom(), logger: silentLogger });
    const message = { to: { name: 'Żółć', address: 'alice@example.com' }, subject: 's', text: 'x'.repeat(70_000), html: '<p>é</p>' };
    await store.transaction((manager) => outbox.send(manager, message));
    const [mail] = await outbox.due();
    if (mail === undefined) throw new Error('the mail is not there');
    expect(mail).toMatchObject({ ...message, tries: 0, createdAt: clock.now() });
    expect([await outbox.claim(mail, clock.now() + 1), await outbox.claim(mail, clock.now() + 1)]).toEqual([true, false]);
    expect(await outbox.due()).toEqual([]);
    await clock.advance(1);
    expect(await outbox.due()).toEqual([{ ...mail, tries: 1 }]);
    await outbox.remove(mail);
    expect(await outbox.due()).toEqual([]);
  });
});
