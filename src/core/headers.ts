// How header names are compared: case folded, `_` and `.` read as `-`, since WSGI, CGI and others fold them so [GW-5].

/** `X_Forwarded.User` → `x-forwarded-user`. */
export function foldHeaderName(name: string): string {
  return name.toLowerCase().replaceAll('_', '-').replaceAll('.', '-');
}

/** The content type of every JSON answer, in these letters: a widely used client compares it by equality [EXT-60, PRD-6]. */
export const JSON_CONTENT_TYPE = 'application/json;charset=UTF-8';
