// Reads what `POST /rest/api-tokens/latest/` was sent: validated whole, before anything is done [WOM-11, WOM-17].
import type { Instant } from '../../core/index.js';
import { type Fields, optionalText, requireFields } from '../../plugin-kit/request-body.js';
import { RestFault } from '../../plugin-kit/rest.js';
import { readLimits, type StoredLimits } from '../../plugin-kit/stored-limits.js';

export const LABEL_LENGTH_MAX = 255;

export interface TokenRequest {
  readonly label: string;
  /** null: never ends. */
  readonly expirationDate: Instant | null;
  readonly limits: StoredLimits;
}

/** Throws RestFault 400 with what to mend. */
export function readTokenRequest(body: unknown, now: Instant): TokenRequest {
  const fields = requireFields(body, ['label', 'expirationDate', 'limitTo', 'ip']);
  return {
    label: readLabel(fields),
    expirationDate: readExpirationDate(fields['expirationDate'], now),
    limits: readLimits(optionalText(fields, 'limitTo'), optionalText(fields, 'ip')),
  };
}

function readLabel(fields: Fields): string {
  const label = optionalText(fields, 'label')?.trim() ?? '';
  if (label === '') throw new RestFault(400, 'label is required.');
  if ([...label].length > LABEL_LENGTH_MAX) throw new RestFault(400, `label may have at most ${LABEL_LENGTH_MAX} characters.`);
  if (/[\p{Cc}\p{Cs}]/u.test(label)) throw new RestFault(400, 'label must not hold control characters.');
  return label;
}

// Date, time with optional seconds and fraction, and a zone; without one it is UTC, as the vendor's own times are shown.
const ISO_8601 = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;
/** 9999-12-31: what lies behind has no four-digit year. */
const LATEST: Instant = Date.UTC(9999, 11, 31);

function readExpirationDate(value: unknown, now: Instant): Instant | null {
  if (value === undefined || value === null || value === '') return null;
  const instant = typeof value === 'number' ? value : typeof value === 'string' ? parseIso(value) : Number.NaN;
  if (!Number.isSafeInteger(instant) || instant > LATEST)
    throw new RestFault(400, 'expirationDate must be an ISO 8601 time or epoch milliseconds.');
  if (instant <= now) throw new RestFault(400, 'expirationDate must lie in the future.');
  return instant;
}

function parseIso(text: string): number {
  const match = ISO_8601.exec(text);
  if (match === null) return Number.NaN;
  const hasZone = match[1] !== undefined || !text.includes('T');
  return Date.parse(hasZone ? text : `${text}Z`);
}
