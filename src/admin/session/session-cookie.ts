// How the session's cookie is written and read. Under TLS it is bound to this host alone; without, to the path of the API, so that no
// product below the same host is ever sent it.
import type { IncomingMessage } from 'node:http';
import { PLAIN_SESSION_COOKIE, readCookies, Secret, SECURE_SESSION_COOKIE } from '../../core/index.js';

/** The forms of the cookie where clients come with TLS or without. */
export interface SessionCookie {
  /** The one value that a request brings; null for none, and for several: nobody could say whose they are. */
  read(message: IncomingMessage): Secret | null;
  /** The header that sets it. It goes when the browser is closed. */
  write(value: Secret): string;
  /** The header that removes it. */
  readonly removal: string;
}

/** `isSecure`: clients come with TLS. */
export function sessionCookie(isSecure: boolean): SessionCookie {
  const name = isSecure ? SECURE_SESSION_COOKIE : PLAIN_SESSION_COOKIE;
  const attributes = `; Path=${isSecure ? '/' : '/api/v1'}; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;
  return {
    read(message) {
      const values = readCookies(message.headers.cookie ?? '').flatMap(([found, value]) => (found === name ? [value] : []));
      const [value, ...more] = values;
      return value === undefined || value === '' || more.length > 0 ? null : new Secret(value);
    },
    write: (value) => `${name}=${value.reveal()}${attributes}`,
    removal: `${name}=${attributes}; Max-Age=0`,
  };
}
