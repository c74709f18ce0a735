// How making and ending a token stand in the audit trail, where the product's own audit log reads them from [PAT-60].
import type { Act } from '../../plugin-kit/contract.js';
import { profileOf } from './profile.js';
import type { PersonalToken } from './token-row.js';

export type By = Pick<Act, 'actor' | 'clientAddress'>;

/** Why a token ended: somebody's will, its age, or that its user is no more. */
export type Ending = 'revoked' | 'expired' | 'owner-deleted';

/** The record of an act on one token. The label is the log's extra attribute `Token Name`, the user its affected object. */
export function tokenAct(
  action: 'token.created' | 'token.deleted',
  token: Omit<PersonalToken, 'id' | 'hashedToken'>,
  user: string | null,
  by: By,
  ending?: Ending,
): Act {
  return {
    ...by,
    action,
    system: profileOf(token.userKey).system,
    tokenRef: token.tokenRef,
    detail: {
      label: token.name,
      user,
      userKey: token.userKey,
      expiresAt: token.expiresAt,
      hasLimits: token.inherited.length > 0,
      ...(ending === undefined ? {} : { reason: ending }),
    },
  };
}
