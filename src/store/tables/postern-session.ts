// Sessions of the pages, common to all nodes. The value of a cookie is kept as a keyed digest alone.
import { count, digest, instant, key, primary, table } from '../../plugin-kit/table.js';

/** The table `postern_session`. */
export const posternSessionTable = table({
  name: 'postern_session',
  columns: {
    digest: primary(digest()),
    user_id: count(),
    username: key(),
    created_at: instant(),
    seen_at: instant(),
  },
  indices: [{ columns: ['user_id', 'seen_at'] }, { columns: ['seen_at'] }],
});
