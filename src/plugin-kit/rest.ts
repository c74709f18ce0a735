// A plugin's REST surface as a table of routes. The host turns it into an Express router (admin/plugin-router.ts); a plugin never sees Express.
import { type Grant, type Method, type Principal, type Product, Refusal, type RequestView } from '../core/index.js';

/** One mounted REST surface: `{context}{path}/{version}{route}`. */
export interface RestModule {
  /** `cloud` is served on Postern's own origin, below no context path. */
  readonly product: Product;
  /** `/rest/extender`. */
  readonly path: `/${string}`;
  /** `['1.0', 'latest']`; empty: the routes hang directly below `path`. */
  readonly versions: readonly string[];
  readonly routes: readonly Route[];
  /** Set where refusals of the gateway too have the vendor's shape; else they have its own [CLD-5]. */
  readonly rendersRefusals?: boolean;
  /** The vendor's shape for a failure that the kit found: 401, 404, 405, 413, 415, 500, 503 … and what handlers throw as RestFault. */
  renderFault(fault: RestFault): RestAnswer;
}

export interface Route {
  readonly method: Method;
  /** `/tokens/:id`; a parameter is one segment. Routes are tried in order. */
  readonly path: string;
  handle(call: RestCall): Promise<RestAnswer>;
}

/** Who calls a plugin's REST, after authentication. */
export interface Caller {
  readonly principal: Principal;
  /** null: a password, which carries no limits. */
  readonly grant: Grant | null;
}

export interface RestCall {
  /** null: anonymous. */
  readonly caller: Caller | null;
  readonly request: RequestView;
  /** Decoded path parameters. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The body as JSON in strict UTF-8. Throws RestFault 400 (not JSON), 413 (over the limit), 415 (another content type). `null` when there is no body. */
  json(): Promise<unknown>;
}

export interface RestAnswer {
  readonly status: number;
  /** Written as JSON with the product's content type; left out: no body. */
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Set when the answer carries a token value: adds `Cache-Control: no-store` [EXT-61]. */
  readonly isSecret?: boolean;
}

/** A failure with a status and a text for the client; the module renders it in its vendor's shape. */
export class RestFault extends Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** For the vendor's renderer, where the shape depends on the kind of failure. */
  readonly kind: string | null;

  constructor(status: number, message: string, options: { headers?: Record<string, string>; kind?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'RestFault';
    this.status = status;
    this.headers = options.headers ?? {};
    this.kind = options.kind ?? null;
  }
}

/** The caller, or the 401 that the module renders. */
export function requireCaller(call: RestCall): Caller {
  if (call.caller === null) throw new RestFault(401, 'Client must be authenticated to access this resource.', { kind: 'unauthenticated' });
  return call.caller;
}
