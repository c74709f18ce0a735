// Which header fields travel to the upstream, and in which order that is decided: (1) what the client's Connection names goes,
// (2) hop-by-hop goes, (3) what only we may say goes, and the credential just consumed, (4) forwarded fields go unless the peer
// is a trusted proxy, (5) only then ours are added, so that naming them in Connection gains nothing [GW-5].
import { foldHeaderName, isSessionCookie, remembered } from '../core/index.js';
import type { Fields } from './identity-headers.js';
import { withoutDefaultPort } from './normalise.js';

/** RFC 9110 §7.6.1, and the old names that servers still act upon. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

/** What only we may say, and what renames a request or its caller. */
const RESERVED = new Set([
  'host',
  'content-length',
  'expect',
  'authorization',
  'x-request-id',
  // Symfony, Zend and IIS read the path from these (CVE-2018-14773).
  'x-original-url',
  'x-rewrite-url',
  'x-original-uri',
  // CVE-2023-27487.
  'x-envoy-original-path',
  'x-original-host',
  'x-host',
  'x-original-method',
  'x-http-method-override',
  'x-http-method',
  'x-method-override',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-original-forwarded-for',
  'x-remote-addr',
  'true-client-ip',
  'remote-user',
  'x-remote-user',
  // Extender's own field for the user a call is made for [EXT-7].
  'contextuser',
  'context-user',
  // Names under which other gates tell a product the caller. Whatever mode is ours, nobody else says who it is: a trusted proxy
  // vouches for addresses, and may pass on unread what its own clients sent.
  'x-forwarded-user',
  'x-forwarded-preferred-username',
  'x-forwarded-email',
  'x-forwarded-groups',
  'x-forwarded-access-token',
  'x-forwarded-client-cert',
  'x-auth-request-user',
  'x-auth-request-email',
  'x-auth-request-groups',
  'x-auth-request-preferred-username',
  'x-auth-request-access-token',
  'x-authenticated-user',
  'x-webauth-user',
  'x-client-cert',
  'x-ssl-client-cert',
  // RFC 9440.
  'client-cert',
  'client-cert-chain',
]);

/** What becomes of a field on its way to the upstream, as far as its name alone tells. */
type Passage = 'connection' | 'never' | 'from-trusted-peers' | 'cookie' | 'passes';

/** By the name as it was written: a client sends the same few with every request. */
const passageOf = remembered((name: string): Passage => {
  const folded = foldHeaderName(name);
  if (folded === 'connection') return 'connection';
  if (HOP_BY_HOP.has(folded) || RESERVED.has(folded) || isOurForwarded(folded)) return 'never';
  if (isForwarded(folded)) return 'from-trusted-peers';
  return folded === 'cookie' ? 'cookie' : 'passes';
});

export interface OutboundSite {
  /** Names of every configured identity header, folded. */
  readonly identityHeaders: ReadonlySet<string>;
}

export interface OutboundRequest {
  readonly rawHeaders: readonly string[];
  readonly isPeerTrusted: boolean;
  readonly keepsCookies: boolean;
  /** Fields that are ours: identity, forwarding, request id. */
  readonly ours: Fields;
  readonly host: string;
  /** Announced length of the body; null: none or chunked. */
  readonly contentLength: string | null;
}

/** The flat list of names and values for the upstream, Host first. */
export function outboundHeaders(request: OutboundRequest, site: OutboundSite): string[] {
  const { rawHeaders } = request;
  const named = connectionNames(rawHeaders);
  const headers = ['Host', request.host, 'Connection', 'keep-alive'];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const passage = passageOf(name);
    if (passage === 'never' || passage === 'connection' || (passage === 'from-trusted-peers' && !request.isPeerTrusted)) continue;
    const folded = foldHeaderName(name);
    if (named.has(folded) || site.identityHeaders.has(folded)) continue;
    const value = rawHeaders[index + 1] ?? '';
    if (passage === 'cookie') pushCookies(headers, name, request.keepsCookies ? value : '');
    else headers.push(name, value);
  }
  for (const [name, value] of request.ours) headers.push(name, value);
  if (request.contentLength !== null) headers.push('Content-Length', request.contentLength);
  return headers;
}

/** The client's cookies without the session of our own pages, which stands for the user here and must not reach a product. */
function pushCookies(headers: string[], name: string, value: string): void {
  const isOurs = (pair: string): boolean => isSessionCookie((pair.split('=', 1)[0] ?? '').trim());
  const pairs = value.split(';');
  const kept = pairs.some(isOurs)
    ? pairs
        .filter((pair) => !isOurs(pair))
        .join(';')
        .trim()
    : value;
  if (kept !== '') headers.push(name, kept);
}

function isForwarded(folded: string): boolean {
  return folded === 'forwarded' || folded === 'x-forwarded' || folded.startsWith('x-forwarded-');
}

/** Written anew for every request, a trusted proxy's included. */
function isOurForwarded(folded: string): boolean {
  return folded === 'x-forwarded-for' || folded === 'x-forwarded-proto' || folded === 'x-forwarded-host';
}

/** Field names that a `Connection` header lists, folded: read before ours are added. */
export function connectionNames(rawHeaders: readonly string[]): ReadonlySet<string> {
  let names = NO_NAMES;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (passageOf(rawHeaders[index] ?? '') !== 'connection') continue;
    const listed = namesIn(rawHeaders[index + 1] ?? '');
    names = names === NO_NAMES ? listed : new Set([...names, ...listed]);
  }
  return names;
}

const NO_NAMES: ReadonlySet<string> = new Set();
const namesIn = remembered((value: string): ReadonlySet<string> => new Set(value.split(',').map((name) => foldHeaderName(name.trim()))));

export interface InboundSite {
  readonly keepsCookies: boolean;
  readonly keepsChallenges: boolean;
  /** `http://jira.internal:8080`, and what the client calls us: redirects are rewritten from one to the other [GW-44]. */
  readonly upstreamOrigin: string;
  readonly ownOrigin: string;
  /** Fields that the gateway sets itself: the upstream's are dropped. Lower case. */
  readonly replaced: ReadonlySet<string>;
}

/**
 * The flat list of names and values for the client. `flat` is what the upstream sent. `mayTrail`: the client and the
 * answer can carry trailers, so `Trailer` may announce them.
 */
export function inboundHeaders(flat: readonly string[], site: InboundSite, mayTrail: boolean): string[] {
  const named = connectionNames(flat);
  const headers: string[] = [];
  for (let index = 0; index < flat.length; index += 2) {
    const name = flat[index] ?? '';
    const { folded, passage } = returnOf(name);
    if (folded !== 'trailer' && (named.has(folded) || site.replaced.has(folded))) continue;
    const value = flat[index + 1] ?? '';
    switch (passage) {
      case 'never':
        continue;
      case 'trailer':
        if (mayTrail && isChunked(flat)) headers.push(name, value);
        continue;
      case 'challenge':
        if (site.keepsChallenges) headers.push(name, value);
        continue;
      case 'set-cookie':
        // A product that set our cookie would choose whose session the browser has.
        if (site.keepsCookies && !isSessionCookie((value.split('=', 1)[0] ?? '').trim())) headers.push(name, value);
        continue;
      case 'location':
        headers.push(name, rewriteLocation(value, site));
        continue;
      default:
        headers.push(name, value);
    }
  }
  return headers;
}

/** What becomes of a field on its way to the client, as far as its name alone tells. */
type Return = 'never' | 'trailer' | 'challenge' | 'set-cookie' | 'location' | 'passes';

const returnOf = remembered((name) => ({ folded: name.toLowerCase(), passage: passageBack(name.toLowerCase()) }));

function passageBack(folded: string): Return {
  if (folded === 'trailer') return 'trailer';
  if (HOP_BY_HOP.has(folded)) return 'never';
  if (folded === 'www-authenticate') return 'challenge';
  if (folded === 'set-cookie') return 'set-cookie';
  return folded === 'location' || folded === 'content-location' ? 'location' : 'passes';
}

function isChunked(flat: readonly string[]): boolean {
  return flat.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'transfer-encoding');
}

// Without a scheme it is that of the answer's own address: RFC 3986 §4.2.
const WITH_AUTHORITY = /^(?:(https?):)?\/\/([^/?#]*)/i;

function rewriteLocation(value: string, { upstreamOrigin, ownOrigin }: InboundSite): string {
  const [start, scheme, authority = ''] = WITH_AUTHORITY.exec(value) ?? [];
  if (start === undefined) return value;
  const [upstreamScheme = '', upstreamAuthority] = upstreamOrigin.split('://');
  const named = scheme?.toLowerCase() ?? upstreamScheme;
  const isUpstream = named === upstreamScheme && withoutDefaultPort(authority, named) === upstreamAuthority;
  return isUpstream ? ownOrigin + value.slice(start.length) : value;
}
