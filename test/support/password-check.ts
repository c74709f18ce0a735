// The check of passwords as tests of other things want it: on the directory alone, without a limit.
import type { CheckPassword } from '../../src/authn/password-check.js';
import type { UserDirectory } from '../../src/core/index.js';

export function unlimitedPasswordCheck(directory: Pick<UserDirectory, 'verifyPassword'>): CheckPassword {
  return ({ username, password }) => directory.verifyPassword(username, password);
}
