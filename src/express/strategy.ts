// Passport strategies: authenticate, judge and record as the middleware does, and leave the answer to Passport. A token is never accepted
// for what its limits do not allow: there is no strategy that only says who it is.
import type { IncomingMessage, ServerResponse } from 'node:http';
import passport from 'passport';
import { challenges } from '../authn/challenge.js';
import { parseAuthorization } from '../authn/authorization-header.js';
import { type CanonicalRequest, ERROR_CODES, type Identity } from '../core/index.js';
import { asHostError } from '../gateway/answer.js';
import type { Gateway } from '../gateway/gateway.js';
import { readJudgedBody } from '../gateway/judged-body.js';
import { normalise } from '../gateway/normalise.js';
import { decide, type Judged } from '../policy/index.js';
import type { LineNeeds } from '../server/line.js';
import { ownLine, type Place } from './own-line.js';
import { type PosternUser, userOf } from './user.js';

/** A request as Express or Passport hands it over. */
type Arrived = IncomingMessage & { readonly baseUrl?: string; readonly res?: ServerResponse };

/** What Passport puts on a strategy when it uses it. */
interface Actions {
  success(user: PosternUser): void;
  fail(challenge: string, status: number): void;
  error(error: unknown): void;
}

type Verdict = { readonly user: PosternUser } | { readonly status: number };

/** A strategy that takes one scheme. Another credential, or none, is 401 and left to the next strategy. */
export function createStrategy(scheme: 'basic' | 'bearer', needs: LineNeeds, place: Place): passport.Strategy {
  const gateway = ownLine(needs, place, { serve: () => undefined });
  const [challenge = ''] = challenges([scheme], { kind: 'anonymous', because: 'no-credential', credentialDigest: null });
  const strategy = new passport.Strategy();
  strategy.name = scheme;
  // Passport calls it on an object made from the strategy, so nothing private can be kept on it.
  strategy.authenticate = function authenticate(this: Actions, request: IncomingMessage): void {
    judge(scheme, request, gateway)
      .catch((error: unknown) => refused(gateway, error))
      .then((verdict) => ('user' in verdict ? this.success(verdict.user) : this.fail(challenge, verdict.status)))
      .catch((error: unknown) => this.error(error));
  } as passport.Strategy['authenticate'];
  return strategy;
}

/** The line's steps up to the record. Throws HostError. */
async function judge(scheme: 'basic' | 'bearer', incoming: Arrived, gateway: Gateway): Promise<Verdict> {
  const arrival = read(incoming, gateway);
  if (arrival.place !== 'rest') return { status: ERROR_CODES['request.not-found'].status };
  const { request, authorization } = arrival;
  const header = parseAuthorization(authorization);
  const isOurs =
    header.kind === 'credential' ? header.credential.scheme === scheme : header.kind === 'malformed' && header.scheme === scheme;
  if (!isOurs) return { status: 401 };
  const first = await gateway.authentication.authenticate(request, authorization);
  const judged = await readBodyOf(incoming, request, first, gateway);
  const identity = judged === null ? first : await gateway.authentication.authenticate(request, authorization);
  const decision = decide(request, identity, judged, gateway.policy, { destination: 'upstream', now: gateway.clock.now() });
  const entry = await gateway.trail.open(request, identity, decision, gateway.systems.marks(identity));
  gateway.systems.used(identity);
  const bytes = { bytesIn: 0, bytesOut: 0 };
  if (decision.effect === 'permit' && identity.kind === 'authenticated') {
    const close = (): void => entry.close({ kind: 'served', status: incoming.res?.statusCode ?? 200, code: null, ...bytes });
    if (incoming.res === undefined) close();
    else incoming.res.once('close', close);
    return { user: userOf(identity.principal, identity.grant) };
  }
  // A strategy says who it is: an anonymous request is nobody, whatever the site forwards.
  const code = decision.effect === 'deny' ? decision.code : 'authn.required';
  const { status } = ERROR_CODES[code];
  entry.close({ kind: 'refused', status, code, ...bytes });
  return { status };
}

/** Without an answer there is nothing that tells when the body may be forgotten: then it is not read, which denies where a rule asks about it. */
async function readBodyOf(incoming: Arrived, request: CanonicalRequest, identity: Identity, gateway: Gateway): Promise<Judged> {
  return incoming.res === undefined ? null : readJudgedBody({ incoming, outgoing: incoming.res }, request, identity, gateway);
}

function read(incoming: Arrived, gateway: Gateway): ReturnType<typeof normalise> {
  const { url } = incoming;
  try {
    incoming.url = (incoming.baseUrl ?? '') + (url ?? '');
    return normalise(incoming, gateway.site);
  } finally {
    if (url !== undefined) incoming.url = url;
  }
}

function refused(gateway: Gateway, thrown: unknown): Verdict {
  const { status, code, detail } = asHostError(thrown);
  if (status >= 500) gateway.logger.error({ code, detail }, 'A request could not be judged');
  return { status };
}
