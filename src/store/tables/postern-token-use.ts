// The last use of each token, and the last addresses it was used from; moved together with its counters [GW-51].
import { instant, key, nullable, primary, table, text } from '../../plugin-kit/table.js';

/** The table `postern_token_use`. */
export const posternTokenUseTable = table({
  name: 'postern_token_use',
  columns: {
    system_key: primary(key(100)),
    token_ref: primary(key()),
    used_at: instant(),
    client_address: nullable(key(45)),
    user_agent: nullable(text()),
    /** JSON: the last distinct addresses, newest first. */
    addresses: text(),
  },
});
