// The directory: users in the vendor's tables, read by prepared statements and changed in transactions.
import type { AskOutside, Clock, Principal, RandomSource, Secret, UserDirectory } from '../../core/index.js';
import type { Store } from '../contract.js';
import { outsideUsers } from './outside-users.js';
import { openPasswords, type Passwords, type PasswordScheme } from './passwords.js';
import { ensureSequence, insertUser, type NewUser, removeUser, type UserChanges, updateUser } from './user-changes.js';
import {
  allUsers,
  countUsers,
  findActiveByEmail,
  findByAccountId,
  findByUserKey,
  findByUsername,
  findContaining,
  findManyByUserKey,
  findStoredUser,
  listUsers,
} from './user-rows.js';
import { checkDisplayName, checkEmailAddress, checkPassword, checkUsername } from './user-text.js';

export type UserChangeKind = 'created' | 'changed' | 'deleted';

/** Told of a committed change, before the call that made it resolves. */
export type UserListener = (userId: number, kind: UserChangeKind) => void;

/** The users, and what administrators do with them. Changes throw UserError, having changed nothing. */
export interface Directory extends UserDirectory {
  /** Makes a user with a key for each product [DIR-3]. */
  createUser(user: NewUser): Promise<Principal>;
  changeUser(username: string, changes: UserChanges): Promise<Principal>;
  /** Deletes a user for good; the number and the keys are never given to another. */
  deleteUser(username: string): Promise<void>;
  /** Users in the order of their names; at most LIMITS.pageMax of them. */
  listUsers(page: { startAt: number; limit: number }): Promise<readonly Principal[]>;
  /** Every user, a page at a time in the order of their names. */
  allUsers(): AsyncIterable<readonly Principal[]>;
  countUsers(): Promise<number>;
  /** Calls `listener` after every change, so that nothing cached outlives it [DIR-7]. Returns how to stop. */
  onChange(listener: UserListener): () => void;
}

export interface DirectoryOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** What new passwords are stored in: `pkcs5s2` as the vendor does, or the stronger `scrypt` [DIR-4]. */
  readonly passwordScheme: PasswordScheme;
  /** Asked for users whom the tables do not know as their own; null or left out: nobody is [DIR-5]. */
  readonly outside?: AskOutside | null;
}

/** Opens the directory on a migrated store. */
export async function openDirectory(options: DirectoryOptions): Promise<Directory> {
  await options.store.transaction(ensureSequence);
  return directoryOn(options, openPasswords(options.passwordScheme, options.random));
}

function directoryOn(options: DirectoryOptions, passwords: Passwords): Directory {
  const { store, clock } = options;
  const listeners = new Set<UserListener>();
  const ask = options.outside ?? null;
  const outside = ask === null ? null : outsideUsers({ ...options, ask, tell: (userId, kind) => tell(listeners, userId, kind) });

  async function required(username: string): Promise<Principal> {
    const user = await findByUsername(store, username);
    if (user === null) throw new Error('A user that was just stored is not there.');
    return user;
  }

  return {
    findByUsername: (username) => findByUsername(store, username),
    findByUserKey: (userKey) => findByUserKey(store, userKey),
    findActiveByEmail: (emailAddress) => findActiveByEmail(store, emailAddress),
    findByAccountId: (accountId) => findByAccountId(store, accountId),
    findManyByUserKey: (userKeys) => findManyByUserKey(store, userKeys),
    findContaining: (text, limit) => findContaining(store, text, limit),
    verifyPassword: async (username, password) =>
      // Names of our own come first: whoever calls himself `admin` in the product is not our administrator.
      outside !== null && (await outside.isTheirs(username))
        ? outside.verify(username, password)
        : verifyPassword(store, passwords, username, password),

    async createUser(user) {
      checkUsername(user.username);
      checkPassword(user.password);
      checkDisplayName(user.displayName);
      checkEmailAddress(user.emailAddress);
      const credential = await passwords.hash(user.password);
      const userId = await store.transaction((manager) => insertUser(manager, user, credential, options));
      tell(listeners, userId, 'created');
      return await required(user.username);
    },

    async changeUser(username, changes) {
      if (changes.password !== undefined) checkPassword(changes.password);
      if (changes.displayName !== undefined) checkDisplayName(changes.displayName);
      if (changes.emailAddress !== undefined) checkEmailAddress(changes.emailAddress);
      const credential = changes.password === undefined ? null : await passwords.hash(changes.password);
      const userId = await store.transaction((manager) => updateUser(manager, username, changes, credential, clock));
      tell(listeners, userId, 'changed');
      return await required(username);
    },

    async deleteUser(username) {
      const userId = await store.transaction((manager) => removeUser(manager, username));
      tell(listeners, userId, 'deleted');
    },

    listUsers: (page) => listUsers(store, page),
    allUsers: () => allUsers(store),
    countUsers: () => countUsers(store),

    onChange(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}

async function verifyPassword(store: Store, passwords: Passwords, username: string, password: Secret): Promise<Principal | null> {
  const asked = await findStoredUser(store, username);
  if (!(await passwords.verify(password, asked?.credential ?? null))) return null;
  // Read again: the hash took its time, and the user may have been deactivated or given another password meanwhile [DIR-7].
  const now = await findStoredUser(store, username);
  return now !== null && now.credential === asked?.credential && now.principal.isActive ? now.principal : null;
}

/** Every listener hears of it, also after one that throws; then the first error is the caller's: something may still be cached. */
function tell(listeners: ReadonlySet<UserListener>, userId: number, kind: UserChangeKind): void {
  const errors: unknown[] = [];
  for (const listener of listeners) {
    try {
      listener(userId, kind);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}
