// The composition root: builds the house from the bottom up, listens, and takes it down again in the opposite order.
import { fileURLToPath } from 'node:url';
import type { CallCollecting } from '../admin/api-types.js';
import { createAdminApp } from '../admin/app.js';
import { readPages } from '../admin/pages.js';
import type { TokenSystems } from '../admin/token-view.js';
import { type CarriedProduct, checkSettings, isLoopback } from '../config/check.js';
import type { Settings } from '../config/load.js';
import { HOUSE_SETTINGS as S } from '../config/schema.js';
import type { Clock, Logger, RandomSource } from '../core/index.js';
import { drain } from '../gateway/drain.js';
import { createEntry } from '../gateway/entry.js';
import type { Gateway } from '../gateway/gateway.js';
import type { Plugin, RecordMarks } from '../plugin-kit/contract.js';
import type { SitePolicy } from '../policy/index.js';
import { openSessions } from '../store/sessions.js';
import { upstreamCredentials } from '../store/upstream-credentials.js';
import { banner } from './banner.js';
import { Closing } from './closing.js';
import { createElsewhere } from './elsewhere.js';
import { type House, type HouseOptions, openHouse } from './house.js';
import { imaginaryGate } from './imaginary-gate.js';
import { limitLogins } from './limit-logins.js';
import { createLine } from './line.js';
import { listen, publicOrigin } from './listen.js';
import { openOwnCertificate, type OwnCertificate } from './own-certificate.js';
import { passTally } from './pass-tally.js';
import { copyOf, productLogs } from './product-logs.js';
import { openProducts } from './products.js';
import { outboundSettings, siteNotes, sitePolicy } from './site.js';
import { readVersion } from './version.js';

export interface StartOptions extends Pick<HouseOptions, 'openTrail'> {
  readonly settings: Settings;
  readonly plugins: readonly Plugin[];
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  /** The machine's own zone, in which jobs run at their times. */
  readonly timezone: string;
  /** Takes the banner, line by line. */
  readonly print: (line: string) => void;
}

export interface PosternServer {
  readonly port: number;
  /** The second one, by the setting `confluence.port`; else null. */
  readonly confluencePort: number | null;
  readonly origin: string;
  /** Looks at once whether certificate files have changed; null where none are configured [GW-43]. */
  readonly reload: (() => Promise<void>) | null;
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
  const certificate = await openOwnCertificate(options);
  closing.add(() => certificate?.close());
  const house = await openHouse({ ...options, isLoopback: isLoopback(options.settings.get(S.host)) }, closing);
  const front = await openFront({ ...options, ...house, carried, policy, certificate }, closing);
  return serve(options, { ...house, ...front, carried, certificate }, closing);
}

interface FrontNeeds extends StartOptions, House {
  readonly carried: readonly CarriedProduct[];
  readonly policy: SitePolicy;
  readonly certificate: OwnCertificate | null;
}

// The same from the source and from what was compiled.
const PAGES_FOLDER = fileURLToPath(new URL('../../dist/ui', import.meta.url));

/** The two planes, and the products behind them. */
async function openFront(needs: FrontNeeds, closing: Closing) {
  const { settings, clock, random, logger, directory, trail, systems, authentication, checkPassword, carried, policy } = needs;
  // The line hands on to the control plane, which asks the line in turn what it would say.
  const line: { gateway?: Gateway } = {};
  const upstreamStore = upstreamCredentials({ store: needs.store, keys: needs.keys, clock });
  const users = limitLogins(directory, checkPassword);
  const products = await openProducts({ carried, settings, trust: needs.trust, directory: users, clock, random, logger });
  closing.add(() => products.close());
  const trustedProxies = settings.get(S.trustedProxies);
  const { profile } = settings;
  const streams = { end(): void {} };
  const origin = { own: '' };
  const admin = createAdminApp({
    directory,
    trail,
    upstreamCredentials: upstreamStore,
    checkPassword,
    sessions: openSessions({ store: needs.store, keys: needs.keys, clock, random }),
    baseUrl: settings.get(S.baseUrl),
    isSecure: needs.certificate !== null || settings.get(S.baseUrl)?.protocol === 'https:',
    pages: await readPages(PAGES_FOLDER),
    isFresh: () => needs.freshness.isFresh(),
    systemRoutes: systems.apiRoutes,
    settings,
    systemSettings: needs.plugins.flatMap(({ manifest }) => manifest.settings),
    siteSwitches: needs.siteSwitches,
    switches: needs.switches,
    registry: needs.registry,
    tokenSystems: tokenSystemsOf(needs),
    contextPaths: new Map(carried.map(({ product, contextPath }) => [product, contextPath])),
    settleUses: () => needs.ledger.settle(),
    usageDetails: needs.callsOf,
    transaction: (work) => needs.store.transaction(work),
    forgetCredentials: () => authentication.cache.clear(),
    auditCopy: copyOf(needs),
    auditTail: needs.tail,
    atEnd: (end) => void (streams.end = end),
    clock,
    random,
    logger,
    profile,
    trustedProxies,
    gate: imaginaryGate(policy, carried, () => line.gateway),
  });
  const readiness = { isReady: false };
  const gateway = createLine(needs, {
    contexts: carried,
    upstreams: products.upstreams,
    outbound: outboundSettings(settings, { credentials: upstreamStore, signing: needs.signing, clock, random }),
    passThrough: settings.get(S.passThrough),
    notePassed: passTally({ clock, logger }, closing),
    resources: settings.get(S.auditProductLog) === 'postern' ? productLogs(needs, () => origin.own) : [],
    elsewhere: createElsewhere({
      contextPaths: carried.map(({ contextPath }) => contextPath),
      publishedKeys: settings.get(S.upstreamIdentity)?.mode === 'jwt' ? () => needs.signing.published(clock.now()) : null,
      controlPlane: (incoming, outgoing) => void admin(incoming, outgoing),
      leadsToPages: !settings.get(S.passThrough),
      isReady: () => readiness.isReady,
    }),
  });
  line.gateway = gateway;
  return { gateway, products, readiness, streams, origin };
}

function tokenSystemsOf({ plugins, systems }: FrontNeeds): TokenSystems {
  return new Map(
    plugins.flatMap(({ manifest: { key, name, products } }) => {
      const active = systems.byKey.get(key);
      if (active === undefined) return [];
      return [[key, { name, products, tokens: active.tokens, collecting: () => collectingOf(active.marks?.()) }] as const];
    }),
  );
}

/** A system that marks no call never collects any. */
function collectingOf(marks: RecordMarks | undefined): CallCollecting {
  if (marks === undefined) return 'never';
  return marks.inUsageDetails ? 'on' : 'off';
}

interface ServeNeeds extends House, Awaited<ReturnType<typeof openFront>> {
  readonly carried: readonly CarriedProduct[];
  readonly certificate: OwnCertificate | null;
}

/** Listens, and says so. */
async function serve({ settings, clock, print }: StartOptions, needs: ServeNeeds, closing: Closing): Promise<PosternServer> {
  const { gateway, products, readiness, streams, carried, demoUsers, dataFolder, certificate, trust } = needs;
  const scheme = certificate === null ? ('http' as const) : ('https' as const);
  const host = settings.get(S.host);
  const openPort = async (wanted: number, setting: string): Promise<number> => {
    const entry = createEntry(gateway, certificate?.secureContext());
    certificate?.serve(entry);
    const port = await listen(entry, host, wanted, setting);
    closing.add(() => drain(entry, clock));
    return port;
  };
  const port = await openPort(settings.get(S.port), S.port.name);
  const ownPort = settings.get(S.confluencePort);
  const confluencePort = ownPort === null ? null : await openPort(ownPort, S.confluencePort.name);
  const origin = publicOrigin(scheme, host, port);
  needs.origin.own = settings.get(S.baseUrl)?.origin ?? origin;
  products.setBaseUrl(needs.origin.own);
  readiness.isReady = true;
  const facts = {
    version: readVersion(),
    profile: settings.profile,
    scheme,
    host,
    port,
    confluencePort,
    products: carried,
    demoUsers,
    dataFolder,
  };
  for (const line of banner({ ...facts, warnings: siteNotes(settings) })) print(line);
  return {
    port,
    confluencePort,
    origin,
    reload: reloading([certificate, trust]),
    close: async () => {
      readiness.isReady = false;
      // They end with their clients' patience alone, and would be waited for.
      streams.end();
      await closing.run();
    },
  };
}

function reloading(files: readonly ({ readonly look: (() => Promise<void>) | null } | null)[]): PosternServer['reload'] {
  const looks = files.flatMap((each) => each?.look ?? []);
  return looks.length === 0 ? null : async () => void (await Promise.all(looks.map((look) => look())));
}
