// Makes `postern_key`. Frozen: a later change is another migration.
import { tableMigration } from '../../plugin-kit/migration.js';
import { digest, instant, key, primary } from '../../plugin-kit/table.js';

/** Makes the table `postern_key`. */
export const createPosternKey1795305600008 = tableMigration('CreatePosternKey1795305600008', {
  name: 'postern_key',
  columns: {
    key_id: primary(key(64)),
    check_value: digest(),
    first_used_at: instant(),
  },
});
