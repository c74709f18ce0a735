// Makes `postern_token_total`, empty: a total is counted when the next token of its system is made. Frozen: a later change is another migration.
import { tableMigration } from '../../plugin-kit/migration.js';
import { count, key, primary } from '../../plugin-kit/table.js';

/** Makes the table `postern_token_total`. */
export const createPosternTokenTotal1795305600012 = tableMigration('CreatePosternTokenTotal1795305600012', {
  name: 'postern_token_total',
  columns: {
    scope: primary(key(100)),
    total: count(),
  },
});
