// Run by first-start.test.ts in two processes at once: opens the store, and tells how many migrations the database has seen.
import { silentLogger } from '../../dist/core/index.js';
import { storeMigrations } from '../../dist/store/migrations/index.js';
import { openStore } from '../../dist/store/open-store.js';
import { storeTables } from '../../dist/store/tables/index.js';

const [url = '', dataFolder = ''] = process.argv.slice(2);
// Everything is loaded: from here on the processes run together.
process.stdout.write('ready\n');
await new Promise((resolve) => process.stdin.once('data', resolve));
const store = await openStore({ url, dataFolder, entities: storeTables, migrations: storeMigrations, logger: silentLogger });
const [row] = await store.read('SELECT COUNT(*) AS total FROM postern_migration');
await store.close();
process.stdout.write(`${row?.total}\n`);
process.exit();
