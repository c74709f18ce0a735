// A record in the Common Event Format, version 0, as ArcSight and those after it read it [AUD-22].
import type { AuditRecord } from '../contract.js';

/** One line without its end; `version` is Postern's. ASCII without control characters. */
export function toCef(record: AuditRecord, version: string): string {
  const { kind, decision, outcome, action } = record;
  const name = action ?? [kind, decision, outcome].filter((word) => word !== null).join(' ');
  const header = ['Postern', 'Postern', version, action ?? kind, name, String(severityOf(record))].map(escapeHeader);
  const extension = Object.entries(fieldsOf(record)).flatMap(([key, value]) =>
    value === null ? [] : `${key}=${escapeValue(String(value))}`,
  );
  return `CEF:0|${header.join('|')}|${extension.join(' ')}`;
}

/** 0 to 10: what was let through is 1, what was refused 5, what went wrong 7. */
function severityOf({ outcome, decision }: AuditRecord): number {
  if (outcome === 'failed' || outcome === 'unknown') return 7;
  return decision === 'deny' || outcome === 'refused' ? 5 : 1;
}

function fieldsOf(record: AuditRecord): Readonly<Record<string, string | number | null>> {
  return {
    rt: Date.parse(record.time),
    externalId: record.id,
    dvchost: record.node,
    act: record.decision ?? record.action,
    outcome: record.outcome,
    reason: record.code ?? record.fault,
    suser: record.actor,
    suid: record.userKey,
    src: record.clientAddress,
    requestMethod: record.method,
    request: record.path,
    requestClientApplication: record.userAgent,
    in: record.bytesIn,
    out: record.bytesOut,
    cnt: record.count,
    ...labelled('cn1', 'status', record.status),
    ...labelled('cn2', 'sequence', record.sequence),
    ...labelled('cs1', 'tokenRef', record.tokenRef),
    ...labelled('cs2', 'system', record.system),
    ...labelled('cs3', 'rule', record.rule),
    ...labelled('cs4', 'requestId', record.requestId),
    ...labelled('cs5', 'credentialDigest', record.credentialDigest),
    ...labelled('cs6', 'detail', record.detail === null ? null : JSON.stringify(record.detail)),
  };
}

function labelled(key: string, label: string, value: string | number | null): Readonly<Record<string, string | number>> {
  return value === null ? {} : { [key]: value, [`${key}Label`]: label };
}

/** `\` and `|` are escaped; a line has no end in it, and nothing that a terminal obeys. */
function escapeHeader(text: string): string {
  return printable(text.replace(/[\\|]/g, '\\$&'));
}

function escapeValue(text: string): string {
  return printable(text.replace(/[\\=]/g, '\\$&').replace(/\r?\n|\r/g, '\\n'));
}

function printable(text: string): string {
  return text.replace(/[^ -~]/g, (unit) => `\\\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
