// A record of the trail as a row for a spreadsheet, its columns in the order of docs/audit.md [AUD-22].
import type { AuditRecord } from '../audit/contract.js';
import { csvRow } from './csv.js';

const COLUMNS: readonly (keyof AuditRecord)[] = [
  'requestId',
  'time',
  'decision',
  'actor',
  'tokenRef',
  'method',
  'path',
  'status',
  'kind',
  'outcome',
  'system',
  'userKey',
  'fault',
  'clientAddress',
  'peer',
  'userAgent',
  'queryNames',
  'rule',
  'statement',
  'code',
  'durationMs',
  'bytesIn',
  'bytesOut',
  'flags',
  'inProductLog',
  'inUsageDetails',
  'action',
  'detail',
  'count',
  'credentialDigest',
  'node',
  'id',
  'sequence',
  'version',
];

/** The first row: the names of the fields. */
export const AUDIT_CSV_HEAD = csvRow(COLUMNS);

/** One record. What is null is empty, lists are separated by blanks, and `detail` is JSON. */
export function auditCsvRow(record: AuditRecord): string {
  return csvRow(COLUMNS.map((name) => textOf(record[name])));
}

function textOf(value: AuditRecord[keyof AuditRecord]): string {
  if (value === null) return '';
  if (Array.isArray(value)) return value.join(' ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
