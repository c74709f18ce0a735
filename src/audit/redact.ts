// What of a request may stand in the trail: names, never values [AUD-10, AUD-11].
import { LIMITS } from '../core/index.js';

/** Characters of the name of a query parameter: Jira's longest has under forty. */
const QUERY_NAME_LENGTH_MAX = 64;
/** A name that stands alone is a word. Anything else there may be a secret that somebody pasted, base64 with its padding too. */
const LONE_NAME = /^[A-Za-z._-]+$/;
/** Stands for a piece of the query that may not be a name. */
const WITHHELD = '…';

/** The names of the query's parameters as they came, each once, in order; null when there is no query. */
export function queryNames(query: string | null): readonly string[] | null {
  if (query === null) return null;
  const names = new Set<string>();
  for (const piece of query.split('&')) if (piece !== '') names.add(queryName(piece));
  return [...names];
}

function queryName(piece: string): string {
  const equals = piece.indexOf('=');
  const name = equals === -1 ? piece : piece.slice(0, equals);
  const isFollowedByValue = equals !== -1 && /[^=]/.test(piece.slice(equals));
  const isName = name.length <= QUERY_NAME_LENGTH_MAX && (isFollowedByValue || LONE_NAME.test(name));
  return isName ? name : WITHHELD;
}

/** The user agent, cut to what a record keeps. */
export function cutUserAgent(userAgent: string | null): string | null {
  return userAgent === null ? null : userAgent.slice(0, LIMITS.userAgentLengthMax);
}

/** A user name that somebody typed and nobody checked, cut to what a real one can have. */
export function cutUsername(username: string): string {
  return username.slice(0, LIMITS.userTextLengthMax);
}
