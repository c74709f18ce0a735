// The products' own audit logs: which records they show, in the order in which they became visible. A position is given in the transaction
// that copies the record; transactions take turns, so whoever has read a page has missed nothing in it [AUD-20].
import type { EntityManager } from 'typeorm';
import { type Instant, LIMITS, nextTurn, type UpstreamProduct } from '../../core/index.js';
import type { Store } from '../contract.js';
import { placeholders } from '../dialect.js';
import { insertMany, slices } from './rows.js';
import type { ProductEventsOf } from './shipment.js';

/** A record whose end is known. */
export interface EndedRecord {
  readonly recordId: string;
  readonly at: Instant;
  readonly opened: string;
  readonly closed: string;
}

type ReadSide = Pick<Store, 'read' | 'quote'>;

interface Place {
  position: number;
  loggedAt: Instant;
}

/** Adds what the products' logs show of these records, within the caller's transaction. */
export async function addProductEvents(
  manager: EntityManager,
  store: Pick<Store, 'engine' | 'quote'>,
  ended: readonly EndedRecord[],
  eventsOf: ProductEventsOf,
): Promise<void> {
  const places = new Map<UpstreamProduct, Place>();
  const rows: (string | number | null)[][] = [];
  for (const { recordId, at, opened, closed } of ended) {
    for (const { product, author, category, action, affected } of eventsOf(opened, closed)) {
      const before = places.get(product) ?? (await lastPlace(manager, store, product));
      const place = { position: before.position + 1, loggedAt: Math.max(before.loggedAt, at) };
      places.set(product, place);
      const own = [author, category, action, affected].map((value) => (value === null ? null : valueOf(product, value)));
      rows.push([product, place.position, recordId, place.loggedAt, ...own]);
    }
  }
  for (const some of slices(rows)) {
    await nextTurn();
    await insertMany(manager, store, { table: 'postern_product_event', columns: COLUMNS }, some);
  }
}

/** A value as the table has it: with the product before it. */
function valueOf(product: UpstreamProduct, value: string): string {
  return `${product} ${value}`;
}

const COLUMNS = ['product', 'position', 'record_id', 'logged_at', 'author', 'category', 'action', 'affected'] as const;

async function lastPlace(manager: EntityManager, { engine }: Pick<Store, 'engine'>, product: UpstreamProduct): Promise<Place> {
  const sql = 'SELECT position, logged_at FROM postern_product_event WHERE product = ? ORDER BY position DESC LIMIT 1';
  const [row] = await manager.query<{ position: number | string; logged_at: number | string }[]>(placeholders(engine, sql), [product]);
  return { position: Number(row?.position ?? 0), loggedAt: Number(row?.logged_at ?? 0) };
}

/** What a log is asked for. Values within a list are alternatives; lists must all hold. */
export interface ProductLogQuery {
  readonly product: UpstreamProduct;
  /** `from <= loggedAt <= to`. */
  readonly from: Instant | null;
  readonly to: Instant | null;
  /** Events below this position alone; null: from the newest. */
  readonly below: number | null;
  readonly offset: number;
  readonly limit: number;
  readonly authors: readonly string[];
  readonly categories: readonly string[];
  readonly actions: readonly string[];
  readonly affected: readonly string[];
  /** Judges the text of an event; null: all. */
  readonly matches: ((event: LoggedRecord) => boolean) | null;
  /** Events looked at for this page, at most LIMITS.auditScanMax. */
  readonly scanMax: number;
}

/** An event of a log with its record. */
export interface LoggedRecord {
  readonly position: number;
  readonly loggedAt: Instant;
  readonly at: Instant;
  readonly node: string;
  readonly opened: string;
  readonly closed: string;
}

export interface ProductLogPage {
  /** Newest first. */
  readonly events: readonly LoggedRecord[];
  /** The position below which the next page begins; null: there is none. */
  readonly next: number | null;
  /** How many there are, where that is known without looking at each; null: there is a filter. */
  readonly total: number | null;
}

/** One page of a product's log. */
export async function readProductLog(store: ReadSide, query: ProductLogQuery): Promise<ProductLogPage> {
  const range = await positionsWithin(store, query);
  if (range === null) return { events: [], next: null, total: 0 };
  const top = Math.min(range.last, query.below === null ? range.last : query.below - 1);
  return isPlain(query)
    ? readPlain(store, query, range, top - query.offset)
    : { ...(await walk(store, query, range.first, top)), total: null };
}

function isPlain({ authors, categories, actions, affected, matches }: ProductLogQuery): boolean {
  return [authors, categories, actions, affected].every((list) => list.length === 0) && matches === null;
}

interface Range {
  readonly first: number;
  readonly last: number;
}

/** Positions rise with the time of logging, so a span of time is a span of positions: two looks into an index. */
async function positionsWithin(store: ReadSide, { product, from, to }: ProductLogQuery): Promise<Range | null> {
  const bound = (direction: 'ASC' | 'DESC') =>
    store.read<{ position: number | string }>(
      `SELECT position FROM postern_product_event WHERE product = ? AND logged_at >= ? AND logged_at <= ?
       ORDER BY logged_at ${direction}, position ${direction} LIMIT 1`,
      [product, from ?? 0, to ?? Number.MAX_SAFE_INTEGER],
    );
  const [[first], [last]] = await Promise.all([bound('ASC'), bound('DESC')]);
  return first === undefined || last === undefined ? null : { first: Number(first.position), last: Number(last.position) };
}

async function readPlain(store: ReadSide, query: ProductLogQuery, range: Range, top: number): Promise<ProductLogPage> {
  const total = range.last - range.first + 1;
  const events: LoggedRecord[] = [];
  for (let below = top; events.length < query.limit && below >= range.first; ) {
    const count = Math.min(query.limit - events.length, LIMITS.auditScanRows);
    const rows = await readRows(store, { column: 'l.product', value: query.product }, { first: range.first, last: below }, count);
    if (rows.length === 0) break;
    events.push(...rows);
    below = (rows.at(-1) as LoggedRecord).position - 1;
  }
  const last = events.at(-1);
  return { events, next: last === undefined || last.position <= range.first ? null : last.position, total };
}

/** Along the index of one of the filters; the others judge what is met. */
async function walk(store: ReadSide, query: ProductLogQuery, first: number, top: number): Promise<Omit<ProductLogPage, 'total'>> {
  const [driver, judge] = plan(query);
  const events: LoggedRecord[] = [];
  let skipped = 0;
  let scanned = 0;
  let last = top;
  for (let count = Math.min(query.limit + 1, LIMITS.auditScanRows); last >= first; count = LIMITS.auditScanRows) {
    const rows = await readDriven(store, query.product, driver, { first, last }, count);
    for (const row of rows) {
      scanned += 1;
      last = row.position - 1;
      if (judge(row)) {
        if (skipped < query.offset) skipped += 1;
        else events.push(row);
      }
      if (events.length === query.limit || scanned >= query.scanMax) return { events, next: last < first ? null : last + 1 };
    }
    if (rows.length < count) break;
    await nextTurn();
  }
  return { events, next: null };
}

interface Driver {
  /** '' or a column that is indexed. */
  readonly column: '' | 'affected' | 'author' | 'action' | 'category';
  readonly values: readonly string[];
}

type ReadRow = LoggedRecord & { readonly [Name in 'author' | 'category' | 'action']: string } & { readonly affected: string | null };

function plan(query: ProductLogQuery): readonly [Driver, (row: ReadRow) => boolean] {
  const { product, affected, authors, actions, categories, matches } = query;
  const lists = [
    { column: 'affected', values: affected },
    { column: 'author', values: authors },
    { column: 'action', values: actions },
    { column: 'category', values: categories },
  ] as const;
  const given = lists
    .filter(({ values }) => values.length > 0)
    .map(({ column, values }) => ({ column, values: values.map((value) => valueOf(product, value)) }));
  const driver = given[0] ?? { column: '', values: [] };
  const holds = (row: ReadRow): boolean => given.every(({ column, values }) => values.includes(row[column] ?? ''));
  return [driver, (row) => holds(row) && (matches === null || matches(row))];
}

/** The newest of all values: of each its newest, put in order. */
async function readDriven(
  store: ReadSide,
  product: UpstreamProduct,
  driver: Driver,
  range: Range,
  count: number,
): Promise<readonly ReadRow[]> {
  const whole = { column: 'l.product', value: product };
  if (driver.column === '') return readRows(store, whole, range, count);
  const lists: (readonly ReadRow[])[] = [];
  for (const value of driver.values) {
    lists.push(await readRows(store, { column: `l.${driver.column}`, value }, range, count));
  }
  return lists
    .flat()
    .toSorted((a, b) => b.position - a.position)
    .slice(0, count);
}

async function readRows(
  store: ReadSide,
  { column, value }: { readonly column: string; readonly value: string },
  { first, last }: Range,
  count: number,
): Promise<readonly ReadRow[]> {
  const rows = await store.read<{ readonly [Name in keyof ReadRow]: ReadRow[Name] extends number ? number | string : ReadRow[Name] }>(
    logStatement(store, column),
    [value, first, last, count],
  );
  return rows.map((row) => ({ ...row, position: Number(row.position), loggedAt: Number(row.loggedAt), at: Number(row.at) }));
}

/** Along the index of the column: its value, the positions from and to, and the bound. */
export function logStatement(store: Pick<Store, 'quote'>, column: string): string {
  const names = ['l.position', 'l.author', 'l.category', 'l.action', 'l.affected', 'a.at', 'a.node', 'a.opened', 'a.closed'];
  // CROSS JOIN: SQLite keeps that order. The names are quoted, since some are words of SQL somewhere.
  return `SELECT ${names.map((name) => `${name} AS ${store.quote(name.slice(2))}`).join(', ')}, l.logged_at AS ${store.quote('loggedAt')}
    FROM postern_product_event l CROSS JOIN postern_audit a
    WHERE ${column} = ? AND l.position >= ? AND l.position <= ? AND a.record_id = l.record_id
    ORDER BY l.position DESC LIMIT ?`;
}
