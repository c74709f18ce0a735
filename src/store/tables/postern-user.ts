// What the house knows of a user beside the vendor's columns: one row for each in `cwd_user`.
import { count, flag, key, primary, table } from '../../plugin-kit/table.js';

/** The table `postern_user`. */
export const posternUserTable = table({
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
