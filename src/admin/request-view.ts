// A request to Postern's own origin, described as the data plane describes its own: the same words for address, path and time.
import type { IncomingMessage } from 'node:http';
import { type AddressSet, type Clock, HostError, LIMITS, type Method, METHODS, type RequestView } from '../core/index.js';
import { clientAddress, plainAddress } from '../policy/index.js';

export interface ViewNeeds {
  readonly clock: Clock;
  /** Peers whose X-Forwarded-For is believed [GW-22]. */
  readonly trustedProxies: AddressSet | null;
}

/**
 * The view of a request whose `url` is the canonical target, as the gateway hands it on [GW-1]. Throws HostError for a method that
 * nothing here has and for a path that does not decode.
 */
export function viewOf(request: IncomingMessage, needs: ViewNeeds): RequestView {
  const target = request.url ?? '';
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  if (!decodes(path)) throw new HostError('request.malformed', { detail: 'path: an escape that does not decode' });
  const peer = plainAddress(request.socket.remoteAddress ?? '') ?? '';
  const forwardedFor = request.headersDistinct['x-forwarded-for'] ?? [];
  return {
    method: knownMethod(request.method ?? ''),
    path,
    query: mark < 0 ? null : target.slice(mark + 1),
    // Postern's own origin lies below no product; users and passwords are the same for both.
    product: 'jira',
    contextPath: '',
    peer,
    clientAddress: peer === '' ? null : clientAddress({ peer, forwardedFor, trustedProxies: needs.trustedProxies }),
    userAgent: request.headers['user-agent']?.slice(0, LIMITS.userAgentLengthMax) ?? null,
    receivedAt: needs.clock.now(),
  };
}

function decodes(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function knownMethod(method: string): Method {
  const known = METHODS.find((name) => name === method);
  if (known === undefined) throw new HostError('request.method-unknown');
  return known;
}
