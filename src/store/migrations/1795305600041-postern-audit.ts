// Makes `postern_audit`. Frozen: a later change is another migration.
import { tableMigration } from '../../plugin-kit/migration.js';
import { count, id, instant, key, nullable, text } from '../../plugin-kit/table.js';

/** Makes the table `postern_audit`. */
export const createPosternAudit1795305600041 = tableMigration('CreatePosternAudit1795305600041', {
  name: 'postern_audit',
  columns: {
    id: id(),
    record_id: key(36),
    at: instant(),
    kind: key(10),
    decision: nullable(key(6)),
    actor: nullable(key()),
    system_key: nullable(key(100)),
    token_ref: nullable(key()),
    status: nullable(count()),
    client_address: nullable(key(45)),
    usage_position: nullable(count()),
    node: key(100),
    opened: text(),
    closed: nullable(text()),
  },
  indices: [
    { columns: ['record_id'], isUnique: true },
    { columns: ['at', 'id'] },
    { columns: ['kind', 'at', 'id'] },
    { columns: ['decision', 'at', 'id'] },
    { columns: ['actor', 'at', 'id'] },
    { columns: ['system_key', 'at', 'id'] },
    { columns: ['token_ref', 'at', 'id'] },
    { columns: ['status', 'at', 'id'] },
    { columns: ['client_address', 'at', 'id'] },
    { columns: ['token_ref', 'usage_position'], isUnique: true },
  ],
});
