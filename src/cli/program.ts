// The commands of `postern` as one table: what there is, and what each runs.
import { Command, InvalidArgumentError, Option } from 'commander';
import type { FindTokenOptions } from './audit-find-token.js';
import type { TailOptions } from './audit-tail.js';
import type { VerifyOptions } from './audit-verify.js';
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
  /** Each resolves to the exit code. */
  readonly audit: {
    verify(options: VerifyOptions, flags: readonly string[]): Promise<number>;
    publicKeys(flags: readonly string[]): Promise<number>;
    tail(options: TailOptions, flags: readonly string[]): Promise<number>;
    findToken(options: FindTokenOptions, flags: readonly string[]): Promise<number>;
  };
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
  addAuditCommands(program, actions);
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

/** `postern audit …`; settings as for start stand behind. */
function addAuditCommands(program: Command, actions: Actions): void {
  const { audit: run } = actions;
  const audit = program.command('audit').description('the audit trail on this machine, beside a running server or without one');
  const command = (name: string, about: string): Command =>
    audit.command(name).description(`${about}; settings as for start`).allowUnknownOption().argument('[flags...]', 'settings');
  command('verify', 'say whether the trail is as it was written, and where it is not')
    .option('--json', 'one JSON object instead of text')
    .option('--anchor <file...>', 'a copy of the head (audit-head.json) that was kept elsewhere: the trail must reach as far')
    .option('--folder <folder>', 'a trail that lies elsewhere, such as a copy; its head beside it')
    .option('--public-keys <file>', 'verify with what `postern audit public-keys` printed instead of the key file')
    .action(async (flags: string[], options: VerifyOptions) => actions.exit(await run.verify(options, flags)));
  command('public-keys', 'print what somebody needs to verify the trail who must not be able to sign one').action(async (flags: string[]) =>
    actions.exit(await run.publicKeys(flags)),
  );
  command('find-token', 'read a leaked value from standard input and list the requests that presented it')
    .option('--json', 'one record a line, as it is exported')
    .option('--newest <count>', 'the newest first, so many at most', readCount)
    .action(async (flags: string[], options: FindTokenOptions) => actions.exit(await run.findToken(options, flags)));
  command('tail', 'show the last records, and with --follow those that come')
    .option('-n, --lines <count>', 'how many of the last records', '20')
    .option('-f, --follow', 'go on until interrupted')
    .option('--json', 'whole records as JSON lines')
    .action(async (flags: string[], options: TailOptions) => actions.exit(await run.tail(options, flags)));
}

function readCount(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1 to 99999.');
  return Number(text);
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
