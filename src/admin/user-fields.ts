// What administrators write about a user, read strictly: a misspelt `administrator` that was passed over in silence would make another user
// than was asked for. What a text may hold is the directory's to say; here it is the shape, and what this resource adds.
import { Secret } from '../core/index.js';
import { type Fields, optionalFlag, requireFields } from '../plugin-kit/request-body.js';
import { RestFault } from '../plugin-kit/rest.js';
import type { Profile } from '../plugin-kit/setting.js';
import type { NewUser, UserChanges } from '../store/directory/user-changes.js';

const CHANGEABLE = ['password', 'displayName', 'emailAddress', 'administrator', 'active'] as const;
const NEW_USER = ['username', ...CHANGEABLE] as const;

/** Characters a new password has at least. The emulator's are `admin` and the like; the gateway's follow NIST SP 800-63B §5.1.1. */
const PASSWORD_LENGTH_MIN: Readonly<Record<Profile, number>> = { emulator: 1, gateway: 8 };

// The path would not be canonical: these are refused there even when escaped [GW-2], so nobody could change or delete such a user.
const UNADDRESSABLE = /[/\\%;?#]|^\.{1,2}$/;

/** The body of POST. Throws RestFault 400 that names the property. */
export function readNewUser(body: unknown, profile: Profile): NewUser {
  const fields = requireFields(body, NEW_USER);
  const username = requireText(fields, 'username');
  if (UNADDRESSABLE.test(username)) {
    throw new RestFault(
      400,
      'username: The user name must not hold / \\ % ; ? # or be . or .. alone: it stands in the path of its own resource.',
    );
  }
  return {
    username,
    password: checkPasswordLength(requireText(fields, 'password'), profile),
    displayName: optionalText(fields, 'displayName') ?? username,
    emailAddress: optionalText(fields, 'emailAddress') ?? '',
    isAdministrator: optionalFlag(fields, 'administrator') ?? false,
    isActive: optionalFlag(fields, 'active') ?? true,
  };
}

/** The body of PATCH. Throws RestFault 400 that names the property. */
export function readUserChanges(body: unknown, profile: Profile): UserChanges {
  const fields = requireFields(body, NEW_USER);
  if (fields['username'] !== undefined) throw new RestFault(400, 'username cannot be changed.');
  const password = optionalText(fields, 'password');
  const displayName = optionalText(fields, 'displayName');
  const emailAddress = optionalText(fields, 'emailAddress');
  const isAdministrator = optionalFlag(fields, 'administrator');
  const isActive = optionalFlag(fields, 'active');
  return {
    ...(password === undefined ? {} : { password: checkPasswordLength(password, profile) }),
    ...(displayName === undefined ? {} : { displayName }),
    ...(emailAddress === undefined ? {} : { emailAddress }),
    ...(isAdministrator === null ? {} : { isAdministrator }),
    ...(isActive === null ? {} : { isActive }),
  };
}

// Unlike the kit's, '' is a value here: it removes an e-mail address.
function optionalText(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (value === undefined || typeof value === 'string') return value;
  throw new RestFault(400, `${name} must be a string.`);
}

function requireText(fields: Fields, name: string): string {
  const text = optionalText(fields, name);
  if (text === undefined) throw new RestFault(400, `${name} is missing.`);
  return text;
}

function checkPasswordLength(text: string, profile: Profile): Secret {
  const lengthMin = PASSWORD_LENGTH_MIN[profile];
  // Code points: what a person counts as characters.
  if ([...text].length < lengthMin) throw new RestFault(400, `password: The password must have at least ${lengthMin} characters.`);
  return new Secret(text);
}
