// What `POST /api/v1/explain` takes and answers, as types alone: for the pages and the command line [GW-25]. Written out here, for the pages
// are compiled without the runtime's types; what is answered is held to them.

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
  readonly code: string | null;
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
  readonly method: string;
  readonly path: string;
  readonly query: string | null;
  readonly product: 'jira' | 'confluence' | 'cloud';
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
  readonly rejection: 'expired' | 'disabled' | 'owner-inactive' | 'unlicensed' | null;
}

export interface ExplainedCheck {
  readonly name: 'request' | 'token' | 'product' | 'length' | 'address' | 'limits' | 'policy';
  /** null: not asked, because the request or the token is refused before. */
  readonly holds: boolean | null;
  readonly text: string;
}

/** One bundle of a token's limits; every bundle must hold. */
export interface LimitsTrace {
  /** Taken over from a token that this one was made with. */
  readonly isInherited: boolean;
  /** null: from anywhere. */
  readonly addresses: { readonly text: string; readonly isMatch: boolean } | null;
  /** null: unrestricted. One that matches is enough. */
  readonly rules: readonly RuleTrace[] | null;
  readonly holds: boolean;
}

export interface RuleTrace {
  readonly rule: string;
  readonly isMatch: boolean;
  /** null on a match; else the first part that failed. */
  readonly failed: 'method' | 'path' | 'query' | 'body' | 'broken' | null;
}

/** One statement of the site's policy. */
export interface StatementTrace {
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  readonly isMatch: boolean;
  /** The first part that does not fit; `error`: it could not be asked, which denies. */
  readonly failed: 'system' | 'user' | 'address' | 'rule' | 'error' | null;
  /** Empty where the reader may not see the policy. */
  readonly rules: readonly RuleTrace[];
}

/** What is wider than most people mean it. */
export interface Warning {
  readonly code: string;
  readonly text: string;
  /** The rule or the entry of the address list; null: the token. */
  readonly about: string | null;
}
