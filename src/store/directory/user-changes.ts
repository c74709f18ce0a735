// What may change in a user, and the rows it changes. Each function works within the caller's transaction.
import type { EntityManager } from 'typeorm';
import { v4 } from 'uuid';
import { type Clock, LIMITS, type RandomSource, type Secret } from '../../core/index.js';
import { foldText } from '../../plugin-kit/fold-text.js';
import { cwdUserTable } from '../tables/cwd-user.js';
import { posternSessionTable } from '../tables/postern-session.js';
import { posternUpstreamCredentialTable } from '../tables/postern-upstream-credential.js';
import { posternUserSequenceTable } from '../tables/postern-user-sequence.js';
import { posternUserTable } from '../tables/postern-user.js';
import { userMappingTable } from '../tables/user-mapping.js';
import { DIRECTORIES } from './directories.js';
import { foldName } from './fold-name.js';
import { UserError } from './user-error.js';

export interface NewUser {
  readonly username: string;
  readonly password: Secret;
  readonly displayName: string;
  /** May be empty. */
  readonly emailAddress: string;
  readonly isAdministrator: boolean;
  readonly isActive: boolean;
}

/** What is left out stays. The name and the keys of a user never change. */
export type UserChanges = Partial<Omit<NewUser, 'username'>>;

const SEQUENCE = 'user';
/** Jira's own keys begin here: `JIRAUSER10000`. */
const FIRST_USER_ID = 10_000;

/** Makes the row that counts users, where it is missing. */
export async function ensureSequence(manager: EntityManager): Promise<void> {
  const isThere = await manager.existsBy(posternUserSequenceTable, { sequence_name: SEQUENCE });
  if (!isThere) await manager.insert(posternUserSequenceTable, { sequence_name: SEQUENCE, next_user_id: FIRST_USER_ID });
}

/** Locks the row that counts users until the transaction ends: changes of users take turns on every database, so what one has checked stays true. */
export async function takeTurn(manager: EntityManager): Promise<void> {
  await manager.update(posternUserSequenceTable, { sequence_name: SEQUENCE }, { next_user_id: () => 'next_user_id' });
}

/** Adds a user under the next number; `credential` is null where another directory checks the password. Throws UserError when the name is taken. */
export async function insertUser(
  manager: EntityManager,
  user: Omit<NewUser, 'password'>,
  credential: string | null,
  source: { clock: Clock; random: RandomSource },
  directory: keyof typeof DIRECTORIES = 'internal',
): Promise<number> {
  await takeTurn(manager);
  if ((await findRow(manager, user.username)) !== null)
    throw new UserError('username', 'conflict', 'There is a user of this name already.');
  const userId = await nextUserId(manager);
  const uuid = v4({ random: source.random.bytes(16) });
  const jiraKey = `JIRAUSER${userId}`;
  const confluenceKey = source.random.bytes(16).toString('hex');
  const now = source.clock.now();
  await manager.insert(cwdUserTable, {
    id: userId,
    user_name: user.username,
    lower_user_name: foldName(user.username),
    created_date: now,
    updated_date: now,
    external_id: uuid,
    directory_id: DIRECTORIES[directory],
    credential,
    active: activeLetter(user.isActive),
    ...displayNameColumns(user.displayName),
    ...addressColumns(user.emailAddress),
  });
  await manager.insert(posternUserTable, {
    user_id: userId,
    jira_key: jiraKey,
    confluence_key: confluenceKey,
    account_id: `557058:${uuid}`,
    is_administrator: user.isAdministrator,
  });
  for (const user_key of [jiraKey, confluenceKey]) {
    await manager.insert(userMappingTable, { user_key, username: user.username, lower_username: foldName(user.username) });
  }
  return userId;
}

/** Changes a user. Throws UserError when there is none, or when no active administrator would be left. */
export async function updateUser(
  manager: EntityManager,
  username: string,
  changes: Omit<UserChanges, 'password'>,
  credential: string | null,
  clock: Clock,
): Promise<number> {
  await takeTurn(manager);
  const userId = await requireRow(manager, username);
  if (credential !== null) await refuseOutside(manager, userId);
  if (changes.isActive === false) await keepOneAdministrator(manager, userId, 'isActive');
  if (changes.isAdministrator === false) await keepOneAdministrator(manager, userId, 'isAdministrator');
  await manager.update(
    cwdUserTable,
    { id: userId },
    {
      updated_date: clock.now(),
      ...(credential === null ? {} : { credential }),
      ...(changes.displayName === undefined ? {} : displayNameColumns(changes.displayName)),
      ...(changes.emailAddress === undefined ? {} : addressColumns(changes.emailAddress)),
      ...(changes.isActive === undefined ? {} : { active: activeLetter(changes.isActive) }),
    },
  );
  // Whoever held the old password, or was let in while active, is signed in no more.
  if (credential !== null || changes.isActive === false) await manager.delete(posternSessionTable, { user_id: userId });
  if (changes.isAdministrator !== undefined) {
    await manager.update(posternUserTable, { user_id: userId }, { is_administrator: changes.isAdministrator });
  }
  return userId;
}

/** Removes a user with keys and stored upstream credentials; tokens stay listed, ownerless [DIR-7]. Throws UserError. */
export async function removeUser(manager: EntityManager, username: string): Promise<number> {
  await takeTurn(manager);
  const userId = await requireRow(manager, username);
  await keepOneAdministrator(manager, userId, 'username');
  await manager.delete(userMappingTable, { lower_username: foldName(username) });
  await manager.delete(posternUpstreamCredentialTable, { user_id: userId });
  await manager.delete(posternSessionTable, { user_id: userId });
  await manager.delete(posternUserTable, { user_id: userId });
  await manager.delete(cwdUserTable, { id: userId });
  return userId;
}

async function nextUserId(manager: EntityManager): Promise<number> {
  const { next_user_id } = await manager.findOneByOrFail(posternUserSequenceTable, { sequence_name: SEQUENCE });
  await manager.update(posternUserSequenceTable, { sequence_name: SEQUENCE }, { next_user_id: next_user_id + 1 });
  return next_user_id;
}

async function findRow(manager: EntityManager, username: string): Promise<number | null> {
  const row = await manager.findOneBy(cwdUserTable, { lower_user_name: foldName(username) });
  return row?.id ?? null;
}

async function requireRow(manager: EntityManager, username: string): Promise<number> {
  const userId = await findRow(manager, username);
  if (userId === null) throw new UserError('username', 'unknown', 'There is no user of this name.');
  return userId;
}

/** Passwords of outside directories are never stored [DIR-5]. */
async function refuseOutside(manager: EntityManager, userId: number): Promise<void> {
  if (!(await manager.existsBy(cwdUserTable, { id: userId, directory_id: DIRECTORIES.outside }))) return;
  throw new UserError('password', 'conflict', 'The password of this user is kept and checked by the product.');
}

/** Throws UserError when this user is the last active administrator: nobody could let anybody in again. */
async function keepOneAdministrator(
  manager: EntityManager,
  userId: number,
  field: 'isActive' | 'isAdministrator' | 'username',
): Promise<void> {
  const administrators = await manager
    .createQueryBuilder(posternUserTable, 'p')
    .innerJoin(cwdUserTable.options.name, 'u', 'u.id = p.user_id')
    .where("p.is_administrator = :yes AND u.active = 'T'", { yes: true })
    .getMany();
  if (administrators.length === 1 && administrators[0]?.user_id === userId) {
    throw new UserError(field, 'conflict', 'This is the last active administrator.');
  }
}

function activeLetter(isActive: boolean): 'T' | 'F' {
  return isActive ? 'T' : 'F';
}

/** The last word is the last name, what stands before it the first name. */
function displayNameColumns(displayName: string) {
  const [, firstName = '', lastName = displayName] = /^(.+)\s+(\S+)$/u.exec(displayName) ?? [];
  return {
    display_name: displayName,
    lower_display_name: foldDisplayName(displayName),
    first_name: firstName,
    lower_first_name: foldName(firstName),
    last_name: lastName,
    lower_last_name: foldName(lastName),
  };
}

/** As the vendor folds it. Nobody is known by this name, so every script may lose its case; a letter that grew must not burst the column. */
export function foldDisplayName(displayName: string): string {
  return foldText(displayName).slice(0, LIMITS.userTextLengthMax);
}

function addressColumns(emailAddress: string) {
  return { email_address: emailAddress, lower_email_address: foldName(emailAddress) };
}
