// One pure function from what a socket, a connection or undici reports to a code of ours [GW-41].
import type { ErrorCode } from '../core/index.js';

const TIMEOUTS = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);
const UNREACHABLE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'ENOENT', 'EPROTO']);
const UNTRUSTED = new Set([
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ERR_TLS_CERT_ALTNAME_FORMAT',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'UNSPECIFIED',
]);

/** The code of an upstream failure. Whatever is not recognised is a broken answer: 502. */
export function upstreamErrorCode(error: unknown): Extract<ErrorCode, `upstream.${string}`> {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  if (TIMEOUTS.has(code)) return 'upstream.timeout';
  if (isUntrusted(code)) return 'upstream.untrusted';
  // What does not speak TLS, or none that is still safe, cannot be reached by it.
  if (UNREACHABLE.has(code) || code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL')) return 'upstream.unreachable';
  return 'upstream.reset';
}

/** Whether a connection failed because the certificate was not to be trusted: OpenSSL’s reasons in Node’s spelling [GW-43]. */
export function isUntrusted(code: string): boolean {
  return UNTRUSTED.has(code) || /^(CERT|CRL|UNABLE_TO|ERROR_IN_C)_/.test(code) || code.includes('SELF_SIGNED');
}
