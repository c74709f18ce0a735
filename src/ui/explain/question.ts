// What is asked to be explained: a token and a request. A link may bring both along, as from a refused record of the audit log.
import type { ExplainRequest } from '../../admin/api-types.js';

export interface Question {
  readonly system: string;
  readonly tokenRef: string;
  readonly method: string;
  readonly url: string;
  /** '' for one's own. */
  readonly address: string;
  /** The user name beside a token for anyone; '' for none. */
  readonly user: string;
  readonly body: string;
  readonly contentType: string;
  /** ISO 8601; '' for now. */
  readonly at: string;
}

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
export const CONTENT_TYPES = ['application/json', 'application/x-www-form-urlencoded', 'application/xml', 'text/plain'] as const;

/** As the page's address brings it along. */
export function questionFrom(query: URLSearchParams): Question {
  const text = (name: string): string => query.get(name) ?? '';
  return {
    system: text('system'),
    tokenRef: text('tokenRef'),
    method: text('method') === '' ? METHODS[0] : text('method'),
    url: text('url'),
    address: text('address'),
    user: text('user'),
    body: '',
    contentType: CONTENT_TYPES[0],
    at: text('at'),
  };
}

/** Whether there is enough to ask. */
export function isWhole({ tokenRef, url }: Question): boolean {
  return tokenRef !== '' && url.trim() !== '';
}

export function bodyOf({ system, tokenRef, method, url, address, user, body, contentType, at }: Question): ExplainRequest {
  return {
    system,
    tokenRef,
    method,
    url: url.trim(),
    ...(address.trim() === '' ? {} : { address: address.trim() }),
    ...(user.trim() === '' ? {} : { user: user.trim() }),
    ...(body === '' ? {} : { body, contentType }),
    ...(at === '' ? {} : { at }),
  };
}
