// Which of the site's keys this database has been used with. The check value tells a key from another one of the same id; it is no key [GW-13].
import { digest, instant, key, primary, table } from '../../plugin-kit/table.js';

/** The table `postern_key`. */
export const posternKeyTable = table({
  name: 'postern_key',
  columns: {
    key_id: primary(key(64)),
    check_value: digest(),
    first_used_at: instant(),
  },
});
