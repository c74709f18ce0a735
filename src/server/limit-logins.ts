// The directory for those who check passwords behind the gate, where no client's address is known: the built-in sample's own logins count
// as failures of the user too [DIR-6].
import type { CheckPassword } from '../authn/password-check.js';
import { HostError, type UserDirectory } from '../core/index.js';

/** The same users, their passwords checked within the limits. `verifyPassword` throws HostError authn.denied past them. */
export function limitLogins(directory: UserDirectory, checkPassword: CheckPassword): UserDirectory {
  return {
    ...directory,
    async verifyPassword(username, password) {
      const principal = await checkPassword({ scope: 'rest', username, password, address: '' });
      if (principal === 'denied') throw new HostError('authn.denied');
      return principal;
    },
  };
}
