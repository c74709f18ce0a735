// Guards against forms that another site's page sends with the user's cookies: the product's own rule [PRD-7].
import type { IncomingMessage } from 'node:http';

/** What a page may send across origins without asking first (Fetch standard, CORS-safelisted content types). */
const FORM_LIKE: ReadonlySet<string> = new Set(['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']);
const WRITING: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** True where a writing request's body is form-like and the header that no form can send is missing. */
export function failsXsrfCheck({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  const mediaType = (headers['content-type'] ?? '').split(';', 1)[0] ?? '';
  if (!WRITING.has(method ?? '') || !FORM_LIKE.has(mediaType.trim().toLowerCase())) return false;
  const token = headers['x-atlassian-token'];
  return token !== 'no-check' && token !== 'nocheck';
}
