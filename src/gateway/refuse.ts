// Answers a request that was denied: 401 with every challenge that would do, or the status of the code [GW-12, GW-23].
import type { Outcome } from '../audit/contract.js';
import { challenges } from '../authn/challenge.js';
import { type CanonicalRequest, type Decision, ERROR_CODES, type Identity } from '../core/index.js';
import { answerError } from './answer.js';
import type { Exchange } from './exchange.js';
import type { Gateway } from './gateway.js';
import { headerPairs } from './header-list.js';
import { deniedHeaders, loginHeaders } from './login-headers.js';
import { ownScheme } from './own-scheme.js';
import { PROBLEM_CONTENT_TYPE, type Problem, problemOf } from './problem.js';

/** The answer to a denied request; also its outcome. */
export function refuse(
  exchange: Exchange,
  request: CanonicalRequest,
  identity: Identity,
  decision: Extract<Decision, { effect: 'deny' }>,
  gateway: Pick<Gateway, 'authentication' | 'clock' | 'explains' | 'ownResources' | 'outbound' | 'policy'>,
): Outcome {
  const { status, publicText } = ERROR_CODES[decision.code];
  const headers: Record<string, string | readonly string[]> = {
    'X-Request-Id': request.requestId,
    ...Object.fromEntries([...headerPairs(loginHeaders(identity)), ...deniedHeaders(identity, siteOf(exchange, request, gateway))]),
  };
  if (status === 401) headers['WWW-Authenticate'] = challenges(gateway.authentication.schemes(request.product), identity);
  const json = gateway.ownResources.refusal(request.product, request.path, { status, message: publicText });
  const problem = json === undefined && gateway.explains ? explain(request, identity, decision, gateway) : null;
  if (problem !== null && problem.acceptedScope !== null) headers['X-Accepted-Scope'] = problem.acceptedScope;
  const body = problem === null ? { json } : { json: problem.json, contentType: PROBLEM_CONTENT_TYPE };
  const bytesOut = answerError(exchange, { code: decision.code, publicText, ...body }, headers);
  const kind = decision.code === 'request.aborted' ? 'aborted' : status >= 500 ? 'failed' : 'refused';
  return { kind, status, code: decision.code, bytesIn: 0, bytesOut };
}

/** The reason, for a token that is valid and may not do this [GW-23]. */
function explain(
  request: CanonicalRequest,
  identity: Identity,
  decision: Extract<Decision, { effect: 'deny' }>,
  { clock, ownResources, policy }: Pick<Gateway, 'clock' | 'ownResources' | 'policy'>,
): Problem | null {
  const destination = ownResources.owns(request.product, request.path) ? 'own' : 'upstream';
  return problemOf(request, identity, decision, policy, { destination, now: clock.now() });
}

/** What clients call the product: the base URL, or the host they sent, which is checked to be nothing but a host [GW-6]. */
function siteOf({ incoming }: Exchange, { contextPath }: CanonicalRequest, { outbound }: Pick<Gateway, 'outbound'>): string {
  return `${outbound.baseOrigin ?? `${ownScheme(incoming)}://${incoming.headers.host ?? ''}`}${contextPath}`;
}
