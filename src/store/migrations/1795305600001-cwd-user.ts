// Makes `cwd_user`. Frozen: a later change is another migration.
import { tableMigration } from '../../plugin-kit/migration.js';
import { count, key, letter, nullable, primary, vendorTimestamp } from '../../plugin-kit/table.js';

/** Makes the table `cwd_user`. */
export const createCwdUser1795305600001 = tableMigration('CreateCwdUser1795305600001', {
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
