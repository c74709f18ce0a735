// The commands of `postern` as one table: what there is, and what each runs.
import { Command, Option } from 'commander';
import type { ExplainOptions } from './explain.js';
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
  /** Resolves to the exit code. */
  explain(method: string, url: string, options: ExplainOptions, flags: readonly string[]): Promise<number>;
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
  addExplainCommand(program, actions);
  return program;
}

/** `postern explain`; settings as for start stand behind. */
function addExplainCommand(program: Command, actions: Actions): void {
  program
    .command('explain')
    .description(
      'what a running server would say to a request with a token, and why; exit code 0 permitted, 2 denied; the password of --login is read from POSTERN_USER_PASSWORD or standard input; settings as for start',
    )
    .allowUnknownOption()
    .option('--server <origin>', 'the server; left out: where the settings say it listens')
    .option('--login <username>', 'who asks: an administrator, or the user whose token it is', 'admin')
    .option('--token <system/reference>', 'the token, as GET /api/v1/tokens lists it')
    .option('--limit-to <rules>', 'rules to try instead of a token')
    .option('--ip <addresses>', 'addresses to try with them')
    .option('--user <username>', 'the user name beside a token for anyone, or whose the rules would be')
    .option('--address <address>', 'the client’s address; left out: yours')
    .option('--body <text>', 'the body, for rules that ask about it')
    .option('--content-type <type>', 'its type; left out: application/json')
    .option('--at <instant>', 'when, as 2026-01-31T10:00:00Z; left out: now')
    .option('--json', 'print the answer as it came')
    .argument('<method>')
    .argument('<url>', 'path and query, or an absolute URL')
    .argument('[flags...]', 'settings')
    .action(async (method: string, url: string, flags: string[], options: ExplainOptions) =>
      actions.exit(await actions.explain(method, url, options, flags)),
    );
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
