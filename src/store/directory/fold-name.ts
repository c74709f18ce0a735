// How user names and addresses are compared: letters A-Z without case and nothing else. `toLowerCase()` would also fold U+212A (Kelvin)
// to k and let one user pass for another, so it is asked of ASCII alone, where it is quicker; the database's own comparison differs with its
// collation.

// oxlint-disable-next-line no-control-regex -- every character of one byte
const ASCII = /^[\x00-\x7f]*$/;

/** `Admin` → `admin`; letters outside A-Z stay as they are [EXT-1]. */
export function foldName(name: string): string {
  return ASCII.test(name) ? name.toLowerCase() : name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
