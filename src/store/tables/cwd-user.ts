// The vendor's table of users, its names and types [DIR-3]: the published report reads it [DIR-1]. `lower_user_name` is folded for ASCII only.
import { count, key, letter, nullable, primary, table, vendorTimestamp } from '../../plugin-kit/table.js';

/** The table `cwd_user`. */
export const cwdUserTable = table({
  name: 'cwd_user',
  columns: {
    id: primary(count()),
    user_name: key(),
    lower_user_name: key(),
    active: letter(),
    created_date: vendorTimestamp(),
    updated_date: vendorTimestamp(),
    first_name: key(),
    lower_first_name: key(),
    last_name: key(),
    lower_last_name: key(),
    display_name: key(),
    lower_display_name: key(),
    email_address: key(),
    lower_email_address: key(),
    external_id: nullable(key()),
    directory_id: count(),
    credential: nullable(key()),
  },
  indices: [{ columns: ['lower_user_name'], isUnique: true }, { columns: ['lower_email_address'] }],
});
