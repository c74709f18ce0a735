// A personal access token, and the rows it is kept in.
import type { Instant } from '../../core/index.js';
import type { StoredLimits } from '../../plugin-kit/stored-limits.js';
import { readVendorTimestamp } from '../../plugin-kit/table.js';
import type { PersonalTokenRow } from './tables.js';
import { refOf } from './token-format.js';

/** What was mailed about a token's end; the vendor's words [PAT-51]. */
export type NotificationState = 'NOT_SENT' | 'EXPIRE_SOON_SENT' | 'EXPIRED_SENT';

/** One token as the plugin works with it. */
export interface PersonalToken {
  readonly id: number;
  readonly tokenId: string;
  readonly tokenRef: string;
  readonly userKey: string;
  readonly name: string;
  readonly hashedToken: string;
  readonly createdAt: Instant;
  /** null: never. */
  readonly expiresAt: Instant | null;
  readonly lastUsedAt: Instant | null;
  readonly useCount: number;
  /** The limits of the token it was made with. */
  readonly inherited: readonly StoredLimits[];
}

/** How the table says "never" [DIR-2]. */
export const NEVER: Instant = Date.UTC(9999, 11, 31);

/** A row as a raw statement gives it, joined with what Postern knows more: PostgreSQL and MySQL hand BIGINT out as text. */
export interface ReadRow extends Pick<PersonalTokenRow, 'USER_KEY' | 'NAME' | 'TOKEN_ID' | 'HASHED_TOKEN'> {
  readonly ID: number | string;
  readonly CREATED_AT: string | Date;
  readonly EXPIRING_AT: string | Date;
  readonly last_used: string | Date | null;
  readonly inherited: string | null;
  readonly use_count: number | string | null;
}

/** The row of a new token. */
export function toRow(token: Omit<PersonalToken, 'id'>): Omit<PersonalTokenRow, 'ID'> {
  return {
    USER_KEY: token.userKey,
    NAME: token.name,
    TOKEN_ID: token.tokenId,
    HASHED_TOKEN: token.hashedToken,
    CREATED_AT: token.createdAt,
    EXPIRING_AT: token.expiresAt ?? NEVER,
    LAST_ACCESSED_AT: null,
    NOTIFICATION_STATE: 'NOT_SENT' satisfies NotificationState,
  };
}

/** The token that a row keeps. */
export function fromRow(row: ReadRow): PersonalToken {
  const expiringAt = readVendorTimestamp(row.EXPIRING_AT);
  return {
    id: Number(row.ID),
    tokenId: row.TOKEN_ID,
    tokenRef: refOf(row.TOKEN_ID),
    userKey: row.USER_KEY,
    name: row.NAME,
    hashedToken: row.HASHED_TOKEN,
    createdAt: readVendorTimestamp(row.CREATED_AT),
    expiresAt: expiringAt >= NEVER ? null : expiringAt,
    lastUsedAt: row.last_used === null ? null : readVendorTimestamp(row.last_used),
    useCount: Number(row.use_count ?? 0),
    inherited: row.inherited === null ? [] : (JSON.parse(row.inherited) as StoredLimits[]),
  };
}
