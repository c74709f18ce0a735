// `GET /api/v1/audit.jsonl` and `/api/v1/audit.csv`: the trail as it stands on the disk, any span of time, streamed in constant memory [AUD-22].
import { Router } from 'express';
import type { AuditRecord, Trail } from '../../audit/contract.js';
import { ERROR_CODES } from '../../core/index.js';
import { RestFault } from '../../plugin-kit/rest.js';
import { AUDIT_CSV_HEAD, auditCsvRow } from '../audit-csv.js';
import { type AuditQuery, readAuditQuery } from '../audit-query.js';
import { requireAdministrator } from '../require-caller.js';
import type { PluginRouterNeeds } from '../plugin-router.js';
import { writeStream } from '../write-stream.js';

export const AUDIT_EXPORT_PATH = '/api/v1/audit.jsonl';
export const AUDIT_CSV_PATH = '/api/v1/audit.csv';
/** Characters that are written at once: a system call for each record would cost more than the record. */
const BATCH_LENGTH = 16_384;

export interface AuditExportNeeds {
  readonly trail: Pick<Trail, 'records'>;
  readonly callerOf: PluginRouterNeeds['callerOf'];
}

interface ExportForm {
  readonly headers: Readonly<Record<string, string>>;
  /** What stands before the first record. */
  readonly head: string;
  line(record: AuditRecord): string;
}

const FORMS: ReadonlyMap<string, ExportForm> = new Map([
  [
    AUDIT_EXPORT_PATH,
    { headers: { 'Content-Type': 'application/x-ndjson' }, head: '', line: (record: AuditRecord) => `${JSON.stringify(record)}\n` },
  ],
  [
    AUDIT_CSV_PATH,
    {
      headers: { 'Content-Type': 'text/csv; charset=utf-8', 'Content-Disposition': 'attachment; filename="audit.csv"' },
      head: AUDIT_CSV_HEAD,
      line: auditCsvRow,
    },
  ],
]);

/** The router of the exports; every other path goes on. */
export function auditExport(needs: AuditExportNeeds): Router {
  const router = Router();
  router.use(async (message, response, next) => {
    const { caller, request } = needs.callerOf(message);
    const form = FORMS.get(request.path);
    if (form === undefined) return next();
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      throw new RestFault(405, ERROR_CODES['request.method-not-allowed'].publicText, { headers: { Allow: 'GET, HEAD' } });
    }
    requireAdministrator(caller);
    const query = readAuditQuery(new URLSearchParams(request.query ?? ''));
    const batches = toBatches(needs.trail.records(query.range), query, form, () => response.destroyed);
    if (request.method === 'GET') await writeStream(response, form.headers, batches);
    else response.writeHead(200, form.headers).end();
  });
  return router;
}

/** What matches, many lines to a batch; stops reading the trail when the client goes away. */
async function* toBatches(
  records: AsyncIterable<AuditRecord>,
  query: AuditQuery,
  form: ExportForm,
  isGone: () => boolean,
): AsyncGenerator<string, void, undefined> {
  let batch = form.head;
  for await (const record of records) {
    if (isGone()) return;
    if (!query.matches(record)) continue;
    batch += form.line(record);
    if (batch.length < BATCH_LENGTH) continue;
    yield batch;
    batch = '';
  }
  if (batch !== '') yield batch;
}
