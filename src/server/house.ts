// What stands behind both doors, the server's and somebody's own Express app: the database, keys and users, the trail with its counters, the
// token systems, and the authentication that asks them. Built from the bottom up; `closing` takes it down again.
import path from 'node:path';
import { Shipper } from '../audit/shipper.js';
import { Tail } from '../audit/tail.js';
import { createTrail } from '../audit/trail.js';
import { type Authentication, createAuthentication } from '../authn/authenticate.js';
import { watchFreshness } from '../authn/freshness.js';
import { createLoginThrottle } from '../authn/login-throttle.js';
import { createPasswordCheck } from '../authn/password-check.js';
import { upstreamUsers } from '../authn/upstream-users.js';
import { UsageLedger } from '../authn/usage.js';
import { outsideDirectory } from '../config/check.js';
import type { Settings } from '../config/load.js';
import { HOUSE_SETTINGS as S } from '../config/schema.js';
import { type AskOutside, type Clock, LIMITS, type Logger, type RandomSource } from '../core/index.js';
import { type ActiveSystems, activateSystems } from '../host/lifecycle.js';
import { validateManifests } from '../host/registry.js';
import { openMail } from '../mail/open-mail.js';
import type { Plugin, PluginHost } from '../plugin-kit/contract.js';
import type { SettingSpec } from '../plugin-kit/setting.js';
import { auditCopy } from '../store/audit/copy.js';
import { openDirectory } from '../store/directory/directory.js';
import { loginFailures } from '../store/directory/login-failures.js';
import { openKeys } from '../store/site-keys.js';
import { openSwitches } from '../store/switches.js';
import { tokenList } from '../store/token-registry.js';
import { usageStore } from '../store/usage-store.js';
import type { Closing } from './closing.js';
import { copyTarget, productEvents } from './copy-trail.js';
import { countUses } from './count-uses.js';
import { openDatabase, passwordSchemeOf } from './database.js';
import { ensureFirstUsers } from './first-users.js';
import { type OpenedTrust, openTrust } from './upstream-trust.js';
import { usageDetails } from './usage-details.js';
import { readVersion } from './version.js';

export interface HouseOptions {
  readonly settings: Settings;
  readonly plugins: readonly Plugin[];
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  /** The machine's own zone, in which jobs run at their times. */
  readonly timezone: string;
  /** Whether nobody but this machine will be served: only then there may be demo users. */
  readonly isLoopback: boolean;
  /** Left out: the real one. The benchmark puts one in that keeps nothing, to see what the guarantee costs. */
  readonly openTrail?: typeof createTrail;
}

/** The house without its doors. */
export type House = Ground & Records & Awaited<ReturnType<typeof openIdentity>>;

/** Opens everything. Throws ConfigError or StartError; what was opened by then is in `closing`. */
export async function openHouse(options: HouseOptions, closing: Closing): Promise<House> {
  validateManifests(options.plugins);
  const ground = await openGround(options, closing);
  const records = await openRecords(options, ground, closing);
  const identity = await openIdentity(options, ground, records, closing);
  return { ...ground, ...records, ...identity };
}

/** The database, the keys and the users. */
async function openGround(options: HouseOptions, closing: Closing) {
  const { settings, plugins, clock, random, logger } = options;
  const trust = await openTrust(options);
  closing.add(() => trust.close());
  const { store, dataFolder } = await openDatabase({ settings, plugins, logger });
  closing.add(() => store.close());
  const keyFile = settings.get(S.keyFile) ?? path.join(dataFolder, 'site-key.json');
  const { keys, signing } = await openKeys({ keyFile, store, clock, random, logger });
  const own = { store, clock, random, passwordScheme: passwordSchemeOf(settings) };
  const { profile } = settings;
  const bootstrapAdmin = settings.get(S.bootstrapAdmin);
  // With our own users alone: a start asks nobody outside.
  const demoUsers = await ensureFirstUsers({
    directory: await openDirectory(own),
    profile,
    isLoopback: options.isLoopback,
    bootstrapAdmin,
  });
  const directory = await openDirectory({ ...own, outside: openOutside(settings, trust, closing) });
  return { dataFolder, store, keys, signing, directory, demoUsers, trust };
}

/** The product as a directory, on connections of its own, which no traffic can use up; null where it is not asked [DIR-5]. */
function openOutside(settings: Settings, trust: OpenedTrust, closing: Closing): AskOutside | null {
  const place = outsideDirectory(settings);
  if (place === null) return null;
  const timeouts = { connectMs: settings.get(S.upstreamConnectMs), headersMs: LIMITS.outsideLoginMs, bodyMs: LIMITS.outsideLoginMs };
  const asking = trust.openAsking(place.upstream, timeouts);
  closing.add(() => asking.close());
  return upstreamUsers({ product: place.product, contextPath: place.contextPath, connections: () => asking.agent });
}

type Ground = Awaited<ReturnType<typeof openGround>>;

/** The trail, and the counters that are fed from it. */
async function openRecords(
  { settings, plugins, clock, random, logger, openTrail = createTrail }: HouseOptions,
  { store, keys, dataFolder }: Ground,
  closing: Closing,
) {
  const folder = path.join(dataFolder, 'audit');
  const counters = usageStore(store, clock);
  // The systems that count are there before the first batch is: nothing is applied before the replay.
  const counted: { by?: ActiveSystems } = {};
  const ledger = new UsageLedger({ clock, logger, apply: (batch) => countUses(counters, systemsOf(counted))(batch) });
  const systemWords = new Map(plugins.map(({ manifest }) => [manifest.key, manifest]));
  const copy = copyTarget(auditCopy(store, clock, productEvents(systemWords)));
  const shipper = new Shipper({ folder, target: copy, clock, logger });
  const tail = new Tail({ folder, clock, logger });
  const trail = await openTrail({
    folder,
    clock,
    random,
    logger,
    signer: keys,
    durability: settings.get(S.auditDurability),
    sinks: settings.get(S.auditSinks) ?? [],
    version: readVersion(),
    retention: retentionBounds(settings),
    onDurable(uses, position) {
      ledger.note(uses, position);
      shipper.note(position);
      tail.note(position);
    },
  });
  // The counters are exact whatever the bound on size says: what they have not counted is not deleted [GW-51].
  trail.holdBack({ name: 'the counters of uses', isFirm: true, position: () => counters.position(trail.spoolId) });
  trail.holdBack({ name: 'the copy in the database', isFirm: false, position: () => copy.position(trail.spoolId) });
  closing.add(() => trail.close());
  // What is not copied by now is copied after the next start.
  closing.add(() => shipper.close());
  // After the trail's last group and before the tables close.
  closing.addAfter(() => ledger.close(), 2);
  const replay = async (by: ActiveSystems): Promise<void> => {
    counted.by = by;
    await ledger.replay(await counters.position(trail.spoolId), trail);
  };
  const copied = await copy.position(trail.spoolId);
  if (copied !== null && trail.skipPast(copied))
    logger.error({ copied, end: trail.end }, 'The database has more of the trail than the disk.');
  tail.note(trail.end);
  /** A token's calls, those that were answered a moment ago included [EXT-46]. */
  const callsOf: PluginHost['usageDetails'] = async (tokenRef, page) => {
    await trail.settle().catch(() => undefined);
    await shipper.settle();
    return usageDetails(store, tokenRef, page);
  };
  return { trail, ledger, replay, shipper, tail, systemWords, callsOf };
}

function retentionBounds(settings: Settings) {
  const days = settings.get(S.auditRetentionDays);
  const megabytes = settings.get(S.auditRetentionMegabytes);
  return { ageMs: days === 0 ? null : days * 86_400_000, bytesMax: megabytes === 0 ? null : megabytes * 1_000_000 };
}

type Records = Awaited<ReturnType<typeof openRecords>>;

function systemsOf({ by }: { by?: ActiveSystems }): ActiveSystems {
  if (by === undefined) throw new Error('A batch of uses was applied before the token systems were there.');
  return by;
}

/** The token systems, and the authentication that asks them. */
async function openIdentity(
  options: HouseOptions,
  { store, keys, directory }: Ground,
  { trail, ledger, replay, shipper, callsOf }: Records,
  closing: Closing,
) {
  const { settings, plugins, clock, random, logger } = options;
  const mail = await openMail({ store, clock, random, logger, url: settings.get(S.mailUrl), from: settings.get(S.mailFrom) });
  closing.add(() => mail.close());
  const registry = tokenList(store);
  const siteSwitches = switchesIn(plugins);
  const switches = await openSwitches(store, new Map(siteSwitches.map((spec) => [spec.name, settings.get(spec)])));
  const throttle = createLoginThrottle({
    failures: loginFailures(store),
    keys,
    clock,
    logger,
    failuresMax: { user: settings.get(S.loginFailuresMax), address: settings.get(S.loginAddressFailuresMax) },
  });
  closing.add(() => throttle.close());
  const systems: ActiveSystems = await activateSystems(plugins, {
    clock,
    random,
    logger,
    directory,
    keys,
    store,
    registry,
    switches,
    audit: trail,
    mail,
    profile: settings.profile,
    timezone: options.timezone,
    tokensMakeTokens: settings.get(S.tokensMakeTokens),
    setting: (spec) => settings.get(spec),
    noteGuess: async ({ username }, address) => void (await throttle.failed({ scope: 'rest', username, address: address ?? '' })),
    forget: (tokenRef) => authentication.cache.forgetToken(tokenRef),
    settleUses: () => ledger.settle(),
    usageDetails: callsOf,
  });
  closing.add(() => systems.close());
  const checkPassword = createPasswordCheck(directory, throttle);
  const freshness = watchFreshness({
    clock,
    logger,
    limitMs: settings.get(S.freshnessMs),
    confirm: async () => void (await store.read('SELECT 1 AS answer')),
  });
  closing.add(() => freshness.close());
  const authentication: Authentication = createAuthentication({
    clock,
    random,
    logger,
    keys,
    checkPassword,
    isFresh: () => freshness.isFresh(),
    authenticators: systems.authenticators,
    wrongBearer: settings.get(S.wrongBearer),
    refusesPasswords: (request) => systems.refusesPasswords(request),
  });
  directory.onChange((userId) => authentication.cache.forgetUser(userId));
  await replay(systems);
  shipper.start(trail.end);
  return { systems, authentication, freshness, checkPassword, registry, switches, siteSwitches };
}

/** What administrators may switch while running: the house's and the token systems' own. */
function switchesIn(plugins: readonly Plugin[]): readonly SettingSpec<boolean>[] {
  const house = Object.values(S) as readonly SettingSpec[];
  const specs = [...house, ...plugins.flatMap(({ manifest }) => manifest.settings)].filter(({ isSwitch }) => isSwitch === true);
  return specs as readonly SettingSpec<boolean>[];
}
