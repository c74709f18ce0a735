// The process that serves: settings, server, signals, exit codes.
import { ConfigError, loadSettings, processEnvironment, type Settings } from '../config/load.js';
import { HOUSE_SETTINGS } from '../config/schema.js';
import { systemClock, systemRandom, LIMITS } from '../core/index.js';
import { StartError } from '../core/start-error.js';
import { takeLocalZone } from '../core/zone.js';
import { plugins } from '../plugins/index.js';
import { createLogger } from './logger.js';
import { type PosternServer, startServer } from './start.js';

/** Starts Postern and keeps it running until a signal ends it. Sets the exit code: 0 ended as asked, 1 could not start. */
export async function runProcess(flags: readonly string[]): Promise<void> {
  try {
    const settings = loadSettings(
      plugins.flatMap(({ manifest }) => manifest.settings),
      processEnvironment(),
      flags,
    );
    const banner: string[] = [];
    const server = await start(settings, banner);
    endOnSignals(server);
    reloadOnSignal(server);
    // Last: whoever reads that it listens may send it a signal at once.
    for (const line of banner) process.stdout.write(`${line}\n`);
  } catch (error) {
    process.exitCode = 1;
    for (const line of explain(error)) process.stderr.write(`${line}\n`);
    // A start that failed half-way may have left a timer or a socket behind; nothing is lost by ending now.
    process.exit();
  }
}

function start(settings: Settings, banner: string[]): Promise<PosternServer> {
  const timezone = takeLocalZone();
  const logger = createLogger(settings.get(HOUSE_SETTINGS.logLevel));
  for (const warning of settings.warnings) logger.warn({ setting: warning }, 'A setting is malformed; its default is in force');
  return startServer({
    settings,
    plugins,
    clock: systemClock,
    random: systemRandom,
    logger,
    timezone,
    print: (line) => banner.push(line),
  });
}

/** SIGTERM and SIGINT: what runs is finished, nothing is lost; a second signal ends at once. */
function endOnSignals(server: PosternServer): void {
  let isEnding = false;
  const end = (): void => {
    if (isEnding) process.exit(1);
    isEnding = true;
    process.stdout.write('  Ending: finishing what runs …\n');
    const late = systemClock.after(LIMITS.drainTimeoutMs + LIMITS.drainGraceMs, () => process.exit(1));
    server
      .close()
      .then(
        () => process.stdout.write('  Ended.\n'),
        (error: unknown) => {
          process.exitCode = 1;
          process.stderr.write(`  Ended with an error: ${(error as Error).message}\n`);
        },
      )
      .finally(() => {
        late();
        process.exit();
      });
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}

/** SIGHUP, where there is something to read again; elsewhere it ends the process, as it does when a terminal is closed [GW-43]. */
function reloadOnSignal({ reload }: PosternServer): void {
  if (reload !== null) process.on('SIGHUP', () => void reload());
}

function explain(error: unknown): readonly string[] {
  if (error instanceof ConfigError) {
    return [
      '',
      '  Postern cannot start: the settings have to be mended.',
      '',
      ...error.problems.map((problem) => `  - ${problem}`),
      '',
      '  All settings: docs/settings.md',
      '',
    ];
  }
  if (error instanceof StartError) return ['', `  Postern cannot start: ${error.message}`, `  Next: ${error.nextStep}`, ''];
  return ['', '  Postern cannot start, for a reason nobody foresaw:', `  ${(error as Error).stack ?? String(error)}`, ''];
}
