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
  /** By the cloud's name for the account, exactly [CLD-6]. */
  findByAccountId(accountId: string): Promise<Principal | null>;
  /** The users with these keys, those that exist. */
  findManyByUserKey(userKeys: readonly string[]): Promise<ReadonlyMap<string, Principal>>;
  /**
   * Users whose name, display name or address contains the text, in the order of their names. Letters without case, in a display name those
   * of every script, else A-Z. Inactive users too.
   */
  findContaining(text: string, limit: number): Promise<readonly Principal[]>;
  /** The active user whose password this is, else null. An unknown user costs the same hash [GW-12]. */
  verifyPassword(username: string, password: Secret): Promise<Principal | null>;
}

/** What an outside directory tells of a user. */
export interface OutsideUser {
  /** As it writes the name. */
  readonly username: string;
  readonly displayName: string;
  /** null: it does not tell. */
  readonly emailAddress: string | null;
  readonly isActive: boolean;
}

/**
 * Asks an outside directory whose password this is; null when it is nobody's [DIR-5]. Throws HostError authn.denied when it does not look at
 * it, authn.unavailable when nobody could find out.
 */
export type AskOutside = (username: string, password: Secret) => Promise<OutsideUser | null>;
