// Who administers, by HTTP Basic with a password of the directory; a session of the pages is the other way in. A token opens `/rest/*` alone
// [GW-7, GW-14].
import type { IncomingMessage } from 'node:http';
import type { Trail } from '../audit/contract.js';
import { parseAuthorization } from '../authn/authorization-header.js';
import type { CredentialCache } from '../authn/credential-cache.js';
import type { CheckPassword } from '../authn/password-check.js';
import { createStrategies } from '../authn/strategies.js';
import type { Verification } from '../authn/verification.js';
import { type BasicCredential, type Credential, HostError, type Principal, type RequestView, type UserDirectory } from '../core/index.js';

export interface LoginNeeds {
  readonly directory: Pick<UserDirectory, 'findByUsername'>;
  readonly checkPassword: CheckPassword;
  readonly trail: Pick<Trail, 'noteLogin'>;
  /** Remembers who a password stands for, so that a script that pages does not pay a slow hash for each page. */
  readonly cache: CredentialCache;
}

/**
 * The user behind a request; null when it brings no credential. Throws HostError 401 for a wrong one, 403 for one that
 * is not looked at because too many were wrong before [DIR-6], 503 when nobody could find out.
 */
export type Login = (message: IncomingMessage, request: RequestView) => Promise<Principal | null>;

/** Builds the login. Failures are noted in the trail every time, a success once for as long as it is remembered. */
export function createLogin(needs: LoginNeeds): Login {
  const run = createStrategies<RequestView>((credential, request) =>
    needs.cache.find(needs.cache.nameOf(credential, request), () => askPassword(needs, credential, request)),
  );
  return async (message, request) => {
    const credential = readBasic(message);
    if (credential === null) return null;
    const verification = await run(credential, request).catch(unavailable);
    const principal = verification?.kind === 'accepted' ? await stillActive(needs, verification.principal) : null;
    if (principal !== null) return principal;
    noteLogin(needs, credential.username, request, false);
    throw new HostError(verification?.kind === 'unaccepted' && verification.fault === 'denied' ? 'authn.denied' : 'authn.refused');
  };
}

function readBasic(message: IncomingMessage): BasicCredential | null {
  const values = message.headersDistinct['authorization'] ?? [];
  if (values.length > 1) throw new HostError('request.malformed', { detail: 'framing: Authorization is there twice' });
  const header = parseAuthorization(values[0] ?? null);
  if (header.kind === 'absent') return null;
  if (header.kind === 'credential' && header.credential.scheme === 'basic') return header.credential;
  throw new HostError('authn.refused');
}

async function askPassword(needs: LoginNeeds, credential: Credential, request: RequestView): Promise<Verification> {
  // No digest: what is looked up by it in the trail are tokens [AUD-10].
  const nobody = { kind: 'unaccepted', fault: 'unknown', tokenRef: null, system: null, credentialDigest: '', isPassing: true } as const;
  if (credential.scheme !== 'basic') return nobody;
  const { username, secret: password } = credential;
  const principal = await needs.checkPassword({ scope: 'api', username, password, address: addressOf(request) });
  if (principal === 'denied') return { ...nobody, fault: 'denied' };
  if (principal === null) return nobody;
  noteLogin(needs, credential.username, request, true);
  return { kind: 'accepted', principal, grant: null, credentialDigest: '' };
}

/** The user as the directory has it now: what is remembered is who, never what they may do [GW-61]. */
async function stillActive(needs: LoginNeeds, remembered: Principal): Promise<Principal | null> {
  const principal = await needs.directory.findByUsername(remembered.username).catch(unavailable);
  return principal?.isActive === true && principal.userId === remembered.userId ? principal : null;
}

/** Notes in the trail that a password was checked. */
export function noteLogin(needs: Pick<LoginNeeds, 'trail'>, username: string, request: RequestView, isAccepted: boolean): void {
  needs.trail.noteLogin({ username, isAccepted, clientAddress: addressOf(request), at: request.receivedAt });
}

/** Where the proxies' word cannot be read, the peer at least is certain. */
export function addressOf(request: RequestView): string {
  return request.clientAddress ?? request.peer;
}

/** Rethrows as 503: who asks could not be found out. */
export function unavailable(error: unknown): never {
  if (error instanceof HostError && error.status === 503) throw error;
  throw new HostError('authn.unavailable', { detail: 'The directory could not be asked.', cause: error });
}
