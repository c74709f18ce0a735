// Records of the copy as everybody else has them: built from the same two lines, by the same function, as those of the spool.
import type { AuditRecord } from '../audit/contract.js';
import type { Entry } from '../audit/entry.js';
import { toRecord } from '../audit/to-record.js';

/** The record whose lines these are; `closed` null: it runs. */
export function recordOf({
  opened,
  closed,
  node,
}: {
  readonly opened: string;
  readonly closed: string | null;
  readonly node: string;
}): AuditRecord {
  return toRecord(JSON.parse(opened) as Entry, closed === null ? null : (JSON.parse(closed) as Entry), node, closed === null);
}
