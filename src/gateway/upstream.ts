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
  /** Milliseconds it may be silent within a request: whoever waits for it must be let wait longer. */
  readonly silenceMs: number;
}

/** How long an upstream is waited for [GW-41]. Milliseconds each. */
export interface UpstreamTimeouts {
  readonly connectMs: number;
  readonly headersMs: number;
  readonly bodyMs: number;
}

/** Opens the pool; nothing is connected before the first request. */
export function openUpstream(origin: URL, timeouts: UpstreamTimeouts): Upstream {
  const pool = new Pool(origin.origin, {
    connections: LIMITS.upstreamConnectionsMax,
    pipelining: 1,
    connect: { timeout: timeouts.connectMs },
    headersTimeout: timeouts.headersMs,
    bodyTimeout: timeouts.bodyMs,
    keepAliveTimeout: LIMITS.upstreamKeepAliveMs,
    keepAliveMaxTimeout: LIMITS.upstreamKeepAliveMs,
    maxHeaderSize: LIMITS.upstreamHeaderBytesMax,
  });
  const silenceMs = timeouts.connectMs + Math.max(timeouts.headersMs, timeouts.bodyMs);
  return { origin: origin.origin, host: origin.host, pool, load: { count: 0 }, silenceMs };
}
