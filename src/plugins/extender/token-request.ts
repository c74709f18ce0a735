// Reads what `tokenTools/set` was sent. Everything is validated here, before anything is done [EXT-18, EXT-44].
import { LIMITS, type Principal } from '../../core/index.js';
import { type Fields, optionalFlag, optionalText } from '../../plugin-kit/request-body.js';
import { RestFault } from '../../plugin-kit/rest.js';
import { readLimits, type StoredLimits } from '../../plugin-kit/stored-limits.js';
import { addAuditRecordSetting, collectUsageDetailsSetting } from './manifest.js';

/** Properties that make a token. */
const TOKEN_PROPERTIES = ['label', 'daysUntilExpiry', 'userName', 'limitTo', 'ip', 'token'] as const;

/** Properties that change the site's switches, and the switch each stands for [EXT-44]. */
const SWITCH_PROPERTIES = { collectUsageDetails: collectUsageDetailsSetting.name, addAuditRecord: addAuditRecordSetting.name } as const;

/** Every property that `tokenTools/set` knows. */
export const SET_PROPERTIES: readonly string[] = [...TOKEN_PROPERTIES, ...Object.keys(SWITCH_PROPERTIES)];

export const LABEL_LENGTH_MAX = 255;
const TOKEN_LENGTH_MAX = 255;
const DAYS_MAX = LIMITS.tokenDaysMax;

/** A token as it was asked for. */
export interface TokenRequest {
  readonly label: string;
  /** null: never ends. */
  readonly daysUntilExpiry: number | null;
  /** null: left out. */
  readonly userName: string | null;
  readonly limits: StoredLimits;
  /** null: to be minted. */
  readonly value: string | null;
}

/** One switch to be set. */
export interface SwitchChange {
  readonly property: string;
  readonly name: string;
  readonly value: boolean;
}

/** The switches among the fields; administrators only. Throws RestFault 403 and 400 [EXT-44]. */
export function readSwitchChanges(fields: Fields, caller: Principal): readonly SwitchChange[] {
  const present = Object.entries(SWITCH_PROPERTIES).filter(([property]) => fields[property] !== undefined);
  if (present.length > 0 && !caller.isAdministrator) throw new RestFault(403, 'Only administrators may change this.');
  return present.map(([property, name]) => ({ property, name, value: optionalFlag(fields, property) === true }));
}

/** Whether a token is asked for: only a body of nothing but switches asks for none. */
export function asksForToken(fields: Fields): boolean {
  const names = Object.keys(fields);
  return names.length === 0 || names.some((name) => !(name in SWITCH_PROPERTIES));
}

/** Reads the token that is asked for. Throws RestFault 400 with what to mend [EXT-40, EXT-42]. */
export function readTokenRequest(fields: Fields, tokenLengthMin: number): TokenRequest {
  return {
    label: readLabel(fields),
    daysUntilExpiry: readDays(fields['daysUntilExpiry']),
    userName: optionalText(fields, 'userName'),
    limits: readLimits(optionalText(fields, 'limitTo'), optionalText(fields, 'ip')),
    value: readValue(fields, tokenLengthMin),
  };
}

function readLabel(fields: Fields): string {
  const label = optionalText(fields, 'label')?.trim() ?? '';
  if (label === '') throw new RestFault(400, 'label is required.');
  if ([...label].length > LABEL_LENGTH_MAX) throw new RestFault(400, `label may have at most ${LABEL_LENGTH_MAX} characters.`);
  // Not every database can hold them, and a label is shown in lists, mails and records.
  if (/[\p{Cc}\p{Cs}]/u.test(label)) throw new RestFault(400, 'label must not hold control characters.');
  return label;
}

function readDays(value: unknown): number | null {
  if (value === undefined || value === null) return null;
  const days = typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : value;
  if (typeof days !== 'number' || !Number.isInteger(days) || days < 0 || days > DAYS_MAX) {
    throw new RestFault(400, `daysUntilExpiry must be a whole number from 1 to ${DAYS_MAX}, or 0 for never.`);
  }
  return days === 0 ? null : days;
}

function readValue(fields: Fields, lengthMin: number): string | null {
  const value = optionalText(fields, 'token');
  if (value === null) return null;
  if (value.length < lengthMin || value.length > TOKEN_LENGTH_MAX) {
    throw new RestFault(400, `token must have ${lengthMin} to ${TOKEN_LENGTH_MAX} characters.`);
  }
  if (!/^[A-Za-z0-9._~+/=-]+$/.test(value)) throw new RestFault(400, 'token may hold letters, digits and . _ ~ + / = - only.');
  return value;
}
