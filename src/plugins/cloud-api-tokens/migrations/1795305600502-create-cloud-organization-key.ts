// The first shape of the table. Frozen: a later change is a migration of its own.
import { tableMigration } from '../../../plugin-kit/migration.js';
import { count, digest, id, instant, key, nullable, text } from '../../../plugin-kit/table.js';

/** Makes the table `cloud_organization_key`. */
export const CreateCloudOrganizationKey1795305600502 = tableMigration('CreateCloudOrganizationKey1795305600502', {
  name: 'cloud_organization_key',
  columns: {
    id: id(),
    key_id: key(20),
    user_key: key(),
    username: key(),
    label: key(),
    digest: digest(),
    created_at: instant(),
    expires_at: nullable(instant()),
    last_used_at: nullable(instant()),
    use_count: count(),
    scopes: text(),
  },
  indices: [{ columns: ['key_id'], isUnique: true }, { columns: ['digest'], isUnique: true }, { columns: ['user_key', 'id'] }],
});
