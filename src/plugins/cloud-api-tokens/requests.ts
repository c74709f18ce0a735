// Reads what tokens and keys are to be made of: validated whole, before anything is done [CLD-3, CLD-9].
import type { Instant } from '../../core/index.js';
import { readInstant } from '../../plugin-kit/instant-text.js';
import { type Fields, optionalText, requireFields } from '../../plugin-kit/request-body.js';
import { RestFault } from '../../plugin-kit/rest.js';
import { readLimits, type StoredLimits } from '../../plugin-kit/stored-limits.js';

export const LABEL_LENGTH_MAX = 255;
const DAY_MS = 86_400_000;
/** Most days that a token lasts, and those it lasts where nothing is said [CLD-9]. */
export const DAYS_MAX = 365;
const SCOPES_MAX = 50;

export interface TokenRequest {
  readonly label: string;
  /** When it was asked for: the beginning of its time. */
  readonly askedAt: Instant;
  readonly expiresAt: Instant;
  readonly limits: StoredLimits;
}

export interface KeyRequest {
  readonly label: string;
  /** null: never ends. */
  readonly expiresAt: Instant | null;
  /** Empty: without scopes. */
  readonly scopes: readonly string[];
}

/** Throws RestFault 400 with what to mend. */
export function readTokenRequest(body: unknown, now: Instant): TokenRequest {
  const fields = requireFields(body, ['label', 'expiresInDays', 'limitTo', 'ip']);
  return {
    label: readLabel(fields),
    askedAt: now,
    expiresAt: now + readDays(fields['expiresInDays']) * DAY_MS,
    limits: readLimits(optionalText(fields, 'limitTo'), optionalText(fields, 'ip')),
  };
}

/** Throws RestFault 400 with what to mend. */
export function readKeyRequest(body: unknown, now: Instant): KeyRequest {
  const fields = requireFields(body, ['label', 'expiresAt', 'scopes']);
  return { label: readLabel(fields), expiresAt: readEnd(optionalText(fields, 'expiresAt'), now), scopes: readScopes(fields['scopes']) };
}

function readLabel(fields: Fields): string {
  const label = optionalText(fields, 'label')?.trim() ?? '';
  if (label === '') throw new RestFault(400, 'label is required.');
  if ([...label].length > LABEL_LENGTH_MAX) throw new RestFault(400, `label may have at most ${LABEL_LENGTH_MAX} characters.`);
  if (/[\p{Cc}\p{Cs}]/u.test(label)) throw new RestFault(400, 'label must not hold control characters.');
  return label;
}

function readDays(value: unknown): number {
  if (value === undefined) return DAYS_MAX;
  const isWithin = typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= DAYS_MAX;
  if (!isWithin) throw new RestFault(400, `expiresInDays must be a whole number from 1 to ${DAYS_MAX}.`);
  return value;
}

function readEnd(text: string | null, now: Instant): Instant | null {
  if (text === null) return null;
  const end = readInstant(text);
  if (end === null || end > Date.UTC(9999, 11, 31)) {
    throw new RestFault(400, 'expiresAt must be a date, or a time in ISO 8601 with a zone.');
  }
  if (end <= now) throw new RestFault(400, 'expiresAt must lie in the future.');
  return end;
}

function readScopes(value: unknown): readonly string[] {
  if (value === undefined) return [];
  // An empty list is refused: whoever means "nothing" would get a key for everything.
  const isList = Array.isArray(value) && value.length >= 1 && value.length <= SCOPES_MAX;
  if (!isList || !value.every(isScope)) {
    throw new RestFault(
      400,
      `scopes must be a list of 1 to ${SCOPES_MAX} names such as "read:tokens:admin"; leave it out for a key without scopes.`,
    );
  }
  return [...new Set(value)];
}

function isScope(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 100 && /^[a-z]+(?:[:.-][a-z]+)*$/.test(value);
}
