// The composition root: builds the house from the bottom up, listens, and takes it down again in the opposite order.
import path from 'node:path';
import { createAdminApp } from '../admin/app.js';
import { createOwnResources } from '../admin/own-resources.js';
import { createTrail } from '../audit/trail.js';
import { type Authentication, createAuthentication } from '../authn/authenticate.js';
import { UsageLedger } from '../authn/usage.js';
import { type CarriedProduct, checkSettings, isLoopback } from '../config/check.js';
import type { Settings } from '../config/load.js';
import { HOUSE_SETTINGS as S } from '../config/schema.js';
import { type Clock, type Logger, type RandomSource, uuidSource } from '../core/index.js';
import { drain } from '../gateway/drain.js';
import { createEntry } from '../gateway/entry.js';
import type { Gateway } from '../gateway/gateway.js';
import { type ActiveSystems, activateSystems } from '../host/lifecycle.js';
import { validateManifests } from '../host/registry.js';
import type { Plugin } from '../plugin-kit/contract.js';
import type { SitePolicy } from '../policy/index.js';
import { tokenList } from '../store/token-registry.js';
import { openDirectory } from '../store/directory/directory.js';
import { DEFAULT_DATABASE_URL } from '../store/database-url.js';
import { storeMigrations } from '../store/migrations/index.js';
import { openStore } from '../store/open-store.js';
import { openSiteKeys } from '../store/site-keys.js';
import { openSwitches } from '../store/switches.js';
import { storeTables } from '../store/tables/index.js';
import { upstreamCredentials } from '../store/upstream-credentials.js';
import { usageStore } from '../store/usage-store.js';
import { banner } from './banner.js';
import { Closing } from './closing.js';
import { countUses } from './count-uses.js';
import { createElsewhere } from './elsewhere.js';
import { ensureFirstUsers } from './first-users.js';
import { listen, publicOrigin } from './listen.js';
import { outboundSettings, siteNotes, sitePolicy } from './site.js';
import { openProducts } from './products.js';
import { readVersion } from './version.js';

export interface StartOptions {
  readonly settings: Settings;
  readonly plugins: readonly Plugin[];
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  /** The machine's own zone, in which jobs run at their times. */
  readonly timezone: string;
  /** Takes the banner, line by line. */
  print(line: string): void;
}

export interface PosternServer {
  readonly port: number;
  readonly origin: string;
  /** Finishes what runs, writes what is counted, and ends. */
  close(): Promise<void>;
}

/** Starts everything and resolves when it serves. Throws ConfigError or StartError, having taken down what was up. */
export async function startServer(options: StartOptions): Promise<PosternServer> {
  const closing = new Closing();
  try {
    return await build(options, closing);
  } catch (error) {
    await closing.run();
    throw error;
  }
}

async function build(options: StartOptions, closing: Closing): Promise<PosternServer> {
  const carried = checkSettings(options.settings);
  const policy = sitePolicy(options.settings);
  validateManifests(options.plugins);
  const ground = await openGround(options, closing);
  const records = await openRecords(options, ground, closing);
  const identity = await openIdentity(options, ground, records, closing);
  const front = await openFront({ ...options, ...ground, ...records, ...identity, carried, policy }, closing);
  return serve(options, { ...ground, ...front, carried }, closing);
}

/** The database, the keys and the users. */
async function openGround(options: StartOptions, closing: Closing) {
  const { settings, plugins, clock, random, logger } = options;
  const dataFolder = path.resolve(settings.get(S.data));
  const store = await openStore({
    url: settings.get(S.database) ?? DEFAULT_DATABASE_URL,
    dataFolder,
    entities: [...storeTables, ...plugins.flatMap(({ manifest }) => manifest.tables)],
    migrations: [...storeMigrations, ...plugins.flatMap(({ manifest }) => manifest.migrations)],
    logger,
  });
  closing.add(() => store.close());
  const keyFile = settings.get(S.keyFile) ?? path.join(dataFolder, 'site-key.json');
  const keys = await openSiteKeys({ keyFile, store, clock, random, logger });
  const passwordScheme = settings.profile === 'gateway' ? 'scrypt' : 'pkcs5s2';
  const directory = await openDirectory({ store, clock, random, passwordScheme });
  const demoUsers = await ensureFirstUsers({
    directory,
    profile: settings.profile,
    isLoopback: isLoopback(settings.get(S.host)),
    bootstrapAdmin: settings.get(S.bootstrapAdmin),
  });
  return { dataFolder, store, keys, directory, demoUsers };
}

type Ground = Awaited<ReturnType<typeof openGround>>;

/** The trail, and the counters that are fed from it. */
async function openRecords({ settings, clock, random, logger }: StartOptions, { store, dataFolder }: Ground, closing: Closing) {
  const counters = usageStore(store, clock);
  // The systems that count are there before the first batch is: nothing is applied before the replay.
  const counted: { by?: ActiveSystems } = {};
  const ledger = new UsageLedger({ clock, logger, apply: (batch) => countUses(counters, systemsOf(counted))(batch) });
  const trail = await createTrail({
    folder: path.join(dataFolder, 'audit'),
    clock,
    random,
    logger,
    durability: settings.get(S.auditDurability),
    onDurable: (uses, position) => ledger.note(uses, position),
  });
  closing.add(() => trail.close());
  // After the trail's last group and before the tables close.
  closing.addAfter(() => ledger.close(), 1);
  const replay = async (by: ActiveSystems): Promise<void> => {
    counted.by = by;
    await ledger.replay(await counters.position(trail.spoolId), trail);
  };
  return { trail, ledger, replay };
}

type Records = Awaited<ReturnType<typeof openRecords>>;

function systemsOf({ by }: { by?: ActiveSystems }): ActiveSystems {
  if (by === undefined) throw new Error('A batch of uses was applied before the token systems were there.');
  return by;
}

/** The token systems, and the authentication that asks them. */
async function openIdentity(
  options: StartOptions,
  { store, keys, directory }: Ground,
  { trail, ledger, replay }: Records,
  closing: Closing,
) {
  const { settings, plugins, clock, random, logger } = options;
  const systems: ActiveSystems = await activateSystems(plugins, {
    clock,
    random,
    logger,
    directory,
    keys,
    store,
    registry: tokenList(store),
    switches: await openSwitches(store),
    audit: trail,
    profile: settings.profile,
    timezone: options.timezone,
    tokensMakeTokens: settings.get(S.tokensMakeTokens),
    setting: (spec) => settings.get(spec),
    forget: (tokenRef) => authentication.cache.forgetToken(tokenRef),
    settleUses: () => ledger.settle(),
  });
  closing.add(() => systems.close());
  const authentication: Authentication = createAuthentication({
    clock,
    random,
    logger,
    keys,
    directory,
    authenticators: systems.authenticators,
    wrongBearer: settings.get(S.wrongBearer),
    refusesPasswords: (request) => systems.refusesPasswords(request),
  });
  directory.onChange((userId) => authentication.cache.forgetUser(userId));
  await replay(systems);
  return { systems, authentication };
}

interface FrontNeeds extends StartOptions, Ground, Records, Awaited<ReturnType<typeof openIdentity>> {
  readonly carried: readonly CarriedProduct[];
  readonly policy: SitePolicy;
}

/** The two planes, and the products behind them. */
async function openFront(needs: FrontNeeds, closing: Closing) {
  const { settings, clock, random, logger, directory, trail, systems, authentication, carried } = needs;
  const upstreamStore = upstreamCredentials({ store: needs.store, keys: needs.keys, clock });
  const products = await openProducts({ carried, settings, directory, clock, random, logger });
  closing.add(() => products.close());
  const trustedProxies = settings.get(S.trustedProxies);
  const { profile } = settings;
  const admin = createAdminApp({ directory, trail, upstreamCredentials: upstreamStore, clock, random, logger, profile, trustedProxies });
  const readiness = { isReady: false };
  const gateway: Gateway = {
    clock,
    logger,
    site: {
      clock,
      newId: uuidSource(clock, random),
      contexts: carried,
      cloudPaths: systems.restModules.filter(({ product }) => product === 'cloud').map((module) => module.path),
      baseAuthority: settings.get(S.baseUrl)?.host.toLowerCase() ?? null,
      trustedProxies,
    },
    authentication,
    policy: needs.policy,
    trail,
    systems,
    upstreams: products.upstreams,
    outbound: outboundSettings(settings, upstreamStore),
    ownResources: createOwnResources({
      modules: systems.restModules,
      contextPaths: new Map(carried.map(({ product, contextPath }) => [product, contextPath])),
      schemes: authentication.schemes,
      clock,
      logger,
    }),
    elsewhere: createElsewhere({
      contextPaths: carried.map(({ contextPath }) => contextPath),
      controlPlane: (incoming, outgoing) => void admin(incoming, outgoing),
      isReady: () => readiness.isReady,
    }),
  };
  return { gateway, products, readiness };
}

interface ServeNeeds extends Ground, Awaited<ReturnType<typeof openFront>> {
  readonly carried: readonly CarriedProduct[];
}

/** Listens, and says so. */
async function serve({ settings, clock, print }: StartOptions, needs: ServeNeeds, closing: Closing): Promise<PosternServer> {
  const { gateway, products, readiness, carried, demoUsers, dataFolder } = needs;
  const host = settings.get(S.host);
  const entry = createEntry(gateway);
  const port = await listen(entry, host, settings.get(S.port));
  closing.add(() => drain(entry, clock));
  const origin = publicOrigin(host, port);
  products.setBaseUrl(settings.get(S.baseUrl)?.origin ?? origin);
  readiness.isReady = true;
  const facts = { version: readVersion(), profile: settings.profile, host, port, products: carried, demoUsers, dataFolder };
  for (const line of banner({ ...facts, warnings: siteNotes(settings) })) print(line);
  return {
    port,
    origin,
    close: async () => {
      readiness.isReady = false;
      await closing.run();
    },
  };
}
