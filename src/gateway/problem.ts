// The reason of a 403 as application/problem+json (RFC 9457), for the holder of the very token that was refused, where the site says so
// [GW-23]. Never for a credential that was not accepted: whoever has none learns nothing.
import { type CanonicalRequest, type Decision, ERROR_CODES, type ErrorCode, type Identity } from '../core/index.js';
import { narrowestRule, type Occasion, type SitePolicy } from '../policy/index.js';

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

/** The body, and the rule that would permit the request. */
export interface Problem {
  readonly json: Readonly<Record<string, unknown>>;
  /** null: no rule of the token would. */
  readonly acceptedScope: string | null;
}

/** What is said of each reason; a code that is not here has none. */
const DETAILS: Readonly<Partial<Record<ErrorCode, string>>> = {
  'policy.limits': 'No rule of the token, or of a token it descends from, matches this request.',
  'policy.address': 'The token may not be used from this address.',
  'policy.address-unknown': 'The address of the client cannot be told.',
  'policy.site': 'The site’s policy does not permit this request.',
};

/** The problem of a valid token outside its limits; null for any other refusal. */
export function problemOf(
  request: CanonicalRequest,
  identity: Identity,
  { code }: Extract<Decision, { effect: 'deny' }>,
  policy: SitePolicy,
  occasion: Occasion,
): Problem | null {
  const detail = DETAILS[code];
  if (detail === undefined || identity.kind !== 'authenticated' || identity.grant === null) return null;
  // An address that cannot be told denies before the token is looked at: it may have ended.
  if (code === 'policy.address-unknown' && !isHeld(identity.grant.validUntil, identity.principal.isActive, occasion)) return null;
  const { status, publicText } = ERROR_CODES[code];
  // A body is not judged a second time: a rule that it descends from and that asks about one tells no rule.
  const acceptedScope = narrowestRule(request, identity, null, policy, occasion);
  const narrowest = acceptedScope === null ? {} : { narrowestRule: acceptedScope };
  const problem = { type: `urn:postern:${code}`, title: publicText, status, detail, code, instance: `urn:uuid:${request.id}` };
  return { json: { ...problem, ...narrowest, message: publicText, 'status-code': status }, acceptedScope };
}

function isHeld(validUntil: number | null, isActive: boolean, { now }: Occasion): boolean {
  return isActive && (validUntil === null || now < validUntil);
}
