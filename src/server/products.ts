// The upstreams: real ones by setting, else the built-in sample over its own socket, reached as a real product is.
import type { CarriedProduct } from '../config/check.js';
import type { Settings } from '../config/load.js';
import { HOUSE_SETTINGS as S } from '../config/schema.js';
import type { Clock, Logger, RandomSource, UpstreamProduct, UserDirectory } from '../core/index.js';
import type { Upstream, UpstreamTimeouts } from '../gateway/upstream.js';
import type { SampleProduct } from '../sample-product/index.js';
import type { OpenedTrust } from './upstream-trust.js';

export interface ProductsNeeds {
  readonly carried: readonly CarriedProduct[];
  readonly settings: Settings;
  readonly directory: UserDirectory;
  readonly trust: OpenedTrust;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
}

export interface Products {
  readonly upstreams: ReadonlyMap<UpstreamProduct, Upstream>;
  /** Tells the sample what clients call it, once the port is known. */
  setBaseUrl(url: string): void;
  close(): Promise<void>;
}

/** Opens a pool for each product, and starts the sample where it is needed. */
export async function openProducts(needs: ProductsNeeds): Promise<Products> {
  const sample = needs.carried.some(({ upstream }) => upstream === 'sample') ? await startSample(needs) : null;
  const timeouts: UpstreamTimeouts = {
    connectMs: needs.settings.get(S.upstreamConnectMs),
    headersMs: needs.settings.get(S.upstreamHeadersMs),
    bodyMs: needs.settings.get(S.upstreamBodyMs),
  };
  const upstreams = new Map<UpstreamProduct, Upstream>();
  for (const { product, upstream } of needs.carried) {
    upstreams.set(product, needs.trust.open(upstream === 'sample' ? new URL(sample?.origin ?? '') : upstream, timeouts));
  }
  return {
    upstreams,
    setBaseUrl: (url) => sample?.setBaseUrl(url),
    async close() {
      for (const upstream of upstreams.values()) await upstream.close();
      await sample?.close();
    },
  };
}

async function startSample({ settings, directory, clock, random, logger }: ProductsNeeds): Promise<SampleProduct> {
  const identity = settings.get(S.upstreamIdentity);
  // A gate before real products never loads it.
  const { startSampleProduct } = await import('../sample-product/index.js');
  return startSampleProduct({
    host: '127.0.0.1',
    port: 0,
    jiraContext: settings.get(S.jiraContext),
    confluenceContext: settings.get(S.confluenceContext),
    baseUrl: settings.get(S.baseUrl)?.origin ?? 'http://localhost',
    identityHeader: identity?.mode === 'header' ? identity.header : null,
    users: directory,
    clock,
    random,
    logger,
  });
}
