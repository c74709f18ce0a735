// Who is there on an empty database: demo users in the emulator profile, the bootstrap administrator in the gateway's.
import { Secret } from '../core/index.js';
import { StartError } from '../core/start-error.js';
import type { BootstrapAdmin } from '../config/schema.js';
import type { Profile } from '../plugin-kit/setting.js';
import type { Directory } from '../store/directory/directory.js';
import type { NewUser } from '../store/directory/user-changes.js';
import { UserError } from '../store/directory/user-error.js';

/** Passwords equal the names: they are printed in the README and in the banner, and work on loopback only. */
const DEMO_USERS = [
  { username: 'admin', displayName: 'Jira Administrator', emailAddress: 'admin@example.com', isAdministrator: true },
  { username: 'user', displayName: 'Demo User', emailAddress: 'user@example.com', isAdministrator: false },
  { username: 'jankowalski', displayName: 'Jan Kowalski', emailAddress: 'jankowalski@example.com', isAdministrator: false },
] as const;

export interface FirstUsersNeeds {
  readonly directory: Directory;
  readonly profile: Profile;
  readonly isLoopback: boolean;
  readonly bootstrapAdmin: BootstrapAdmin | null;
}

/** Makes the first users of an empty database; resolves with the names of demo users whose password is still their name. Throws StartError. */
export async function ensureFirstUsers(needs: FirstUsersNeeds): Promise<readonly string[]> {
  const { directory, profile, isLoopback, bootstrapAdmin } = needs;
  if ((await directory.countUsers()) === 0) {
    if (bootstrapAdmin !== null) await createBootstrapAdmin(directory, bootstrapAdmin);
    else if (profile === 'gateway') {
      throw new StartError(
        'The database holds no users, and the gateway profile makes none by itself.',
        'Set POSTERN_BOOTSTRAP_ADMIN=name:password for the first start.',
      );
    }
    if (profile === 'emulator' && (isLoopback || bootstrapAdmin === null)) await createDemoUsers(needs);
  }
  const demoUsers = await usersWithDemoPasswords(directory);
  if (demoUsers.length > 0 && (profile === 'gateway' || !isLoopback)) {
    throw new StartError(
      `The demo users ${demoUsers.join(', ')} have their printed passwords, which ${profile === 'gateway' ? 'the gateway profile does not allow' : 'are for loopback only'}.`,
      'Give them other passwords or delete them (PATCH or DELETE /api/v1/users/{username} in the emulator profile on 127.0.0.1), or use another data folder.',
    );
  }
  return demoUsers;
}

async function createBootstrapAdmin(directory: Directory, admin: BootstrapAdmin): Promise<void> {
  await createUnlessThere(directory, {
    username: admin.username,
    password: admin.password,
    displayName: admin.username,
    emailAddress: '',
    isAdministrator: true,
    isActive: true,
  });
}

async function createDemoUsers({ directory, isLoopback }: FirstUsersNeeds): Promise<void> {
  if (!isLoopback) {
    throw new StartError(
      'The emulator’s demo users have printed passwords and are for loopback only; POSTERN_HOST names another address.',
      'Set POSTERN_BOOTSTRAP_ADMIN=name:password to begin with an administrator of your own, or leave POSTERN_HOST out.',
    );
  }
  for (const user of DEMO_USERS) {
    await createUnlessThere(directory, { ...user, password: new Secret(user.username), isActive: true });
  }
}

/** The bootstrap administrator may bear the name of a demo user; and another node that starts at the same moment makes the same users. */
async function createUnlessThere(directory: Directory, user: NewUser): Promise<void> {
  if ((await directory.findByUsername(user.username)) !== null) return;
  try {
    await directory.createUser(user);
  } catch (error) {
    if (!(error instanceof UserError && error.field === 'username' && error.kind === 'conflict')) throw error;
  }
}

async function usersWithDemoPasswords(directory: Directory): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { username } of DEMO_USERS) {
    const user = await directory.findByUsername(username);
    if (user !== null && (await directory.verifyPassword(username, new Secret(username))) !== null) found.push(username);
  }
  return found;
}
