// `postern explain`: asks a running server what it would say to a request, and why [GW-25]. The server is asked and not its database: what
// is remembered, switched and configured there decides, and only it knows.
import type { ExplainAnswer, ExplainRequest } from '../admin/explain-types.js';
import { type Environment, loadSettings, type Settings } from '../config/load.js';
import { HOUSE_SETTINGS as S } from '../config/schema.js';
import { type Clock, LIMITS } from '../core/index.js';
import { StartError } from '../core/start-error.js';
import { plugins } from '../plugins/index.js';
import { explainFailure } from './explain-failure.js';
import { explanationLines } from './explanation-lines.js';
import { PASSWORD_VARIABLE } from './users.js';

export interface ExplainCommandNeeds {
  readonly environment: Environment;
  /** Settings on the command line, as `postern start` takes them. */
  readonly flags: readonly string[];
  readonly clock: Clock;
  /** Everything on standard input, null where it is a terminal: nobody is asked. */
  readonly readInput: () => Promise<string | null>;
  /** The answer, line by line. */
  readonly print: (line: string) => void;
  /** What went wrong, line by line. */
  readonly complain: (line: string) => void;
}

/** What stands on the command line. */
export interface ExplainOptions {
  /** The origin of the server. Left out: where the settings say it listens. */
  readonly server?: string;
  /** Who asks. */
  readonly login: string;
  /** `system/tokenRef`. */
  readonly token?: string;
  readonly limitTo?: string;
  readonly ip?: string;
  readonly user?: string;
  readonly address?: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly at?: string;
  /** The answer as it came. */
  readonly json?: boolean;
}

/** Resolves to the exit code: 0 permitted, 2 denied, 1 it could not be asked and it was said why. */
export async function runExplainCommand(
  method: string,
  url: string,
  options: ExplainOptions,
  needs: ExplainCommandNeeds,
): Promise<0 | 1 | 2> {
  try {
    const { [PASSWORD_VARIABLE]: given, ...environment } = needs.environment;
    const settings = loadSettings(
      plugins.flatMap(({ manifest }) => manifest.settings),
      environment,
      needs.flags,
    );
    const question = { ...subjectOf(options), method, url, ...detailsOf(options) };
    const password = await readPassword(given, needs);
    const answer = await inTime(needs.clock, (signal) =>
      ask(serverOf(options, settings), `${options.login}:${password}`, question, signal),
    );
    const lines = options.json === true ? [JSON.stringify(answer, null, 2)] : explanationLines(answer);
    for (const line of lines) needs.print(line);
    return answer.decision.effect === 'permit' ? 0 : 2;
  } catch (error) {
    for (const line of explainFailure(error)) needs.complain(line);
    return 1;
  }
}

/** The token, or rules that are to be tried; references may hold slashes, systems do not. */
function subjectOf({ token, limitTo, ip }: ExplainOptions): Partial<ExplainRequest> {
  // Both together are refused by the server, which says so.
  const rules = { ...(limitTo === undefined ? {} : { limitTo }), ...(ip === undefined ? {} : { ip }) };
  if (token === undefined) {
    if (Object.keys(rules).length > 0) return rules;
    throw new StartError('There is nothing to explain.', 'Name a token, --token system/reference, or rules to try, --limit-to.');
  }
  const slash = token.indexOf('/');
  if (slash < 1) throw new StartError(`"${token}" names no token.`, 'Write --token system/reference, as GET /api/v1/tokens lists them.');
  return { system: token.slice(0, slash), tokenRef: token.slice(slash + 1), ...rules };
}

function detailsOf({ user, address, body, contentType, at }: ExplainOptions): Partial<ExplainRequest> {
  const details = { user, address, body, contentType, at };
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined));
}

function serverOf({ server }: ExplainOptions, settings: Settings): URL {
  const host = settings.get(S.host);
  const scheme = settings.get(S.tlsCert) === null ? 'http' : 'https';
  const own = settings.get(S.baseUrl)?.origin ?? `${scheme}://${host.includes(':') ? `[${host}]` : host}:${settings.get(S.port)}`;
  const text = server ?? own;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new StartError(`"${text}" is not the address of a server.`, 'Write --server http://localhost:2990.');
  }
  return url;
}

async function readPassword(given: string | undefined, { readInput }: ExplainCommandNeeds): Promise<string> {
  const text = given !== undefined && given !== '' ? given : ((await readInput())?.replace(/\r?\n$/, '') ?? '');
  if (text !== '') return text;
  throw new StartError('There is no password.', `Give it in ${PASSWORD_VARIABLE} or on standard input; never as a flag.`);
}

async function inTime<T>(clock: Clock, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const ending = new AbortController();
  const cancel = clock.after(LIMITS.commandTimeoutMs, () => ending.abort(new Error('it took too long')));
  return work(ending.signal).finally(cancel);
}

async function ask(server: URL, login: string, question: object, signal: AbortSignal): Promise<ExplainAnswer> {
  const response = await fetch(new URL('/api/v1/explain', server), {
    method: 'POST',
    redirect: 'manual',
    signal,
    headers: { Authorization: `Basic ${Buffer.from(login, 'utf8').toString('base64')}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(question),
  }).catch((error: unknown) => {
    throw new StartError(`The server at ${server.origin} does not answer: ${reasonOf(error)}.`, 'Start it, or say where it is: --server.');
  });
  const text = await response.text();
  if (response.status === 200) return JSON.parse(text) as ExplainAnswer;
  throw new StartError(
    `The server at ${server.origin} answered ${response.status}: ${messageIn(text)}`,
    response.status === 401 ? 'Say who asks, --login, and give that user’s password.' : 'Mend what it names: `postern explain --help`.',
  );
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}

/** What the server says, on one line that cannot do anything to a terminal. */
function messageIn(text: string): string {
  let said = text;
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    if (typeof message === 'string') said = message;
  } catch {
    // Not ours: shown as it is.
  }
  return said.replaceAll(/\p{Cc}+/gu, ' ').slice(0, 500);
}
