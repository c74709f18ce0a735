// The audit trail, as the spool told of it, for queries. The line that began a record and the one that ended it stand as they were written; the other
// columns are what is asked for by index.
import { count, id, instant, key, nullable, table, text } from '../../plugin-kit/table.js';

/** The table `postern_audit`. */
export const posternAuditTable = table({
  name: 'postern_audit',
  columns: {
    id: id(),
    /** Of the record: what is shipped twice meets it and is passed over [AUD-3]. */
    record_id: key(36),
    at: instant(),
    kind: key(10),
    decision: nullable(key(6)),
    /** Letters A-Z folded, cut to what a name can have. */
    actor: nullable(key()),
    system_key: nullable(key(100)),
    token_ref: nullable(key()),
    status: nullable(count()),
    client_address: nullable(key(45)),
    /** Counts from 1 within a token: its place among the token's usage details [EXT-46]; null: it is none of them. */
    usage_position: nullable(count()),
    node: key(100),
    /** The spool's line that began the record. */
    opened: text(),
    /** The one that ended it; null while it runs. */
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
