// What a request presents: a scheme, a secret, and for Basic a user name [GW-10].
import type { Secret } from './secret.js';

/** `Authorization: Basic` after RFC 7617: UTF-8, split at the first colon. */
export interface BasicCredential {
  readonly scheme: 'basic';
  /** The scheme as the client wrote it: a personal access token wants the exact case [PAT-10]. */
  readonly schemeAsWritten: string;
  readonly username: string;
  readonly secret: Secret;
}

/** `Authorization: Bearer` after RFC 6750. */
export interface BearerCredential {
  readonly scheme: 'bearer';
  readonly schemeAsWritten: string;
  readonly secret: Secret;
}

export type Credential = BasicCredential | BearerCredential;
