// Who asks, by the session of the pages. A change is done only for a page of ours: SameSite keeps the cookie at home, the page token proves
// that the page could read our answers, and what the browser says of the origin must agree.
import type { IncomingMessage } from 'node:http';
import { HostError, type Principal, type RequestView, type Secret, type UserDirectory } from '../../core/index.js';
import type { Directory } from '../../store/directory/directory.js';
import type { Sessions } from '../../store/sessions.js';
import { addressOf, type LoginNeeds, noteLogin, unavailable } from '../login.js';
import { checkSameOrigin } from './same-origin.js';
import { type SessionCookie, sessionCookie } from './session-cookie.js';

/** The field of a request in which a page sends its token. */
export const PAGE_TOKEN_HEADER = 'x-postern-page';

export interface SessionNeeds extends Pick<LoginNeeds, 'checkPassword' | 'trail'> {
  readonly directory: Pick<UserDirectory, 'findByUsername'> & Pick<Directory, 'onChange'>;
  readonly sessions: Sessions;
  /** What browsers call us; null: what the request says. */
  readonly baseUrl: URL | null;
  /** Whether clients come with TLS. */
  readonly isSecure: boolean;
}

export interface SignedIn {
  readonly principal: Principal;
  readonly pageToken: string;
}

export interface SessionLogin {
  readonly cookie: SessionCookie;
  /** The user behind the cookie; null without one that lasts. Throws HostError request.cross-site for a change that no page of ours asked for. */
  find(message: IncomingMessage, request: RequestView): Promise<SignedIn | null>;
  /** Signs in with a password, and ends the session that the browser had. Throws HostError authn.refused, authn.denied [DIR-6], authn.unavailable. */
  begin(message: IncomingMessage, request: RequestView, username: string, password: Secret): Promise<SignedIn & { readonly value: Secret }>;
  /** Ends the session. Throws HostError request.cross-site. */
  end(message: IncomingMessage): Promise<void>;
}

/** Tries to sign in while users change at the same time; past it nobody could find out. */
const TRIES = 3;

/** Builds the login by sessions. */
export function createSessionLogin(needs: SessionNeeds): SessionLogin {
  const { sessions, directory, baseUrl } = needs;
  const cookie = sessionCookie(needs.isSecure);
  let changes = 0;
  directory.onChange(() => (changes += 1));

  const checkPage = (message: IncomingMessage, value: Secret): void => {
    checkSameOrigin(message, baseUrl);
    const token = message.headers[PAGE_TOKEN_HEADER];
    if (typeof token !== 'string' || !sessions.isPageToken(value, token)) {
      throw new HostError('request.cross-site', { detail: 'The page token is missing or wrong.' });
    }
  };

  return {
    cookie,

    async find(message, request) {
      const value = cookie.read(message);
      const owner = value === null ? null : await sessions.find(value).catch(unavailable);
      if (value === null || owner === null) return null;
      const principal = await directory.findByUsername(owner.username).catch(unavailable);
      if (principal?.isActive !== true || principal.userId !== owner.userId) return null;
      if (request.method !== 'GET' && request.method !== 'HEAD') checkPage(message, value);
      return { principal, pageToken: sessions.pageToken(value) };
    },

    async begin(message, request, username, password) {
      checkSameOrigin(message, baseUrl);
      const before = cookie.read(message);
      for (let tries = 0; tries < TRIES; tries += 1) {
        const seen = changes;
        const principal = await askPassword(needs, request, username, password);
        const value = await sessions.begin(principal);
        // A password that was changed or a user who was deactivated between the two would leave a session behind.
        if (changes === seen) {
          if (before !== null) await sessions.end(before);
          noteLogin(needs, username, request, true);
          return { principal, value, pageToken: sessions.pageToken(value) };
        }
        await sessions.end(value);
      }
      throw new HostError('authn.unavailable', { detail: 'Users changed while somebody signed in.' });
    },

    async end(message) {
      const value = cookie.read(message);
      if (value === null || (await sessions.find(value)) === null) return;
      checkPage(message, value);
      await sessions.end(value);
    },
  };
}

async function askPassword(needs: SessionNeeds, request: RequestView, username: string, password: Secret): Promise<Principal> {
  const attempt = { scope: 'api', username, password, address: addressOf(request) } as const;
  const principal = await needs.checkPassword(attempt).catch(unavailable);
  if (principal !== null && principal !== 'denied') return principal;
  noteLogin(needs, username, request, false);
  throw new HostError(principal === 'denied' ? 'authn.denied' : 'authn.refused');
}
