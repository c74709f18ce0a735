// What the gateway concluded after asking all authenticators.
import type { CredentialFault } from './credential-fault.js';
import type { Grant } from './grant.js';
import type { Principal } from './principal.js';

export type Identity =
  | { readonly kind: 'anonymous'; readonly because: 'no-credential' | 'wrong-bearer'; readonly credentialDigest: string | null }
  | {
      readonly kind: 'authenticated';
      readonly principal: Principal;
      /** The token's grant; null for a password, which carries no limits of its own. */
      readonly grant: Grant | null;
      readonly scheme: 'basic' | 'bearer';
      /** Keyed digest of the credential: an auditor can look a leaked value up by it [AUD-10]. */
      readonly credentialDigest: string;
    }
  | {
      readonly kind: 'unaccepted';
      readonly fault: CredentialFault;
      readonly scheme: 'basic' | 'bearer' | null;
      /** Set only where a plugin recognised the token. */
      readonly tokenRef: string | null;
      readonly system: string | null;
      readonly credentialDigest: string | null;
    }
  /** Nobody could find out: 503, never "no" and never "yes" [GW-11]. */
  | { readonly kind: 'unknown'; readonly credentialDigest: null };
