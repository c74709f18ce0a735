// Counters of failed logins, common to all nodes [DIR-6]. The key is a digest: what is typed as a user name may be a password.
import { digest, instant, primary, table } from '../../plugin-kit/table.js';

/** The table `postern_login_failure`. */
export const posternLoginFailureTable = table({
  name: 'postern_login_failure',
  columns: {
    counter_key: primary(digest()),
    empty_at: instant(),
    blocked_until: instant(),
  },
  indices: [{ columns: ['empty_at'] }],
});
