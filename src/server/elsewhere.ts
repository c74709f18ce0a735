// Everything that is not `/rest/*` below a context path: readiness, the products' status, our public keys, the control plane, or false: then
// nothing was done [GW-7].
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ERROR_CODES, JSON_CONTENT_TYPE, LIMITS, METHODS, type PublicJwk } from '../core/index.js';
import { answerError, sendContinue } from '../gateway/answer.js';
import type { Gateway } from '../gateway/gateway.js';

export interface ElsewhereNeeds {
  readonly contextPaths: readonly string[];
  /** The keys that verify our tokens at the upstream; null where none are made [GW-42]. */
  readonly publishedKeys: (() => readonly PublicJwk[]) | null;
  /** Serves everything below `/api/` and `/ui/`, and `/` itself, which leads browsers to the pages. */
  readonly controlPlane: (incoming: IncomingMessage, outgoing: ServerResponse) => void;
  /** Whether `/` leads to the pages; where everything else is the product's, that is too [GW-8]. */
  readonly leadsToPages: boolean;
  /** True while requests are served: false again once the end has begun. */
  isReady(): boolean;
}

/** Where verifiers look for keys (RFC 8615; the name is the custom of those that publish RFC 7517 sets). */
const KEYS_PATH = '/.well-known/jwks.json';

/** The gateway's door to everything else. */
export function createElsewhere(needs: ElsewhereNeeds): Gateway['elsewhere'] {
  const statusPaths = new Set(needs.contextPaths.map((contextPath) => `${contextPath}/status`));
  return (exchange, arrival) => {
    const { outgoing, incoming } = exchange;
    if (arrival.path === '*') {
      outgoing.writeHead(204, { Allow: METHODS.join(', ') }).end();
    } else if (arrival.path === '/readyz' || statusPaths.has(arrival.path)) {
      if (arrival.method !== 'GET' && arrival.method !== 'HEAD')
        return answerError(exchange, fault('request.method-not-allowed'), { Allow: 'GET, HEAD' }) >= 0;
      const isReady = needs.isReady();
      const state = arrival.path === '/readyz' ? { ready: isReady } : { state: isReady ? 'RUNNING' : 'STOPPING' };
      answerJson(outgoing, isReady ? 200 : 503, state);
    } else if (arrival.path === KEYS_PATH && needs.publishedKeys !== null) {
      if (arrival.method !== 'GET' && arrival.method !== 'HEAD')
        return answerError(exchange, fault('request.method-not-allowed'), { Allow: 'GET, HEAD' }) >= 0;
      answerJson(outgoing, 200, { keys: needs.publishedKeys() }, `public, max-age=${LIMITS.identityKeysMaxAgeSeconds}`);
    } else if (
      (arrival.path === '/' && needs.leadsToPages) ||
      ['/api', '/ui'].some((root) => arrival.path === root || arrival.path.startsWith(`${root}/`))
    ) {
      // Express routes by what it reads here: the canonical form, never the raw target [GW-1].
      incoming.url = arrival.query === null ? arrival.path : `${arrival.path}?${arrival.query}`;
      if (arrival.expectsContinue) sendContinue(exchange);
      needs.controlPlane(incoming, outgoing);
    } else {
      return false;
    }
    return true;
  };
}

function fault(code: 'request.method-not-allowed') {
  return { code, publicText: ERROR_CODES[code].publicText };
}

function answerJson(outgoing: ServerResponse, status: number, json: unknown, cacheControl = 'no-store'): void {
  const body = JSON.stringify(json);
  outgoing.writeHead(status, {
    'Content-Type': JSON_CONTENT_TYPE,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': cacheControl,
  });
  outgoing.end(body);
}
