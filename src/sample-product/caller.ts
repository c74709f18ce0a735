// Who calls the sample: asked in one order, the first answer counts [PRD-2, PRD-3, DIR-8].
import type { IncomingHttpHeaders } from 'node:http';
import { type Principal, Secret } from '../core/index.js';
import { NOT_AUTHENTICATED, SampleFault } from './fault.js';
import type { Sessions } from './session.js';

/** What the sample asks of the users; the directory satisfies it. Either call may throw: then nobody knows, and the answer is 503. */
export interface SampleUsers {
  /** Inactive users too. */
  findByUsername(username: string): Promise<Principal | null>;
  /** The active user whose password this is, else null. */
  verifyPassword(username: string, password: Secret): Promise<Principal | null>;
}

/** Where a product looks for its caller. */
export interface CallerSources {
  readonly users: SampleUsers;
  /** The header in which the gateway vouches for a user name, or null where there is none [GW-42]. */
  readonly identityHeader: string | null;
  /** null: the product has no login by cookie. */
  readonly sessions: Sessions | null;
  readonly realm: string;
}

export interface Caller {
  /** null: anonymous. */
  readonly principal: Principal | null;
  /** True where a name or a password was shown with this very request: such an answer says `X-Seraph-LoginReason: OK` [DIR-8]. */
  readonly isFreshLogin: boolean;
}

const ANONYMOUS: Caller = { principal: null, isFreshLogin: false };

/** The caller: by the identity header, else by Basic, else by the session, else anonymous. A name or password that is there and wrong is 401. */
export async function callerOf(headers: IncomingHttpHeaders, sources: CallerSources): Promise<Caller> {
  const vouched = sources.identityHeader === null ? undefined : headers[sources.identityHeader.toLowerCase()];
  if (vouched !== undefined) return freshLogin(active(await sources.users.findByUsername(String(vouched))), sources.realm);

  const basic = /^Basic +(.*)$/i.exec(headers.authorization ?? '');
  if (basic !== null) return freshLogin(await byPassword(basic[1] ?? '', sources.users), sources.realm);

  const username = sources.sessions?.usernameIn(headers.cookie) ?? null;
  if (username === null) return ANONYMOUS;
  return { principal: active(await sources.users.findByUsername(username)), isFreshLogin: false };
}

/** 401 in the product's words: `X-Seraph-LoginReason` tells a wrong login from a missing one [DIR-8]. */
export function loginFailed(realm: string, message: string): SampleFault {
  return new SampleFault(401, message, {
    headers: { 'X-Seraph-LoginReason': 'AUTHENTICATED_FAILED', 'WWW-Authenticate': challenge(realm) },
  });
}

/** 401 where a resource wants a login and there is none. */
export function loginMissing(realm: string): SampleFault {
  return new SampleFault(401, NOT_AUTHENTICATED, { headers: { 'WWW-Authenticate': challenge(realm) } });
}

function challenge(realm: string): string {
  return `Basic realm="${realm}", charset="UTF-8"`;
}

function freshLogin(principal: Principal | null, realm: string): Caller {
  if (principal === null) throw loginFailed(realm, NOT_AUTHENTICATED);
  return { principal, isFreshLogin: true };
}

/** RFC 7617: UTF-8, split at the first colon. */
async function byPassword(encoded: string, users: SampleUsers): Promise<Principal | null> {
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon === -1 ? null : users.verifyPassword(pair.slice(0, colon), new Secret(pair.slice(colon + 1)));
}

function active(principal: Principal | null): Principal | null {
  return principal?.isActive === true ? principal : null;
}
