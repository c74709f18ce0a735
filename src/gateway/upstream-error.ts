// One pure function from what a socket or undici reports to a code of ours [GW-41].
import type { ErrorCode } from '../core/index.js';

const TIMEOUTS = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);
const UNREACHABLE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'ENOENT']);

/** The code of an upstream failure. Whatever is not recognised is a broken answer: 502. */
export function upstreamErrorCode(error: unknown): Extract<ErrorCode, `upstream.${string}`> {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  if (TIMEOUTS.has(code)) return 'upstream.timeout';
  if (
    UNREACHABLE.has(code) ||
    code.startsWith('ERR_TLS') ||
    code.startsWith('CERT_') ||
    code.includes('SELF_SIGNED') ||
    code.startsWith('UNABLE_TO_')
  )
    return 'upstream.unreachable';
  return 'upstream.reset';
}
