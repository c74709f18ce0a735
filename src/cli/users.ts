// `postern user`: users in the database itself, beside a running server or without one. A password comes from the environment or from
// standard input: what stands on a command line is seen by everybody who lists processes.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { readNewUser, readUserChanges } from '../admin/user-fields.js';
import { type Environment, loadSettings, type Settings } from '../config/load.js';
import { HOUSE_SETTINGS as S } from '../config/schema.js';
import { type Clock, LIMITS, type Principal, type RandomSource, silentLogger } from '../core/index.js';
import { StartError } from '../core/start-error.js';
import { plugins } from '../plugins/index.js';
import { databaseUrl, openDatabase, passwordSchemeOf } from '../server/database.js';
import { readDatabaseUrl } from '../store/database-url.js';
import { type Directory, openDirectory } from '../store/directory/directory.js';
import { explainFailure } from './explain-failure.js';

/** Where the password may stand. Not a setting: a server that finds it does not start. */
export const PASSWORD_VARIABLE = 'POSTERN_USER_PASSWORD';

export interface UserCommandNeeds {
  readonly environment: Environment;
  /** Settings on the command line, as `postern start` takes them. */
  readonly flags: readonly string[];
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Everything on standard input, null where it is a terminal: nobody is asked. */
  readonly readInput: () => Promise<string | null>;
  /** What happened, line by line. */
  readonly print: (line: string) => void;
  /** What went wrong, line by line. */
  readonly complain: (line: string) => void;
}

/** What is said of a user on the command line; what is left out stays as it is, or is the default. */
export interface UserOptions {
  readonly displayName?: string;
  readonly email?: string;
  readonly administrator?: boolean;
  readonly active?: boolean;
  /** `set` alone: the password is changed too. */
  readonly password?: boolean;
}

/** One of the commands. */
export type UserCommand =
  | { readonly name: 'list' }
  | { readonly name: 'add' | 'set'; readonly username: string; readonly options: UserOptions }
  | { readonly name: 'remove'; readonly username: string };

/** Resolves to the exit code: 0 done, 1 nothing was changed and it was said why. */
export async function runUserCommand(command: UserCommand, needs: UserCommandNeeds): Promise<0 | 1> {
  try {
    const { [PASSWORD_VARIABLE]: password, ...environment } = needs.environment;
    const settings = loadSettings(
      plugins.flatMap(({ manifest }) => manifest.settings),
      environment,
      needs.flags,
    );
    if (command.name !== 'add') requireDatabase(settings);
    // Before the database is opened: whoever types it may take a while.
    const body = await bodyOf(command, password, needs);
    await withDirectory(settings, needs, (directory) => carryOut(command, body, directory, settings, needs));
    return 0;
  } catch (error) {
    for (const line of explainFailure(error)) needs.complain(line);
    return 1;
  }
}

/** `add` may come before the first start; for anything else an empty database would only hide a misspelt folder. */
function requireDatabase(settings: Settings): void {
  const address = readDatabaseUrl(databaseUrl(settings), path.resolve(settings.get(S.data)));
  if (address.engine === 'sqlite' && !existsSync(address.location)) {
    throw new StartError(
      `There is no database at ${address.location}.`,
      'Give the settings that the server is started with: POSTERN_DATA or POSTERN_DATABASE, in the environment or as a flag.',
    );
  }
}

/** What `/api/v1/users` would be sent: read and checked by the same code. */
async function bodyOf(command: UserCommand, password: string | undefined, needs: UserCommandNeeds): Promise<object> {
  if (command.name === 'list' || command.name === 'remove') return {};
  const { displayName, email, administrator, active } = command.options;
  const wantsPassword = command.name === 'add' || command.options.password === true;
  return {
    ...(command.name === 'add' ? { username: command.username } : {}),
    ...(wantsPassword ? { password: await readPassword(password, needs) } : {}),
    ...(displayName === undefined ? {} : { displayName }),
    ...(email === undefined ? {} : { emailAddress: email }),
    ...(administrator === undefined ? {} : { administrator }),
    ...(active === undefined ? {} : { active }),
  };
}

async function readPassword(given: string | undefined, { readInput }: UserCommandNeeds): Promise<string> {
  if (given !== undefined && given !== '') return given;
  const input = await readInput();
  // `echo` ends a line; a password has none in it.
  const text = input?.replace(/\r?\n$/, '') ?? '';
  if (text !== '') return text;
  throw new StartError('There is no password.', `Give it in ${PASSWORD_VARIABLE} or on standard input; never as a flag.`);
}

async function withDirectory(settings: Settings, needs: UserCommandNeeds, work: (directory: Directory) => Promise<void>): Promise<void> {
  const { store } = await openDatabase({ settings, plugins, logger: silentLogger });
  try {
    await work(await openDirectory({ store, clock: needs.clock, random: needs.random, passwordScheme: passwordSchemeOf(settings) }));
  } finally {
    await store.close();
  }
}

async function carryOut(
  command: UserCommand,
  body: object,
  directory: Directory,
  settings: Settings,
  { print }: UserCommandNeeds,
): Promise<void> {
  switch (command.name) {
    case 'list':
      return printUsers(directory, print);
    case 'add': {
      const user = await directory.createUser(readNewUser(body, settings.profile));
      return print(`Added ${describe(user)}`);
    }
    case 'set': {
      const changes = readUserChanges(body, settings.profile);
      if (Object.keys(changes).length === 0)
        throw new StartError('Nothing is to be changed.', 'Say what: `postern user set --help` lists it.');
      const user = await directory.changeUser(command.username, changes);
      print(`Changed ${describe(user)}`);
      return print(NOTICE);
    }
    case 'remove':
      await directory.deleteUser(command.username);
      print(`Removed ${command.username}. Tokens of the user stay listed and open nothing.`);
      return print(NOTICE);
    default:
      return command satisfies never;
  }
}

const NOTICE = `A running server may still remember the user's logins and tokens for ${LIMITS.credentialCacheTtlMs / 1000} seconds.`;

async function printUsers(directory: Directory, print: (line: string) => void): Promise<void> {
  for (let startAt = 0; ; startAt += LIMITS.pageMax) {
    const users = await directory.listUsers({ startAt, limit: LIMITS.pageMax });
    for (const user of users) print(describe(user));
    if (users.length < LIMITS.pageMax) return;
  }
}

/** `ada (Ada Lovelace, ada@example.com), administrator, inactive`. */
function describe(user: Principal): string {
  const person = [user.displayName, user.emailAddress].filter((text) => text !== '').join(', ');
  return [`${user.username} (${person})`, ...(user.isAdministrator ? ['administrator'] : []), ...(user.isActive ? [] : ['inactive'])].join(
    ', ',
  );
}
