// In which order tokens are listed, and from where: by position in the order and not by number, so that a page neither leaves out nor
// repeats a token because others came or went.
import type { SqlCondition } from '../../plugin-kit/contract.js';
import type { ApiToken } from './token-row.js';

/** What a list may be sorted by, and the expression it stands for. A token that was never used counts as used longest ago. */
const FIELDS = {
  createdAt: 'created_at',
  expiresAt: 'expires_at',
  lastActiveAt: 'COALESCE(last_used_at, 0)',
  label: 'label',
} as const;

export type SortField = keyof typeof FIELDS;
export const SORT_FIELDS = Object.keys(FIELDS) as readonly SortField[];

export interface TokenOrder {
  readonly field: SortField;
  readonly isDescending: boolean;
}

/** Where one token stands in an order. */
export interface Position {
  readonly value: number | string;
  readonly id: number;
}

/** Where to go on from; null: at the beginning. */
export type From = (Position & { readonly towards: 'next' | 'prev' }) | null;

export function positionOf(token: ApiToken, { field }: TokenOrder): Position {
  const value = field === 'lastActiveAt' ? (token.lastUsedAt ?? 0) : token[field];
  return { value, id: token.id };
}

/** The part of a statement behind `FROM`, with its parameters but for the limit. Towards `prev` the rows come the other way round. */
export function orderClause(
  order: TokenOrder,
  from: From,
  fitting: SqlCondition | null,
): { sql: string; parameters: readonly (string | number)[] } {
  const expression = FIELDS[order.field];
  const isDownwards = order.isDescending !== (from?.towards === 'prev');
  const [direction, beyond] = isDownwards ? ['DESC', '<'] : ['ASC', '>'];
  const conditions = [
    ...(from === null ? [] : [`(${expression} ${beyond} ? OR (${expression} = ? AND id ${beyond} ?))`]),
    ...(fitting === null ? [] : [`(${fitting.sql})`]),
  ];
  return {
    sql: `${conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`} ORDER BY ${expression} ${direction}, id ${direction} LIMIT ?`,
    parameters: [...(from === null ? [] : [from.value, from.value, from.id]), ...(fitting?.values ?? [])],
  };
}
