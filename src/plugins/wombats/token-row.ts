// A token of Wombats, and the row it is kept in.
import type { Instant } from '../../core/index.js';
import { isLimited, type StoredLimits } from '../../plugin-kit/stored-limits.js';
import type { WombatsTokenRow } from './tables.js';

/** One token as the plugin works with it. */
export interface WombatsToken {
  readonly id: number;
  /** `asp_…`. */
  readonly tokenRef: string;
  readonly userKey: string;
  readonly username: string;
  readonly label: string;
  readonly salt: string;
  readonly hash: string;
  readonly createdAt: Instant;
  readonly lastAccessed: Instant | null;
  readonly expirationDate: Instant | null;
  readonly usageCount: number;
  readonly limits: readonly StoredLimits[];
}

/** A row as a raw statement gives it: PostgreSQL and MySQL hand BIGINT out as text. */
export type ReadTokenRow = {
  readonly [Name in keyof WombatsTokenRow]: number extends WombatsTokenRow[Name] ? WombatsTokenRow[Name] | string : WombatsTokenRow[Name];
};

/** The token that a row keeps. */
export function fromRow(row: ReadTokenRow): WombatsToken {
  return {
    id: Number(row.ID),
    tokenRef: row.TOKEN_ID,
    userKey: row.USER_KEY,
    username: row.USERNAME,
    label: row.LABEL,
    salt: row.SALT,
    hash: row.HASH,
    createdAt: Number(row.CREATED_AT),
    lastAccessed: toInstant(row.LAST_ACCESSED),
    expirationDate: toInstant(row.EXPIRATION_DATE),
    usageCount: Number(row.USAGE_COUNT),
    limits: JSON.parse(row.LIMITS) as StoredLimits[],
  };
}

/** Whether rules or addresses restrict it. */
export function hasLimits(token: Pick<WombatsToken, 'limits'>): boolean {
  return token.limits.some(isLimited);
}

function toInstant(value: number | string | null): Instant | null {
  return value === null ? null : Number(value);
}
