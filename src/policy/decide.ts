// The decision: pure and synchronous, deny unless permitted, forbid wins, an error denies. A token never adds power: it needs its own
// limits *and* the site's policy [GW-20, GW-21].
import {
  type BodyFault,
  type Decision,
  type ErrorCode,
  type Grant,
  type Identity,
  type Instant,
  type JudgedBody,
  LIMITS,
  type Limits,
  type RequestView,
  type RuleSubject,
} from '../core/index.js';
import type { Authenticated, SitePolicy, Statement } from './site-policy.js';

/** What the request leads to, and when. */
export interface Occasion {
  /** `own`: a resource that Postern itself serves; passwords always do there [GW-14]. */
  readonly destination: 'upstream' | 'own';
  readonly now: Instant;
}

/** What came of the body: read, not to be read, or null where no rule asks about it. */
export type Judged = JudgedBody | BodyFault | null;

/** Judges one request. Never throws and looks at nothing but its arguments. */
export function decide(view: RequestView, identity: Identity, judged: Judged, policy: SitePolicy, occasion: Occasion): Decision {
  if (view.clientAddress === null) return deny('policy.address-unknown');
  switch (identity.kind) {
    case 'anonymous':
      // What may be forwarded without a credential is `/rest/*`; the cloud's resources know no anonymous caller [GW-15, CLD-2].
      return policy.anonymous === 'refuse' || view.product === 'cloud' ? deny('authn.required') : permit(null, null, null);
    case 'unaccepted':
      return deny(identity.fault === 'denied' ? 'authn.denied' : 'authn.refused');
    case 'unknown':
      return deny('authn.unavailable');
    case 'authenticated':
      return decideAuthenticated(view, identity, judged, policy, occasion);
    default:
      return identity satisfies never;
  }
}

/** Whether the decision depends on the body: only then is it read before [EXT-15]. A token that is refused whatever the body says costs no memory. */
export function needsJudgedBody(view: RequestView, identity: Identity, now: Instant): boolean {
  if (identity.kind !== 'authenticated' || identity.grant === null || view.clientAddress === null) return false;
  const { principal, grant } = identity;
  if (!principal.isActive || isOver(grant, now) || isTooLongToJudge(view, grant)) return false;
  if (!grant.limits.every((bundle) => isFromAllowed(bundle, view))) return false;
  return grant.limits.some(({ rules }) => rules?.needsBody(view.method, view.path, view.contextPath) === true);
}

function decideAuthenticated(
  view: RequestView,
  identity: Authenticated,
  judged: Judged,
  policy: SitePolicy,
  { destination, now }: Occasion,
): Decision {
  const { principal, grant } = identity;
  if (!principal.isActive) return deny('authn.refused');
  if (grant === null) {
    if (destination === 'upstream' && policy.passwords === 'refuse') return deny('authn.password');
    return decideBySite(view, identity, policy, null);
  }
  if (isOver(grant, now)) return deny('authn.refused');
  if (isTooLongToJudge(view, grant)) return deny('request.too-long');
  if (judged !== null && 'fault' in judged) return deny(judged.fault);
  const held = holdLimits(
    { method: view.method, path: view.path, contextPath: view.contextPath, query: view.query, body: judged },
    view,
    grant,
  );
  return 'code' in held ? deny(held.code) : decideBySite(view, identity, policy, held.rule);
}

// Half-open: the instant a token ends it is over [GW-21]. Asked this way round, a NaN is over too.
function isOver({ validUntil }: Grant, now: Instant): boolean {
  return validUntil !== null && !(now < validUntil);
}

/** Whether the path is longer than rules are asked about [EXT-17]. */
export function isTooLongToJudge(view: RequestView, { limits }: Grant): boolean {
  return limits.some(({ rules }) => rules !== null) && view.path.length > LIMITS.judgedPathBytesMax;
}

/** Every bundle must hold; told is the rule of the first that has rules, the token's own [GW-26]. */
function holdLimits(
  subject: RuleSubject,
  view: RequestView,
  { limits }: Grant,
): { readonly rule: string | null } | { readonly code: ErrorCode } {
  let first: string | null = null;
  for (const bundle of limits) {
    if (!isFromAllowed(bundle, view)) return { code: 'policy.address' };
    if (bundle.rules === null) continue;
    const rule = matchRules(bundle.rules, subject);
    if (rule === null) return { code: 'policy.limits' };
    first ??= rule;
  }
  return { rule: first };
}

function isFromAllowed({ addresses }: Limits, { clientAddress }: RequestView): boolean {
  try {
    return addresses === null || (clientAddress !== null && addresses.includes(clientAddress));
  } catch {
    return false;
  }
}

function matchRules(rules: NonNullable<Limits['rules']>, subject: RuleSubject): string | null {
  try {
    return rules.match(subject);
  } catch {
    return null;
  }
}

/** All statements are asked, so that their order never changes the effect: one that throws denies wherever it stands (unlike Cedar, which skips it). */
function decideBySite(view: RequestView, identity: Authenticated, { statements }: SitePolicy, rule: string | null): Decision {
  let permitting: Statement | null = null;
  for (const statement of statements) {
    let isMatch: boolean;
    try {
      isMatch = statement.matches(view, identity);
    } catch {
      return deny('policy.site', statement);
    }
    if (!isMatch) continue;
    if (statement.effect === 'forbid') return deny('policy.site', statement);
    permitting ??= statement;
  }
  return permitting === null ? deny('policy.site') : permit(rule, permitting, identity.grant);
}

function permit(rule: string | null, statement: Statement | null, grant: Grant | null): Decision {
  const obligations = grant?.isAnyone === true ? [{ kind: 'flag-anyone' } as const] : [];
  return { effect: 'permit', rule, statement: statement?.id ?? null, obligations };
}

function deny(code: ErrorCode, statement: Statement | null = null): Decision {
  return { effect: 'deny', code, rule: null, statement: statement?.id ?? null };
}
