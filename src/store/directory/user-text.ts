// What may stand in a user's name, address and password. Checked before anything is stored; the messages are shown to administrators.
import { LIMITS, type Secret } from '../../core/index.js';
import { UserError, type UserField } from './user-error.js';

// Control characters forge lines in logs and headers; format characters (bidirectional marks, zero widths) make two names look alike;
// half a surrogate pair is stored as U+FFFD and would then be another name.
const UNFIT = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Throws UserError unless the text can be a user name. */
export function checkUsername(username: string): void {
  checkText('username', 'The user name', username);
  if (username.includes(':'))
    throw new UserError('username', 'invalid', 'The user name must not hold a colon: HTTP Basic ends the name there.');
}

/** Throws UserError unless the text can be a display name. */
export function checkDisplayName(displayName: string): void {
  checkText('displayName', 'The display name', displayName);
}

/** Throws UserError unless the text is empty or looks like one address. */
export function checkEmailAddress(emailAddress: string): void {
  if (emailAddress === '') return;
  checkText('emailAddress', 'The e-mail address', emailAddress);
  if (!/^[^\s@]+@[^\s@]+$/.test(emailAddress)) {
    throw new UserError('emailAddress', 'invalid', 'The e-mail address must be one address such as name@example.com.');
  }
}

/** Throws UserError unless the password can be sent in HTTP Basic: RFC 7617 §2 knows no control characters. Blanks at its ends belong to it. */
export function checkPassword(password: Secret): void {
  const text = password.reveal();
  if (text === '') throw new UserError('password', 'invalid', 'The password must not be empty.');
  checkLengthAndCharacters('password', 'The password', text);
}

function checkText(field: UserField, what: string, text: string): void {
  if (text === '') throw new UserError(field, 'invalid', `${what} must not be empty.`);
  checkLengthAndCharacters(field, what, text);
  if (text !== text.trim()) throw new UserError(field, 'invalid', `${what} must not begin or end with a blank.`);
}

function checkLengthAndCharacters(field: UserField, what: string, text: string): void {
  if (text.length > LIMITS.userTextLengthMax) {
    throw new UserError(field, 'invalid', `${what} must not be longer than ${LIMITS.userTextLengthMax} characters.`);
  }
  if (UNFIT.test(text)) throw new UserError(field, 'invalid', `${what} must not hold control or invisible characters.`);
}
