// Every failure Postern knows: a code, an owner, two texts. One row of the catalogue gives the rest.
import { ERROR_CODES, type ErrorCode, type ErrorOwner } from './error-codes.js';

/** What was asked cannot be, and nothing was done: the client's matter, never a failure of ours. Recorded as refused. */
export class Refusal extends Error {}

/** A failure with a code. `publicText` goes to the client, `detail` to the operator and to nobody else. */
export class HostError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly owner: ErrorOwner;
  readonly publicText: string;
  readonly detail: string;

  /** `publicText` defaults to the catalogue's; give one only where it says better what to mend. */
  constructor(code: ErrorCode, options: { detail?: string; publicText?: string; cause?: unknown } = {}) {
    const row = ERROR_CODES[code];
    super(`${code}: ${options.detail ?? row.operatorText}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'HostError';
    this.code = code;
    this.status = row.status;
    this.owner = row.owner;
    this.publicText = options.publicText ?? row.publicText;
    this.detail = options.detail ?? row.operatorText;
  }
}
