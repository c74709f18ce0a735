// The vendor's table from user key to user name: two rows for a user, one key per product, hence no unique index on the name [DIR-3].
import { key, primary, table } from '../../plugin-kit/table.js';

/** The table `user_mapping`. */
export const userMappingTable = table({
  name: 'user_mapping',
  columns: {
    user_key: primary(key()),
    username: key(),
    lower_username: key(),
  },
  indices: [{ columns: ['username'] }, { columns: ['lower_username'] }],
});
