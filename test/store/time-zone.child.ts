// Run by time-zone.test.ts in a process of its own, since a process has one zone: stores times and tells how they were stored and read.
import { silentLogger } from '../../src/core/index.js';
import { DEFAULT_DATABASE_URL } from '../../src/store/database-url.js';
import { storeMigrations } from '../../src/store/migrations/index.js';
import { openStore } from '../../src/store/open-store.js';
import { cwdUserTable } from '../../src/store/tables/cwd-user.js';
import { storeTables } from '../../src/store/tables/index.js';
import { temporaryFolder } from '../support/temporary-folder.js';

// New York's clocks skip the first hour and have the second one twice; the third is a vendor's "never".
const INSTANTS = [Date.UTC(2026, 2, 8, 2, 30, 0, 123), Date.UTC(2026, 10, 1, 5, 30), Date.UTC(9999, 11, 31)];
const TEXTS = ['user_name', 'lower_user_name', 'first_name', 'lower_first_name', 'last_name', 'lower_last_name'] as const;
const MORE_TEXTS = ['display_name', 'lower_display_name', 'email_address', 'lower_email_address'] as const;

const folder = await temporaryFolder();
const store = await openStore({
  url: process.argv[2] ?? DEFAULT_DATABASE_URL,
  dataFolder: folder.path,
  entities: storeTables,
  migrations: storeMigrations,
  logger: silentLogger,
});
await store.transaction(async (manager) => {
  for (const [id, at] of INSTANTS.entries()) {
    const texts = Object.fromEntries([...TEXTS, ...MORE_TEXTS].map((name) => [name, String(id)])) as Record<
      (typeof TEXTS | typeof MORE_TEXTS)[number],
      string
    >;
    await manager.insert(cwdUserTable, {
      ...texts,
      id,
      active: 'T',
      created_date: at,
      updated_date: at,
      external_id: null,
      directory_id: 1,
      credential: null,
    });
  }
});
const stored = await store.read<{ created_date: string }>('SELECT created_date FROM cwd_user ORDER BY id');
const rows = await store.transaction((manager) => manager.find(cwdUserTable, { order: { id: 'ASC' } }));
await store.close();
await folder.remove();
process.stdout.write(
  JSON.stringify({
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    stored: stored.map((row) => row.created_date),
    isReadBack: rows.every((row, index) => row.created_date === INSTANTS[index]),
  }),
);
