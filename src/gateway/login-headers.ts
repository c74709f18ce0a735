// The products' own words on how a login went, which clients read [DIR-8].
import { type Identity, remembered } from '../core/index.js';

/** Where a person logs in: Jira's page below its context path. */
const LOGIN_PAGE = '/login.jsp';

const escaped = remembered(encodeURIComponent);

/** Flat names and values for the answer; none for anonymous requests. */
export function loginHeaders(identity: Identity): readonly string[] {
  switch (identity.kind) {
    case 'authenticated':
      return ['X-Seraph-LoginReason', 'OK', 'X-AUSERNAME', escaped(identity.principal.username)];
    case 'unaccepted':
      return ['X-Seraph-LoginReason', identity.fault === 'denied' ? 'AUTHENTICATION_DENIED' : 'AUTHENTICATED_FAILED'];
    case 'anonymous':
    case 'unknown':
      return [];
    default:
      return identity satisfies never;
  }
}

/** Why a login was not looked at, in the words that clients search for: they send the person to `site`'s login page [DIR-6]. */
export function deniedHeaders(identity: Identity, site: string): readonly (readonly [string, string])[] {
  if (identity.kind !== 'unaccepted' || identity.fault !== 'denied') return [];
  return [['X-Authentication-Denied-Reason', `CAPTCHA_CHALLENGE; login-url=${site}${LOGIN_PAGE}`]];
}
