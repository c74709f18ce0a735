// myself, user, user/search [PRD-2]. The sample cannot list the directory: it finds the users it has met, and any by the exact name.
import type { Principal } from '../../core/index.js';
import { SampleFault } from '../fault.js';
import { type Call, ok, type Route } from '../http.js';
import { pageOf, slice } from '../paging.js';
import { requireLogin } from './access.js';
import type { Jira } from './jira.js';
import { fullUserJson, shortUserJson } from './user-json.js';

export function userRoutes(jira: Jira): readonly Route[] {
  return [
    { method: 'GET', path: '/myself', answer: (call) => ok(fullUserJson(jira, requireLogin(jira, call))) },
    { method: 'GET', path: '/user', answer: async (call) => ok(fullUserJson(jira, await namedUser(jira, call))) },
    {
      method: 'GET',
      path: '/user/search',
      answer: async (call) => ok((await foundUsers(jira, call)).map((user) => shortUserJson(jira, user))),
    },
  ];
}

async function namedUser(jira: Jira, call: Call): Promise<Principal> {
  requireLogin(jira, call);
  const username = call.query.get('username');
  const key = call.query.get('key');
  if (username === null && key === null) throw new SampleFault(404, 'Either the username or the key query parameters need to be provided');
  const user =
    username === null ? (jira.people.everyone().find(({ userKeys }) => userKeys.jira === key) ?? null) : await jira.people.lookUp(username);
  if (user === null)
    throw new SampleFault(
      404,
      username === null ? `The user with the key '${key}' does not exist` : `The user named '${username}' does not exist`,
    );
  return user;
}

async function foundUsers(jira: Jira, call: Call): Promise<readonly Principal[]> {
  requireLogin(jira, call);
  const wanted = call.query.get('username')?.toLowerCase();
  if (wanted === undefined) throw new SampleFault(400, 'The username query parameter was not provided');
  await jira.people.lookUp(wanted);
  const found = jira.people.everyone().filter((user) => user.isActive && matches(user, wanted));
  return slice(found, pageOf(call.query.get('startAt'), call.query.get('maxResults'), 50));
}

/** As Jira: the beginning of the name, the address or a word of the display name; a lone `.` finds everybody. */
function matches(user: Principal, wanted: string): boolean {
  if (wanted === '.') return true;
  const beginnings = [user.username, user.emailAddress, ...user.displayName.split(/\s+/)];
  return wanted !== '' && beginnings.some((text) => text.toLowerCase().startsWith(wanted));
}
