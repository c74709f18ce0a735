// How users are read: raw prepared statements on committed data, for they are on the way of every request that is not cached [GW-60].
import { LIMITS, type Principal } from '../../core/index.js';
import { foldText } from '../../plugin-kit/fold-text.js';
import { containsPattern } from '../../plugin-kit/like-pattern.js';
import type { Store } from '../contract.js';
import { boundPage } from '../page.js';
import { DIRECTORIES } from './directories.js';
import { foldName } from './fold-name.js';

interface UserRow {
  readonly id: number | string;
  readonly user_name: string;
  readonly lower_user_name: string;
  readonly active: string;
  readonly display_name: string;
  readonly email_address: string;
  readonly jira_key: string;
  readonly confluence_key: string;
  readonly account_id: string;
  readonly is_administrator: number | boolean;
}

interface StoredUserRow extends UserRow {
  readonly credential: string | null;
  readonly directory_id: number | string;
}

const COLUMNS = `u.id, u.user_name, u.lower_user_name, u.active, u.display_name, u.email_address,
  p.jira_key, p.confluence_key, p.account_id, p.is_administrator`;
const FROM = 'FROM cwd_user u JOIN postern_user p ON p.user_id = u.id';
// The hash of a password is read where a password is checked, and nowhere else.
const USERS = `SELECT ${COLUMNS} ${FROM}`;
const STORED_USERS = `SELECT ${COLUMNS}, u.credential, u.directory_id ${FROM}`;

const OF_NAME = 'WHERE u.lower_user_name = ?';
const BY_NAME = `${USERS} ${OF_NAME}`;
const STORED_BY_NAME = `${STORED_USERS} ${OF_NAME}`;
const BY_ADDRESS = `${USERS} WHERE u.lower_email_address = ? AND u.active = 'T' LIMIT 2`;
const BY_KEY = `${USERS} JOIN user_mapping m ON m.lower_username = u.lower_user_name WHERE m.user_key`;
const CONTAINING = `${USERS} WHERE u.lower_user_name LIKE ? ESCAPE '!' OR u.lower_display_name LIKE ? ESCAPE '!'
  OR u.lower_email_address LIKE ? ESCAPE '!' ORDER BY u.lower_user_name LIMIT ?`;
const BY_ACCOUNT = `${USERS} WHERE p.account_id = ?`;
const PAGE = `${USERS} ORDER BY u.lower_user_name LIMIT ? OFFSET ?`;
const NEXT_PAGE = `${USERS} WHERE u.lower_user_name > ? ORDER BY u.lower_user_name LIMIT ?`;

/** Keys asked for at once: one statement of a fixed shape, so that it stays prepared. */
const KEYS_PER_STATEMENT = 100;
const BY_ONE_KEY = `${BY_KEY} = ?`;
const BY_MANY_KEYS = `${BY_KEY} IN (${Array.from({ length: KEYS_PER_STATEMENT }, () => '?').join(', ')})`;

/** A user with what the password is checked against. */
export interface StoredUser {
  readonly principal: Principal;
  readonly credential: string | null;
  /** Whose password another directory checks [DIR-5]. */
  readonly isOutside: boolean;
}

/** The user of this name, active or not. */
export async function findByUsername(store: Store, username: string): Promise<Principal | null> {
  const row = await readNamed<UserRow>(store, BY_NAME, username);
  return row === null ? null : asPrincipal(row);
}

/** The same, with what the password is checked against. */
export async function findStoredUser(store: Store, username: string): Promise<StoredUser | null> {
  const row = await readNamed<StoredUserRow>(store, STORED_BY_NAME, username);
  if (row === null) return null;
  return { principal: asPrincipal(row), credential: row.credential, isOutside: Number(row.directory_id) === DIRECTORIES.outside };
}

async function readNamed<Row extends UserRow>(store: Store, sql: string, username: string): Promise<Row | null> {
  const name = foldName(username);
  const rows = await store.read<Row>(sql, [name]);
  // MySQL takes `admin ` for `admin`: the comparison that counts is this one.
  return rows.find((candidate) => candidate.lower_user_name === name) ?? null;
}

/** The user with this key of either product. */
export async function findByUserKey(store: Store, userKey: string): Promise<Principal | null> {
  const rows = await store.read<UserRow>(BY_ONE_KEY, [userKey]);
  return rows.map(asPrincipal).find((principal) => hasKey(principal, userKey)) ?? null;
}

/** The user with this account id. */
export async function findByAccountId(store: Store, accountId: string): Promise<Principal | null> {
  const rows = await store.read<UserRow>(BY_ACCOUNT, [accountId]);
  // MySQL compares without case.
  return rows.map(asPrincipal).find((principal) => principal.accountId === accountId) ?? null;
}

/** The one active user with this address; null for none or several. */
export async function findActiveByEmail(store: Store, emailAddress: string): Promise<Principal | null> {
  if (emailAddress === '') return null;
  const rows = await store.read<UserRow>(BY_ADDRESS, [foldName(emailAddress)]);
  const [only] = rows;
  return only !== undefined && rows.length === 1 && foldName(only.email_address) === foldName(emailAddress) ? asPrincipal(only) : null;
}

/** The users with these keys, by the key that was asked for. */
export async function findManyByUserKey(store: Store, userKeys: readonly string[]): Promise<ReadonlyMap<string, Principal>> {
  const wanted = new Set(userKeys);
  const keys = [...wanted];
  const found = new Map<string, Principal>();
  for (let start = 0; start < keys.length; start += KEYS_PER_STATEMENT) {
    const filled = Array.from({ length: KEYS_PER_STATEMENT }, (_, index) => keys[start + index] ?? null);
    for (const row of await store.read<UserRow>(BY_MANY_KEYS, filled)) {
      const principal = asPrincipal(row);
      for (const key of Object.values(principal.userKeys)) if (wanted.has(key)) found.set(key, principal);
    }
  }
  return found;
}

/** Users in the order of their folded names. */
export async function listUsers(store: Store, page: { startAt: number; limit: number }): Promise<readonly Principal[]> {
  const { limit, offset } = boundPage(page);
  return (await store.read<UserRow>(PAGE, [limit, offset])).map(asPrincipal);
}

/** Users whose name, display name or address contains the text, in the order of their folded names. */
export async function findContaining(store: Store, text: string, limit: number): Promise<readonly Principal[]> {
  const [pattern, ofDisplayName] = [containsPattern(foldName(text)), containsPattern(foldText(text))];
  const { limit: bounded } = boundPage({ startAt: 0, limit });
  return (await store.read<UserRow>(CONTAINING, [pattern, ofDisplayName, pattern, bounded])).map(asPrincipal);
}

/** Every user in the order of their folded names, a page at a time: no one is left out or told twice while others come and go. */
export async function* allUsers(store: Store): AsyncGenerator<readonly Principal[], void, undefined> {
  let after = '';
  for (;;) {
    const users = (await store.read<UserRow>(NEXT_PAGE, [after, LIMITS.pageMax])).map(asPrincipal);
    const last = users.at(-1);
    if (last === undefined) return;
    yield users;
    after = foldName(last.username);
  }
}

/** How many users there are, inactive ones too. */
export async function countUsers(store: Store): Promise<number> {
  const [row] = await store.read<{ total: number | string }>('SELECT COUNT(*) AS total FROM cwd_user');
  return Number(row?.total);
}

function hasKey(principal: Principal, userKey: string): boolean {
  return principal.userKeys.jira === userKey || principal.userKeys.confluence === userKey;
}

function asPrincipal(row: UserRow): Principal {
  return {
    userId: Number(row.id),
    userKeys: { jira: row.jira_key, confluence: row.confluence_key },
    username: row.user_name,
    displayName: row.display_name,
    emailAddress: row.email_address,
    accountId: row.account_id,
    isAdministrator: Boolean(row.is_administrator),
    isActive: row.active === 'T',
  };
}
