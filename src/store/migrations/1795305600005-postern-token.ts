// Makes `postern_token`. Frozen: a later change is another migration.
import { tableMigration } from '../../plugin-kit/migration.js';
import { count, flag, instant, key, nullable, primary } from '../../plugin-kit/table.js';

/** Makes the table `postern_token`. */
export const createPosternToken1795305600005 = tableMigration('CreatePosternToken1795305600005', {
  name: 'postern_token',
  columns: {
    system_key: primary(key(100)),
    token_ref: primary(key()),
    product: key(20),
    owner_key: nullable(key()),
    label: key(),
    created_at: instant(),
    expires_at: nullable(instant()),
    last_used_at: nullable(instant()),
    use_count: count(),
    has_limits: flag(),
  },
  indices: [
    { columns: ['created_at', 'system_key', 'token_ref'] },
    { columns: ['system_key', 'created_at', 'token_ref'] },
    { columns: ['owner_key', 'created_at', 'system_key', 'token_ref'] },
  ],
});
