// For the TypeORM command line: `npm run typeorm -- migration:show`. The server opens its database through src/store/open-store.ts.
import { createPosternMail1795305600080, posternMailTable } from './src/mail/postern-mail.js';
import { plugins } from './src/plugins/index.js';
import { buildDataSource } from './src/store/data-source.js';
import { DEFAULT_DATABASE_URL, readDatabaseUrl } from './src/store/database-url.js';
import { storeMigrations } from './src/store/migrations/index.js';
import { storeTables } from './src/store/tables/index.js';

/** The same database, tables and migrations as the server's. */
export const dataSource = await buildDataSource(
  readDatabaseUrl(process.env['POSTERN_DATABASE'] ?? DEFAULT_DATABASE_URL, process.env['POSTERN_DATA'] ?? 'data'),
  {
    entities: [...storeTables, posternMailTable, ...plugins.flatMap(({ manifest }) => manifest.tables)],
    migrations: [...storeMigrations, createPosternMail1795305600080, ...plugins.flatMap(({ manifest }) => manifest.migrations)],
  },
  'console',
);
