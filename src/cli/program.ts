// The commands of `postern` as one table: what there is, and what each runs.
import { Command } from 'commander';

/** What the commands run. */
export interface Actions {
  readonly version: string;
  /** Serves until a signal ends it. */
  start(flags: readonly string[]): Promise<void>;
  /** Resolves to the exit code. */
  rotateKeys(flags: readonly string[]): Promise<number>;
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
  return program;
}
