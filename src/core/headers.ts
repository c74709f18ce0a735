// How header names are compared: case folded, and `_`, `.` and whatever else is neither letter nor digit read as `-`, since WSGI, CGI
// and others fold names so [GW-5].

/** `X_Forwarded.User` → `x-forwarded-user`. */
export function foldHeaderName(name: string): string {
  const lower = name.toLowerCase();
  // Few names hold anything else, and this runs for every field of every request.
  return /[^a-z0-9-]/.test(lower) ? lower.replaceAll(/[^a-z0-9]/g, '-') : lower;
}

/** The content type of every JSON answer, in these letters: a widely used client compares it by equality [EXT-60, PRD-6]. */
export const JSON_CONTENT_TYPE = 'application/json;charset=UTF-8';
