// The first shape of the table. Frozen: a later change is a migration of its own.
import { tableMigration } from '../../../plugin-kit/migration.js';
import { count, digest, id, instant, key, nullable, text } from '../../../plugin-kit/table.js';

/** Makes the table `cloud_api_token`. */
export const CreateCloudApiToken1795305600501 = tableMigration('CreateCloudApiToken1795305600501', {
  name: 'cloud_api_token',
  columns: {
    id: id(),
    token_id: key(20),
    user_key: key(),
    account_id: key(128),
    username: key(),
    label: key(),
    digest: digest(),
    created_at: instant(),
    expires_at: instant(),
    last_used_at: nullable(instant()),
    use_count: count(),
    limits: text(),
  },
  indices: [
    { columns: ['token_id'], isUnique: true },
    { columns: ['digest'], isUnique: true },
    { columns: ['account_id', 'created_at', 'id'] },
    { columns: ['user_key', 'id'] },
    { columns: ['created_at', 'id'] },
  ],
});
