// Step one of the line: one canonical request out of what came over the socket, or 400. Its output is what policy judges, audit
// records and the upstream is sent, byte for byte [GW-1].
import { clientAddress, plainAddress } from '../policy/index.js';
import {
  type AddressSet,
  type CanonicalRequest,
  type Clock,
  HostError,
  type Instant,
  LIMITS,
  type Method,
  METHODS,
  type Product,
  type UpstreamProduct,
} from '../core/index.js';
import { canonicalPath } from './canonical-path.js';
import type { Incoming } from './exchange.js';
import { checkFraming } from './framing-check.js';
import { checkMethodParameter, checkQuery } from './query-check.js';
import { couldBeRest } from './rest-readings.js';

/** What normalisation must know of the site. */
export interface NormaliseSite {
  readonly clock: Clock;
  readonly newId: () => string;
  /** Products that are carried, with their context paths; no two alike. */
  readonly contexts: readonly { readonly product: UpstreamProduct; readonly contextPath: string }[];
  /** Beginnings of the paths on our own origin that belong to the cloud's token system [CLD-1]. */
  readonly cloudPaths: readonly `/${string}`[];
  /** Whether what is not `/rest/*` may go on to a product as it came [GW-8]. */
  readonly passThrough: boolean;
  /** Authority of the base URL, lower case, default port left out; null when there is none. */
  readonly baseAuthority: string | null;
  readonly trustedProxies: AddressSet | null;
}

/** What may go on to a product as it came, should it not be Postern's own [GW-8]. */
export interface Passage {
  /** `path` and `target` are not canonical: nothing is judged by them. */
  readonly request: CanonicalRequest;
  /** Whether there is an Authorization header, whatever it holds. */
  readonly hasCredential: boolean;
}

/**
 * A canonical request on `/rest/*`; or the canonical path of something else, which Postern may serve itself [GW-7]; or, by setting, what
 * has no canonical path and can be the product's alone [GW-8].
 */
export type Normalised =
  | { readonly place: 'rest'; readonly request: CanonicalRequest; readonly authorization: string | null; readonly host: string }
  | {
      readonly place: 'elsewhere';
      readonly method: Method;
      readonly path: string;
      readonly query: string | null;
      readonly expectsContinue: boolean;
      /** null: no product lies there, or the setting is off. */
      readonly passage: Passage | null;
    }
  | { readonly place: 'product'; readonly passage: Passage };

const KNOWN_METHODS: ReadonlySet<string> = new Set(METHODS);

/** Throws HostError with a 4xx or 501 code for whatever is not one plain request. */
export function normalise(incoming: Incoming, site: NormaliseSite): Normalised {
  const at = site.clock.now();
  const headers = checkFraming(incoming);
  const method = knownMethod(incoming.method ?? '');
  if (incoming.httpVersion !== '1.1' && incoming.httpVersion !== '1.0') throw new HostError('request.version');
  const expectsContinue = checkExpectation(headers.expect, incoming.httpVersion);
  const target = originForm(incoming.url ?? '', method, headers.host, site);
  if (target === '*') return { place: 'elsewhere', method, path: '*', query: null, expectsContinue, passage: null };
  if (target.length > LIMITS.targetBytesMax) throw new HostError('request.too-long');
  const canonical = site.passThrough ? attempt(() => canonicalTarget(target, true)) : canonicalTarget(target, false);
  const request = (place: Place, parts: Target): CanonicalRequest => describe(incoming, site, at, place, method, parts, expectsContinue);
  if (!(canonical instanceof HostError)) {
    const place = restPlace(canonical.path, site);
    if (place !== null) {
      if (canonical.query !== null) checkQuery(canonical.query);
      return { place: 'rest', request: request(place, canonical), authorization: headers.authorization, host: headers.host };
    }
  }
  const asItCame = split(target);
  const product = site.passThrough ? passedTo(asItCame, canonical, site) : null;
  const passage = product === null ? null : { request: request(product, asItCame), hasCredential: headers.authorization !== null };
  if (!(canonical instanceof HostError)) return { place: 'elsewhere', method, ...canonical, expectsContinue, passage };
  if (passage === null) throw canonical;
  return { place: 'product', passage };
}

function knownMethod(method: string): Method {
  if (KNOWN_METHODS.has(method)) return method as Method;
  throw new HostError(method === 'TRACE' || method === 'CONNECT' ? 'request.method-not-allowed' : 'request.method-unknown');
}

function checkExpectation(expect: string | null, httpVersion: string): boolean {
  if (expect === null) return false;
  if (expect.toLowerCase() !== '100-continue') throw new HostError('request.expectation');
  // RFC 9110 §10.1.1: HTTP/1.0 knows no 100 and is served as if it had not asked.
  return httpVersion === '1.1';
}

// What a target holds: RFC 3986 §2. A fragment is for clients alone (GHSA-pxq7-h93f-9jrg).
const ALLOWED = /^[\x21\x24-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]+$/;
// What browsers send to pages all the same, `|` and braces in a query above all.
const VISIBLE = /^[\x21\x22\x24-\x7e]+$/;
const ODD_CHARACTER = 'a character that must be escaped, or a fragment';

// RFC 9112 §3.2: origin form, or absolute form whose authority is ours, or `*` for OPTIONS.
function originForm(target: string, method: Method, host: string, { baseAuthority, passThrough }: NormaliseSite): string {
  if (target === '*' && method === 'OPTIONS') return target;
  if (!(passThrough ? VISIBLE : ALLOWED).test(target)) return refuseTarget(ODD_CHARACTER);
  if (target.startsWith('/')) return target;
  const absolute = /^(https?):\/\/([^/?]*)(.*)$/i.exec(target);
  if (absolute === null) return refuseTarget('it is neither a path nor an absolute URL');
  const scheme = (absolute[1] ?? '').toLowerCase();
  const authority = withoutDefaultPort(absolute[2] ?? '', scheme);
  if (authority !== withoutDefaultPort(host, scheme) && authority !== baseAuthority)
    return refuseTarget('its authority is not this server');
  const rest = absolute[3] ?? '';
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** Lower case, without `:80` for http and `:443` for https. */
export function withoutDefaultPort(authority: string, scheme: string): string {
  const folded = authority.toLowerCase();
  return folded.replace(scheme === 'https' ? /:443$/ : /:80$/, '');
}

function refuseTarget(reason: string): never {
  throw new HostError('request.malformed', { detail: `target: ${reason}`, publicText: `The request target is not accepted: ${reason}.` });
}

interface Target {
  readonly path: string;
  readonly query: string | null;
}

function split(target: string): Target {
  const mark = target.indexOf('?');
  return mark < 0 ? { path: target, query: null } : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

/** Of a target that holds nothing but VISIBLE characters, or ALLOWED ones where no other may come. */
function canonicalTarget(target: string, passThrough: boolean): Target {
  if (passThrough && !ALLOWED.test(target)) refuseTarget(ODD_CHARACTER);
  const { path, query } = split(target);
  return { path: canonicalPath(path), query };
}

function attempt(work: () => Target): Target | HostError {
  try {
    return work();
  } catch (error) {
    if (error instanceof HostError) return error;
    throw error;
  }
}

interface Place<P extends Product = Product> {
  readonly product: P;
  readonly contextPath: string;
}

/** The product that a target outside `/rest/*` may pass to as it came, or null. Throws for one that some server reads as `/rest/*` [GW-8]. */
function passedTo({ path, query }: Target, canonical: Target | HostError, { contexts }: NormaliseSite): Place | null {
  const places: readonly Place[] = contexts;
  if (
    couldBeRest(
      path,
      places.map(({ contextPath }) => contextPath),
    )
  )
    throw canonical instanceof HostError ? canonical : refuseTarget('some servers read it as a path below /rest');
  if (query !== null) checkMethodParameter(query);
  const seen = canonical instanceof HostError ? path : canonical.path;
  // The longest context path first: a product at the root has the others' paths below it.
  const lying = places.filter(({ contextPath }) => seen === contextPath || seen.startsWith(`${contextPath}/`));
  return lying.toSorted((a, b) => b.contextPath.length - a.contextPath.length)[0] ?? null;
}

/** The product below whose `/rest/` the path lies; a token opens nothing else [GW-7]. */
function restPlace(path: string, site: NormaliseSite): Place | null {
  for (const { product, contextPath } of site.contexts) if (path.startsWith(`${contextPath}/rest/`)) return { product, contextPath };
  if (site.cloudPaths.some((prefix) => path === prefix || path.startsWith(`${prefix}/`))) return { product: 'cloud', contextPath: '' };
  return null;
}

/** Named field by field: an object put together from others by spreading costs more than all the rest of normalising [GW-61]. */
function describe(
  incoming: Incoming,
  site: NormaliseSite,
  receivedAt: Instant,
  { product, contextPath }: Place,
  method: Method,
  { path, query }: Target,
  expectsContinue: boolean,
): CanonicalRequest {
  const peer = plainAddress(incoming.socket.remoteAddress ?? '') ?? '';
  const isPeerTrusted = site.trustedProxies !== null && peer !== '' && site.trustedProxies.includes(peer);
  const id = site.newId();
  const given = incoming.headers['x-request-id'];
  const isTaken =
    isPeerTrusted && typeof given === 'string' && given.length <= LIMITS.requestIdLengthMax && /^[A-Za-z0-9._:@/+=-]+$/.test(given);
  return {
    product,
    contextPath,
    method,
    path,
    query,
    target: query === null ? path : `${path}?${query}`,
    expectsContinue,
    id,
    requestId: isTaken ? given : id,
    peer,
    isPeerTrusted,
    // No peer at all: the socket is gone already.
    clientAddress:
      peer === ''
        ? null
        : clientAddress({ peer, forwardedFor: isPeerTrusted ? forwardedFor(incoming) : [], trustedProxies: site.trustedProxies }),
    userAgent: incoming.headers['user-agent']?.slice(0, LIMITS.userAgentLengthMax) ?? null,
    receivedAt,
    wantsWebSocket: isWebSocketUpgrade(incoming),
  };
}

function forwardedFor(incoming: Incoming): readonly string[] {
  return incoming.headersDistinct['x-forwarded-for'] ?? [];
}

// RFC 6455 §4.1; any other Upgrade is ignored [GW-45].
function isWebSocketUpgrade(incoming: Incoming): boolean {
  const upgrade = incoming.headers.upgrade;
  return (
    upgrade !== undefined &&
    upgrade
      .toLowerCase()
      .split(',')
      .some((name) => name.trim().split('/')[0] === 'websocket')
  );
}
