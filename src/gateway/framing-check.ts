// Framing and headers that two parsers could read differently [GW-6]. Node's strict parser refuses most of it before us; this
// is what it lets through (security-notes: two Host fields, two Authorization fields, Transfer-Encoding in HTTP/1.0).
import { HostError, LIMITS, remembered } from '../core/index.js';
import type { Incoming } from './exchange.js';

/** The few header fields the line needs, read from the raw list so that nothing is merged or dropped unseen. */
export interface CheckedHeaders {
  readonly host: string;
  readonly authorization: string | null;
  readonly expect: string | null;
}

// RFC 3986 §3.2: reg-name, IPv4 or bracketed IPv6, and a port. No userinfo, no percent escapes.
const AUTHORITY = /^(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/** Throws HostError request.malformed, whereupon the connection is closed, or request.headers-too-large. */
export function checkFraming(incoming: Incoming): CheckedHeaders {
  if (incoming.rawHeaders.length > 2 * LIMITS.headerCountMax) throw new HostError('request.headers-too-large');
  const { hosts, lengths, encodings, authorizations, expectations } = collect(incoming.rawHeaders);
  if (hosts.length !== 1) refuse(hosts.length === 0 ? 'Host is missing' : 'Host is there twice');
  const host = hosts[0] ?? '';
  if (!AUTHORITY.test(host)) refuse('Host is not a host and a port');
  if (lengths.length > 1 || (lengths.length > 0 && encodings.length > 0)) refuse('the length of the body is said twice');
  if (lengths[0] !== undefined && !/^\d{1,15}$/.test(lengths[0])) refuse('Content-Length is not a number');
  if (encodings.length > 1 || (encodings[0] !== undefined && encodings[0].toLowerCase() !== 'chunked')) {
    refuse('Transfer-Encoding is not chunked alone');
  }
  if (encodings.length > 0 && incoming.httpVersion !== '1.1') refuse('Transfer-Encoding in HTTP/1.0');
  if (authorizations.length > 1) refuse('Authorization is there twice');
  return { host, authorization: authorizations[0] ?? null, expect: expectations.length === 0 ? null : expectations.join(', ') || null };
}

type Watched = 'hosts' | 'lengths' | 'encodings' | 'authorizations' | 'expectations';

const WATCHED: ReadonlyMap<string, Watched> = new Map([
  ['host', 'hosts'],
  ['content-length', 'lengths'],
  ['transfer-encoding', 'encodings'],
  ['authorization', 'authorizations'],
  ['expect', 'expectations'],
]);
const watchedOf = remembered((name: string) => WATCHED.get(name.toLowerCase()) ?? null);
const NONE: readonly string[] = [];

/** Every value of each watched field, in their order. */
function collect(rawHeaders: readonly string[]): Readonly<Record<Watched, readonly string[]>> {
  const seen = { hosts: NONE, lengths: NONE, encodings: NONE, authorizations: NONE, expectations: NONE };
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const watched = watchedOf(rawHeaders[index] ?? '');
    if (watched === null) continue;
    const value = (rawHeaders[index + 1] ?? '').trim();
    seen[watched] = seen[watched] === NONE ? [value] : [...seen[watched], value];
  }
  return seen;
}

function refuse(reason: string): never {
  throw new HostError('request.malformed', { detail: `framing: ${reason}`, publicText: `The request is not well formed: ${reason}.` });
}
