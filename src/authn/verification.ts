// What all authenticators together said of one credential: the part of an identity that may be remembered.
import type { CredentialFault, Grant, Principal } from '../core/index.js';

export type Verification =
  | { readonly kind: 'accepted'; readonly principal: Principal; readonly grant: Grant | null; readonly credentialDigest: string }
  | {
      readonly kind: 'unaccepted';
      readonly fault: CredentialFault;
      readonly tokenRef: string | null;
      readonly system: string | null;
      readonly credentialDigest: string;
      /** Never remembered: a password that was wrong counts each time, and one that was not looked at may be right [DIR-6]. */
      readonly isPassing?: true;
    };
