// Who sent this? Asks the token systems in their order, then the directory's passwords. An outcome is a value; a throw means
// that nobody could find out, which is 503, never 401 and never "allowed" [GW-11].
import {
  type Clock,
  type Credential,
  HostError,
  type Identity,
  type Logger,
  type Product,
  type RandomSource,
  type RequestView,
  type SiteKeys,
} from '../core/index.js';
import type { Authenticator } from '../plugin-kit/contract.js';
import { parseAuthorization } from './authorization-header.js';
import { type CachedName, type CredentialCache, createCredentialCache } from './credential-cache.js';
import type { CheckPassword } from './password-check.js';
import { createStrategies } from './strategies.js';
import type { Verification } from './verification.js';

/** One authenticator and the key of the token system it belongs to. */
export interface SystemAuthenticator {
  readonly system: string;
  readonly authenticator: Authenticator;
}

export interface AuthenticationNeeds {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: RandomSource;
  readonly keys: SiteKeys;
  readonly checkPassword: CheckPassword;
  /** In the order in which credentials are offered. */
  readonly authenticators: readonly SystemAuthenticator[];
  /** Whether remembered credentials may be believed; left out: always [GW-50]. */
  isFresh?(): boolean;
  /** A bearer value that nobody accepts: anonymous or refused [GW-15]. */
  readonly wrongBearer: 'anonymous' | 'refuse';
  /** Whether a token system refuses passwords for this request [WOM-6]. */
  refusesPasswords?(request: RequestView): boolean;
}

/** Authentication of the data plane, with the doors through which it is told to forget. */
export interface Authentication {
  /**
   * The identity behind one Authorization header, at once where nobody need be asked; `unknown` when nobody could find out. Throws HostError
   * for a header that is too long.
   */
  authenticate(request: RequestView, authorization: string | null): Identity | Promise<Identity>;
  /** Schemes that would do for a product, for the challenges of a 401. */
  schemes(product: Product): readonly ('basic' | 'bearer')[];
  readonly cache: CredentialCache;
}

/** A request whose credential is asked about, and what the answer is remembered under. */
interface Asked {
  readonly request: RequestView;
  readonly name: CachedName;
}

/** Builds the authentication from the token systems at hand. */
export function createAuthentication(needs: AuthenticationNeeds): Authentication {
  const cache = createCredentialCache(needs.clock, needs.random, () => needs.isFresh?.() ?? true);
  const run = createStrategies<Asked>((credential, { request, name }) => cache.find(name, () => askEveryone(needs, credential, request)));
  return {
    cache,
    schemes: (product) => challengeSchemes(needs.authenticators, product),
    authenticate(request, authorization) {
      const header = parseAuthorization(authorization);
      // The exception is for `/rest/*`: the cloud's resources know no anonymous caller [GW-15, CLD-2].
      const wrongBearer = request.product === 'cloud' ? 'refuse' : needs.wrongBearer;
      if (header.kind === 'absent') return { kind: 'anonymous', because: 'no-credential', credentialDigest: null };
      if (header.kind === 'malformed') return malformed(header.scheme, wrongBearer);
      // Who was asked about a moment ago is remembered: one digest and one look-up [GW-61]. Everybody else goes through Passport.
      const { credential } = header;
      const name = cache.nameOf(credential, request);
      const remembered = cache.recall(name);
      if (remembered !== null) return toIdentity(remembered, credential.scheme, wrongBearer);
      return run(credential, { request, name }).then(
        (verification) => concluded(verification, credential.scheme, wrongBearer),
        (error: unknown) => unavailable(needs.logger, error),
      );
    },
  };
}

function challengeSchemes(authenticators: readonly SystemAuthenticator[], product: Product): readonly ('basic' | 'bearer')[] {
  const asked = new Set(
    authenticators.filter(({ authenticator }) => isAsked(authenticator, product)).map(({ authenticator }) => authenticator.scheme),
  );
  // Basic always below a product: the directory's passwords open Postern's own resources in both profiles [GW-14].
  if (product !== 'cloud') asked.add('basic');
  return (['basic', 'bearer'] as const).filter((scheme) => asked.has(scheme));
}

/** Whether credentials for this product's requests are offered to it. */
function isAsked(authenticator: Authenticator, product: Product): boolean {
  return authenticator.product === undefined ? product !== 'cloud' : authenticator.product === product;
}

async function askEveryone(needs: AuthenticationNeeds, credential: Credential, request: RequestView): Promise<Verification> {
  const credentialDigest = needs.keys.digest('credential-digest', credential.secret.reveal()).digest;
  let rejected: Verification | null = null;
  for (const { system, authenticator } of needs.authenticators) {
    if (authenticator.scheme !== credential.scheme || !isAsked(authenticator, request.product)) continue;
    const answer = await authenticator.verify(credential, request);
    if (answer.outcome === 'accepted') return { kind: 'accepted', principal: answer.principal, grant: answer.grant, credentialDigest };
    if (answer.outcome === 'rejected') {
      rejected ??= { kind: 'unaccepted', fault: answer.reason, tokenRef: answer.tokenRef, system, credentialDigest };
    }
  }
  // A token that a system recognised is no password: asking further would cost a slow hash for nothing.
  if (rejected !== null) return rejected;
  const nobody = { kind: 'unaccepted', fault: 'unknown', tokenRef: null, system: null, credentialDigest } as const;
  if (credential.scheme === 'bearer' || needs.refusesPasswords?.(request) === true) return nobody;
  const principal = await needs.checkPassword({
    scope: 'rest',
    username: credential.username,
    password: credential.secret,
    // Where the proxies' word cannot be read, the peer at least is certain.
    address: request.clientAddress ?? request.peer,
  });
  if (principal === 'denied') return { ...nobody, fault: 'denied', isPassing: true };
  return principal === null ? { ...nobody, isPassing: true } : { kind: 'accepted', principal, grant: null, credentialDigest };
}

function concluded(verification: Verification | null, scheme: 'basic' | 'bearer', wrongBearer: 'anonymous' | 'refuse'): Identity {
  return verification === null ? malformed(scheme, wrongBearer) : toIdentity(verification, scheme, wrongBearer);
}

function toIdentity(verification: Verification, scheme: 'basic' | 'bearer', wrongBearer: 'anonymous' | 'refuse'): Identity {
  if (verification.kind === 'accepted') {
    const { principal, grant, credentialDigest } = verification;
    return { kind: 'authenticated', principal, grant, scheme, credentialDigest };
  }
  if (scheme === 'bearer' && wrongBearer === 'anonymous') {
    return { kind: 'anonymous', because: 'wrong-bearer', credentialDigest: verification.credentialDigest };
  }
  const { fault, tokenRef, system, credentialDigest } = verification;
  return { kind: 'unaccepted', fault, scheme, tokenRef, system, credentialDigest };
}

function malformed(scheme: 'basic' | 'bearer' | null, wrongBearer: 'anonymous' | 'refuse'): Identity {
  if (scheme === 'bearer' && wrongBearer === 'anonymous') return { kind: 'anonymous', because: 'wrong-bearer', credentialDigest: null };
  return { kind: 'unaccepted', fault: 'malformed', scheme, tokenRef: null, system: null, credentialDigest: null };
}

function unavailable(logger: Logger, error: unknown): Identity {
  const detail = error instanceof HostError ? error.detail : error instanceof Error ? error.message : String(error);
  logger.error({ code: 'authn.unavailable', error: detail }, 'A credential could not be checked; the request was answered with 503');
  return { kind: 'unknown', credentialDigest: null };
}
