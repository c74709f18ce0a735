// Makes `postern_product_event`. Frozen: a later change is another migration.
import { tableMigration } from '../../plugin-kit/migration.js';
import { count, instant, key, nullable, primary } from '../../plugin-kit/table.js';

/** Makes the table `postern_product_event`. */
export const createPosternProductEvent1795305600043 = tableMigration('CreatePosternProductEvent1795305600043', {
  name: 'postern_product_event',
  columns: {
    product: primary(key(20)),
    position: primary(count()),
    record_id: key(36),
    logged_at: instant(),
    author: key(280),
    category: key(130),
    action: key(130),
    affected: nullable(key(280)),
  },
  indices: [
    { columns: ['product', 'logged_at', 'position'] },
    { columns: ['author', 'position'] },
    { columns: ['category', 'position'] },
    { columns: ['action', 'position'] },
    { columns: ['affected', 'position'] },
    { columns: ['record_id'] },
  ],
});
