// Why a user could not be made, changed or deleted, in words for the one who asked.
import { Refusal } from '../../core/index.js';

export type UserField = 'username' | 'password' | 'displayName' | 'emailAddress' | 'isAdministrator' | 'isActive';

/** `invalid`: the value cannot be; `conflict`: it cannot be now, beside what is there; `unknown`: there is no such user. Nothing was changed. */
export class UserError extends Refusal {
  readonly field: UserField;
  readonly kind: 'invalid' | 'conflict' | 'unknown';

  constructor(field: UserField, kind: 'invalid' | 'conflict' | 'unknown', message: string) {
    super(message);
    this.name = 'UserError';
    this.field = field;
    this.kind = kind;
  }
}
