// Makes `postern_user`. Frozen: a later change is another migration.
import { tableMigration } from '../../plugin-kit/migration.js';
import { count, flag, key, primary } from '../../plugin-kit/table.js';

/** Makes the table `postern_user`. */
export const createPosternUser1795305600003 = tableMigration('CreatePosternUser1795305600003', {
  name: 'postern_user',
  columns: {
    user_id: primary(count()),
    jira_key: key(),
    confluence_key: key(),
    account_id: key(128),
    is_administrator: flag(),
  },
  indices: [
    { columns: ['jira_key'], isUnique: true },
    { columns: ['confluence_key'], isUnique: true },
    { columns: ['account_id'], isUnique: true },
  ],
});
