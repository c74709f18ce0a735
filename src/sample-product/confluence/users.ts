// user/current, user/anonymous and user [PRD-5].
import { SampleFault } from '../fault.js';
import { type Answer, type Call, ok, type Route } from '../http.js';
import type { Confluence } from './confluence.js';
import { anonymousUserJson, knownUserJson } from './user-json.js';

export function userRoutes(confluence: Confluence): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/user/current',
      // Not logged in is no error here: Confluence answers with the anonymous user.
      answer: ({ caller }) => ok(caller === null ? anonymousUserJson(confluence) : knownUserJson(confluence, caller)),
    },
    { method: 'GET', path: '/user/anonymous', answer: () => ok(anonymousUserJson(confluence)) },
    { method: 'GET', path: '/user', answer: (call) => namedUser(confluence, call) },
  ];
}

/** By `username`, asking the directory, or by `key` among the users met so far: the directory is not asked for keys. */
async function namedUser(confluence: Confluence, call: Call): Promise<Answer> {
  if (call.caller === null) throw new SampleFault(403, 'Not permitted to view user.');
  const username = call.query.get('username');
  const key = call.query.get('key');
  if (username === null && key === null) throw new SampleFault(400, 'Either a username or a key is required.');
  const user =
    username === null
      ? (confluence.people.everyone().find(({ userKeys }) => userKeys.confluence === key) ?? null)
      : await confluence.people.lookUp(username);
  if (user === null) throw new SampleFault(404, `No user found with ${username === null ? `key : ${key}` : `username : ${username}`}`);
  return ok(knownUserJson(confluence, user));
}
