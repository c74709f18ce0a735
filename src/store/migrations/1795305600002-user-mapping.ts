// Makes `user_mapping`. Frozen: a later change is another migration.
import { tableMigration } from '../../plugin-kit/migration.js';
import { key, primary } from '../../plugin-kit/table.js';

/** Makes the table `user_mapping`. */
export const createUserMapping1795305600002 = tableMigration('CreateUserMapping1795305600002', {
  name: 'user_mapping',
  columns: {
    user_key: primary(key()),
    username: key(),
    lower_username: key(),
  },
  indices: [{ columns: ['username'] }, { columns: ['lower_username'] }],
});
