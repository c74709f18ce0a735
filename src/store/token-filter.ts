// Which tokens a list holds and in which order, as SQL. Every part is a fixed text, so that the statements that are asked for stay few and
// prepared; what people typed is bound.
import type { Instant } from '../core/index.js';
import { containsPattern } from '../plugin-kit/like-pattern.js';
import type { Engine } from './contract.js';

/** What to list; what is left out does not narrow. All of it must hold. */
export interface TokenFilter {
  readonly system?: string;
  /** One of the owner's user keys. */
  readonly owner?: string;
  /** Both of a user's keys. */
  readonly owners?: readonly [jira: string, confluence: string];
  /** What the label holds, without regard to case. */
  readonly label?: string;
  /** `from <= time < to`. `none`: it never expires, it was never used. */
  readonly created?: InstantRange;
  readonly expires?: InstantRange | 'none';
  readonly lastUsed?: InstantRange | 'none';
  /** False: neither rules nor addresses restrict it. */
  readonly hasLimits?: boolean;
  /** False: no addresses restrict it, as far as is known. */
  readonly hasAddressLimit?: boolean;
}

export interface InstantRange {
  readonly from?: Instant;
  readonly to?: Instant;
}

/** By what tokens are put in order. */
export const TOKEN_ORDERS = ['created', 'expires', 'lastUsed', 'label', 'uses'] as const;

export interface TokenOrder {
  readonly by: (typeof TOKEN_ORDERS)[number];
  readonly isDescending: boolean;
}

export const NEWEST_FIRST: TokenOrder = { by: 'created', isDescending: true };

const ORDER_COLUMNS = {
  created: 'created_at',
  expires: 'expires_at',
  lastUsed: 'last_used_at',
  label: 'label',
  uses: 'use_count',
} as const;

/** `ORDER BY …`: what is not there comes first in rising order on every database, and two of the same keep their places. */
export function orderClause(engine: Engine, { by, isDescending }: TokenOrder): string {
  const direction = isDescending ? 'DESC' : 'ASC';
  const isNullable = by === 'expires' || by === 'lastUsed';
  // PostgreSQL takes NULL for the greatest, the others for the least.
  const nulls = engine === 'postgres' && isNullable ? (isDescending ? ' NULLS LAST' : ' NULLS FIRST') : '';
  return `ORDER BY ${ORDER_COLUMNS[by]} ${direction}${nulls}, system_key ${direction}, token_ref ${direction}`;
}

/** ` WHERE …` with its values; empty where nothing narrows. */
export function whereClause(filter: TokenFilter): { readonly where: string; readonly values: readonly (string | number)[] } {
  const parts: string[] = [];
  const values: (string | number)[] = [];
  const add = (condition: string, ...bound: readonly (string | number)[]): void => {
    parts.push(condition);
    values.push(...bound);
  };
  if (filter.system !== undefined) add('system_key = ?', filter.system);
  if (filter.owner !== undefined) add('owner_key = ?', filter.owner);
  if (filter.owners !== undefined) add('owner_key IN (?, ?)', ...filter.owners);
  if (filter.label !== undefined) add("LOWER(label) LIKE LOWER(?) ESCAPE '!'", containsPattern(filter.label));
  for (const [column, range] of [
    ['created_at', filter.created],
    ['expires_at', filter.expires],
    ['last_used_at', filter.lastUsed],
  ] as const) {
    if (range === 'none') add(`${column} IS NULL`);
    else if (range !== undefined) {
      if (range.from !== undefined) add(`${column} >= ?`, range.from);
      if (range.to !== undefined) add(`${column} < ?`, range.to);
    }
  }
  if (filter.hasLimits !== undefined) add(filter.hasLimits ? 'has_limits' : 'NOT has_limits');
  if (filter.hasAddressLimit !== undefined) {
    add(filter.hasAddressLimit ? 'has_address_limit' : '(has_address_limit IS NULL OR NOT has_address_limit)');
  }
  return { where: parts.length === 0 ? '' : ` WHERE ${parts.join(' AND ')}`, values };
}
