// Whether a browser says that a request was made by a page of ours. The page token is the proof; this is the second lock, and the only one
// before anybody is signed in (OWASP: Fetch Metadata; RFC 6454 §7).
import type { IncomingMessage } from 'node:http';
import { HostError } from '../../core/index.js';

/** Throws HostError request.cross-site where the browser names another origin. Other programs name none, and pass. */
export function checkSameOrigin(message: IncomingMessage, baseUrl: URL | null): void {
  const site = message.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') refuse(`Sec-Fetch-Site is ${JSON.stringify(site).slice(0, 40)}`);
  const { origin } = message.headers;
  if (origin !== undefined && !isOurs(origin, message, baseUrl)) refuse('Origin is not ours');
}

function isOurs(origin: string, message: IncomingMessage, baseUrl: URL | null): boolean {
  if (!URL.canParse(origin)) return false;
  // A proxy that ends TLS may write another Host: then the base URL says what browsers call us.
  return origin === baseUrl?.origin || new URL(origin).host === message.headers.host?.toLowerCase();
}

function refuse(detail: string): never {
  throw new HostError('request.cross-site', { detail });
}
