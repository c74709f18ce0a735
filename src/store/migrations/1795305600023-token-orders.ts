// Adds to `postern_token` the orders that administrators may ask for, an index each. Frozen: a later change is another migration.
import { indexMigration } from '../../plugin-kit/migration.js';

const order = (name: string, column: string, index: string) =>
  indexMigration(name, 'postern_token', { columns: [column, 'system_key', 'token_ref'], name: index });

/** By the end, the last use, the label and the number of uses. */
export const addTokenOrders = [
  order('AddTokenExpiresOrder1795305600023', 'expires_at', 'ix_postern_token_expires'),
  order('AddTokenLastUsedOrder1795305600024', 'last_used_at', 'ix_postern_token_last_used'),
  order('AddTokenLabelOrder1795305600025', 'label', 'ix_postern_token_label'),
  order('AddTokenUsesOrder1795305600026', 'use_count', 'ix_postern_token_uses'),
] as const;
