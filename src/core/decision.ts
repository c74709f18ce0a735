// Effect, the statement that determined it, and what must accompany a permit.
import type { ErrorCode } from './error-codes.js';

/** What must accompany a permit. Closed: a switch over it ends with `satisfies never`. */
export type Obligation = { readonly kind: 'flag-anyone' };

export type Decision =
  | {
      readonly effect: 'permit';
      /** The token rule that matched, or null where nothing restricts. */
      readonly rule: string | null;
      /** The site policy's statement that permitted; null for anonymous requests, which are GW-15's alone. */
      readonly statement: string | null;
      readonly obligations: readonly Obligation[];
    }
  | {
      readonly effect: 'deny';
      /** Status and texts follow from the catalogue row. */
      readonly code: ErrorCode;
      readonly rule: string | null;
      readonly statement: string | null;
    };
