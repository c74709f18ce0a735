// Checks a user name and a password within what the throttle allows. Everything that takes passwords asks here: the gateway and our own API.
import { HostError, type Principal, type Secret, type UserDirectory } from '../core/index.js';
import type { LoginAttempt, LoginThrottle } from './login-throttle.js';

/** A user name and a password, and where they come from. */
export interface PasswordLogin extends LoginAttempt {
  readonly password: Secret;
}

/**
 * The active user whose password this is; null when it is nobody's; `denied` when it is not looked at, because too many were wrong before
 * [DIR-6]. Throws when nobody could find out.
 */
export type CheckPassword = (login: PasswordLogin) => Promise<Principal | 'denied' | null>;

/** The check on a directory. */
export function createPasswordCheck(directory: Pick<UserDirectory, 'verifyPassword'>, throttle: LoginThrottle): CheckPassword {
  return async (login) => {
    if ((await throttle.standing(login)).isDenied) return 'denied';
    const answer = await askDirectory(directory, login);
    if (answer === 'denied') return answer;
    if (answer === null) return (await throttle.failed(login)) ? 'denied' : null;
    // Asked again: of many guesses at once, on whatever node, a right one counts no more than the wrong ones before it.
    const standing = await throttle.standing(login);
    if (standing.isDenied) return 'denied';
    if (standing.hasFailed) await throttle.succeeded(login);
    return answer;
  };
}

/** An outside directory has limits of its own, and says so by this code [DIR-5]. */
async function askDirectory(directory: Pick<UserDirectory, 'verifyPassword'>, login: PasswordLogin): Promise<Principal | 'denied' | null> {
  try {
    return await directory.verifyPassword(login.username, login.password);
  } catch (error) {
    if (error instanceof HostError && error.code === 'authn.denied') return 'denied';
    throw error;
  }
}
