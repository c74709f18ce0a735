// Login by cookie, as the clients' cookie mode uses it [PRD-3, DIR-9].
import { type Instant, type Principal, Secret } from '../../core/index.js';
import { loginFailed } from '../caller.js';
import { SampleFault } from '../fault.js';
import { type Answer, type Call, ok, type Route } from '../http.js';
import { textAt } from '../json.js';
import { sessionCookie } from '../session.js';
import { requireLogin } from './access.js';
import type { Jira } from './jira.js';
import { jiraTime } from './wire-time.js';

/** What the sample counts of somebody's logins by cookie. Only those that succeeded: anybody can fail under any name, without end. */
interface LoginRecord {
  readonly loginCount: number;
  readonly lastLoginAt: Instant | null;
  readonly previousLoginAt: Instant | null;
}

const NO_LOGINS: LoginRecord = { loginCount: 0, lastLoginAt: null, previousLoginAt: null };

/** Records by user name. */
type LoginRecords = Map<string, LoginRecord>;

export function authSessionRoutes(jira: Jira): readonly Route[] {
  const records: LoginRecords = new Map();
  return [
    { method: 'POST', path: '/session', answer: (call) => logIn(jira, records, call) },
    { method: 'GET', path: '/session', answer: (call) => ok(currentUserJson(jira, records, requireLogin(jira, call))) },
    {
      method: 'DELETE',
      path: '/session',
      answer(call) {
        requireLogin(jira, call);
        jira.sessions.end(call.cookieHeader);
        return { status: 204 };
      },
    },
  ];
}

async function logIn(jira: Jira, records: LoginRecords, call: Call): Promise<Answer> {
  const body = await call.json();
  const username = textAt(body, 'username');
  const password = textAt(body, 'password');
  if (username === null || password === null) throw new SampleFault(400, 'A login needs a username and a password.');
  const principal = await jira.users.verifyPassword(username, new Secret(password));
  if (principal === null) throw loginFailed(jira.realm, 'Login failed');
  const before = records.get(principal.username) ?? NO_LOGINS;
  const record = { loginCount: before.loginCount + 1, lastLoginAt: jira.clock.now(), previousLoginAt: before.lastLoginAt };
  records.set(principal.username, record);
  jira.people.meet(principal);
  jira.sessions.end(call.cookieHeader);
  const id = jira.sessions.open(principal.username);
  return {
    status: 200,
    json: { session: { name: 'JSESSIONID', value: id }, loginInfo: loginInfoJson(record) },
    headers: {
      'Set-Cookie': sessionCookie(id, jira.contextPath, jira.baseUrl().startsWith('https:')),
      'X-Seraph-LoginReason': 'OK',
      'X-AUSERNAME': encodeURIComponent(principal.username),
    },
  };
}

function currentUserJson(jira: Jira, records: LoginRecords, { username }: Principal) {
  return {
    self: `${jira.siteUrl()}/rest/api/latest/user?username=${encodeURIComponent(username)}`,
    name: username,
    loginInfo: loginInfoJson(records.get(username) ?? NO_LOGINS),
  };
}

/** A time that there is none of is left out, as Jira does. */
function loginInfoJson({ loginCount, previousLoginAt }: LoginRecord) {
  return previousLoginAt === null ? { loginCount } : { loginCount, previousLoginTime: jiraTime(previousLoginAt) };
}
