// Makes `postern_cursor`. Frozen: a later change is another migration.
import { tableMigration } from '../../plugin-kit/migration.js';
import { count, instant, key, primary } from '../../plugin-kit/table.js';

/** Makes the table `postern_cursor`. */
export const createPosternCursor1795305600007 = tableMigration('CreatePosternCursor1795305600007', {
  name: 'postern_cursor',
  columns: {
    spool_id: primary(key(100)),
    segment: count(),
    byte_offset: count(),
    updated_at: instant(),
  },
});
