// One row: the next user's number, so that none is given twice even after a deletion. Changing it first also makes changes of users take turns.
import { count, key, primary, table } from '../../plugin-kit/table.js';

/** The table `postern_user_sequence`. */
export const posternUserSequenceTable = table({
  name: 'postern_user_sequence',
  columns: {
    sequence_name: primary(key(20)),
    next_user_id: count(),
  },
});
