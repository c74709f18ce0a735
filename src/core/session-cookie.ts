// The cookie of a session with Postern's own pages. Its names are known here because the data plane never lets it pass: a product must not
// see it, and must not set it.

/** `__Host-` (RFC 6265bis §4.1.3.2): no other host can set it, and no plain connection. */
export const SECURE_SESSION_COOKIE = '__Host-postern-session';

/** Where clients come without TLS; a `__Host-` cookie would not be kept there. */
export const PLAIN_SESSION_COOKIE = 'postern-session';

/** Whether a cookie of this name is the session's. */
export function isSessionCookie(name: string): boolean {
  return name === SECURE_SESSION_COOKIE || name === PLAIN_SESSION_COOKIE;
}

/** The name and value pairs of one `Cookie` header, in its order (RFC 6265 §5.4). */
export function readCookies(header: string): readonly (readonly [name: string, value: string])[] {
  return header.split(';').flatMap((pair) => {
    const mark = pair.indexOf('=');
    return mark < 0 ? [] : [[pair.slice(0, mark).trim(), pair.slice(mark + 1).trim()] as const];
  });
}
