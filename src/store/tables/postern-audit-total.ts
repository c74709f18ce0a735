// How many there were in each minute, in each hour and in all: charts and totals read it instead of counting records.
import { count, instant, key, primary, table } from '../../plugin-kit/table.js';

/** The table `postern_audit_total`. */
export const posternAuditTotalTable = table({
  name: 'postern_audit_total',
  columns: {
    /** `minute`, `hour` or `all`. */
    span: primary(key(10)),
    starts_at: primary(instant()),
    /** What is counted: `permit`, `deny`, `use` … */
    measure: primary(key(20)),
    total: count(),
  },
});
