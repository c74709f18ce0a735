// A token of Extender, and the row it is kept in.
import type { Instant, KeyedDigest } from '../../core/index.js';
import { isLimited, type StoredLimits } from '../../plugin-kit/stored-limits.js';
import type { ExtenderTokenRow } from './tables.js';

/** One token as the plugin works with it. */
export interface ExtenderToken {
  readonly tokenRef: string;
  readonly valueCipher: string | null;
  readonly authorKey: string;
  /** null: works for anyone. */
  readonly userKey: string | null;
  readonly userName: string;
  readonly displayName: string;
  readonly label: string;
  readonly limits: StoredLimits;
  readonly inherited: readonly StoredLimits[];
  readonly createdAt: Instant;
  readonly validUntil: Instant | null;
  readonly counter: number;
  readonly lastUsedAt: Instant | null;
}

/** What tells whether a token is accepted, and for what: all that is read of it on the way of a request. */
export type PresentedToken = Pick<ExtenderToken, 'tokenRef' | 'userKey' | 'limits' | 'inherited' | 'validUntil'>;

/** Whether rules or addresses restrict it, its own or inherited ones. */
export function hasLimits(token: ExtenderToken): boolean {
  return isLimited(token.limits) || token.inherited.length > 0;
}

/** A row as a raw statement gives it: PostgreSQL and MySQL hand BIGINT out as text. */
export type ReadTokenRow = {
  readonly [Name in keyof ExtenderTokenRow]: number extends ExtenderTokenRow[Name]
    ? ExtenderTokenRow[Name] | string
    : ExtenderTokenRow[Name];
};

/** The row that keeps a new token. */
export function toRow(token: ExtenderToken, digest: KeyedDigest): Omit<ExtenderTokenRow, 'id'> {
  return {
    token_ref: token.tokenRef,
    digest: digest.digest,
    digest_key_id: digest.keyId,
    value_cipher: token.valueCipher,
    author_key: token.authorKey,
    user_key: token.userKey,
    user_name: token.userName,
    display_name: token.displayName,
    label: token.label,
    limit_to: token.limits.limitTo,
    ip: token.limits.ip,
    inherited: JSON.stringify(token.inherited),
    created_at: token.createdAt,
    valid_until: token.validUntil,
    counter: token.counter,
    last_used_at: token.lastUsedAt,
    last_used_ip: null,
  };
}

/** The columns of a presented token. Each column more is read, and made into a text, for every credential that is looked up [GW-62]. */
export const PRESENTED_COLUMNS = ['token_ref', 'user_key', 'limit_to', 'ip', 'inherited', 'valid_until'] as const;

export type PresentedRow = Pick<ReadTokenRow, (typeof PRESENTED_COLUMNS)[number]>;

/** The presented token that a row tells of. */
export function fromPresented(row: PresentedRow): PresentedToken {
  return {
    tokenRef: row.token_ref,
    userKey: row.user_key,
    limits: { limitTo: row.limit_to, ip: row.ip },
    inherited: readInherited(row.inherited),
    validUntil: toInstant(row.valid_until),
  };
}

/** The token that a row keeps. */
export function fromRow(row: ReadTokenRow): ExtenderToken {
  return {
    ...fromPresented(row),
    valueCipher: row.value_cipher,
    authorKey: row.author_key,
    userName: row.user_name,
    displayName: row.display_name,
    label: row.label,
    createdAt: Number(row.created_at),
    counter: Number(row.counter),
    lastUsedAt: toInstant(row.last_used_at),
  };
}

function readInherited(text: string): readonly StoredLimits[] {
  return text === '[]' ? [] : (JSON.parse(text) as StoredLimits[]);
}

function toInstant(value: number | string | null): Instant | null {
  return value === null ? null : Number(value);
}
