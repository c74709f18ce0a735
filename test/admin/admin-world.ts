// The control plane over real HTTP on a real store, directory, key ring and trail; only the clock and randomness are the test's own.
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AdminNeeds, createAdminApp } from '../../src/admin/app.js';
import type { AuditRecord, SpooledTrail } from '../../src/audit/contract.js';
import { Shipper } from '../../src/audit/shipper.js';
import { Tail } from '../../src/audit/tail.js';
import { createTrail, type TrailOptions } from '../../src/audit/trail.js';
import { loadSettings } from '../../src/config/load.js';
import { type Logger, Secret } from '../../src/core/index.js';
import { copyTarget, productEvents } from '../../src/server/copy-trail.js';
import { auditCopy } from '../../src/store/audit/copy.js';
import { type Directory, openDirectory } from '../../src/store/directory/directory.js';
import { storeMigrations } from '../../src/store/migrations/index.js';
import { type OpenStore, openStore } from '../../src/store/open-store.js';
import { dataCenterSetting } from '../../src/plugin-kit/site-switches.js';
import { openSiteKeys } from '../../src/store/site-keys.js';
import { openSessions } from '../../src/store/sessions.js';
import { openSwitches } from '../../src/store/switches.js';
import { storeTables } from '../../src/store/tables/index.js';
import { tokenList } from '../../src/store/token-registry.js';
import { type UpstreamCredentials, upstreamCredentials } from '../../src/store/upstream-credentials.js';
import { unlimitedPasswordCheck } from '../support/password-check.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { type TestClock, testClock } from '../support/test-clock.js';
import { testKeys } from '../support/test-keys.js';
import { testRandom } from '../support/test-random.js';

export interface Sent {
  readonly method?: string;
  readonly path: string;
  /** A user of the world, with the right password, or a name with another one. */
  readonly as?: keyof typeof PASSWORDS | readonly [username: string, password: string];
  readonly headers?: http.OutgoingHttpHeaders;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly body?: string | Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON; fails the test when it is none. */
  json<T = Record<string, unknown>>(): T;
}

export interface AdminWorld {
  readonly port: number;
  readonly clock: TestClock;
  readonly store: OpenStore;
  readonly directory: Directory;
  readonly trail: SpooledTrail;
  readonly upstreamCredentials: UpstreamCredentials;
  /** Names whose passwords were checked the slow way, in order. */
  readonly passwordChecks: readonly string[];
  /** Everything that was logged, as text. */
  readonly logged: readonly string[];
  send(sent: Sent): Promise<Answer>;
  records(): Promise<readonly AuditRecord[]>;
  close(): Promise<void>;
}

/** The users of every world and their passwords; `admin` is the only administrator, `gone` is inactive. */
export const PASSWORDS = { admin: 'admin-password', alice: 'alice-password', gone: 'gone-password' } as const;

/** Starts a control plane on an empty database; `replaced` stands in for parts that a test makes fail. */
export async function startAdminWorld(replaced: (parts: AdminNeeds) => Partial<AdminNeeds> = () => ({})): Promise<AdminWorld> {
  const folder = await temporaryFolder();
  const clock = testClock();
  const random = testRandom();
  const logged: string[] = [];
  const logger = recordingLogger(logged);
  const schema = { entities: storeTables, migrations: storeMigrations };
  const store = await openStore({ url: 'sqlite:postern.sqlite', dataFolder: folder.path, logger, ...schema });
  const keys = await openSiteKeys({ keyFile: folder.file('site-key.json'), store, clock, random, logger });
  const directory = await openDirectory({ store, clock, random, passwordScheme: 'pkcs5s2' });
  const audit = folder.file('audit');
  const shipper = new Shipper({ folder: audit, target: copyTarget(auditCopy(store, clock, productEvents(new Map()))), clock, logger });
  const tail = new Tail({ folder: audit, clock, logger });
  const onDurable: TrailOptions['onDurable'] = (_uses, position) => {
    shipper.note(position);
    tail.note(position);
  };
  const trail = await createTrail({ folder: audit, clock, random, durability: 'process', signer: testKeys(), logger, onDurable });
  tail.note(trail.end);
  shipper.start(trail.end);
  const passwordChecks: string[] = [];
  const counting: Directory = {
    ...directory,
    verifyPassword(username, password) {
      passwordChecks.push(username);
      return directory.verifyPassword(username, password);
    },
  };
  const parts: AdminNeeds = {
    directory: counting,
    checkPassword: unlimitedPasswordCheck(counting),
    trail,
    upstreamCredentials: upstreamCredentials({ store, keys, clock }),
    sessions: openSessions({ store, keys, clock, random }),
    baseUrl: null,
    isSecure: false,
    pages: null,
    systemRoutes: [],
    settings: loadSettings([], {}),
    systemSettings: [],
    siteSwitches: [dataCenterSetting('jira'), dataCenterSetting('confluence')],
    switches: await openSwitches(store),
    registry: tokenList(store),
    tokenSystems: new Map(),
    contextPaths: new Map([['jira', '/jira']]),
    settleUses: async () => undefined,
    usageDetails: async () => ({ total: 0, calls: [] }),
    transaction: (work) => store.transaction(work),
    forgetCredentials() {},
    auditCopy: { store, settle: () => trail.settle().then(() => shipper.settle()) },
    auditTail: tail,
    atEnd() {},
    clock,
    random,
    logger,
    profile: 'emulator',
    trustedProxies: null,
    gate: {
      policy: { passwords: 'forward', anonymous: 'forward', statements: [] },
      contextPaths: [],
      imagine: () => null,
      owns: () => false,
    },
  };
  await createUsers(directory);
  const instead = replaced(parts);
  const checkPassword = unlimitedPasswordCheck(instead.directory ?? counting);
  const server = http.createServer(createAdminApp({ ...parts, checkPassword, ...instead }));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    clock,
    store,
    directory,
    trail,
    upstreamCredentials: parts.upstreamCredentials,
    passwordChecks,
    logged,
    send: (sent) => send(port, sent),
    async records() {
      // Twice: a login's end is written once its beginning is on disk.
      for (let times = 0; times < 2; times += 1) await trail.drain();
      const records: AuditRecord[] = [];
      for await (const record of trail.records({})) records.push(record);
      return records;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await trail.close();
      await shipper.close();
      await store.close();
      await folder.remove();
    },
  };
}

/** The value of an Authorization header. */
export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}

async function createUsers(directory: Directory): Promise<void> {
  for (const [username, password] of Object.entries(PASSWORDS)) {
    await directory.createUser({
      username,
      password: new Secret(password),
      displayName: username,
      emailAddress: `${username}@example.com`,
      isAdministrator: username !== 'alice',
      isActive: username !== 'gone',
    });
  }
}

async function send(port: number, sent: Sent): Promise<Answer> {
  const body = sent.json === undefined ? sent.body : JSON.stringify(sent.json);
  const request = http.request({
    port,
    host: '127.0.0.1',
    method: sent.method ?? 'GET',
    path: sent.path,
    headers: {
      ...(sent.as === undefined ? {} : { Authorization: authorizationOf(sent.as) }),
      ...(sent.json === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }),
      ...sent.headers,
    },
  });
  request.end(body);
  const [answer] = (await once(request, 'response')) as [http.IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return { status: answer.statusCode ?? 0, headers: answer.headers, text, json: <T>() => JSON.parse(text) as T };
}

function authorizationOf(as: NonNullable<Sent['as']>): string {
  return typeof as === 'string' ? basic(as, PASSWORDS[as]) : basic(...as);
}

function recordingLogger(logged: string[]): Logger {
  const note = (fields: object, text: string): void => void logged.push(`${text} ${JSON.stringify(fields)}`);
  return { debug: note, info: note, warn: note, error: note };
}
