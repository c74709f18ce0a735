// The decision with everything that led to it: the same `decide`, and beside it every rule, address list and statement with its own
// answer. Never on a request's way: it asks each of them, where the decision stops at the first [GW-20, GW-25].
import type { Decision, Grant, Identity, JudgedBody, Principal, RequestView, RuleSubject, RuleTrace } from '../core/index.js';
import { decide, isTooLongToJudge, type Occasion } from './decide.js';
import type { Authenticated, SitePolicy, Statement, StatementReason } from './site-policy.js';

/** One bundle of a token's limits; every bundle must hold [GW-26]. */
export interface LimitsTrace {
  /** Taken over from a token that this one was made with. */
  readonly isInherited: boolean;
  /** null: from anywhere. */
  readonly addresses: { readonly text: string; readonly isMatch: boolean } | null;
  /** null: unrestricted. One that matches is enough. */
  readonly rules: readonly RuleTrace[] | null;
  readonly holds: boolean;
}

/** One statement of the site's policy. */
export interface StatementTrace {
  readonly id: string;
  readonly effect: Statement['effect'];
  readonly isMatch: boolean;
  /** The first part that does not fit; `error`: it could not be asked, which denies. */
  readonly failed: StatementReason['failed'] | 'error';
  readonly rules: readonly RuleTrace[];
}

/** What a request would lead to, and why. */
export interface Explanation {
  readonly decision: Decision;
  /** Whether the path is short enough to be asked about. */
  readonly isJudgedLength: boolean;
  readonly limits: readonly LimitsTrace[];
  readonly statements: readonly StatementTrace[];
}

/** Who the token stands for; `principal` null where there is no such user any more. */
export interface TokenHolder {
  readonly principal: Principal | null;
  readonly grant: Grant;
}

/** Explains. The rules are shown of a token that is refused for another reason too. Never throws. */
export function explainDecision(
  view: RequestView,
  identity: Identity,
  holder: TokenHolder,
  judged: JudgedBody | null,
  policy: SitePolicy,
  occasion: Occasion,
): Explanation {
  const { principal, grant } = holder;
  const subject: RuleSubject = { method: view.method, path: view.path, contextPath: view.contextPath, query: view.query, body: judged };
  const isJudgedLength = !isTooLongToJudge(view, grant);
  const who: Authenticated | null =
    principal === null ? null : { kind: 'authenticated', principal, grant, scheme: 'basic', credentialDigest: '' };
  return {
    decision: decide(view, identity, judged, policy, occasion),
    isJudgedLength,
    limits: isJudgedLength ? grant.limits.map((bundle) => traceLimits(bundle, subject, view.clientAddress)) : [],
    statements: who === null ? [] : policy.statements.map((statement) => traceStatement(statement, view, who)),
  };
}

function traceLimits({ rules, addresses, isInherited }: Grant['limits'][number], subject: RuleSubject, from: string | null): LimitsTrace {
  const isFrom = addresses === null || (from !== null && ask(() => addresses.includes(from), false));
  const traced = rules === null ? null : ask(() => rules.trace(subject), [{ rule: rules.text, isMatch: false, failed: 'broken' }]);
  return {
    isInherited: isInherited === true,
    addresses: addresses === null ? null : { text: addresses.text, isMatch: isFrom },
    rules: traced,
    holds: isFrom && (traced === null || traced.some(({ isMatch }) => isMatch)),
  };
}

function traceStatement(statement: Statement, view: RequestView, who: Authenticated): StatementTrace {
  const { id, effect } = statement;
  const reason = ask<Omit<StatementTrace, 'id' | 'effect' | 'isMatch'>>(
    () => {
      // Asked first: what `matches` throws at, the decision denies.
      statement.matches(view, who);
      return statement.trace(view, who);
    },
    { failed: 'error', rules: [] },
  );
  return { id, effect, isMatch: reason.failed === null, ...reason };
}

function ask<T>(question: () => T, otherwise: T): T {
  try {
    return question();
  } catch {
    return otherwise;
  }
}
