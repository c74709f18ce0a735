// Framing and headers that two parsers could read differently [GW-6]. Node's strict parser refuses most of it before us; this
// is what it lets through (security-notes: two Host fields, two Authorization fields, Transfer-Encoding in HTTP/1.0).
import type { IncomingMessage } from 'node:http';
import { HostError, LIMITS } from '../core/index.js';

/** The few header fields the line needs, read from the raw list so that nothing is merged or dropped unseen. */
export interface CheckedHeaders {
  readonly host: string;
  readonly authorization: string | null;
  readonly expect: string | null;
}

// RFC 3986 §3.2: reg-name, IPv4 or bracketed IPv6, and a port. No userinfo, no percent escapes.
const AUTHORITY = /^(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/** Throws HostError request.malformed, whereupon the connection is closed, or request.headers-too-large. */
export function checkFraming(incoming: IncomingMessage): CheckedHeaders {
  if (incoming.rawHeaders.length > 2 * LIMITS.headerCountMax) throw new HostError('request.headers-too-large');
  const seen = collect(incoming.rawHeaders);
  const hosts = seen.get('host') ?? [];
  if (hosts.length !== 1) refuse(hosts.length === 0 ? 'Host is missing' : 'Host is there twice');
  const host = hosts[0] ?? '';
  if (!AUTHORITY.test(host)) refuse('Host is not a host and a port');
  const lengths = seen.get('content-length') ?? [];
  const encodings = seen.get('transfer-encoding') ?? [];
  if (lengths.length > 1 || (lengths.length > 0 && encodings.length > 0)) refuse('the length of the body is said twice');
  if (lengths[0] !== undefined && !/^\d{1,15}$/.test(lengths[0])) refuse('Content-Length is not a number');
  if (encodings.length > 1 || (encodings[0] !== undefined && encodings[0].toLowerCase() !== 'chunked')) {
    refuse('Transfer-Encoding is not chunked alone');
  }
  if (encodings.length > 0 && incoming.httpVersion !== '1.1') refuse('Transfer-Encoding in HTTP/1.0');
  const authorizations = seen.get('authorization') ?? [];
  if (authorizations.length > 1) refuse('Authorization is there twice');
  return { host, authorization: authorizations[0] ?? null, expect: (seen.get('expect') ?? []).join(', ') || null };
}

const WATCHED = new Set(['host', 'content-length', 'transfer-encoding', 'authorization', 'expect']);

function collect(rawHeaders: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const seen = new Map<string, string[]>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    if (!WATCHED.has(name)) continue;
    const values = seen.get(name);
    const value = (rawHeaders[index + 1] ?? '').trim();
    if (values === undefined) seen.set(name, [value]);
    else values.push(value);
  }
  return seen;
}

function refuse(reason: string): never {
  throw new HostError('request.malformed', { detail: `framing: ${reason}`, publicText: `The request is not well formed: ${reason}.` });
}
