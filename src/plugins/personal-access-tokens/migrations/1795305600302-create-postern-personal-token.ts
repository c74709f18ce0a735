// What Postern knows more of a token. Frozen: a later change is a migration of its own.
import { tableMigration } from '../../../plugin-kit/migration.js';
import { count, flag, key, nullable, primary, text, vendorTimestamp } from '../../../plugin-kit/table.js';

export const CreatePosternPersonalToken1795305600302 = tableMigration('CreatePosternPersonalToken1795305600302', {
  name: 'postern_personal_token',
  columns: {
    token_id: primary(key(12)),
    inherited: text(),
    use_count: count(),
    last_used_at: nullable(vendorTimestamp()),
    awaits_flush: flag(),
  },
  indices: [{ columns: ['awaits_flush'] }],
});
