// One record as it is exported, from its two entries [AUD-10]. docs/audit.md documents every field.
import type { AuditRecord } from './contract.js';
import type { Entry } from './entry.js';

const KINDS = { open: 'request', act: 'act', login: 'login', malformed: 'malformed' } as const;

/** `close` null: it runs, or nobody knows how it ended; a `malformed` row needs none. */
export function toRecord(entry: Entry, close: Entry | null, node: string, isRunning: boolean): AuditRecord {
  return {
    version: 1,
    id: entry.id,
    sequence: entry.seq,
    time: new Date(entry.at).toISOString(),
    node,
    kind: KINDS[entry.e as keyof typeof KINDS],
    requestId: entry.e === 'open' ? (entry.requestId ?? entry.id) : null,
    decision: entry.decision ?? null,
    actor: entry.actor ?? null,
    userKey: entry.userKey ?? null,
    system: entry.system ?? null,
    tokenRef: entry.tokenRef ?? null,
    fault: entry.fault ?? null,
    credentialDigest: entry.credentialDigest ?? null,
    method: entry.method ?? null,
    path: entry.path ?? null,
    queryNames: entry.queryNames ?? null,
    clientAddress: entry.clientAddress ?? null,
    peer: entry.peer ?? null,
    userAgent: entry.userAgent ?? null,
    rule: entry.rule ?? null,
    statement: entry.statement ?? null,
    code: close?.code ?? entry.code ?? null,
    status: close?.status ?? entry.status ?? null,
    outcome: entry.e === 'malformed' ? 'refused' : (close?.outcome ?? (isRunning ? 'in-flight' : 'unknown')),
    durationMs: close?.durationMs ?? null,
    bytesIn: close?.bytesIn ?? null,
    bytesOut: close?.bytesOut ?? null,
    flags: entry.flags ?? [],
    inProductLog: entry.inProductLog ?? true,
    inUsageDetails: entry.inUsageDetails ?? true,
    action: entry.action ?? null,
    detail: entry.detail ?? null,
    count: entry.count ?? null,
  };
}
