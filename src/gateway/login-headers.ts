// The products' own words on how a login went, which clients read [DIR-8].
import type { Identity } from '../core/index.js';

/** Field names and values for the answer; none for anonymous requests. */
export function loginHeaders(identity: Identity): readonly (readonly [string, string])[] {
  switch (identity.kind) {
    case 'authenticated':
      return [
        ['X-Seraph-LoginReason', 'OK'],
        ['X-AUSERNAME', encodeURIComponent(identity.principal.username)],
      ];
    case 'unaccepted':
      return [['X-Seraph-LoginReason', 'AUTHENTICATED_FAILED']];
    case 'anonymous':
    case 'unknown':
      return [];
    default:
      return identity satisfies never;
  }
}
