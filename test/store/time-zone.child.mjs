// Run by time-zone.test.ts in a process of its own, since a process has one zone: stores times and tells how they were stored and read.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { silentLogger } from '../../dist/core/index.js';
import { DEFAULT_DATABASE_URL } from '../../dist/store/database-url.js';
import { storeMigrations } from '../../dist/store/migrations/index.js';
import { openStore } from '../../dist/store/open-store.js';
import { cwdUserTable } from '../../dist/store/tables/cwd-user.js';
import { storeTables } from '../../dist/store/tables/index.js';

// New York's clocks skip the first hour and have the second one twice; the third is a vendor's "never".
const INSTANTS = [Date.UTC(2026, 2, 8, 2, 30, 0, 123), Date.UTC(2026, 10, 1, 5, 30), Date.UTC(9999, 11, 31)];
const TEXTS = ['user_name', 'lower_user_name', 'first_name', 'lower_first_name', 'last_name', 'lower_last_name'];
const MORE_TEXTS = ['display_name', 'lower_display_name', 'email_address', 'lower_email_address'];

const folder = await mkdtemp(path.join(os.tmpdir(), 'postern-test-'));
const store = await openStore({
  url: process.argv[2] ?? DEFAULT_DATABASE_URL,
  dataFolder: folder,
  entities: storeTables,
  migrations: storeMigrations,
  logger: silentLogger,
});
await store.transaction(async (manager) => {
  for (const [id, at] of INSTANTS.entries()) {
    const texts = Object.fromEntries([...TEXTS, ...MORE_TEXTS].map((name) => [name, String(id)]));
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
const stored = await store.read('SELECT created_date FROM cwd_user ORDER BY id');
const rows = await store.transaction((manager) => manager.find(cwdUserTable, { order: { id: 'ASC' } }));
await store.close();
await rm(folder, { recursive: true });
process.stdout.write(
  JSON.stringify({
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    stored: stored.map((row) => row.created_date),
    isReadBack: rows.every((row, index) => row.created_date === INSTANTS[index]),
  }),
);
