// The composition root: builds the house from the bottom up, listens, and takes it down again in the opposite order.
import path from 'node:path';
import { createAdminApp } from '../admin/app.js';
import { createOwnResources } from '../admin/own-resources.js';
import { createTrail } from '../audit/trail.js';
import { createAuthentication } from '../authn/authenticate.js';
import { UsageLedger } from '../authn/usage.js';
import { checkSettings, isLoopback } from '../config/check.js';
import type { Settings } from '../config/load.js';
import { HOUSE_SETTINGS as S } from '../config/schema.js';
import { type Clock, type Logger, type RandomSource, uuidSource } from '../core/index.js';
import { drain } from '../gateway/drain.js';
import { createEntry } from '../gateway/entry.js';
import type { Gateway } from '../gateway/gateway.js';
import { activateSystems } from '../host/lifecycle.js';
import { validateManifests } from '../host/registry.js';
import type { Plugin } from '../plugin-kit/contract.js';
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
  const { settings, plugins, clock, random, logger } = options;
  const carried = checkSettings(settings);
  const policy = sitePolicy(settings);
  validateManifests(plugins);
  const dataFolder = path.resolve(settings.get(S.data));
  const host = settings.get(S.host);

  const store = await openStore({
    url: settings.get(S.database) ?? DEFAULT_DATABASE_URL,
    dataFolder,
    entities: [...storeTables, ...plugins.flatMap(({ manifest }) => manifest.tables)],
    migrations: [...storeMigrations, ...plugins.flatMap(({ manifest }) => manifest.migrations)],
    logger,
  });
  closing.add(() => store.close());
  const keys = await openSiteKeys({
    keyFile: settings.get(S.keyFile) ?? path.join(dataFolder, 'site-key.json'),
    store,
    clock,
    random,
    logger,
  });
  const passwordScheme = settings.profile === 'gateway' ? 'scrypt' : 'pkcs5s2';
  const directory = await openDirectory({ store, clock, random, passwordScheme });
  const demoUsers = await ensureFirstUsers({
    directory,
    profile: settings.profile,
    isLoopback: isLoopback(host),
    bootstrapAdmin: settings.get(S.bootstrapAdmin),
  });

  const counters = usageStore(store, clock);
  const ledger = new UsageLedger({ clock, logger, apply: (batch) => countUses(counters, systems)(batch) });
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

  const systems = await activateSystems(plugins, {
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
  const authentication = createAuthentication({
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
  await ledger.replay(await counters.position(trail.spoolId), trail);

  const credentials = upstreamCredentials({ store, keys, clock });
  const products = await openProducts({ carried, settings, directory, clock, random, logger });
  closing.add(() => products.close());
  const trustedProxies = settings.get(S.trustedProxies);
  const admin = createAdminApp({
    directory,
    trail,
    upstreamCredentials: credentials,
    clock,
    random,
    logger,
    profile: settings.profile,
    trustedProxies,
  });
  let isReady = false;
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
    policy,
    trail,
    systems,
    upstreams: products.upstreams,
    outbound: outboundSettings(settings, credentials),
    ownResources: createOwnResources({
      modules: systems.restModules,
      contextPaths: new Map(carried.map(({ product, contextPath }) => [product, contextPath])),
      schemes: authentication.schemes,
      clock,
      logger,
    }),
    elsewhere: createElsewhere({
      contextPaths: carried.map(({ contextPath }) => contextPath),
      controlPlane: (incoming, outgoing) => admin(incoming, outgoing),
      isReady: () => isReady,
    }),
  };

  const entry = createEntry(gateway);
  const port = await listen(entry, host, settings.get(S.port));
  closing.add(() => drain(entry, clock));
  const origin = publicOrigin(host, port);
  products.setBaseUrl(settings.get(S.baseUrl)?.origin ?? origin);
  isReady = true;
  const warnings = siteNotes(settings);
  for (const line of banner({
    version: readVersion(),
    profile: settings.profile,
    host,
    port,
    products: carried,
    demoUsers,
    dataFolder,
    warnings,
  })) {
    options.print(line);
  }
  return {
    port,
    origin,
    close: async () => {
      isReady = false;
      await closing.run();
    },
  };
}
