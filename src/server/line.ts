// What the line needs, out of the house: the same for the server and for somebody's own Express app.
import { createOwnResources } from '../admin/own-resources.js';
import { HOUSE_SETTINGS as S } from '../config/schema.js';
import { type UpstreamProduct, uuidSource } from '../core/index.js';
import type { Gateway } from '../gateway/gateway.js';
import type { RestModule } from '../plugin-kit/rest.js';
import type { SitePolicy } from '../policy/index.js';
import type { House, HouseOptions } from './house.js';

export interface LineNeeds extends House, Pick<HouseOptions, 'settings' | 'clock' | 'random' | 'logger'> {
  readonly policy: SitePolicy;
}

/** What differs: where the products lie, and what stands behind them. */
export interface LineEnds extends Pick<Gateway, 'upstreams' | 'outbound' | 'elsewhere' | 'notePassed' | 'application'> {
  /** Whether the products' pages are reached through Postern too [GW-8]. */
  readonly passThrough: boolean;
  readonly contexts: readonly { readonly product: UpstreamProduct; readonly contextPath: string }[];
  /** The house's own resources beside those of the token systems. */
  readonly resources?: readonly RestModule[];
}

/** The gateway of a house. */
export function createLine(
  { settings, clock, random, logger, authentication, trail, systems, policy }: LineNeeds,
  ends: LineEnds,
): Gateway {
  const { contexts, passThrough, resources = [], ...rest } = ends;
  return {
    ...rest,
    clock,
    logger,
    site: {
      clock,
      newId: uuidSource(clock, random),
      contexts,
      passThrough,
      cloudPaths: systems.restModules.filter(({ product }) => product === 'cloud').map((module) => module.path),
      baseAuthority: settings.get(S.baseUrl)?.host.toLowerCase() ?? null,
      trustedProxies: settings.get(S.trustedProxies),
    },
    authentication,
    policy,
    // The emulator has one body for every reason, as the products have.
    explains: settings.profile === 'gateway' && settings.get(S.explain),
    trail,
    systems,
    judging: { count: 0 },
    ownResources: createOwnResources({
      modules: [...systems.restModules, ...resources],
      contextPaths: new Map(contexts.map(({ product, contextPath }) => [product, contextPath])),
      schemes: (product) => authentication.schemes(product),
      clock,
      logger,
    }),
  };
}
