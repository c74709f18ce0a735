// How header names are compared: case folded, and `_`, `.` and whatever else is neither letter nor digit read as `-`, since WSGI, CGI
// and others fold names so [GW-5].
import { LIMITS } from './limits.js';

/**
 * A function of a field's name that remembers what it said: clients send the same few with every request. Bounded, since anybody may send
 * another.
 */
export function remembered<T>(work: (name: string) => T): (name: string) => T {
  const known = new Map<string, T>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const result = work(name);
    if (known.size < LIMITS.foldedNamesMax && name.length <= LIMITS.foldedNameLengthMax) known.set(name, result);
    return result;
  };
}

/** `X_Forwarded.User` → `x-forwarded-user`. */
export const foldHeaderName = remembered((name) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '-'));

/** The content type of every JSON answer, in these letters: a widely used client compares it by equality [EXT-60, PRD-6]. */
export const JSON_CONTENT_TYPE = 'application/json;charset=UTF-8';
