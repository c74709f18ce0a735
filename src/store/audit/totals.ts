// How many there were: added up in the transaction that copies the records, so that charts and totals count nothing.
import type { EntityManager } from 'typeorm';
import type { Instant } from '../../core/index.js';
import type { Store } from '../contract.js';
import { placeholders } from '../dialect.js';
import { insertMany, slices } from './rows.js';
import type { OpenedRow } from './shipment.js';

/** `record`: any; `permit`, `deny`: decisions; `use`: requests with a token that was accepted. */
export type Measure = 'record' | 'permit' | 'deny' | 'use';
export type Span = 'minute' | 'hour' | 'all';

const LENGTH_MS = { minute: 60_000, hour: 3_600_000, all: Number.POSITIVE_INFINITY } as const;

/** One step of a chart. */
export interface Step {
  readonly startsAt: Instant;
  readonly permits: number;
  readonly denials: number;
  readonly uses: number;
}

interface Sum {
  readonly span: Span;
  readonly starts_at: Instant;
  readonly measure: Measure;
  total: number;
}

/** Adds the rows within the caller's transaction, which has its turn alone: what is read here nobody changes meanwhile. */
export async function addTotals(manager: EntityManager, store: Pick<Store, 'engine' | 'quote'>, rows: readonly OpenedRow[]): Promise<void> {
  const [add, find] = [ADD, FIND].map((sql) => placeholders(store.engine, sql)) as [string, string];
  const made: (string | number)[][] = [];
  for (const { span, starts_at, measure, total } of sums(rows)) {
    const place = [span, starts_at, measure];
    if ((await manager.query<unknown[]>(find, place)).length > 0) await manager.query(add, [total, ...place]);
    else made.push([...place, total]);
  }
  for (const some of slices(made)) {
    await insertMany(manager, store, { table: 'postern_audit_total', columns: ['span', 'starts_at', 'measure', 'total'] }, some);
  }
}

const ADD = 'UPDATE postern_audit_total SET total = total + ? WHERE span = ? AND starts_at = ? AND measure = ?';
const FIND = 'SELECT 1 FROM postern_audit_total WHERE span = ? AND starts_at = ? AND measure = ?';

function sums(rows: readonly OpenedRow[]): Iterable<Sum> {
  const found = new Map<string, Sum>();
  for (const row of rows) {
    for (const measure of measuresOf(row)) {
      for (const span of ['minute', 'hour', 'all'] as const) {
        const starts_at = span === 'all' ? 0 : row.at - (row.at % LENGTH_MS[span]);
        const name = `${span} ${starts_at} ${measure}`;
        const sum = found.get(name);
        if (sum === undefined) found.set(name, { span, starts_at, measure, total: 1 });
        else sum.total += 1;
      }
    }
  }
  return found.values();
}

function measuresOf({ decision, isUse }: OpenedRow): readonly Measure[] {
  return ['record', ...(decision === null ? [] : [decision]), ...(isUse ? (['use'] as const) : [])];
}

/** How many records there are in all. */
export async function totalRecords(store: Pick<Store, 'read'>): Promise<number> {
  const [row] = await store.read<{ total: number | string }>(
    "SELECT total FROM postern_audit_total WHERE span = 'all' AND starts_at = 0 AND measure = 'record'",
  );
  return Number(row?.total ?? 0);
}

/** The steps of `from <= start < to` in which there was anything, in order. */
export async function readSteps(
  store: Pick<Store, 'read'>,
  span: Exclude<Span, 'all'>,
  from: Instant,
  to: Instant,
): Promise<readonly Step[]> {
  const rows = await store.read<{ starts_at: number | string; measure: Measure; total: number | string }>(
    'SELECT starts_at, measure, total FROM postern_audit_total WHERE span = ? AND starts_at >= ? AND starts_at < ? ORDER BY starts_at',
    [span, from, to],
  );
  const steps = new Map<Instant, { startsAt: Instant; permits: number; denials: number; uses: number }>();
  for (const { starts_at, measure, total } of rows) {
    const startsAt = Number(starts_at);
    const step = steps.get(startsAt) ?? { startsAt, permits: 0, denials: 0, uses: 0 };
    steps.set(startsAt, step);
    if (measure === 'permit') step.permits += Number(total);
    else if (measure === 'deny') step.denials += Number(total);
    else if (measure === 'use') step.uses += Number(total);
  }
  return [...steps.values()];
}
