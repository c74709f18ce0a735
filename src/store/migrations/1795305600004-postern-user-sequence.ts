// Makes `postern_user_sequence`. Frozen: a later change is another migration.
import { tableMigration } from '../../plugin-kit/migration.js';
import { count, key, primary } from '../../plugin-kit/table.js';

/** Makes the table `postern_user_sequence`. */
export const createPosternUserSequence1795305600004 = tableMigration('CreatePosternUserSequence1795305600004', {
  name: 'postern_user_sequence',
  columns: {
    sequence_name: primary(key(20)),
    next_user_id: count(),
  },
});
