// The vendor's published report on personal access tokens, taken from its page as it stands there and run on Postern's database.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { EntitySchema } from 'typeorm';
import { Secret } from '../../src/core/index.js';
import { plugins } from '../../src/plugins/index.js';
import { openDirectory } from '../../src/store/directory/directory.js';
import { storeMigrations } from '../../src/store/migrations/index.js';
import type { OpenStore } from '../../src/store/open-store.js';
import { storeTables } from '../../src/store/tables/index.js';
import { eachDatabase } from '../support/databases.js';
import { TEST_START, testClock } from '../support/test-clock.js';
import { testRandom } from '../support/test-random.js';

const PAGE = readFileSync(path.join(import.meta.dirname, '../../docs/specification/seeds/000_1b81239881013948.txt'), 'utf8');

/** The statement below a heading of the page, without the line numbers that precede it. */
function published(heading: string): string {
  const [, statement] = new RegExp(`^${heading}\\n(?:\\d+\\n)+(SELECT [^;]*;)`, 'm').exec(PAGE) ?? [];
  if (statement === undefined) throw new Error(`The page has no statement below ${heading}.`);
  return statement;
}

/** Which of them each database is published for; SQLite takes the quoted ones. */
const STATEMENTS: Readonly<Record<OpenStore['engine'], readonly string[]>> = {
  sqlite: ['PostgreSQL', 'Oracle'],
  postgres: ['PostgreSQL', 'Oracle'],
  mysql: ['MySQL'],
};

const schema = {
  entities: [...storeTables, ...plugins.flatMap(({ manifest }) => manifest.tables)],
  migrations: [...storeMigrations, ...plugins.flatMap(({ manifest }) => manifest.migrations)],
};

const tokens = schema.entities.find(({ options }) => options.tableName === 'AO_81F455_PERSONAL_TOKEN') as EntitySchema;

async function addToken(store: OpenStore, number: number, userKey: string): Promise<void> {
  await store.transaction((manager) =>
    manager.insert(tokens, {
      ID: number,
      USER_KEY: userKey,
      NAME: `token ${number}`,
      TOKEN_ID: String(number).repeat(12),
      HASHED_TOKEN: '{PKCS5S2}',
      CREATED_AT: TEST_START,
      EXPIRING_AT: Date.UTC(9999, 11, 31),
      LAST_ACCESSED_AT: null,
      NOTIFICATION_STATE: 'NOT_SENT',
    }),
  );
}

eachDatabase((database) => {
  it.each(STATEMENTS[database.engine])(
    'answers the report published for %s, unchanged, with each token of both products once [DIR-1, DIR-3]',
    async (heading) => {
      const store = await database.open(schema);
      const directory = await openDirectory({ store, clock: testClock(), random: testRandom(), passwordScheme: 'pkcs5s2' });
      const create = (username: string) =>
        directory.createUser({
          username,
          password: new Secret('password'),
          displayName: username,
          emailAddress: `${username}@Example.com`,
          isAdministrator: false,
          isActive: true,
        });
      const [anna, bert] = [await create('Anna'), await create('bert')];
      await create('carl');
      await addToken(store, 1, anna.userKeys.jira);
      await addToken(store, 2, anna.userKeys.confluence);
      await addToken(store, 3, anna.userKeys.confluence);
      await addToken(store, 4, bert.userKeys.jira);
      await addToken(store, 5, 'a key of nobody');
      const rows = (await store.dataSource.query(published(heading))) as Readonly<Record<string, unknown>>[];
      const found = rows
        .map((row) =>
          Object.entries(row)
            .map(([name, value]) => `${name.toUpperCase()}=${String(value)}`)
            .join(' '),
        )
        .sort();
      expect(found).toEqual(
        [
          `USER_NAME=Anna EMAIL_ADDRESS=Anna@Example.com USER_KEY=${anna.userKeys.jira} TOKEN_ID=111111111111`,
          `USER_NAME=Anna EMAIL_ADDRESS=Anna@Example.com USER_KEY=${anna.userKeys.confluence} TOKEN_ID=222222222222`,
          `USER_NAME=Anna EMAIL_ADDRESS=Anna@Example.com USER_KEY=${anna.userKeys.confluence} TOKEN_ID=333333333333`,
          `USER_NAME=bert EMAIL_ADDRESS=bert@Example.com USER_KEY=${bert.userKeys.jira} TOKEN_ID=444444444444`,
        ].sort(),
      );
    },
  );

  it('keeps tokens in the vendor’s columns, with the vendor’s types [DIR-1, DIR-2]', async () => {
    const store = await database.open(schema);
    const runner = store.dataSource.createQueryRunner();
    const table = await runner.getTable('AO_81F455_PERSONAL_TOKEN');
    await runner.release();
    const types = COLUMN_TYPES[database.engine];
    expect(table?.columns.map(({ name, type, isNullable }) => [name, type, isNullable])).toEqual(
      [
        ['ID', types.bigint, false],
        ['USER_KEY', 'varchar', false],
        ['NAME', 'varchar', false],
        ['TOKEN_ID', 'varchar', false],
        ['HASHED_TOKEN', 'varchar', false],
        ['CREATED_AT', types.timestamp, false],
        ['EXPIRING_AT', types.timestamp, false],
        ['LAST_ACCESSED_AT', types.timestamp, true],
        ['NOTIFICATION_STATE', 'varchar', false],
      ].map(([name, type, isNullable]) => [name, type === 'varchar' ? types.varchar : type, isNullable]),
    );
    // TypeORM gives an index's columns in no order.
    expect(table?.indices.map(({ columnNames }) => columnNames.toSorted().join())).toContain('EXPIRING_AT,TOKEN_ID');
  });
});

/** As each database calls them; INTEGER has 64 bits in SQLite, and a MySQL `timestamp` would end in 2038. */
const COLUMN_TYPES: Readonly<Record<OpenStore['engine'], { bigint: string; timestamp: string; varchar: string }>> = {
  sqlite: { bigint: 'integer', timestamp: 'datetime', varchar: 'varchar' },
  postgres: { bigint: 'bigint', timestamp: 'timestamp without time zone', varchar: 'character varying' },
  mysql: { bigint: 'bigint', timestamp: 'datetime', varchar: 'varchar' },
};
