// One plugin at work on a real store, directory, key ring and REST router, over real HTTP. What stands in for the rest of the house:
// a clock and randomness of the test's own, a recorder of acts that can be made to fail, and uses that are settled when asked.
import { once } from 'node:events';
import type http from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { renderFault } from '../../src/admin/fault.js';
import { type ArrivedRequest, pluginRouter } from '../../src/admin/plugin-router.js';
import { createAuthentication } from '../../src/authn/authenticate.js';
import {
  HostError,
  type Identity,
  type Instant,
  type Logger,
  type Method,
  type RequestView,
  Secret,
  type SiteKeys,
} from '../../src/core/index.js';
import { hostFor } from '../../src/host/capabilities.js';
import { openMail } from '../../src/mail/open-mail.js';
import type { Act, ActivePlugin, ActRecorder, Plugin, PluginHost, TokenUse } from '../../src/plugin-kit/contract.js';
import type { Profile, SettingSpec } from '../../src/plugin-kit/setting.js';
import { type Directory, openDirectory } from '../../src/store/directory/directory.js';
import type { OpenStore } from '../../src/store/open-store.js';
import { openSiteKeys, rotateKeys } from '../../src/store/site-keys.js';
import { openSwitches } from '../../src/store/switches.js';
import { type TokenList, tokenList } from '../../src/store/token-registry.js';
import { type HttpAnswer, sendHttp } from './http-client.js';
import { unlimitedPasswordCheck } from './password-check.js';
import { KEY_FILE, onSqlite, type WorldDatabase } from './prepared-database.js';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.js';
import { type TestClock, testClock } from './test-clock.js';
import { testRandom } from './test-random.js';

export interface PluginWorldOptions {
  readonly plugin: Plugin;
  readonly profile?: Profile;
  /** By name; the profile's default for what is left out. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly tokensMakeTokens?: 'refuse' | 'allow';
  /** When the clock stands at the beginning. */
  readonly startsAt?: Instant;
  /** A mail server, `smtp://…`; null or left out: nothing is sent, and nothing is said of it. */
  readonly mailUrl?: string | null;
  /** Left out: SQLite, a file of its own. */
  readonly database?: WorldDatabase;
}

export interface RecordedAct extends Act {
  outcome: 'begun' | 'done' | 'failed';
}

/** What is sent: `as` logs in with Basic, the password of a user of the world or a token. */
export interface Sent {
  readonly method?: Method;
  readonly path: string;
  readonly as?: readonly [username: string, secret: string];
  readonly bearer?: string;
  readonly headers?: http.OutgoingHttpHeaders;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly body?: string;
}

export type Answer = HttpAnswer;

export interface PluginWorld {
  readonly clock: TestClock;
  readonly store: OpenStore;
  readonly directory: Directory;
  readonly keys: SiteKeys;
  readonly registry: TokenList;
  readonly host: PluginHost;
  readonly active: ActivePlugin;
  /** Every act, in the order in which it began. */
  readonly acts: readonly RecordedAct[];
  /** Names of users whose guesses were counted. */
  readonly guesses: readonly string[];
  /** Everything that was logged. */
  readonly logged: readonly string[];
  /** While true no act can be recorded. */
  isAuditDown: boolean;
  send(sent: Sent): Promise<Answer>;
  /** Who a credential stands for, asked of the whole authentication. */
  identify(sent: Pick<Sent, 'as' | 'bearer'>, request?: Partial<RequestView>): Promise<Identity>;
  /** Notes uses of a token, to be counted when somebody asks to settle them. */
  use(use: Pick<TokenUse, 'tokenRef' | 'permitted'> & Partial<TokenUse>): void;
  settleUses(): Promise<void>;
  /** Stops, and starts again on the same data with other options; `rotateKeys` puts a new site key in front first. */
  restart(options?: Partial<PluginWorldOptions> & { readonly rotateKeys?: boolean }): Promise<PluginWorld>;
  close(): Promise<void>;
}

export { PASSWORDS } from './prepared-database.js';

/** Starts a world on a database that holds its users and nothing else. */
export async function startPluginWorld(options: PluginWorldOptions): Promise<PluginWorld> {
  const folder = await temporaryFolder();
  await (options.database ?? onSqlite).prepare(options.plugin, folder);
  return openWorld(options, folder, testClock(options.startsAt), 0);
}

async function openWorld(options: PluginWorldOptions, folder: TemporaryFolder, clock: TestClock, starts: number): Promise<PluginWorld> {
  const { plugin, profile = 'emulator' } = options;
  const logged: string[] = [];
  const logger = recordingLogger(logged);
  const random = testRandom(`start ${starts}`);
  const keyFile = folder.file(KEY_FILE);
  const store = await (options.database ?? onSqlite).open(plugin, folder, logger);
  const keys = await openSiteKeys({ keyFile, store, clock, random, logger });
  const directory = await openDirectory({ store, clock, random, passwordScheme: 'pkcs5s2' });
  const registry = tokenList(store);
  const pending: TokenUse[] = [];
  const acts: RecordedAct[] = [];
  const guesses: string[] = [];
  const forget: { token(tokenRef: string): void } = { token() {} };
  const settleUses = async (): Promise<void> => {
    const uses = pending.splice(0);
    if (uses.length > 0) await store.transaction(async (manager) => active.authenticators[0]?.recordUses(uses, manager));
  };
  const mail =
    options.mailUrl === undefined || options.mailUrl === null
      ? null
      : await openMail({ store, clock, random, logger, url: new Secret(options.mailUrl), from: 'postern@example.com' });
  const host = hostFor(plugin.manifest, {
    clock,
    random,
    logger,
    directory,
    keys,
    registry,
    switches: await openSwitches(store),
    audit: actRecorder(acts, () => world.isAuditDown),
    mail: mail ?? { send: async () => undefined },
    store,
    profile,
    timezone: 'UTC',
    tokensMakeTokens: options.tokensMakeTokens ?? 'allow',
    setting: <T>(spec: SettingSpec<T>) => (options.settings?.[spec.name] as T | undefined) ?? spec.fallback[profile],
    noteGuess: async ({ username }) => void guesses.push(username),
    forget: (tokenRef) => forget.token(tokenRef),
    settleUses,
    usageDetails: async () => ({ total: 0, calls: [] }),
  });
  const active = await plugin.activate(host);
  const authenticators = active.authenticators.map((authenticator) => ({ system: plugin.manifest.key, authenticator }));
  const authentication = createAuthentication({
    clock,
    logger,
    random,
    keys,
    checkPassword: unlimitedPasswordCheck(directory),
    authenticators,
    wrongBearer: 'refuse',
    refusesPasswords: (request) => active.refusesPasswords?.(request) === true,
  });
  forget.token = (tokenRef) => authentication.cache.forgetToken(tokenRef);
  directory.onChange((userId) => authentication.cache.forgetUser(userId));
  const identify: PluginWorld['identify'] = async (sent, request) =>
    authentication.authenticate({ ...viewOf('GET', '/rest/api/2/myself', clock), ...request }, authorizationOf(sent));
  const server = await serve(active, { clock, logger, identify });
  const close = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    await mail?.close();
    await store.close();
  };
  const world: PluginWorld = {
    clock,
    store,
    directory,
    keys,
    registry,
    host,
    active,
    acts,
    guesses,
    logged,
    isAuditDown: false,
    send: (sent) => send((server.address() as AddressInfo).port, sent),
    identify,
    use: (use) => {
      pending.push({ authenticated: use.permitted, lastUsedAt: clock.now(), clientAddress: '192.0.2.7', userAgent: 'curl/8', ...use });
    },
    settleUses,
    async restart({ rotateKeys: isRotating = false, ...changes } = {}) {
      await close();
      if (isRotating) await rotateKeys(keyFile, clock, testRandom(`rotation ${starts}`));
      return openWorld({ ...options, ...changes }, folder, clock, starts + 1);
    },
    async close() {
      await close();
      await folder.remove();
    },
  };
  return world;
}

interface ServeNeeds {
  readonly clock: TestClock;
  readonly logger: Logger;
  readonly identify: PluginWorld['identify'];
}

/** Authenticates as the gateway does, then hands the request to the plugin's routers. */
async function serve(active: ActivePlugin, { clock, logger, identify }: ServeNeeds): Promise<http.Server> {
  const arrived = new WeakMap<http.IncomingMessage, ArrivedRequest>();
  const callerOf = (request: http.IncomingMessage): ArrivedRequest => {
    const found = arrived.get(request);
    if (found === undefined) throw new Error('the request was not authenticated');
    return found;
  };
  const app = express();
  app.use(async (request, response, next) => {
    const view = { ...viewOf(request.method as Method, request.url, clock), ...placeOnOwnOrigin(active, request.url) };
    const identity = await identify(credentialIn(request), view);
    if (identity.kind !== 'authenticated' && identity.kind !== 'anonymous') return void response.status(401).end('refused by the gateway');
    // The control plane asks for a password and offers nothing to the token systems.
    if (isApi(view.path) && identity.kind === 'authenticated' && identity.grant !== null) return void response.status(401).end();
    const caller = identity.kind === 'authenticated' ? { principal: identity.principal, grant: identity.grant } : null;
    arrived.set(request, { caller, request: view, challenges: ['Basic realm="Postern", charset="UTF-8"'] });
    next();
  });
  const api = { product: 'cloud', path: API, versions: [], routes: active.apiRoutes ?? [], renderFault } as const;
  app.use(...[...active.restModules, api].map((module) => pluginRouter(module, { callerOf, clock, logger })));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const API = '/api/v1';

function isApi(path: string): boolean {
  return path.startsWith(`${API}/`);
}

/** What the gateway makes of a path that belongs to the cloud's own resources. */
function placeOnOwnOrigin(active: ActivePlugin, target: string): Partial<RequestView> {
  const isCloud = active.restModules.some(({ product, path }) => product === 'cloud' && target.startsWith(`${path}/`));
  return isCloud ? { product: 'cloud', contextPath: '' } : {};
}

function viewOf(method: Method, target: string, clock: TestClock): RequestView {
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const isConfluence = path.startsWith('/confluence/');
  return {
    method,
    path,
    query: mark < 0 ? null : target.slice(mark + 1),
    product: isConfluence ? 'confluence' : 'jira',
    contextPath: isConfluence ? '/confluence' : path.startsWith('/jira/') ? '/jira' : '',
    peer: '127.0.0.1',
    clientAddress: '192.0.2.7',
    userAgent: null,
    receivedAt: clock.now(),
  };
}

function authorizationOf({ as, bearer }: Pick<Sent, 'as' | 'bearer'>): string | null {
  if (as !== undefined) return `Basic ${Buffer.from(as.join(':')).toString('base64')}`;
  return bearer === undefined ? null : `Bearer ${bearer}`;
}

function credentialIn(request: http.IncomingMessage): Pick<Sent, 'as' | 'bearer'> {
  const [scheme, value = ''] = (request.headers.authorization ?? '').split(' ', 2);
  if (scheme === 'Bearer') return { bearer: value };
  if (scheme !== 'Basic') return {};
  const [username = '', ...secret] = Buffer.from(value, 'base64').toString('utf8').split(':');
  return { as: [username, secret.join(':')] };
}

function send(port: number, sent: Sent): Promise<Answer> {
  const body = sent.body ?? (sent.json === undefined ? '' : JSON.stringify(sent.json));
  const authorization = authorizationOf(sent);
  return sendHttp(port, {
    method: sent.method ?? 'GET',
    path: sent.path,
    headers: {
      ...(authorization === null ? {} : { Authorization: authorization }),
      ...(body === '' ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
      ...sent.headers,
    },
    body,
  });
}

function actRecorder(acts: RecordedAct[], isDown: () => boolean): ActRecorder {
  return {
    async act(act, work) {
      if (isDown()) throw new HostError('audit.unavailable');
      const recorded: RecordedAct = { ...act, outcome: 'begun' };
      acts.push(recorded);
      try {
        const result = await work();
        recorded.outcome = 'done';
        return result;
      } catch (error) {
        recorded.outcome = 'failed';
        throw error;
      }
    },
  };
}

function recordingLogger(logged: string[]): Logger {
  const log = (fields: object, text: string): void => void logged.push(`${text} ${JSON.stringify(fields)}`);
  return { debug: log, info: log, warn: log, error: log };
}
