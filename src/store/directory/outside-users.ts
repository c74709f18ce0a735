// Users whose passwords another directory checks: recorded when they first log in, brought up to date when they do again. What is kept is
// who they are, never the password [DIR-5]. Recorded, their tokens work whether that directory can be asked or not.
import type { AskOutside, Clock, OutsideUser, Principal, RandomSource, Secret } from '../../core/index.js';
import type { Store } from '../contract.js';
import { foldName } from './fold-name.js';
import { insertUser, updateUser } from './user-changes.js';
import { UserError } from './user-error.js';
import { findStoredUser } from './user-rows.js';
import { checkDisplayName, checkEmailAddress, checkUsername } from './user-text.js';

export interface OutsideUsersNeeds {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly ask: AskOutside;
  tell(userId: number, kind: 'created' | 'changed'): void;
}

export interface OutsideUsers {
  /** Whether the name is theirs to check: one they have, or one that nobody has yet. */
  isTheirs(username: string): Promise<boolean>;
  /** The active user whose password this is, recorded; else null. Throws what `ask` throws. */
  verify(username: string, password: Secret): Promise<Principal | null>;
}

export function outsideUsers(needs: OutsideUsersNeeds): OutsideUsers {
  const { store } = needs;
  return {
    async isTheirs(username) {
      const user = await findStoredUser(store, username);
      return user === null || user.isOutside;
    },

    async verify(username, password) {
      const told = await needs.ask(username, password);
      // Another name than the one that was typed: somebody in between answers for somebody else.
      if (told === null || !told.isActive || foldName(told.username) !== foldName(username) || !isFit(checkUsername, told.username))
        return null;
      await record(needs, told);
      const user = await findStoredUser(store, told.username);
      // An administrator of ours may have deactivated the user, or given the name to one of our own meanwhile.
      return user?.isOutside === true && user.principal.isActive ? user.principal : null;
    },
  };
}

async function record(needs: OutsideUsersNeeds, told: OutsideUser): Promise<void> {
  const known = await findStoredUser(needs.store, told.username);
  if (known === null) return add(needs, told);
  const { principal, isOutside } = known;
  const changes = changesTo(principal, told);
  if (!isOutside || Object.keys(changes).length === 0) return;
  await needs.store.transaction((manager) => updateUser(manager, principal.username, changes, null, needs.clock));
  needs.tell(principal.userId, 'changed');
}

async function add(needs: OutsideUsersNeeds, told: OutsideUser): Promise<void> {
  const user = {
    username: told.username,
    displayName: displayNameOf(told),
    emailAddress: emailAddressOf(told) ?? '',
    isAdministrator: false,
    isActive: true,
  };
  try {
    const userId = await needs.store.transaction((manager) => insertUser(manager, user, null, needs, 'outside'));
    needs.tell(userId, 'created');
  } catch (error) {
    // Two first logins at once: the other has recorded the user.
    if (!(error instanceof UserError && error.kind === 'conflict')) throw error;
  }
}

function changesTo(known: Principal, told: OutsideUser): { displayName?: string; emailAddress?: string } {
  const displayName = displayNameOf(told);
  const emailAddress = emailAddressOf(told);
  return {
    ...(displayName === known.displayName ? {} : { displayName }),
    ...(emailAddress === null || emailAddress === known.emailAddress ? {} : { emailAddress }),
  };
}

function displayNameOf({ displayName, username }: OutsideUser): string {
  return isFit(checkDisplayName, displayName) ? displayName : username;
}

function emailAddressOf({ emailAddress }: OutsideUser): string | null {
  return emailAddress !== null && isFit(checkEmailAddress, emailAddress) ? emailAddress : null;
}

/** What another system holds may be a text that ours does not. */
function isFit(check: (text: string) => void, text: string): boolean {
  try {
    check(text);
    return true;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
