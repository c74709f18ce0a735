// A token as the REST shows it. The order of the keys is the vendor's, and what is not there is left out, never null [PAT-20, PAT-27].
import type { Principal } from '../../core/index.js';
import { NEVER, type PersonalToken } from './token-row.js';
import { writeTime } from './wire-time.js';

/** A token for its owner. */
export function viewToken({ id, name, createdAt, expiresAt, lastUsedAt }: PersonalToken): object {
  return {
    id,
    name,
    createdAt: writeTime(createdAt),
    expiringAt: writeTime(expiresAt ?? NEVER),
    ...(lastUsedAt === null ? {} : { lastAccessedAt: writeTime(lastUsedAt) }),
  };
}

/** The token and its raw value, shown this once. */
export function viewNewToken(token: PersonalToken, rawToken: string): object {
  return { ...viewToken(token), rawToken };
}

/** A token for administrators, with its user; of one who is no more the key is all there is. */
export function viewOwnedToken(token: PersonalToken, owner: Principal | null): object {
  return { ...viewToken(token), userProfileResource: viewUser(token.userKey, owner) };
}

/** A user as the administrators' lists show one. */
export function viewUser(userKey: string, user: Principal | null): object {
  if (user === null) return { userKey };
  return { userKey, username: user.username, fullName: user.displayName, email: user.emailAddress };
}
