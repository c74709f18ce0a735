// Whether the client reached us by TLS.
import { TLSSocket } from 'node:tls';
import type { Incoming } from './exchange.js';

/** `https` where we ended the TLS ourselves. */
export function ownScheme({ socket }: Pick<Incoming, 'socket'>): 'http' | 'https' {
  return socket instanceof TLSSocket ? 'https' : 'http';
}
