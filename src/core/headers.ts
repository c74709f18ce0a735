// How header names are compared: case folded, and `_`, `.` and whatever else is neither letter nor digit read as `-`, since WSGI, CGI
// and others fold names so [GW-5].
import { LIMITS } from './limits.js';

/** Names that were folded before: clients send the same few with every request. Bounded, since anybody may send another. */
const folded = new Map<string, string>();

/** `X_Forwarded.User` → `x-forwarded-user`. */
export function foldHeaderName(name: string): string {
  const known = folded.get(name);
  if (known !== undefined) return known;
  const fold = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '-');
  if (folded.size < LIMITS.foldedNamesMax && name.length <= LIMITS.foldedNameLengthMax) folded.set(name, fold);
  return fold;
}

/** The content type of every JSON answer, in these letters: a widely used client compares it by equality [EXT-60, PRD-6]. */
export const JSON_CONTENT_TYPE = 'application/json;charset=UTF-8';
