// How making and ending a token stand in the audit trail.
import type { Act } from '../../plugin-kit/contract.js';
import { SYSTEM } from './manifest.js';
import { type ExtenderToken, hasLimits } from './token-row.js';

/** The record of an act on one token, its value left out. */
export function tokenAct(action: 'token.created' | 'token.deleted', token: ExtenderToken, by: Pick<Act, 'actor' | 'clientAddress'>): Act {
  return {
    ...by,
    action,
    system: SYSTEM,
    tokenRef: token.tokenRef,
    detail: {
      label: token.label,
      user: token.userKey === null ? null : token.userName,
      userKey: token.userKey,
      expiresAt: token.validUntil,
      hasLimits: hasLimits(token),
    },
  };
}
