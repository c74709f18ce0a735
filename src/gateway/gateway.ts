// What the line needs, gathered once at the start; each step gets its part as an argument.
import type { Outcome, Trail } from '../audit/contract.js';
import type { Authentication } from '../authn/authenticate.js';
import type { CanonicalRequest, Clock, Grant, Identity, Logger, Principal, Product, UpstreamProduct } from '../core/index.js';
import type { RecordMarks } from '../plugin-kit/contract.js';
import type { SitePolicy } from '../policy/index.js';
import type { NodeExchange } from './exchange.js';
import type { IdentityMode } from './identity-headers.js';
import type { Normalised, NormaliseSite } from './normalise.js';
import type { Upstream } from './upstream.js';

/** A token system's own REST, served by the control plane below `/rest/` of a product. */
export interface OwnResources {
  /** Whether one of them answers there. */
  owns(product: Product, path: string): boolean;
  /** The body of a refusal in the vendor's shape; null: the gateway's own [CLD-5]. */
  refusal(product: Product, path: string, refusal: { status: number; message: string }): unknown;
  /** Serves a permitted request; the answer's end is the exchange's end. */
  serve(exchange: NodeExchange, request: CanonicalRequest, caller: { principal: Principal; grant: Grant | null } | null): void;
}

/** What is told to the token systems about a recorded request. */
export interface SystemNotices {
  /** How a use of this token is marked in its record. */
  marks(identity: Identity): RecordMarks;
  /** A token was accepted and its record is durable. */
  used(identity: Identity): void;
}

export interface Gateway {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly site: NormaliseSite;
  readonly authentication: Authentication;
  readonly policy: SitePolicy;
  /** Whether the holder of a token is told why it may not do something [GW-23]. */
  readonly explains: boolean;
  readonly trail: Trail;
  readonly systems: SystemNotices;
  /** Bodies in memory because a rule asks about them [EXT-15]. */
  readonly judging: { count: number };
  readonly ownResources: OwnResources;
  /** What stands behind the line in this very process, where there is no upstream: somebody's own application. */
  readonly application?: Pick<OwnResources, 'serve'>;
  readonly upstreams: ReadonlyMap<UpstreamProduct, Upstream>;
  readonly outbound: OutboundSettings;
  /** Serves what is not `/rest/*` below a context path and Postern's own all the same [GW-7]. False: it is not, and nothing was done. */
  elsewhere(exchange: NodeExchange, arrival: Extract<Normalised, { place: 'elsewhere' }>): boolean;
  /** Told of every request that has passed outside `/rest/*` [GW-8]. */
  notePassed(product: Product, outcome: Outcome): void;
}

export interface OutboundSettings {
  readonly identity: IdentityMode;
  /** Folded names of every configured identity header. */
  readonly identityHeaders: ReadonlySet<string>;
  readonly cookies: 'forward' | 'strip';
  readonly anonymous: 'forward' | 'refuse';
  readonly challenges: 'strip' | 'forward';
  /** Origin clients use; null: what they, or a trusted proxy, called us in the request. */
  readonly baseOrigin: string | null;
}
