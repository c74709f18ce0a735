// Whether the client reached us by TLS.
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';

/** `https` where we ended the TLS ourselves. */
export function ownScheme({ socket }: Pick<IncomingMessage, 'socket'>): 'http' | 'https' {
  return socket instanceof TLSSocket ? 'https' : 'http';
}
