// One product behind the gateway: its origin, and the connections that are kept to it [GW-40].
import { isIPv6 } from 'node:net';
import { type buildConnector as ConnectorBuilder, buildConnector, Pool as Agent } from 'undici';
import { type Clock, LIMITS, systemClock } from '../core/index.js';
import { type OpenSocket, Pool, type Sent } from './http1/pool.js';
import type { Receiver, UpstreamRequest } from './http1/connection.js';
import { isUntrusted } from './upstream-error.js';

export interface Upstream {
  readonly origin: string;
  /** Authority for the Host field. */
  readonly host: string;
  /** Requests that are waiting for the upstream or being carried. */
  readonly load: { count: number };
  /** Milliseconds it may be silent within a request: whoever waits for it must be let wait longer. */
  readonly silenceMs: number;
  /** Sends one request; the receiver is told what becomes of it. */
  send(request: UpstreamRequest, receiver: Receiver): Sent;
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

/** Opens it; nothing is connected before the first request. */
export function openUpstream(
  origin: URL,
  timeouts: UpstreamTimeouts,
  trust: UpstreamTrust = PUBLIC_TRUST,
  clock: Clock = systemClock,
): Upstream {
  const bounds = { headersMs: timeouts.headersMs, bodyMs: timeouts.bodyMs, idleMs: LIMITS.upstreamKeepAliveMs };
  const open = (authorities: UpstreamTrust): Pool => new Pool({ openSocket: socketsTo(origin, timeouts, authorities), bounds, clock });
  let pool = open(trust);
  const pools = new Set([pool]);
  return {
    origin: origin.origin,
    host: origin.host,
    load: { count: 0 },
    silenceMs: timeouts.connectMs + Math.max(timeouts.headersMs, timeouts.bodyMs),
    send: (request, receiver) => pool.send(request, receiver),
    trust(ca) {
      const former = pool;
      pool = open({ ...trust, ca });
      pools.add(pool);
      void former.close().then(() => pools.delete(former));
    },
    close: async () => void (await Promise.all([...pools].map((each) => each.destroy()))),
  };
}

/** What is read from bare sockets comes here, one after the other: a buffer for each would hold what nobody looks at. */
const READ_BUFFER = Buffer.allocUnsafeSlow(LIMITS.upstreamReadBytes);
/** Bytes of one TLS record (RFC 8446 §5.1). Node may give out what was decrypted while something else is at work, so each has its own. */
const RECORD_BYTES = 16_384;

/** undici's way to connect, with Node reading into a buffer of ours: for each piece it would make one that is thrown away. */
function socketsTo(origin: URL, timeouts: UpstreamTimeouts, trust: UpstreamTrust): OpenSocket {
  const { protocol, host, port } = origin;
  const bare = origin.hostname.replace(/^\[(.*)\]$/, '$1');
  const hostname = isIPv6(bare) ? bare : origin.hostname;
  return (read, done) => {
    const buffer = protocol === 'https:' ? Buffer.allocUnsafeSlow(RECORD_BYTES) : READ_BUFFER;
    const onread = {
      buffer,
      callback(count: number): boolean {
        read(buffer.subarray(0, count));
        return true;
      },
    };
    openConnector(timeouts, trust, { onread })({ hostname, host, protocol, port }, done);
  };
}

/** Another way to ask the same place, for the few questions of our own: undici's, which knows more than the data plane needs. */
export interface Asking {
  /** To be asked for each time: another one takes over when other authorities are trusted. */
  readonly agent: Agent;
  trust(ca: string): void;
  close(): Promise<void>;
}

/** Opens it; nothing is connected before the first question. */
export function openAsking(origin: URL, timeouts: UpstreamTimeouts, trust: UpstreamTrust = PUBLIC_TRUST): Asking {
  let agent = openAgent(origin, timeouts, trust);
  const agents = new Set([agent]);
  return {
    get agent() {
      return agent;
    },
    trust(ca) {
      const former = agent;
      agent = openAgent(origin, timeouts, { ...trust, ca });
      agents.add(agent);
      const forget = (): void => void agents.delete(former);
      former.close().then(forget, forget);
    },
    close: async () => void (await Promise.all([...agents].map((each) => each.destroy()))),
  };
}

function openAgent(origin: URL, timeouts: UpstreamTimeouts, trust: UpstreamTrust): Agent {
  return new Agent(origin.origin, {
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

function openConnector(
  { connectMs }: UpstreamTimeouts,
  { ca, onUntrusted }: UpstreamTrust,
  more: Partial<ConnectorBuilder.BuildOptions> = {},
): ConnectorBuilder.connector {
  const connect = buildConnector({
    ...more,
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
