// The frozen migrations and the live tables say the same, on each database; and every migration can be taken back.
import type { DataSource } from 'typeorm';
import { tableMigration } from '../../src/plugin-kit/migration.js';
import * as columns from '../../src/plugin-kit/table.js';
import { createPosternMail1795305600080, posternMailTable } from '../../src/mail/postern-mail.js';
import { plugins } from '../../src/plugins/index.js';
import { storeMigrations } from '../../src/store/migrations/index.js';
import { storeTables } from '../../src/store/tables/index.js';
import { eachDatabase } from '../support/databases.js';

/** The statements that would make the database what the entities say; empty when it is so. */
async function drift(dataSource: DataSource): Promise<string[]> {
  return (await dataSource.driver.createSchemaBuilder().log()).upQueries.map((query) => query.query);
}

async function undoAll(dataSource: DataSource): Promise<void> {
  for (let left = dataSource.migrations.length; left > 0; left -= 1) await dataSource.undoLastMigration();
}

// One of every word of the vocabulary, as a plugin would use it.
const everyWord = {
  name: 'AO_EVERY_WORD',
  columns: {
    ID: columns.id(),
    A_KEY: columns.key(40),
    A_TEXT: columns.text(),
    A_LETTER: columns.letter(),
    AN_INSTANT: columns.instant(),
    A_FLAG: columns.flag(),
    A_COUNT: columns.count(),
    A_DIGEST: columns.digest(),
    A_TIMESTAMP: columns.vendorTimestamp(),
    MAYBE_KEY: columns.nullable(columns.key()),
    MAYBE_INSTANT: columns.nullable(columns.instant()),
    MAYBE_TIMESTAMP: columns.nullable(columns.vendorTimestamp()),
  },
  indices: [
    { columns: ['A_DIGEST'], isUnique: true },
    { columns: ['A_KEY', 'AN_INSTANT'], name: 'ix_every_word' },
  ],
};
const everyWordTable = columns.table(everyWord);

// What the server carries.
const everything = {
  entities: [...storeTables, posternMailTable, ...plugins.flatMap(({ manifest }) => manifest.tables)],
  migrations: [...storeMigrations, createPosternMail1795305600080, ...plugins.flatMap(({ manifest }) => manifest.migrations)],
};

eachDatabase((database) => {
  it('leads to exactly the tables the entities describe, the house’s and every plugin’s, and back, and there again', async () => {
    const store = await database.open(everything);
    expect(await drift(store.dataSource)).toEqual([]);
    await undoAll(store.dataSource);
    expect(await drift(store.dataSource)).not.toEqual([]);
    await store.dataSource.runMigrations();
    expect(await drift(store.dataSource)).toEqual([]);
  });

  it('says the same in an entity and in a migration for every word of the vocabulary', async () => {
    const store = await database.open({ entities: [everyWordTable], migrations: [tableMigration('EveryWord1795305600900', everyWord)] });
    expect(await drift(store.dataSource)).toEqual([]);
  });

  it('leaves no table behind when every migration is taken back', async () => {
    const store = await database.open(everything);
    await undoAll(store.dataSource);
    const runner = store.dataSource.createQueryRunner();
    for (const { options } of everything.entities) expect(await runner.hasTable(options.tableName ?? '')).toBe(false);
    await runner.release();
  });

  it('gives a row back as it was stored, whatever zone the process runs in', async () => {
    const store = await database.open({ entities: [everyWordTable], migrations: [tableMigration('EveryWord1795305600900', everyWord)] });
    const row = {
      A_KEY: 'Ünï Key',
      A_TEXT: 'x'.repeat(70_000),
      A_LETTER: 'T',
      AN_INSTANT: 8_640_000_000_000_000,
      A_FLAG: true,
      A_COUNT: Number.MAX_SAFE_INTEGER,
      A_DIGEST: 'ab'.repeat(32),
      // An hour that New York's clocks skip.
      A_TIMESTAMP: Date.UTC(2026, 2, 8, 2, 30, 0, 123),
      MAYBE_KEY: null,
      MAYBE_INSTANT: null,
      MAYBE_TIMESTAMP: null,
    };
    await store.transaction((manager) => manager.insert(everyWordTable, { ...row }));
    const found = await store.transaction((manager) => manager.find(everyWordTable));
    expect(found).toEqual([{ ID: 1, ...row }]);
  });

  it('stores a vendor’s timestamp in UTC without a zone, readable by the vendor’s reports [DIR-2]', async () => {
    const store = await database.open();
    const never = Date.UTC(9999, 11, 31);
    await store.transaction((manager) =>
      manager.query(
        `INSERT INTO cwd_user (id, user_name, lower_user_name, active, created_date, updated_date, first_name, lower_first_name, last_name,
           lower_last_name, display_name, lower_display_name, email_address, lower_email_address, directory_id)
         VALUES (1, 'a', 'a', 'T', '${columns.vendorTimestampText(never)}', '2026-03-08 02:30:00.000', '', '', '', '', '', '', '', '', 1)`,
      ),
    );
    const [raw] = await store.read<{ created_date: string; updated_date: string }>('SELECT created_date, updated_date FROM cwd_user');
    expect(columns.readVendorTimestamp(raw?.created_date ?? '')).toBe(never);
    expect(columns.readVendorTimestamp(raw?.updated_date ?? '')).toBe(Date.UTC(2026, 2, 8, 2, 30));
    expect(columns.vendorTimestampText(never)).toBe('9999-12-31 00:00:00.000');
  });
});

it('makes one table, column or index in each migration, for MySQL commits at every statement', () => {
  const names = everything.migrations.map((Migration) => new Migration().name ?? '');
  expect(names.filter((name) => name.startsWith('Create'))).toHaveLength(everything.entities.length);
});

it.each([
  ['CreateThing123', 'fewer than 13 digits: TypeORM could not sort it'],
  ['CreateThing17953056000001', 'more than 13 digits: TypeORM would read the wrong ones'],
  ['1795305600001', 'no words'],
])('refuses the migration name %s (%s)', (name) => {
  expect(() => tableMigration(name, everyWord)).toThrow(name);
});

it('refuses an index name that PostgreSQL would cut short', () => {
  const long = { name: 'a_table_with_a_name', columns: everyWord.columns, indices: [{ columns: ['A_LETTER'.repeat(8)] }] };
  expect(() => columns.table(long)).toThrow('63 characters');
});
