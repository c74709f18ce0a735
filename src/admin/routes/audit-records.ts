// `GET /api/v1/audit` and `/audit/chart`: the trail as its copy in the database has it, newest first, page by page [AUD-23].
import { type Instant, LIMITS } from '../../core/index.js';
import { type RestAnswer, type RestCall, RestFault, type Route } from '../../plugin-kit/rest.js';
import { type RecordPlace, searchRecords } from '../../store/audit/search.js';
import { readSteps, type Step, totalRecords } from '../../store/audit/totals.js';
import type { Store } from '../../store/contract.js';
import type { AuditChart, AuditPage } from '../api-types.js';
import { choiceOf, type Given, instantOf, readAuditQueryAnd, wholeNumberOf } from '../audit-query.js';
import { recordOf } from '../copied-records.js';
import { requireAdministrator } from '../require-caller.js';

/** The copy of the trail in the database. */
export interface AuditCopyReader {
  readonly store: Pick<Store, 'read' | 'quote' | 'engine'>;
  /** Resolves when everything recorded by now is copied, or soon after: false when it is not. */
  settle(): Promise<boolean>;
}

export interface AuditRecordsNeeds {
  readonly auditCopy: AuditCopyReader;
  readonly clock: { now(): Instant };
}

const PAGE_DEFAULT = 100;

/** The routes. */
export function auditRecordRoutes(needs: AuditRecordsNeeds): readonly Route[] {
  return [
    { method: 'GET', path: '/audit', handle: (call) => listRecords(needs, call) },
    { method: 'GET', path: '/audit/chart', handle: (call) => showChart(needs, call) },
  ];
}

async function listRecords({ auditCopy }: AuditRecordsNeeds, call: RestCall): Promise<RestAnswer> {
  requireAdministrator(call.caller);
  const { filters, given } = readAuditQueryAnd(call.query, ['limit', 'cursor']);
  const limit = Math.max(1, wholeNumberOf(given, 'limit', LIMITS.auditPageMax) ?? PAGE_DEFAULT);
  const behind = readPlace(given);
  const isCurrent = await auditCopy.settle();
  const { range, equals } = filters;
  const page = await searchRecords(auditCopy.store, {
    from: range.from ?? null,
    to: range.to ?? null,
    equals,
    behind,
    limit,
    matches: (copied) => filters.matches(recordOf(copied)),
  });
  const answer: AuditPage = {
    records: page.records.map(recordOf),
    nextCursor: page.next === null ? null : `${page.next.at}.${page.next.id}`,
    scanned: page.scanned,
    total: await totalRecords(auditCopy.store),
    isCurrent,
  };
  return { status: 200, json: answer };
}

/** `at.id` of the last record of the page before. */
function readPlace(given: Given): RecordPlace | null {
  const text = given.get('cursor');
  if (text === undefined) return null;
  const [, at, id] = /^(\d{1,15})\.(\d{1,15})$/.exec(text) ?? [];
  if (at === undefined || id === undefined) throw new RestFault(400, 'cursor must be the nextCursor of the page before.');
  return { at: Number(at), id: Number(id) };
}

const STEP_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
/** Steps that are shown where nobody says from when. */
const STEPS_DEFAULT = 60;

async function showChart({ auditCopy, clock }: AuditRecordsNeeds, call: RestCall): Promise<RestAnswer> {
  requireAdministrator(call.caller);
  const given = readChartQuery(call.query);
  const bucket = choiceOf(given, 'bucket', ['minute', 'hour', 'day']) ?? 'hour';
  const stepMs = STEP_MS[bucket];
  const to = instantOf(given, 'to') ?? clock.now() + 1;
  const from = instantOf(given, 'from') ?? to - STEPS_DEFAULT * stepMs;
  const first = from - (from % stepMs);
  if ((to - first) / stepMs > LIMITS.auditChartStepsMax) {
    throw new RestFault(
      400,
      `From ${bucket} to ${bucket} that would be more than ${LIMITS.auditChartStepsMax} steps: take a longer bucket.`,
    );
  }
  await auditCopy.settle();
  const read = await readSteps(auditCopy.store, bucket === 'minute' ? 'minute' : 'hour', first, to);
  const answer: AuditChart = {
    bucket,
    steps: inBuckets(read, stepMs).map(({ startsAt, ...rest }) => ({ time: isoText(startsAt), ...rest })),
  };
  return { status: 200, json: answer };
}

function readChartQuery(query: URLSearchParams): Given {
  const { given } = readAuditQueryAnd(query, ['bucket']);
  const other = [...given.keys()].find((name) => !['from', 'to', 'bucket'].includes(name));
  if (other !== undefined)
    throw new RestFault(400, `${other} does not narrow a chart: it is drawn from totals. Known are: from, to, bucket.`);
  return given;
}

function inBuckets(steps: readonly Step[], stepMs: number): readonly Step[] {
  const buckets = new Map<Instant, Step>();
  for (const step of steps) {
    const startsAt = step.startsAt - (step.startsAt % stepMs);
    const { permits, denials, uses } = buckets.get(startsAt) ?? { permits: 0, denials: 0, uses: 0 };
    buckets.set(startsAt, { startsAt, permits: permits + step.permits, denials: denials + step.denials, uses: uses + step.uses });
  }
  return [...buckets.values()];
}

function isoText(at: Instant): string {
  return new Date(at).toISOString();
}
