// Makes `postern_session`. Frozen: a later change is another migration.
import { tableMigration } from '../../plugin-kit/migration.js';
import { count, digest, instant, key, primary } from '../../plugin-kit/table.js';

/** Makes the table `postern_session`. */
export const createPosternSession1795305600021 = tableMigration('CreatePosternSession1795305600021', {
  name: 'postern_session',
  columns: {
    digest: primary(digest()),
    user_id: count(),
    username: key(),
    created_at: instant(),
    seen_at: instant(),
  },
  indices: [{ columns: ['user_id', 'seen_at'] }, { columns: ['seen_at'] }],
});
