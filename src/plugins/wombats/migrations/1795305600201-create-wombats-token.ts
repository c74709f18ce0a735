// The first shape of the table, once for each installation. Frozen: a later change is a migration of its own.
import { tableMigration } from '../../../plugin-kit/migration.js';
import { count, digest, id, instant, key, nullable, text } from '../../../plugin-kit/table.js';

/** `name` ends in the 13 digits by which migrations are sorted. */
export function createWombatsToken(name: string, tableName: string) {
  return tableMigration(name, {
    name: tableName,
    columns: {
      ID: id(),
      TOKEN_ID: key(20),
      USER_KEY: key(),
      USERNAME: key(),
      LABEL: key(),
      SALT: key(32),
      HASH: digest(),
      DIGEST: digest(),
      CREATED_AT: instant(),
      LAST_ACCESSED: nullable(instant()),
      EXPIRATION_DATE: nullable(instant()),
      USAGE_COUNT: count(),
      LIMITS: text(),
    },
    indices: [
      { columns: ['TOKEN_ID'], isUnique: true },
      { columns: ['DIGEST'], isUnique: true },
      { columns: ['USER_KEY', 'CREATED_AT', 'ID'] },
    ],
  });
}
