// An API token of a user, and the row it is kept in.
import type { Instant } from '../../core/index.js';
import type { StoredLimits } from '../../plugin-kit/stored-limits.js';
import type { ApiTokenRow } from './tables.js';

/** One token as the plugin works with it. */
export interface ApiToken {
  readonly id: number;
  readonly tokenRef: string;
  readonly userKey: string;
  readonly accountId: string;
  readonly username: string;
  readonly label: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  readonly lastUsedAt: Instant | null;
  readonly useCount: number;
  readonly limits: readonly StoredLimits[];
}

/** A row as a raw statement gives it: PostgreSQL and MySQL hand BIGINT out as text. */
export type Read<Row> = { readonly [Name in keyof Row]: number extends Row[Name] ? Row[Name] | string : Row[Name] };

/** The token that a row keeps. */
export function fromTokenRow(row: Read<ApiTokenRow>): ApiToken {
  return {
    id: Number(row.id),
    tokenRef: row.token_id,
    userKey: row.user_key,
    accountId: row.account_id,
    username: row.username,
    label: row.label,
    createdAt: Number(row.created_at),
    expiresAt: Number(row.expires_at),
    lastUsedAt: toInstant(row.last_used_at),
    useCount: Number(row.use_count),
    limits: JSON.parse(row.limits) as StoredLimits[],
  };
}

/** An instant, or none. */
export function toInstant(value: number | string | null): Instant | null {
  return value === null ? null : Number(value);
}
