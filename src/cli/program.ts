// The commands of `postern` as one table: what there is, and what each runs.
import { Command, Option } from 'commander';
import type { UserCommand, UserOptions } from './users.js';

/** What the commands run. */
export interface Actions {
  readonly version: string;
  /** Serves until a signal ends it. */
  start(flags: readonly string[]): Promise<void>;
  /** Resolves to the exit code. */
  rotateKeys(flags: readonly string[]): Promise<number>;
  /** Resolves to the exit code. */
  user(command: UserCommand, flags: readonly string[]): Promise<number>;
  /** Takes the exit code of a command that ended. */
  exit(code: number): void;
}

/** The program, to be parsed. */
export function createProgram(actions: Actions): Command {
  const program = new Command('postern')
    .description('A small guarded gate for API tokens. Settings come from POSTERN_… variables and the file that POSTERN_CONFIG names.')
    .version(actions.version)
    .showSuggestionAfterError();
  program
    .command('start')
    .description('serve until SIGTERM or SIGINT; any setting as --name=value or -Dname=value')
    .allowUnknownOption()
    .argument('[flags...]', 'settings')
    .action((flags: string[]) => actions.start(flags));
  const keys = program.command('keys').description('the site’s keys');
  keys
    .command('rotate')
    .description('put a new key in front of the key file; takes effect when a running server is restarted; settings as for start')
    .allowUnknownOption()
    .argument('[flags...]', 'settings')
    .action(async (flags: string[]) => actions.exit(await actions.rotateKeys(flags)));
  addUserCommands(program, actions);
  return program;
}

/** `postern user …`; settings as for start stand behind. */
function addUserCommands(program: Command, actions: Actions): void {
  const user = program.command('user').description('the users in the database, beside a running server or without one');
  const command = (name: string, about: string): Command =>
    user.command(name).description(`${about}; settings as for start`).allowUnknownOption();
  const run = async (asked: UserCommand, flags: readonly string[]): Promise<void> => actions.exit(await actions.user(asked, flags));
  command('list', 'show all users')
    .argument('[flags...]', 'settings')
    .action((flags: string[]) => run({ name: 'list' }, flags));
  withUserOptions(command('add', 'make a user; the password is read from POSTERN_USER_PASSWORD or standard input'))
    .argument('<username>')
    .argument('[flags...]', 'settings')
    .action((username: string, flags: string[], options: UserOptions) => run({ name: 'add', username, options }, flags));
  withUserOptions(command('set', 'change a user; what is left out stays'))
    .option('--password', 'change the password too: it is read from POSTERN_USER_PASSWORD or standard input')
    .argument('<username>')
    .argument('[flags...]', 'settings')
    .action((username: string, flags: string[], options: UserOptions) => run({ name: 'set', username, options }, flags));
  command('remove', 'delete a user for good')
    .argument('<username>')
    .argument('[flags...]', 'settings')
    .action((username: string, flags: string[]) => run({ name: 'remove', username }, flags));
}

function withUserOptions(command: Command): Command {
  return command
    .option('--display-name <text>', 'the name that is shown')
    .option('--email <address>', 'the e-mail address')
    .addOption(new Option('--administrator', 'an administrator'))
    .addOption(new Option('--no-administrator', 'no administrator'))
    .addOption(new Option('--active', 'may log in'))
    .addOption(new Option('--no-active', 'may not log in, and neither may tokens of the user'));
}
