// Who administers: HTTP Basic with a password of the directory and nothing else. A token opens `/rest/*` alone [GW-7, GW-14].
import type { IncomingMessage } from 'node:http';
import type { Trail } from '../audit/contract.js';
import { parseAuthorization } from '../authn/authorization-header.js';
import type { CredentialCache } from '../authn/credential-cache.js';
import { createStrategies } from '../authn/strategies.js';
import type { Verification } from '../authn/verification.js';
import { type BasicCredential, type Credential, HostError, type Principal, type RequestView, type UserDirectory } from '../core/index.js';

export interface LoginNeeds {
  readonly directory: Pick<UserDirectory, 'verifyPassword' | 'findByUsername'>;
  readonly trail: Pick<Trail, 'noteLogin'>;
  /** Remembers who a password stands for, so that a script that pages does not pay a slow hash for each page. */
  readonly cache: CredentialCache;
}

/** The user behind a request; null when it brings no credential. Throws HostError 401 for a wrong one, 503 when nobody could find out. */
export type Login = (message: IncomingMessage, request: RequestView) => Promise<Principal | null>;

/** Builds the login. Failures are noted in the trail every time, a success once for as long as it is remembered. */
export function createLogin(needs: LoginNeeds): Login {
  const run = createStrategies<RequestView>((credential, request) =>
    needs.cache.find(credential, request, () => checkPassword(needs, credential, request)),
  );
  return async (message, request) => {
    const credential = readBasic(message);
    if (credential === null) return null;
    const verification = await run(credential, request).catch(unavailable);
    const principal = verification?.kind === 'accepted' ? await stillActive(needs, verification.principal) : null;
    if (principal !== null) return principal;
    note(needs, credential, request, false);
    throw new HostError('authn.refused');
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

async function checkPassword(needs: LoginNeeds, credential: Credential, request: RequestView): Promise<Verification> {
  const principal = credential.scheme === 'basic' ? await needs.directory.verifyPassword(credential.username, credential.secret) : null;
  // No digest: what is looked up by it in the trail are tokens [AUD-10].
  if (principal === null) return { kind: 'unaccepted', fault: 'unknown', tokenRef: null, system: null, credentialDigest: '' };
  note(needs, credential as BasicCredential, request, true);
  return { kind: 'accepted', principal, grant: null, credentialDigest: '' };
}

/** The user as the directory has it now: what is remembered is who, never what they may do [GW-61]. */
async function stillActive(needs: LoginNeeds, remembered: Principal): Promise<Principal | null> {
  const principal = await needs.directory.findByUsername(remembered.username).catch(unavailable);
  return principal?.isActive === true && principal.userId === remembered.userId ? principal : null;
}

function note(needs: LoginNeeds, credential: BasicCredential, request: RequestView, isAccepted: boolean): void {
  needs.trail.noteLogin({
    username: credential.username,
    isAccepted,
    // Where the proxies' word cannot be read, the peer at least is certain.
    clientAddress: request.clientAddress ?? request.peer,
    at: request.receivedAt,
  });
}

function unavailable(error: unknown): never {
  if (error instanceof HostError && error.status === 503) throw error;
  throw new HostError('authn.unavailable', { detail: 'The directory could not be asked.', cause: error });
}
