// Users as Jira writes them: in full for `myself`, short inside issues [PRD-2].
import type { Principal } from '../../core/index.js';
import { SAMPLE_AUTHOR } from '../author.js';
import type { Jira } from './jira.js';

/** `myself` and `user`: all of PRD-2's keys. */
export function fullUserJson(jira: Jira, principal: Principal) {
  return {
    ...shortUserJson(jira, principal),
    deleted: false,
    locale: 'en_US',
    groups: { size: 0, items: [] },
    applicationRoles: { size: 0, items: [] },
    expand: 'groups,applicationRoles',
  };
}

/** A user inside other things. */
export function shortUserJson(jira: Jira, principal: Principal) {
  return userJson(jira, {
    username: principal.username,
    userKey: principal.userKeys.jira,
    displayName: principal.displayName,
    emailAddress: principal.emailAddress,
    isActive: principal.isActive,
  });
}

/** The user of this name inside an issue: somebody the directory lost, and the author of the first issues, are shown as inactive. */
export function mentionedUserJson(jira: Jira, username: string) {
  const principal = jira.people.known(username);
  if (principal !== null) return shortUserJson(jira, principal);
  const displayName = username === SAMPLE_AUTHOR.username ? SAMPLE_AUTHOR.displayName : username;
  return userJson(jira, { username, userKey: username, displayName, emailAddress: '', isActive: false });
}

interface Person {
  readonly username: string;
  readonly userKey: string;
  readonly displayName: string;
  readonly emailAddress: string;
  readonly isActive: boolean;
}

function userJson(jira: Jira, person: Person) {
  return {
    self: `${jira.siteUrl()}/rest/api/2/user?username=${encodeURIComponent(person.username)}`,
    key: person.userKey,
    name: person.username,
    emailAddress: person.emailAddress,
    avatarUrls: avatarUrls(`${jira.siteUrl()}/secure/useravatar?avatarId=10122`),
    displayName: person.displayName,
    active: person.isActive,
    timeZone: 'Etc/UTC',
  };
}

/** The four sizes that Jira names, of one picture. */
export function avatarUrls(url: string) {
  return { '48x48': url, '24x24': `${url}&size=small`, '16x16': `${url}&size=xsmall`, '32x32': `${url}&size=medium` };
}
