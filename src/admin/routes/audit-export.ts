// `GET /api/v1/audit.jsonl`: the trail as JSON lines, any span of time, streamed in constant memory [AUD-22].
import { Router } from 'express';
import type { AuditRecord, Trail } from '../../audit/contract.js';
import { ERROR_CODES } from '../../core/index.js';
import { RestFault } from '../../plugin-kit/rest.js';
import { type AuditQuery, readAuditQuery } from '../audit-query.js';
import { requireAdministrator } from '../require-caller.js';
import type { PluginRouterNeeds } from '../plugin-router.js';
import { writeStream } from '../write-stream.js';

export const AUDIT_EXPORT_PATH = '/api/v1/audit.jsonl';
const CONTENT_TYPE = 'application/x-ndjson';
/** Characters that are written at once: a system call for each record would cost more than the record. */
const BATCH_LENGTH = 16_384;

export interface AuditExportNeeds {
  readonly trail: Pick<Trail, 'records'>;
  readonly callerOf: PluginRouterNeeds['callerOf'];
}

/** The router of the export; every other path goes on. */
export function auditExport(needs: AuditExportNeeds): Router {
  const router = Router();
  router.use(async (message, response, next) => {
    const { caller, request } = needs.callerOf(message);
    if (request.path !== AUDIT_EXPORT_PATH) return next();
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      throw new RestFault(405, ERROR_CODES['request.method-not-allowed'].publicText, { headers: { Allow: 'GET, HEAD' } });
    }
    requireAdministrator(caller);
    const query = readAuditQuery(new URLSearchParams(request.query ?? ''));
    const batches = toBatches(needs.trail.records(query.range), query, () => response.destroyed);
    if (request.method === 'GET') await writeStream(response, { 'Content-Type': CONTENT_TYPE }, batches);
    else response.writeHead(200, { 'Content-Type': CONTENT_TYPE }).end();
  });
  return router;
}

/** What matches as JSON lines, many to a batch; stops reading the trail when the client goes away. */
async function* toBatches(
  records: AsyncIterable<AuditRecord>,
  query: AuditQuery,
  isGone: () => boolean,
): AsyncGenerator<string, void, undefined> {
  let batch = '';
  for await (const record of records) {
    if (isGone()) return;
    if (!query.matches(record)) continue;
    batch += `${JSON.stringify(record)}\n`;
    if (batch.length < BATCH_LENGTH) continue;
    yield batch;
    batch = '';
  }
  if (batch !== '') yield batch;
}
