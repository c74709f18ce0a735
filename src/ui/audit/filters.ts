// Which records are asked for. The filters stand in the page's address, so that a view can be kept, sent and gone back to.

const NAMES = ['search', 'user', 'tokenRef', 'system', 'decision', 'kind', 'address', 'status', 'span', 'from', 'to'] as const;

/** As the address says them; '' where it does not. `from` and `to` count where `span` is `between`. */
export type AuditFilters = Readonly<Record<(typeof NAMES)[number], string>>;

export const SPANS = ['', '1h', '24h', '7d', '30d', 'between'] as const;

const HOUR_MS = 3_600_000;
const SPAN_MS: Readonly<Record<string, number>> = { '1h': HOUR_MS, '24h': 24 * HOUR_MS, '7d': 168 * HOUR_MS, '30d': 720 * HOUR_MS };

export function filtersFrom(query: URLSearchParams): AuditFilters {
  return Object.fromEntries(NAMES.map((name) => [name, query.get(name)?.trim() ?? ''])) as AuditFilters;
}

/** Instants as ISO 8601; '' where there is no bound. */
export interface TimeRange {
  readonly from: string;
  readonly to: string;
}

/** The time that is asked for, from where the clock stands now. */
export function rangeOf({ span, from, to }: AuditFilters, now: number): TimeRange {
  if (span === 'between') return { from, to };
  const length = SPAN_MS[span];
  return { from: length === undefined ? '' : new Date(now - length).toISOString(), to: '' };
}

/** What the list, the stream and the exports are asked; the stream has no past, so it takes no time. */
export function narrowing({ search, user, tokenRef, system, decision, kind, address, status }: AuditFilters) {
  return { search, user, tokenRef, system, decision, kind, address, status };
}

export type Bucket = 'minute' | 'hour' | 'day';

export const BUCKET_MS: Readonly<Record<Bucket, number>> = { minute: 60_000, hour: HOUR_MS, day: 24 * HOUR_MS };
/** Bars that a screen has room for. */
const BARS_MAX = 200;
/** Shown where any time will do. */
const DAYS_USUAL = 30;

/** What the chart shows: the time that is asked for, in as many steps as there is room for; never more than a year of days. */
export function chartOf(filters: AuditFilters, now: number): { readonly bucket: Bucket; readonly from: number; readonly to: number } {
  const range = rangeOf(filters, now);
  const given = Date.parse(range.to);
  const to = Number.isNaN(given) ? now : given;
  const begun = Date.parse(range.from);
  const from = Math.min(to, Number.isNaN(begun) ? to - DAYS_USUAL * BUCKET_MS.day : begun);
  const bucket = (['minute', 'hour', 'day'] as const).find((each) => (to - from) / BUCKET_MS[each] <= BARS_MAX) ?? 'day';
  return { bucket, from: Math.max(from, to - 366 * BUCKET_MS.day), to };
}

/** `2026-01-31T10:00` of a date field, which means the person's own zone, as an instant; '' for nothing. */
export function instantOfField(text: string): string {
  const at = new Date(text);
  return text === '' || Number.isNaN(at.getTime()) ? '' : at.toISOString();
}

/** The other way round. */
export function fieldOfInstant(text: string): string {
  const at = new Date(text);
  if (text === '' || Number.isNaN(at.getTime())) return '';
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
