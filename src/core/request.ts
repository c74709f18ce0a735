// The one canonical form of a request. Policy judges it, audit records it, the upstream is asked for exactly it [GW-1].
import type { Instant } from './instant.js';
import type { Product } from './product.js';

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
export type Method = (typeof METHODS)[number];

/** What authenticators and policy may know of a request. */
export interface RequestView {
  readonly method: Method;
  /** Canonical path, context path included. */
  readonly path: string;
  /** The query as it came, without `?`; null when there is none. */
  readonly query: string | null;
  /** The product whose context path the request lies below; `cloud` for its resources on Postern's own origin. */
  readonly product: Product;
  /** '' or `/jira`; '' for `cloud`. */
  readonly contextPath: string;
  /** The socket's peer: one plain address, IPv4-mapped IPv6 as IPv4. */
  readonly peer: string;
  /** Who sent it, after the walk through trusted proxies; null when it cannot be told, which denies [GW-22]. */
  readonly clientAddress: string | null;
  readonly userAgent: string | null;
  readonly receivedAt: Instant;
}

/** A request after normalisation: everything later steps need, and nothing they could read differently. */
export interface CanonicalRequest extends RequestView {
  /** The audit record's id, UUIDv7 [AUD-10]. */
  readonly id: string;
  /** Taken from a trusted proxy, else the id; sent on as `X-Request-Id` [AUD-10]. */
  readonly requestId: string;
  /** Path and query, byte for byte what the upstream is asked for. */
  readonly target: string;
  /** Whether the peer is one of `trustedProxies`. */
  readonly isPeerTrusted: boolean;
  /** `Expect: 100-continue` was sent and is ours to answer [GW-40]. */
  readonly expectsContinue: boolean;
  /** `Upgrade: websocket` was asked for [GW-45]. */
  readonly wantsWebSocket: boolean;
}
