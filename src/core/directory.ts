// What the rest of the house may ask of the users.
import type { Principal } from './principal.js';
import type { Secret } from './secret.js';

/** Looks users up. Every call may throw: then nobody knows, and the gateway answers 503. */
export interface UserDirectory {
  /** By user name, ASCII letters compared without case [EXT-1]. Inactive users too. */
  findByUsername(username: string): Promise<Principal | null>;
  /** By a product's user key, exactly. */
  findByUserKey(userKey: string): Promise<Principal | null>;
  /** The one active user with this address; null for none or several [EXT-1]. */
  findActiveByEmail(emailAddress: string): Promise<Principal | null>;
  /** The users with these keys, those that exist. */
  findManyByUserKey(userKeys: readonly string[]): Promise<ReadonlyMap<string, Principal>>;
  /** The active user whose password this is, else null. An unknown user costs the same hash [GW-12]. */
  verifyPassword(username: string, password: Secret): Promise<Principal | null>;
}
