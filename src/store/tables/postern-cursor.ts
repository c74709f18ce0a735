// How far the trail's spool has been counted: moved in the transaction that counts [GW-51].
import { count, instant, key, primary, table } from '../../plugin-kit/table.js';

/** The table `postern_cursor`. */
export const posternCursorTable = table({
  name: 'postern_cursor',
  columns: {
    spool_id: primary(key(100)),
    segment: count(),
    byte_offset: count(),
    updated_at: instant(),
  },
});
