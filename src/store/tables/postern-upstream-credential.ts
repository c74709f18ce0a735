// Each user's own credential for a product, encrypted with the site's key [GW-42].
import { count, instant, key, primary, table, text } from '../../plugin-kit/table.js';

/** The table `postern_upstream_credential`. */
export const posternUpstreamCredentialTable = table({
  name: 'postern_upstream_credential',
  columns: {
    user_id: primary(count()),
    product: primary(key(20)),
    cipher_text: text(),
    updated_at: instant(),
  },
});
