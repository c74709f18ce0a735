// `import { openPostern } from 'postern/express'`: Postern inside somebody's own Express app. Its tokens, limits, site policy and trail guard
// the app's routes below `{context}/rest/`; everything lies in a Postern data folder and database, by the settings as usual.
import type { RequestHandler } from 'express';
import type { Strategy } from 'passport';
import { checkApplicationSettings } from '../config/check.js';
import { type Environment, loadSettings, processEnvironment, type Settings } from '../config/load.js';
import { HOUSE_SETTINGS as S } from '../config/schema.js';
import { type Clock, type Logger, type RandomSource, systemClock, systemRandom, type UpstreamProduct } from '../core/index.js';
import { StartError } from '../core/start-error.js';
import { localZone } from '../core/zone.js';
import { plugins } from '../plugins/index.js';
import { Closing } from '../server/closing.js';
import { type House, openHouse } from '../server/house.js';
import type { LineNeeds } from '../server/line.js';
import { createLogger } from '../server/logger.js';
import { sitePolicy } from '../server/site.js';
import { createStrategy } from './strategy.js';
import { protect } from './protect.js';

export type { PosternUser } from './user.js';

export interface OpenOptions {
  /** Settings by name, `{data: '/var/lib/postern'}`; they beat the environment. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Left out: the process's. */
  readonly environment?: Environment;
  readonly logger?: Logger;
  readonly clock?: Clock;
  readonly random?: RandomSource;
}

/** Whose tokens count, and below which context path the routes lie: the setting `jira.context` or `confluence.context`. */
export interface ProductChoice {
  readonly product: UpstreamProduct;
}

/** Postern at work in this process. */
export interface Postern {
  /**
   * Authenticates, judges the token's limits and the site's policy, records, and sets `req.user`; refuses with 401 or 403 itself. The token
   * systems' own REST answers below it as it does behind the gateway. Mount it at `{context}/rest`: what lies elsewhere it answers with 404.
   */
  protect(choice: ProductChoice): RequestHandler;
  /** A Passport strategy named `basic` that does the same but for the answer, which is Passport's. */
  basicStrategy(choice: ProductChoice): Strategy;
  /** The same for `bearer`. */
  bearerStrategy(choice: ProductChoice): Strategy;
  /** Writes what is counted and closes the database; after the server has closed. */
  close(): Promise<void>;
}

/** Opens the data folder and the database. Throws ConfigError or StartError, having taken down what was up. */
export async function openPostern(options: OpenOptions = {}): Promise<Postern> {
  const { clock = systemClock, random = systemRandom } = options;
  const settings = readSettings(options);
  const logger = options.logger ?? createLogger(settings.get(S.logLevel));
  const contexts = checkApplicationSettings(settings);
  const policy = sitePolicy(settings);
  const closing = new Closing();
  try {
    // Where the app listens is its own affair: nobody gets demo users with printed passwords here.
    const house = await openHouse({ settings, plugins, clock, random, logger, timezone: localZone(), isLoopback: false }, closing);
    requirePlainZone(house);
    return postern({ ...house, settings, clock, random, logger, policy }, contexts, closing);
  } catch (error) {
    await closing.run();
    throw error;
  }
}

function readSettings({ settings = {}, environment = processEnvironment() }: OpenOptions): Settings {
  return loadSettings(
    plugins.flatMap(({ manifest }) => manifest.settings),
    environment,
    Object.entries(settings).map(([name, value]) => `--${name}=${value}`),
  );
}

/** The server sets itself to UTC, which is not ours to do here: the drivers of the other databases write vendors' timestamps in the process's zone. */
function requirePlainZone({ store }: House): void {
  if (store.engine === 'sqlite' || ['UTC', 'Etc/UTC'].includes(localZone())) return;
  throw new StartError('The process is not in UTC, and vendors’ timestamps would be written in its own zone.', 'Start it with TZ=UTC.');
}

function postern(needs: LineNeeds, contexts: ReturnType<typeof checkApplicationSettings>, closing: Closing): Postern {
  const placeOf = ({ product }: ProductChoice) => {
    const place = contexts.find((context) => context.product === product);
    if (place === undefined) throw new TypeError(`product must be ${contexts.map((context) => context.product).join(' or ')}`);
    return place;
  };
  return {
    protect: (choice) => protect(needs, placeOf(choice)),
    basicStrategy: (choice) => createStrategy('basic', needs, placeOf(choice)),
    bearerStrategy: (choice) => createStrategy('bearer', needs, placeOf(choice)),
    close: () => closing.run(),
  };
}
