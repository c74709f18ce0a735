// A record as a syslog message (RFC 5424), framed for a stream by counting its octets (RFC 6587 §3.4.1; the only way over TLS, RFC 5425 §4.3).
import type { AuditRecord } from '../contract.js';
import type { SinkFormat } from './contract.js';
import { formatRecord } from './format.js';

/** Log audit (RFC 5424 table 1). */
const FACILITY = 13;

/** Without structured data: that wants an enterprise number of one's own (RFC 5424 §7.2.2). What it would say stands in the message. */
export function toSyslog(record: AuditRecord, format: SinkFormat, version: string): string {
  const message = `<${FACILITY * 8 + severityOf(record)}>1 ${record.time} ${nameOf(record.node)} postern - ${record.kind} - ${formatRecord(record, format, version)}`;
  // ASCII: its characters are its octets.
  return `${message.length} ${message}`;
}

/** Error, warning or informational (RFC 5424 table 2). */
function severityOf({ outcome, decision }: AuditRecord): number {
  if (outcome === 'failed' || outcome === 'unknown') return 3;
  return decision === 'deny' || outcome === 'refused' ? 4 : 6;
}

/** HOSTNAME: printable ASCII without blanks, 255 at most, `-` for none (RFC 5424 §6.2.4). */
function nameOf(node: string): string {
  return node.replace(/[^!-~]/g, '_').slice(0, 255) || '-';
}
