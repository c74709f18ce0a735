// Who calls, as an application sees it in `req.user`.
import type { Grant, Principal } from '../core/index.js';

/** A user, and the token that was used. */
export interface PosternUser extends Principal {
  /** null: a password. */
  readonly token: { readonly system: string; readonly tokenRef: string } | null;
}

/** The user of an accepted credential. */
export function userOf(principal: Principal, grant: Grant | null): PosternUser {
  return { ...principal, token: grant === null ? null : { system: grant.system, tokenRef: grant.tokenRef } };
}
