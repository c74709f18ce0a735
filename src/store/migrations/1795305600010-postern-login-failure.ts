// Makes `postern_login_failure`. Frozen: a later change is another migration.
import { tableMigration } from '../../plugin-kit/migration.js';
import { digest, instant, primary } from '../../plugin-kit/table.js';

/** Makes the table `postern_login_failure`. */
export const createPosternLoginFailure1795305600010 = tableMigration('CreatePosternLoginFailure1795305600010', {
  name: 'postern_login_failure',
  columns: {
    counter_key: primary(digest()),
    empty_at: instant(),
    blocked_until: instant(),
  },
  indices: [{ columns: ['empty_at'] }],
});
