// What `POST /api/v1/explain` takes and answers, as types alone: for the pages and the command line [GW-25].
import type { ErrorCode, Method, Product, RuleTrace } from '../core/index.js';
import type { RejectReason } from '../plugin-kit/contract.js';
import type { LimitsTrace, StatementTrace, Warning } from '../policy/index.js';

/** Either a token (`system` and `tokenRef`), or rules that are not yet any token's (`limitTo`, `ip`), tried as the caller's own. */
export interface ExplainRequest {
  readonly system?: string;
  readonly tokenRef?: string;
  readonly limitTo?: string;
  readonly ip?: string;
  /** The user name beside a token for anyone; for administrators also whose the rules would be. */
  readonly user?: string;
  readonly method: string;
  /** Path and query as a client would ask for them, or an absolute URL. */
  readonly url: string;
  /** Left out: the caller's own. */
  readonly address?: string;
  readonly body?: string;
  /** Left out: `application/json`. */
  readonly contentType?: string;
  /** When: ISO 8601 with a zone. Left out: now. */
  readonly at?: string;
}

export interface ExplainAnswer {
  readonly decision: ExplainedDecision;
  /** The request as it is judged; null where it is refused before that. */
  readonly request: ExplainedRequest | null;
  readonly token: ExplainedToken;
  /** What must hold, in order; the first that does not is the reason. */
  readonly checks: readonly ExplainedCheck[];
  /** The token's own limits, then those it took over: every bundle must hold. Empty: unrestricted, or not asked. */
  readonly limits: readonly LimitsTrace[];
  /** The site's policy: a forbid that matches denies, else one permit must match. */
  readonly statements: readonly StatementTrace[];
  /** The rule that would permit this request and no other path or method; null where no rule of the token would. */
  readonly narrowestRule: string | null;
  readonly warnings: readonly Warning[];
}

export interface ExplainedDecision {
  readonly effect: 'permit' | 'deny';
  /** null for a permit; also the code of a request that is refused before it is judged. */
  readonly code: ErrorCode | null;
  /** What the client would get; null for a permit. */
  readonly status: number | null;
  /** One sentence. */
  readonly text: string;
  /** The token's rule that decided; null where none did. */
  readonly rule: string | null;
  /** The statement of the site's policy that decided; null where none did. */
  readonly statement: string | null;
}

export interface ExplainedRequest {
  readonly method: Method;
  readonly path: string;
  readonly query: string | null;
  readonly product: Product;
  readonly contextPath: string;
  readonly address: string;
  /** `own`: Postern itself answers there. */
  readonly destination: 'upstream' | 'own';
  readonly at: string;
}

export interface ExplainedToken {
  readonly system: string;
  /** null: rules that are not yet any token's. */
  readonly tokenRef: string | null;
  readonly username: string | null;
  /** null: never ends. */
  readonly validUntil: string | null;
  /** Why its system would not accept it; null: it would. */
  readonly rejection: RejectReason | null;
}

export interface ExplainedCheck {
  readonly name: 'request' | 'token' | 'product' | 'length' | 'address' | 'limits' | 'policy';
  /** null: not asked, because the request or the token is refused before. */
  readonly holds: boolean | null;
  readonly text: string;
}

export type { LimitsTrace, RuleTrace, StatementTrace, Warning };
