// `GET /api/v1/audit.jsonl`: the trail as JSON lines, any span of time, streamed in constant memory [AUD-22].
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Router, type Response } from 'express';
import type { AuditRecord, Trail } from '../../audit/contract.js';
import { ERROR_CODES } from '../../core/index.js';
import { RestFault } from '../../plugin-kit/rest.js';
import { type AuditQuery, readAuditQuery } from '../audit-query.js';
import { requireAdministrator } from '../require-caller.js';
import type { PluginRouterNeeds } from '../plugin-router.js';

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
    if (request.method === 'GET') await writeRecords(response, needs.trail.records(query.range), query);
    else response.writeHead(200, { 'Content-Type': CONTENT_TYPE }).end();
  });
  return router;
}

/** Writes what matches as fast as the client reads, and stops reading the trail when the client goes away. */
async function writeRecords(response: Response, records: AsyncIterable<AuditRecord>, query: AuditQuery): Promise<void> {
  const batches = toBatches(records, query, () => response.destroyed);
  // Before the head is sent a trail that cannot be read is still an answer of its own.
  const first = await batches.next();
  if (response.destroyed) return void (await batches.return());
  response.writeHead(200, { 'Content-Type': CONTENT_TYPE });
  const lines = Readable.from(first.done === true ? [] : continued(first.value, batches), { highWaterMark: 1 });
  await pipeline(lines, response).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  });
}

async function* continued(first: string, rest: AsyncIterable<string>): AsyncGenerator<string, void> {
  yield first;
  yield* rest;
}

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
