// A token as the cloud shows it [CLD-1].
import type { Instant } from '../../core/index.js';
import type { ApiToken } from './token-row.js';

/** The documented properties; `lastAccess` is left out where there is none, never null [CLD-1]. `disabledStatus` is there always. */
export function showToken(token: Omit<ApiToken, 'id'>, isOwnerActive: boolean): object {
  return {
    id: token.tokenRef,
    label: token.label,
    createdAt: nanoTime(token.createdAt),
    ...(token.lastUsedAt === null ? {} : { lastAccess: nanoTime(token.lastUsedAt) }),
    expiry: nanoTime(token.expiresAt),
    disabledStatus: !isOwnerActive,
  };
}

/** `2023-10-27T16:17:45.125000000Z`: ISO 8601 with the vendor's nine digits. */
export function nanoTime(at: Instant): string {
  return new Date(at).toISOString().replace('Z', '000000Z');
}
