// A token as `tokenTools` shows it. The order of the keys is the vendor's [EXT-33].
import type { Principal } from '../../core/index.js';
import type { ExtenderToken } from './token-row.js';

/** `user` is the token's user as he is now; null where he is gone, or there is none. `value` null: not shown. */
export function viewToken(token: ExtenderToken, user: Principal | null, value: string | null): object {
  return {
    authorKey: token.authorKey === token.userKey ? token.authorKey : '',
    userKey: token.userKey ?? '',
    userDisplayName: user?.displayName ?? token.displayName,
    label: token.label,
    user: user?.username ?? token.userName,
    ...(value === null ? {} : { token: value }),
    id: token.tokenRef,
    limitTo: token.limits.limitTo,
    ip: token.limits.ip,
    validUntil: token.validUntil ?? 0,
    dateCreated: token.createdAt,
    counter: token.counter,
  };
}
