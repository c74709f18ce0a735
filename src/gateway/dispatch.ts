// Step six, which way: a token system's own REST module, or the upstream.
import type { Outcome } from '../audit/contract.js';
import { type CanonicalRequest, ERROR_CODES, HostError, type Identity } from '../core/index.js';
import { type Occasion, trustedChain } from '../policy/index.js';
import { sendContinue } from './answer.js';
import { type Exchange, isGone, nodeExchange } from './exchange.js';
import { failed, forward } from './forward.js';
import type { Gateway, OwnResources } from './gateway.js';
import { headerPairs } from './header-list.js';
import { type Fields, identityHeaders } from './identity-headers.js';
import { loginHeaders } from './login-headers.js';
import { ownScheme } from './own-scheme.js';
import type { Upstream } from './upstream.js';
import { outboundHeaders } from './upstream-headers.js';

/** Carries out a permitted request and resolves with how it ended; an upstream that fails is an outcome, not a throw. */
export async function dispatch(
  exchange: Exchange,
  request: CanonicalRequest,
  identity: Identity,
  destination: Occasion['destination'],
  gateway: Gateway,
): Promise<Outcome> {
  if (request.wantsWebSocket) return failed(exchange, 'request.websocket', 0);
  if (destination === 'own') return serveHere(exchange, request, identity, gateway.ownResources);
  if (gateway.application !== undefined) return serveHere(exchange, request, identity, gateway.application);
  const { product } = request;
  const upstream = product === 'cloud' ? undefined : gateway.upstreams.get(product);
  if (product === 'cloud' || upstream === undefined) return failed(exchange, 'request.not-found', 0);
  try {
    const vantage = vantageOf(exchange, request);
    const told = identityHeaders(identity, product, upstream.origin, gateway.outbound.identity);
    const ours = [...(told instanceof Promise ? await told : told), ...forwarding(exchange, request, vantage, gateway)];
    return await forward(exchange, {
      request,
      upstream,
      headers: headersFor(exchange, request, identity, upstream, ours, gateway),
      ...answerRules(request, identity, upstream, vantage, gateway),
    });
  } catch (error) {
    if (error instanceof HostError) return failed(exchange, error.code, 0);
    throw error;
  }
}

function serveHere(
  exchange: Exchange,
  request: CanonicalRequest,
  identity: Identity,
  place: Pick<OwnResources, 'serve'>,
): Promise<Outcome> {
  const served = nodeExchange(exchange);
  const { incoming, outgoing } = served;
  if (isGone(exchange)) return Promise.resolve(LEFT);
  for (const [name, value] of headerPairs(loginHeaders(identity))) outgoing.setHeader(name, value);
  outgoing.setHeader('X-Request-Id', request.requestId);
  if (request.expectsContinue) sendContinue(exchange);
  const caller = identity.kind === 'authenticated' ? { principal: identity.principal, grant: identity.grant } : null;
  return new Promise((resolve) => {
    outgoing.once('close', () => {
      const bytesIn = Number(incoming.headers['content-length'] ?? 0) || 0;
      const bytesOut = Number(outgoing.getHeader('content-length') ?? 0) || 0;
      const kind = outgoing.writableFinished ? 'served' : 'aborted';
      resolve({ kind, status: outgoing.statusCode, code: kind === 'aborted' ? 'request.aborted' : null, bytesIn, bytesOut });
    });
    place.serve(served, request, caller);
  });
}

/** The client was gone before anything was done for it. */
const LEFT: Outcome = { kind: 'aborted', status: ERROR_CODES['request.aborted'].status, code: 'request.aborted', bytesIn: 0, bytesOut: 0 };

/** What the client calls us. */
interface Vantage {
  readonly scheme: string;
  readonly authority: string;
}

/** From what we saw, or what a trusted proxy vouches for: its own entry is the last. */
function vantageOf({ incoming }: Exchange, request: CanonicalRequest): Vantage {
  const seen = { scheme: ownScheme(incoming), authority: incoming.headers.host ?? '' };
  if (!request.isPeerTrusted) return seen;
  const vouched = (name: string): string | undefined => incoming.headersDistinct[name]?.at(-1)?.split(',').at(-1)?.trim();
  return { scheme: vouched('x-forwarded-proto') ?? seen.scheme, authority: vouched('x-forwarded-host') ?? seen.authority };
}

/** Fresh X-Forwarded-* for every request [GW-42, GW-5]. */
function forwarding({ incoming }: Exchange, request: CanonicalRequest, vantage: Vantage, gateway: Gateway): Fields {
  const { peer, isPeerTrusted } = request;
  // Node puts the distinct fields together when it is first asked: only where somebody is believed.
  const forwardedFor = isPeerTrusted ? (incoming.headersDistinct['x-forwarded-for'] ?? []) : [];
  const chain = isPeerTrusted ? trustedChain({ peer, forwardedFor, trustedProxies: gateway.site.trustedProxies }) : [peer];
  return [
    ['X-Forwarded-For', chain.join(', ')],
    ['X-Forwarded-Proto', vantage.scheme],
    ['X-Forwarded-Host', vantage.authority],
    ['X-Request-Id', request.requestId],
  ];
}

function headersFor(
  exchange: Exchange,
  request: CanonicalRequest,
  identity: Identity,
  upstream: Upstream,
  ours: Fields,
  gateway: Gateway,
): string[] {
  return outboundHeaders(
    {
      rawHeaders: exchange.incoming.rawHeaders,
      isPeerTrusted: request.isPeerTrusted,
      keepsCookies: keepsCookies(identity, gateway),
      ours,
      host: upstream.host,
      contentLength: exchange.incoming.headers['content-length'] ?? null,
    },
    gateway.outbound,
  );
}

// The product's own pages call /rest/* with a session: an anonymous request that is forwarded keeps it [GW-15]. One with a
// credential does not, where cookies are stripped: a session could stand for somebody else. And some tokens end every session [PAT-14].
function keepsCookies(identity: Identity, { outbound }: Gateway): boolean {
  if (identity.kind === 'authenticated' && identity.grant?.keepsSession === false) return false;
  return outbound.cookies === 'forward' || (identity.kind === 'anonymous' && outbound.anonymous === 'forward');
}

const REPLACED = new Set(['x-request-id']);
const REPLACED_WITH_LOGIN = new Set([...REPLACED, 'x-seraph-loginreason', 'x-ausername']);

function answerRules(request: CanonicalRequest, identity: Identity, upstream: Upstream, vantage: Vantage, gateway: Gateway) {
  const login = loginHeaders(identity);
  return {
    inbound: {
      keepsCookies: keepsCookies(identity, gateway),
      keepsChallenges: gateway.outbound.challenges === 'forward',
      upstreamOrigin: upstream.origin,
      ownOrigin: gateway.outbound.baseOrigin ?? `${vantage.scheme}://${vantage.authority}`,
      replaced: login.length === 0 ? REPLACED : REPLACED_WITH_LOGIN,
    },
    added: [...login, 'X-Request-Id', request.requestId],
  };
}
