// Who may ask: anybody who is logged in, or administrators alone.
import { type Caller, RestFault } from '../plugin-kit/rest.js';

/** The caller, when an administrator. Throws RestFault 401 for nobody, 403 for anybody else. */
export function requireAdministrator(caller: Caller | null): Caller {
  if (caller === null) throw new RestFault(401, 'Client must be authenticated to access this resource.', { kind: 'unauthenticated' });
  if (!caller.principal.isAdministrator) throw new RestFault(403, 'Only administrators may do this.', { kind: 'not-administrator' });
  return caller;
}
