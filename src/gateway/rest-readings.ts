// Whether any server could read a path as one below `/rest/`, though it is not spelled so [GW-8]. Where nothing is judged nothing may be
// read in two ways: a path is tried in every order of dropping path parameters, decoding again and turning backslashes (Tomcat serves
// `/;x/rest`, `/..;/rest` and `//rest`; CVE-2022-26136), without regard to case, and what leads there in one of them does.
import { LIMITS } from '../core/index.js';

/** True when some reading of the raw path leads to `/rest` below one of the context paths, or when there are too many readings to tell. */
export function couldBeRest(path: string, contextPaths: readonly string[]): boolean {
  const contexts = contextPaths.map((contextPath) => segmentsOf(contextPath));
  const readings = new Set([path]);
  // A set is walked in the order of its making, what is added on the way included.
  for (const reading of readings) {
    if (readings.size > LIMITS.pathReadingsMax || leadsToRest(segmentsOf(reading), contexts)) return true;
    if (/^[\w./-]*$/.test(reading)) continue;
    readings.add(reading.replaceAll(/;[^/]*/g, ''));
    readings.add(reading.replaceAll('\\', '/'));
    readings.add(decode(reading));
  }
  return false;
}

function leadsToRest(segments: readonly string[], contexts: readonly (readonly string[])[]): boolean {
  // Which segments are left depends on who resolves the dots, and when.
  if (segments.includes('..')) return segments.includes('rest');
  return contexts.some((context) => context.every((part, index) => segments[index] === part) && isRest(segments.slice(context.length)));
}

// The products take `/s/…/_/` off before they look at what follows: it is there for caches (CVE-2021-26085).
function isRest([first, ...others]: readonly string[]): boolean {
  return first === 'rest' || (first === 's' && others.some((segment, index) => segment === '_' && others[index + 1] === 'rest'));
}

const UNSEEN = /[\p{C}\p{Z}\ufffd]/gu;

/** Without what is empty, a single dot, or dropped by some: blanks, control characters, dots at the end, what follows a question mark. */
function segmentsOf(path: string): readonly string[] {
  return path
    .toLowerCase()
    .split('/')
    .map((segment) => segment.replaceAll(UNSEEN, '').replace(/[?#].*$/, ''))
    .map((segment) => (/^\.{2,}$/.test(segment) ? '..' : segment.replace(/\.+$/, '')))
    .filter((segment) => segment !== '');
}

/** Escapes decoded once, as the most lenient do it: overlong UTF-8, `%uXXXX` and full-width letters included. */
function decode(text: string): string {
  const bytes = Buffer.from(text, 'utf8')
    .toString('latin1')
    .replaceAll(/%u([0-9a-f]{4})/gi, (_, hex: string) => utf8(String.fromCharCode(Number.parseInt(hex, 16))))
    .replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replaceAll(/[\xc0\xc1][\x80-\xbf]|\xe0[\x80-\x9f][\x80-\xbf]|\xf0[\x80-\x8f][\x80-\xbf]{2}/g, overlong);
  const decoded = Buffer.from(bytes, 'latin1').toString('utf8').normalize('NFKC');
  // What “best fit” makes of the signs for fraction, division and set difference.
  return decoded.replaceAll(/[\u2044\u2215\u29f8]/g, '/').replaceAll(/[\u2216\u29f5]/g, '\\');
}

function utf8(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** The character that a sequence longer than it need be stands for: its last byte holds six bits, those before it the rest. */
function overlong(sequence: string): string {
  const code = [...sequence.slice(1)].reduce((bits, byte) => (bits << 6) | (byte.charCodeAt(0) & 0x3f), sequence.charCodeAt(0) & 0x1f);
  return utf8(String.fromCodePoint(code & 0xffff));
}
