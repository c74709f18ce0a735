// One product behind the gateway: its origin and a pool of kept-alive connections [GW-40].
import { buildConnector, Pool } from 'undici';
import { LIMITS } from '../core/index.js';
import { isUntrusted } from './upstream-error.js';

export interface Upstream {
  readonly origin: string;
  /** Authority for the Host field. */
  readonly host: string;
  /** To be asked for each time: another one takes over when other authorities are trusted. */
  readonly pool: Pool;
  /** Requests that are waiting for the upstream or being carried. */
  readonly load: { count: number };
  /** Milliseconds it may be silent within a request: whoever waits for it must be let wait longer. */
  readonly silenceMs: number;
  /** Verifies new connections against other authorities; what runs is finished on the old ones. */
  trust(ca: string): void;
  /** Ends every connection at once. */
  close(): Promise<void>;
}

/** How long an upstream is waited for [GW-41]. Milliseconds each. */
export interface UpstreamTimeouts {
  readonly connectMs: number;
  readonly headersMs: number;
  readonly bodyMs: number;
}

/** Whose certificates are believed [GW-43]. */
export interface UpstreamTrust {
  /** Certificates in PEM; null: those of the public authorities that Node carries. */
  readonly ca: string | null;
  /** Told when a certificate was not to be believed; `reason` holds nothing but OpenSSL's and Node's words. */
  readonly onUntrusted: (reason: string) => void;
}

const PUBLIC_TRUST: UpstreamTrust = { ca: null, onUntrusted: () => undefined };

/** Opens the pool; nothing is connected before the first request. */
export function openUpstream(origin: URL, timeouts: UpstreamTimeouts, trust: UpstreamTrust = PUBLIC_TRUST): Upstream {
  let pool = openPool(origin, timeouts, trust);
  const pools = new Set([pool]);
  const silenceMs = timeouts.connectMs + Math.max(timeouts.headersMs, timeouts.bodyMs);
  return {
    origin: origin.origin,
    host: origin.host,
    get pool() {
      return pool;
    },
    load: { count: 0 },
    silenceMs,
    trust(ca) {
      const former = pool;
      pool = openPool(origin, timeouts, { ...trust, ca });
      pools.add(pool);
      const forget = (): void => void pools.delete(former);
      former.close().then(forget, forget);
    },
    close: async () => void (await Promise.all([...pools].map((each) => each.destroy()))),
  };
}

function openPool(origin: URL, timeouts: UpstreamTimeouts, trust: UpstreamTrust): Pool {
  return new Pool(origin.origin, {
    connections: LIMITS.upstreamConnectionsMax,
    pipelining: 1,
    connect: openConnector(timeouts, trust),
    headersTimeout: timeouts.headersMs,
    bodyTimeout: timeouts.bodyMs,
    keepAliveTimeout: LIMITS.upstreamKeepAliveMs,
    keepAliveMaxTimeout: LIMITS.upstreamKeepAliveMs,
    maxHeaderSize: LIMITS.upstreamHeaderBytesMax,
  });
}

function openConnector({ connectMs }: UpstreamTimeouts, { ca, onUntrusted }: UpstreamTrust): buildConnector.connector {
  const connect = buildConnector({
    timeout: connectMs,
    // Said explicitly: Node’s own default is what NODE_TLS_REJECT_UNAUTHORIZED and NODE_OPTIONS make of it.
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    // A session that is taken up again is not verified again, however long ago its certificate expired.
    maxCachedSessions: 0,
    ...(ca === null ? {} : { ca }),
  });
  return (options, callback) =>
    connect(options, (...result) => {
      const error: NodeJS.ErrnoException | null = result[0];
      if (error !== null && isUntrusted(error.code ?? '')) onUntrusted(`${error.code}: ${error.message}`);
      callback(...result);
    });
}
