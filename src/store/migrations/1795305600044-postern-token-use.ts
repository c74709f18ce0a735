// Makes `postern_token_use`. Frozen: a later change is another migration.
import { tableMigration } from '../../plugin-kit/migration.js';
import { instant, key, nullable, primary, text } from '../../plugin-kit/table.js';

/** Makes the table `postern_token_use`. */
export const createPosternTokenUse1795305600044 = tableMigration('CreatePosternTokenUse1795305600044', {
  name: 'postern_token_use',
  columns: {
    system_key: primary(key(100)),
    token_ref: primary(key()),
    used_at: instant(),
    client_address: nullable(key(45)),
    user_agent: nullable(text()),
    addresses: text(),
  },
});
