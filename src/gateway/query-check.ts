// The query passes as it came; only what would log in as somebody else, or rename the method, is refused [GW-3, GW-4].
import { HostError } from '../core/index.js';

const FORBIDDEN_NAMES = new Set(['os_username', 'os_password', 'os_authtype', '_method']);
// oxlint-disable-next-line no-control-regex -- NUL ends a name in C
const SEPARATORS = /[&;=?\u0000]/;
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Throws HostError request.login-parameter or request.malformed. */
export function checkQuery(query: string): void {
  // `;` splits in some servers; a name is looked at under both readings.
  for (const part of query.split(/[&;]/)) {
    const name = decodedName(part.split('=', 1)[0] ?? '');
    // Whoever decodes before splitting, or stops at a NUL, reads a name in any of its pieces.
    if (name.split(SEPARATORS).some((piece) => FORBIDDEN_NAMES.has(piece.trim().toLowerCase())))
      throw new HostError('request.login-parameter');
  }
}

/**
 * The same for a query that passes as it came, where logging in is the product's business and only the method counts [GW-3, GW-8]. A name
 * that does not decode is nobody's `_method`. Throws HostError request.login-parameter.
 */
export function checkMethodParameter(query: string): void {
  for (const part of query.split(/[&;]/)) {
    const name = (part.split('=', 1)[0] ?? '')
      .replaceAll('+', ' ')
      .replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    if (name.split(SEPARATORS).some((piece) => piece.trim().toLowerCase() === '_method')) throw new HostError('request.login-parameter');
  }
}

/** The parameter's name, decoded. One that does not decode could be read in more than one way: refused. */
function decodedName(raw: string): string {
  if (!/[%+]/.test(raw)) return raw;
  const bytes: number[] = [];
  for (let index = 0; index < raw.length; index += 1) {
    const character = raw[index];
    if (character === '%') {
      const hex = raw.slice(index + 1, index + 3);
      if (!/^[0-9A-Fa-f]{2}$/.test(hex)) return refuseName();
      bytes.push(Number.parseInt(hex, 16));
      index += 2;
    } else {
      bytes.push(character === '+' ? 0x20 : raw.charCodeAt(index));
    }
  }
  try {
    return strictUtf8.decode(Buffer.from(bytes));
  } catch {
    return refuseName();
  }
}

function refuseName(): never {
  throw new HostError('request.malformed', {
    detail: 'query: a parameter name does not decode',
    publicText: 'The name of a query parameter is not valid percent-encoded UTF-8.',
  });
}
