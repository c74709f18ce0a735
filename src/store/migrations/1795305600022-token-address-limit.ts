// Adds to `postern_token` whether addresses restrict the token. Frozen: a later change is another migration.
import { columnMigration } from '../../plugin-kit/migration.js';
import { flag, nullable } from '../../plugin-kit/table.js';

/** Adds the column `has_address_limit`. */
export const addTokenAddressLimit1795305600022 = columnMigration(
  'AddTokenAddressLimit1795305600022',
  'postern_token',
  'has_address_limit',
  nullable(flag()),
);
