// What of a request may stand in the trail: names, never values [AUD-10, AUD-11].
import { LIMITS } from '../core/index.js';

/** Characters of the name of a query parameter: Jira's longest has under forty. */
const QUERY_NAME_LENGTH_MAX = 64;
/** Names kept of one request; what comes after is one `…`. */
const QUERY_NAMES_MAX = 100;
/** A name that stands alone is a word. Anything else there may be a secret that somebody pasted, base64 with its padding too. */
const LONE_NAME = /^[A-Za-z._-]+$/;
/** Stands for a piece of the query that may not be a name. */
const WITHHELD = '…';

/** The names of the query's parameters as they came, each once, in order; null when there is no query. */
export function queryNames(query: string | null): readonly string[] | null {
  if (query === null) return null;
  const names: string[] = [];
  for (const piece of query.split('&')) {
    if (piece === '') continue;
    const name = names.length < QUERY_NAMES_MAX ? queryName(piece) : WITHHELD;
    if (!names.includes(name)) names.push(name);
  }
  return names;
}

function queryName(piece: string): string {
  const equals = piece.indexOf('=');
  const name = equals === -1 ? piece : piece.slice(0, equals);
  if (name.length > QUERY_NAME_LENGTH_MAX) return WITHHELD;
  const hasValue = equals !== -1 && equals < piece.length - 1 && !piece.endsWith('==');
  return hasValue || LONE_NAME.test(name) ? name : WITHHELD;
}

/** The user agent, cut to what a record keeps. */
export function cutUserAgent(userAgent: string | null): string | null {
  return userAgent === null ? null : userAgent.slice(0, LIMITS.userAgentLengthMax);
}

/** A user name that somebody typed and nobody checked, cut to what a real one can have. */
export function cutUsername(username: string): string {
  return username.slice(0, LIMITS.userTextLengthMax);
}
