// A request that nobody sent, through the very code that a sent one goes through: so that what explain says of its target is what the gate
// would say [GW-25].
import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type CanonicalRequest } from '../core/index.js';
import { normalise, type NormaliseSite } from './normalise.js';

/** What is said of it. */
export interface Imagined {
  readonly method: string;
  /** A target as it would stand in the request line, or an absolute URL. */
  readonly url: string;
  /** The client's address. */
  readonly address: string;
}

/** The canonical request; null for a target that no token opens [GW-7]. Throws HostError for what is refused before anything is judged. */
export function imagine({ method, url, address }: Imagined, site: NormaliseSite): CanonicalRequest | null {
  // All that is asked of the socket is its peer.
  const incoming = new IncomingMessage({ remoteAddress: address } as Socket);
  incoming.httpVersion = '1.1';
  incoming.httpVersionMajor = 1;
  incoming.httpVersionMinor = 1;
  incoming.method = method;
  incoming.url = url;
  // Whoever follows an absolute URL sends its authority as Host.
  incoming.rawHeaders = ['Host', /^https?:\/\/([^/?#]+)/i.exec(url)?.[1] ?? 'localhost'];
  incoming.headers = { host: incoming.rawHeaders[1] };
  incoming.headersDistinct = { host: incoming.rawHeaders.slice(1) };
  // The address is the client's own: there is no proxy whose word about it would count.
  const arrival = normalise(incoming, { ...site, trustedProxies: null });
  return arrival.place === 'rest' ? arrival.request : null;
}
