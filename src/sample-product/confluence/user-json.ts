// Users as Confluence writes them [PRD-5].
import type { Principal } from '../../core/index.js';
import { SAMPLE_AUTHOR } from '../author.js';
import type { Confluence } from './confluence.js';

/** A user who is logged in, or another one. */
export function knownUserJson(confluence: Confluence, principal: Principal) {
  return userJson(confluence, principal.username, principal.userKeys.confluence, principal.displayName);
}

/** The user of this name inside a page; somebody the directory lost goes by the name alone. */
export function mentionedUserJson(confluence: Confluence, username: string) {
  const principal = confluence.people.known(username);
  if (principal !== null) return knownUserJson(confluence, principal);
  return userJson(confluence, username, username, username === SAMPLE_AUTHOR.username ? SAMPLE_AUTHOR.displayName : username);
}

/** Whoever is not logged in. */
export function anonymousUserJson(confluence: Confluence) {
  return {
    type: 'anonymous',
    profilePicture: picture(confluence, 'anonymous.svg'),
    displayName: 'Anonymous',
    _links: { ...siteLinks(confluence), self: `${confluence.siteUrl()}/rest/api/user/anonymous` },
  };
}

function userJson(confluence: Confluence, username: string, userKey: string, displayName: string) {
  return {
    type: 'known',
    username,
    userKey,
    profilePicture: picture(confluence, 'default.svg'),
    displayName,
    _links: { ...siteLinks(confluence), self: `${confluence.siteUrl()}/rest/api/user?key=${encodeURIComponent(userKey)}` },
    _expandable: { status: '' },
  };
}

/** The links to the site that most answers end with. */
export function siteLinks(confluence: Confluence) {
  return { base: confluence.siteUrl(), context: confluence.contextPath };
}

function picture(confluence: Confluence, file: string) {
  return { path: `${confluence.contextPath}/images/icons/profilepics/${file}`, width: 48, height: 48, isDefault: true };
}
