// Makes `postern_upstream_credential`. Frozen: a later change is another migration.
import { tableMigration } from '../../plugin-kit/migration.js';
import { count, instant, key, primary, text } from '../../plugin-kit/table.js';

/** Makes the table `postern_upstream_credential`. */
export const createPosternUpstreamCredential1795305600009 = tableMigration('CreatePosternUpstreamCredential1795305600009', {
  name: 'postern_upstream_credential',
  columns: {
    user_id: primary(count()),
    product: primary(key(20)),
    cipher_text: text(),
    updated_at: instant(),
  },
});
