// Makes `postern_audit_total`. Frozen: a later change is another migration.
import { tableMigration } from '../../plugin-kit/migration.js';
import { count, instant, key, primary } from '../../plugin-kit/table.js';

/** Makes the table `postern_audit_total`. */
export const createPosternAuditTotal1795305600042 = tableMigration('CreatePosternAuditTotal1795305600042', {
  name: 'postern_audit_total',
  columns: {
    span: primary(key(10)),
    starts_at: primary(instant()),
    measure: primary(key(20)),
    total: count(),
  },
});
