// The challenges of a 401: one for each scheme that would do, with the RFC's error code where a credential was wrong [GW-12].
import type { Identity } from '../core/index.js';

/** `WWW-Authenticate` values. `schemes` in the order of the token systems. */
export function challenges(schemes: readonly ('basic' | 'bearer')[], identity: Identity): readonly string[] {
  return schemes.map((scheme) => (scheme === 'basic' ? 'Basic realm="Postern", charset="UTF-8"' : bearerChallenge(identity)));
}

// RFC 6750 §3.1: no error code where no bearer token was sent.
function bearerChallenge(identity: Identity): string {
  const isWrongBearer = identity.kind === 'unaccepted' && identity.scheme === 'bearer';
  return isWrongBearer ? 'Bearer realm="Postern", error="invalid_token"' : 'Bearer realm="Postern"';
}
