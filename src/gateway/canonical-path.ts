// The one canonical form of a path: RFC 3986 §6.2.2, and whatever two parsers could read differently is refused, never repaired
// [GW-1, GW-2]. Anchors: Spring's StrictHttpFirewall, CVE-2019-9901, GHSA-p224-6x5r-fjpm, CVE-2022-26136.
import { HostError } from '../core/index.js';

/** Why a path was refused, for the operator; the client is told the same in general words. */
function refuse(reason: string): never {
  throw new HostError('request.malformed', { detail: `path: ${reason}`, publicText: `The request path is not accepted: ${reason}.` });
}

// RFC 3986 §3.3 pchar without `;`, and the separator.
const PLAIN = /^[A-Za-z0-9\-._~!$&'()*+,=:@/]+$/;
const UNRESERVED = /^[A-Za-z0-9\-._~]$/;
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Escapes that decode to something a parser could act upon. */
const FORBIDDEN_ESCAPES: Readonly<Record<string, string>> = {
  '/': 'an encoded slash',
  '\\': 'an encoded backslash',
  '%': 'an encoded percent sign (double encoding)',
  ';': 'an encoded semicolon',
  '?': 'an encoded question mark',
  '#': 'an encoded number sign',
};

/** Canonical form of the path of a request target. Throws HostError request.malformed. */
export function canonicalPath(raw: string): string {
  if (!raw.startsWith('/')) refuse('it does not begin with a slash');
  const decoded = raw.includes('%') ? decodeUnreserved(raw) : raw;
  const literal = decoded.includes('%') ? decoded.replaceAll(/%[0-9A-F]{2}/g, '') : decoded;
  if (!PLAIN.test(literal)) refuse(literal.includes(';') ? 'a path parameter (;)' : 'a character that must be escaped');
  if (decoded.includes('//')) refuse('an empty segment (//)');
  // Checked after decoding, so that %2e counts as the dot it is.
  if (/\/\.{1,2}(\/|$)/.test(decoded)) refuse('a dot segment');
  return decoded;
}

/** Decodes escaped unreserved characters, keeps every other escape with its hex in capitals, refuses the forbidden ones. */
function decodeUnreserved(raw: string): string {
  let canonical = '';
  let index = 0;
  while (index < raw.length) {
    if (raw[index] !== '%') {
      const next = raw.indexOf('%', index);
      const end = next < 0 ? raw.length : next;
      canonical += raw.slice(index, end);
      index = end;
      continue;
    }
    const run = /^(?:%[0-9A-Fa-f]{2})+/.exec(raw.slice(index))?.[0];
    if (run === undefined) refuse('an invalid percent escape');
    // After the run an unfinished escape must not be taken for a plain percent sign: the loop comes back to it.
    canonical += canonicalRun(run);
    index += run.length;
  }
  return canonical;
}

function canonicalRun(run: string): string {
  const bytes = Buffer.from(run.replaceAll('%', ''), 'hex');
  let text: string;
  try {
    text = strictUtf8.decode(bytes);
  } catch {
    refuse('an escape that is not UTF-8');
  }
  let canonical = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) refuse('an encoded control character');
    if (code === 0x2028 || code === 0x2029) refuse('an encoded line separator');
    const forbidden = FORBIDDEN_ESCAPES[character];
    if (forbidden !== undefined) refuse(forbidden);
    canonical += UNRESERVED.test(character) ? character : escapeUtf8(character);
  }
  return canonical;
}

function escapeUtf8(character: string): string {
  return Buffer.from(character, 'utf8').toString('hex').toUpperCase().replaceAll(/../g, '%$&');
}
