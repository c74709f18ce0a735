// Finds tokens for administrators. A page is found in an index alone and then fetched, so that the last of a hundred thousand is as near
// as the first; the total is counted by the database, unless the page tells it [PAT-27].
import type { UpstreamProduct } from '../../core/index.js';
import type { PluginHost } from '../../plugin-kit/contract.js';
import { containsPattern } from '../../plugin-kit/like-pattern.js';
import { vendorTimestampText } from '../../plugin-kit/table.js';
import { isOfProduct } from './profile.js';
import type { Span, TokenSearch } from './search-request.js';
import type { Statements } from './statements.js';
import { fromRow, type PersonalToken, type ReadRow } from './token-row.js';

export interface FoundTokens {
  readonly total: number;
  readonly tokens: readonly PersonalToken[];
}

interface Condition {
  readonly sql: string;
  readonly values: readonly string[];
}

/** One page of the tokens of a product that fit. */
export async function searchTokens(
  host: Pick<PluginHost, 'read'>,
  statements: Statements,
  product: UpstreamProduct,
  search: TokenSearch,
): Promise<FoundTokens> {
  const { sql, values } = conditionOf(statements, product, search);
  // The second table is asked for only where the last use matters.
  const from = asksForLastUse(search) ? statements.from : statements.bare;
  const skipped = search.page * search.limit;
  const rows = await host.read<ReadRow>(pageStatement(statements, from, sql, search), [...values, search.limit, skipped]);
  // A page that is not full is the last, and says how many there are: whoever looks for a name reads all tokens once, not twice.
  const isLast = rows.length < search.limit && (rows.length > 0 || skipped === 0);
  const total = isLast ? skipped + rows.length : await countFitting(host, `${from} WHERE ${sql}`, values);
  return { total, tokens: rows.map(fromRow) };
}

async function countFitting(host: Pick<PluginHost, 'read'>, from: string, values: readonly string[]): Promise<number> {
  const [counted] = await host.read<{ total: number | string }>(`SELECT COUNT(*) AS total FROM ${from}`, values);
  return Number(counted?.total);
}

/** The statement that gives a page; its parameters are those of the condition, the limit and the offset. */
export function pageStatement(
  { columns, from, column, lastUsed }: Statements,
  inner: string,
  condition: string,
  search: TokenSearch,
): string {
  const direction = search.orderBy === 'asc' ? 'ASC' : 'DESC';
  const sorted = {
    createdAt: [column('CREATED_AT')],
    expiringAt: [column('EXPIRING_AT')],
    // Databases differ in where NULL stands: what was never used is before everything.
    lastAccessedAt: [`CASE WHEN ${lastUsed} IS NULL THEN 0 ELSE 1 END`, lastUsed],
    name: [column('NAME')],
    userKey: [column('USER_KEY')],
  }[search.sortBy];
  const order = [...sorted, column('ID')].map((expression) => `${expression} ${direction}`).join(', ');
  const page = `SELECT ${column('ID')} AS page_id FROM ${inner} WHERE ${condition} ORDER BY ${order} LIMIT ? OFFSET ?`;
  // CROSS holds SQLite to this order of the tables: left to choose, it walks all tokens in theirs, to spare itself sorting one page.
  return `SELECT ${columns} FROM (${page}) page CROSS JOIN ${from} WHERE page.page_id = ${column('ID')} ORDER BY ${order}`;
}

function asksForLastUse({ isUsed, lastUsed, sortBy }: TokenSearch): boolean {
  return isUsed !== null || lastUsed.from !== null || lastUsed.to !== null || sortBy === 'lastAccessedAt';
}

function conditionOf({ column, lastUsed }: Statements, product: UpstreamProduct, search: TokenSearch): Condition {
  const { userKeys, name, isUsed } = search;
  const conditions: Condition[] = [
    { sql: isOfProduct(column('USER_KEY'), product), values: [] },
    ...(userKeys.length === 0 ? [] : [{ sql: `${column('USER_KEY')} IN (${userKeys.map(() => '?').join(', ')})`, values: userKeys }]),
    ...(name === null ? [] : [{ sql: `LOWER(${column('NAME')}) LIKE LOWER(?) ESCAPE '!'`, values: [containsPattern(name)] }]),
    ...within(column('CREATED_AT'), search.created),
    ...within(column('EXPIRING_AT'), search.expiring),
    ...within(lastUsed, search.lastUsed),
    ...(isUsed === null ? [] : [{ sql: `${lastUsed} IS ${isUsed ? 'NOT NULL' : 'NULL'}`, values: [] }]),
  ];
  return { sql: conditions.map(({ sql }) => sql).join(' AND '), values: conditions.flatMap(({ values }) => values) };
}

function within(expression: string, { from, to }: Span): readonly Condition[] {
  return [
    ...(from === null ? [] : [{ sql: `${expression} >= ?`, values: [vendorTimestampText(from)] }]),
    ...(to === null ? [] : [{ sql: `${expression} <= ?`, values: [vendorTimestampText(to)] }]),
  ];
}
