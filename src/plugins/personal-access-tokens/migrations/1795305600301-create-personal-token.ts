// The vendor's table. Frozen: a later change is a migration of its own.
import { tableMigration } from '../../../plugin-kit/migration.js';
import { id, key, nullable, vendorTimestamp } from '../../../plugin-kit/table.js';

export const CreatePersonalToken1795305600301 = tableMigration('CreatePersonalToken1795305600301', {
  name: 'AO_81F455_PERSONAL_TOKEN',
  columns: {
    ID: id(),
    USER_KEY: key(),
    NAME: key(),
    TOKEN_ID: key(),
    HASHED_TOKEN: key(),
    CREATED_AT: vendorTimestamp(),
    EXPIRING_AT: vendorTimestamp(),
    LAST_ACCESSED_AT: nullable(vendorTimestamp()),
    NOTIFICATION_STATE: key(),
  },
  indices: [
    { columns: ['TOKEN_ID', 'EXPIRING_AT'] },
    { columns: ['USER_KEY', 'ID'] },
    { columns: ['NAME', 'ID', 'USER_KEY'] },
    { columns: ['CREATED_AT', 'ID', 'USER_KEY'] },
    { columns: ['EXPIRING_AT', 'ID', 'USER_KEY'] },
  ],
});
