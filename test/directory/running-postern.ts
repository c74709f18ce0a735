// A whole Postern in this process, over real HTTP on real files; only its clock and its randomness are the test's own.
import { loadSettings } from '../../src/config/load.js';
import type { Logger } from '../../src/core/index.js';
import { plugins } from '../../src/plugins/index.js';
import { type PosternServer, startServer } from '../../src/server/start.js';
import { type HttpAnswer, type SentHttp, sendHttp } from '../support/http-client.js';
import { basic } from '../support/raw-client.js';
import { copiesOf, type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.js';
import { type TestClock, testClock } from '../support/test-clock.js';
import { testRandom } from '../support/test-random.js';

export interface Asked extends SentHttp {
  readonly as?: readonly [username: string, secret: string];
  /** Sent as JSON. */
  readonly json?: unknown;
}

export interface RunningPostern {
  readonly port: number;
  readonly confluencePort: number | null;
  readonly clock: TestClock;
  readonly folder: TemporaryFolder;
  /** The banner, and everything that was logged. */
  readonly printed: readonly string[];
  readonly logged: readonly string[];
  /** What SIGHUP does; null: nothing. */
  readonly reload: (() => Promise<void>) | null;
  ask(asked: Asked, port?: number): Promise<HttpAnswer>;
  close(): Promise<void>;
}

export interface RunOptions {
  readonly settings?: Readonly<Record<string, string>>;
  readonly clock?: TestClock;
  /** Shared with another node: its database and its site key. */
  readonly beside?: RunningPostern;
}

let starts = 0;

/** After a first start with no settings. */
const begunFolder = copiesOf(async ({ path }) => {
  const begun = { clock: testClock(), printed: [], logged: [] };
  await closeOn(begun.clock, await startIn(path, {}, begun));
});

/** Settings that make another first start. */
const FIRST = ['POSTERN_PROFILE', 'POSTERN_DATABASE', 'POSTERN_KEY_FILE', 'POSTERN_BOOTSTRAP_ADMIN'];

/** Starts it on a folder of its own, or as another node of one that runs. */
export async function runPostern({ settings = {}, clock, beside }: RunOptions = {}): Promise<RunningPostern> {
  const isUsual = beside === undefined && FIRST.every((name) => settings[name] === undefined);
  const folder = await (isUsual ? begunFolder() : temporaryFolder());
  const shared =
    beside === undefined
      ? {}
      : { POSTERN_DATABASE: `sqlite:${beside.folder.file('postern.sqlite')}`, POSTERN_KEY_FILE: beside.folder.file('site-key.json') };
  const seen = { clock: clock ?? testClock(), printed: [], logged: [] };
  const server = await startIn(folder.path, { ...shared, ...settings }, seen);
  return {
    port: server.port,
    confluencePort: server.confluencePort,
    ...seen,
    folder,
    reload: server.reload,
    ask: (asked, port = server.port) => sendHttp(port, withCredential(asked)),
    async close() {
      await closeOn(seen.clock, server);
      await folder.remove();
    },
  };
}

interface Seen {
  readonly clock: TestClock;
  readonly printed: string[];
  readonly logged: string[];
}

function startIn(data: string, settings: Readonly<Record<string, string>>, { clock, printed, logged }: Seen): Promise<PosternServer> {
  return startServer({
    settings: loadSettings(
      plugins.flatMap(({ manifest }) => manifest.settings),
      { POSTERN_PORT: '0', POSTERN_DATA: data, ...settings },
    ),
    plugins,
    clock,
    random: testRandom(`node ${(starts += 1)}`),
    logger: recordingLogger(logged),
    timezone: 'UTC',
    print: (line) => printed.push(line),
  });
}

/** Connections are swept on the clock. */
async function closeOn(clock: TestClock, server: PosternServer): Promise<void> {
  const ended = server.close();
  await clock.advance(60_000);
  await ended;
}

function withCredential({ as, json, ...sent }: Asked): SentHttp {
  const body = json === undefined ? sent.body : JSON.stringify(json);
  return {
    ...sent,
    headers: {
      Connection: 'close',
      ...(as === undefined ? {} : { Authorization: basic(...as) }),
      ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }),
      ...sent.headers,
    },
    ...(body === undefined ? {} : { body }),
  };
}

/** A token made through the real API; resolves with its value. */
export async function makeToken(postern: RunningPostern, as: readonly [string, string], fields: object = {}): Promise<string> {
  const path = '/jira/rest/extender/1.0/tokenTools/set';
  const answer = await postern.ask({ method: 'POST', path, as, json: { label: 'test', userName: as[0], ...fields } });
  if (answer.status !== 200) throw new Error(`tokenTools/set answered ${answer.status}: ${answer.text}`);
  return (JSON.parse(answer.text) as { token: string }).token;
}

function recordingLogger(logged: string[]): Logger {
  const note = (fields: object, text: string): void => void logged.push(`${text} ${JSON.stringify(fields)}`);
  return { debug: note, info: note, warn: note, error: note };
}
