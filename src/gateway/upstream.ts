// One product behind the gateway: its origin and a pool of kept-alive connections [GW-40].
import { Pool } from 'undici';
import { LIMITS } from '../core/index.js';

export interface Upstream {
  readonly origin: string;
  /** Authority for the Host field. */
  readonly host: string;
  readonly pool: Pool;
  /** Requests that are waiting for the upstream or being carried. */
  readonly load: { count: number };
}

/** Opens the pool; nothing is connected before the first request. */
export function openUpstream(origin: URL): Upstream {
  const pool = new Pool(origin.origin, {
    connections: LIMITS.upstreamConnectionsMax,
    pipelining: 1,
    connect: { timeout: LIMITS.upstreamConnectTimeoutMs },
    headersTimeout: LIMITS.upstreamHeadersTimeoutMs,
    bodyTimeout: LIMITS.upstreamBodyTimeoutMs,
    keepAliveTimeout: LIMITS.upstreamKeepAliveMs,
    keepAliveMaxTimeout: LIMITS.upstreamKeepAliveMs,
    maxHeaderSize: LIMITS.upstreamHeaderBytesMax,
  });
  return { origin: origin.origin, host: origin.host, pool, load: { count: 0 } };
}
