// Whose token it will be [EXT-41].
import type { Principal, UserDirectory } from '../../core/index.js';
import { RestFault } from '../../plugin-kit/rest.js';

/**
 * The user a new token is for; null for anyone. An administrator may name any active user or nobody; others only themselves,
 * and learn nothing about the names they try. Throws RestFault 400 and 403.
 */
export async function chooseOwner(
  directory: UserDirectory,
  caller: Principal,
  userName: string | null,
  mayBeAnyone: boolean,
): Promise<Principal | null> {
  if (!caller.isAdministrator) {
    if (userName === null || foldAscii(userName) === foldAscii(caller.username)) return caller;
    throw new RestFault(403, 'Only administrators may make tokens for other users.');
  }
  if (userName === null) {
    if (mayBeAnyone) return null;
    throw new RestFault(400, 'userName is required: tokens that work for anyone are switched off.');
  }
  // Such a name is nobody's, and not every database can be asked for it.
  const user = /[\p{Cc}\p{Cs}]/u.test(userName) ? null : await directory.findByUsername(userName);
  if (user?.isActive !== true) throw new RestFault(400, 'userName: there is no active user of this name.');
  return user;
}

/** User names compare without case, ASCII letters only [EXT-1]. */
function foldAscii(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
