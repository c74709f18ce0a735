// A record as an event of the Open Cybersecurity Schema Framework: class 6003, API Activity [AUD-22].
import type { AuditRecord } from '../contract.js';

/** The version of the schema that the fields are named after. */
const SCHEMA = '1.4.0';
const CLASS = 6003;

/** What is not in the schema stands below `unmapped`, under the names of docs/audit.md. */
export function toOcsf(record: AuditRecord, version: string): object {
  const activity = activityOf(record.method);
  return {
    category_uid: 6,
    category_name: 'Application Activity',
    class_uid: CLASS,
    class_name: 'API Activity',
    activity_id: activity.id,
    activity_name: activity.name,
    type_uid: CLASS * 100 + activity.id,
    time: Date.parse(record.time),
    ...severityOf(record),
    ...statusOf(record),
    status_code: record.status === null ? undefined : String(record.status),
    status_detail: record.code ?? record.fault ?? undefined,
    count: record.count ?? undefined,
    duration: record.durationMs === null ? undefined : Math.round(record.durationMs),
    metadata: {
      version: SCHEMA,
      uid: record.id,
      sequence: record.sequence,
      correlation_uid: record.requestId ?? undefined,
      product: { name: 'Postern', vendor_name: 'Postern', version },
      log_provider: record.node,
    },
    actor: { user: userOf(record) },
    api: {
      operation: record.action ?? record.method ?? record.kind,
      request: record.requestId === null ? undefined : { uid: record.requestId },
      response: record.status === null ? undefined : { code: record.status },
    },
    http_request:
      record.method === null
        ? undefined
        : { http_method: record.method, url: { path: record.path ?? undefined }, user_agent: record.userAgent ?? undefined },
    src_endpoint: record.clientAddress === null ? { name: record.peer ?? record.node } : { ip: record.clientAddress },
    unmapped: record,
  };
}

function userOf({ actor, userKey, tokenRef }: AuditRecord): object {
  return actor === null
    ? { type_id: 0, type: 'Unknown', name: 'anonymous', credential_uid: tokenRef ?? undefined }
    : { type_id: 1, type: 'User', name: actor, uid: userKey ?? undefined, credential_uid: tokenRef ?? undefined };
}

function activityOf(method: string | null): { readonly id: number; readonly name: string } {
  switch (method) {
    case null:
      return { id: 99, name: 'Other' };
    case 'POST':
      return { id: 1, name: 'Create' };
    case 'GET':
    case 'HEAD':
    case 'OPTIONS':
      return { id: 2, name: 'Read' };
    case 'PUT':
    case 'PATCH':
      return { id: 3, name: 'Update' };
    case 'DELETE':
      return { id: 4, name: 'Delete' };
    default:
      return { id: 99, name: 'Other' };
  }
}

function severityOf({ outcome, decision }: AuditRecord): { readonly severity_id: number; readonly severity: string } {
  if (outcome === 'failed' || outcome === 'unknown') return { severity_id: 3, severity: 'Medium' };
  return decision === 'deny' || outcome === 'refused' ? { severity_id: 2, severity: 'Low' } : { severity_id: 1, severity: 'Informational' };
}

function statusOf({ outcome }: AuditRecord): { readonly status_id: number; readonly status: string } {
  if (outcome === 'in-flight' || outcome === 'unknown' || outcome === 'aborted') return { status_id: 0, status: 'Unknown' };
  return outcome === 'refused' || outcome === 'failed' ? { status_id: 2, status: 'Failure' } : { status_id: 1, status: 'Success' };
}
