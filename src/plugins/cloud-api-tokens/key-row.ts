// An organization key, and the row it is kept in.
import type { Instant } from '../../core/index.js';
import type { OrganizationKeyRow } from './tables.js';
import { type Read, toInstant } from './token-row.js';

/** One key as the plugin works with it. */
export interface OrganizationKey {
  readonly id: number;
  readonly tokenRef: string;
  /** Of the administrator who made it. */
  readonly userKey: string;
  readonly username: string;
  readonly label: string;
  readonly createdAt: Instant;
  /** null: never ends. */
  readonly expiresAt: Instant | null;
  readonly lastUsedAt: Instant | null;
  readonly useCount: number;
  /** Empty: made without scopes. */
  readonly scopes: readonly string[];
}

/** The key that a row keeps. */
export function fromKeyRow(row: Read<OrganizationKeyRow>): OrganizationKey {
  return {
    id: Number(row.id),
    tokenRef: row.key_id,
    userKey: row.user_key,
    username: row.username,
    label: row.label,
    createdAt: Number(row.created_at),
    expiresAt: toInstant(row.expires_at),
    lastUsedAt: toInstant(row.last_used_at),
    useCount: Number(row.use_count),
    scopes: JSON.parse(row.scopes) as string[],
  };
}
