// Reads the Authorization header once, strictly: both Passport strategies are laxer than RFC 7617 and RFC 6750 [GW-10].
import { type Credential, HostError, LIMITS, Secret } from '../core/index.js';

/** What the header holds. `malformed` is a credential that is there and wrong: never turned into none [GW-15]. */
export type AuthorizationHeader =
  | { readonly kind: 'absent' }
  | { readonly kind: 'malformed'; readonly scheme: 'basic' | 'bearer' | null }
  | { readonly kind: 'credential'; readonly credential: Credential };

// RFC 9110 §11.4: one scheme, one or more blanks, one token68 and nothing behind it.
const HEADER = /^([A-Za-z0-9!#$%&'*+.^_`|~-]+) +([A-Za-z0-9._~+/-]+=*)$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Parses the header's value. Throws HostError request.credential-too-long. */
export function parseAuthorization(value: string | null): AuthorizationHeader {
  if (value === null) return { kind: 'absent' };
  if (value.length > LIMITS.authorizationBytesMax) throw new HostError('request.credential-too-long');
  const match = HEADER.exec(value);
  const schemeAsWritten = match?.[1] ?? value.split(' ', 1)[0] ?? '';
  const scheme = knownScheme(schemeAsWritten);
  const token = match?.[2];
  if (token === undefined || scheme === null) return { kind: 'malformed', scheme };
  if (scheme === 'bearer') return { kind: 'credential', credential: { scheme, schemeAsWritten, secret: new Secret(token) } };
  const pair = decodeBasic(token);
  if (pair === null) return { kind: 'malformed', scheme };
  return { kind: 'credential', credential: { scheme, schemeAsWritten, username: pair.username, secret: new Secret(pair.password) } };
}

function knownScheme(text: string): 'basic' | 'bearer' | null {
  const folded = text.toLowerCase();
  return folded === 'basic' || folded === 'bearer' ? folded : null;
}

/** RFC 7617 §2: base64 of UTF-8 `user-id:password`; the first colon splits, control characters are not allowed. */
function decodeBasic(token: string): { username: string; password: string } | null {
  if (!BASE64.test(token)) return null;
  const text = textOf(Buffer.from(token, 'base64'));
  const colon = text?.indexOf(':') ?? -1;
  if (text === null || colon < 0) return null;
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

const VISIBLE_ASCII = /^[\x20-\x7e]*$/;

/** UTF-8 without control characters; null: something else. Nearly all are ASCII, whose bytes are their characters. */
function textOf(bytes: Buffer): string | null {
  const ascii = bytes.toString('latin1');
  if (VISIBLE_ASCII.test(ascii)) return ascii;
  try {
    const text = strictUtf8.decode(bytes);
    // oxlint-disable-next-line no-control-regex -- RFC 7617 §2 forbids exactly these
    return /[\u0000-\u001f\u007f]/.test(text) ? null : text;
  } catch {
    return null;
  }
}
