// `/api/v1/session`: sign in, who am I, sign out. It stands before the login of every other resource: nobody is signed in yet.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Clock, ERROR_CODES, HostError, type Principal, type RequestView, Secret } from '../../core/index.js';
import { parseJsonBody } from '../../plugin-kit/json-body.js';
import { optionalText, requireFields } from '../../plugin-kit/request-body.js';
import { type RestAnswer, RestFault } from '../../plugin-kit/rest.js';
import type { Profile } from '../../plugin-kit/setting.js';
import type { SessionAnswer } from '../api-types.js';
import { readBody } from '../read-body.js';
import { writeAnswer } from '../write-answer.js';
import type { SessionLogin, SignedIn } from './session-login.js';

export const SESSION_PATH = '/api/v1/session';

export interface SessionRoutesNeeds {
  readonly login: SessionLogin;
  readonly clock: Clock;
  readonly profile: Profile;
}

/** Answers a request to the path. Throws RestFault and HostError. */
export async function serveSession(
  needs: SessionRoutesNeeds,
  message: IncomingMessage,
  response: ServerResponse,
  request: RequestView,
): Promise<void> {
  writeAnswer(message, response, await answer(needs, message, request));
}

async function answer(needs: SessionRoutesNeeds, message: IncomingMessage, request: RequestView): Promise<RestAnswer> {
  const { login } = needs;
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      // 200 for nobody too: a page asks before it knows, and a 401 would be an error in its console.
      return { status: 200, json: shown(needs, await login.find(message, request)) };
    case 'POST':
      return signIn(needs, message, request);
    case 'DELETE':
      await login.end(message);
      return { status: 204, headers: { 'Set-Cookie': login.cookie.removal } };
    default:
      throw new RestFault(405, ERROR_CODES['request.method-not-allowed'].publicText, { headers: { Allow: 'GET, HEAD, POST, DELETE' } });
  }
}

async function signIn(needs: SessionRoutesNeeds, message: IncomingMessage, request: RequestView): Promise<RestAnswer> {
  // A form of another site can send any other type without being asked first.
  if (message.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() !== 'application/json') {
    throw new RestFault(415, 'The body must be application/json.');
  }
  const fields = requireFields(parseJsonBody(await readBody(message, needs.clock)), ['username', 'password']);
  const [username, password] = [optionalText(fields, 'username'), optionalText(fields, 'password')];
  if (username === null || password === null) throw new RestFault(400, 'username and password must be there.');
  const begun = await needs.login.begin(message, request, username, new Secret(password)).catch(inWords);
  return { status: 200, json: shown(needs, begun), headers: { 'Set-Cookie': needs.login.cookie.write(begun.value) } };
}

/** The catalogue's words are for programs; these are read by whoever has just typed a password. */
function inWords(error: unknown): never {
  const words = error instanceof HostError ? SIGN_IN_WORDS[error.code] : undefined;
  if (words === undefined || !(error instanceof HostError)) throw error;
  throw new HostError(error.code, { publicText: words, cause: error });
}

const SIGN_IN_WORDS: Readonly<Record<string, string>> = {
  'authn.refused': 'The user name or the password is wrong.',
  'authn.denied': 'Too many passwords were wrong. Wait a while before the next one; API tokens go on working.',
};

function shown({ profile }: SessionRoutesNeeds, signedIn: SignedIn | null): SessionAnswer {
  return { user: signedIn === null ? null : userOf(signedIn.principal), pageToken: signedIn?.pageToken ?? null, profile };
}

function userOf({ username, displayName, emailAddress, accountId, isAdministrator }: Principal): NonNullable<SessionAnswer['user']> {
  return { username, displayName, emailAddress, accountId, administrator: isAdministrator };
}
