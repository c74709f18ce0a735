// Reads what `POST /tokens/search` was sent [PAT-27].
import { type Instant, LIMITS } from '../../core/index.js';
import { type Fields, optionalFlag, optionalText, requireFields } from '../../plugin-kit/request-body.js';
import { RestFault } from '../../plugin-kit/rest.js';
import { readTime } from './wire-time.js';

const SORTS = ['createdAt', 'expiringAt', 'lastAccessedAt', 'name', 'userKey'] as const;
const ORDERS = ['asc', 'desc'] as const;

/** A span of time, its ends included; null: open. */
export interface Span {
  readonly from: Instant | null;
  readonly to: Instant | null;
}

/** What is looked for, and which page of it is wanted. */
export interface TokenSearch {
  /** Empty: everybody's. */
  readonly userKeys: readonly string[];
  /** Part of the name; null: any. */
  readonly name: string | null;
  readonly created: Span;
  readonly expiring: Span;
  readonly lastUsed: Span;
  /** null: used or not. */
  readonly isUsed: boolean | null;
  readonly sortBy: (typeof SORTS)[number];
  readonly orderBy: (typeof ORDERS)[number];
  /** From 0. */
  readonly page: number;
  readonly limit: number;
}

const LIMIT_DEFAULT = 100;

const KNOWN = [
  'userKeys',
  'name',
  'tokenCreatedDateFrom',
  'tokenCreatedDateTo',
  'tokenExpiryDateFrom',
  'tokenExpiryDateTo',
  'lastAuthenticatedDateFrom',
  'lastAuthenticatedDateTo',
  'isUsed',
  'sortBy',
  'orderBy',
  'page',
  'limit',
];

/** Throws RestFault 400 with what to mend. No body at all looks for everything. */
export function readTokenSearch(body: unknown): TokenSearch {
  const fields = requireFields(body ?? {}, KNOWN);
  return {
    userKeys: readUserKeys(fields['userKeys'] ?? []),
    name: optionalText(fields, 'name'),
    created: readSpan(fields, 'tokenCreatedDate'),
    expiring: readSpan(fields, 'tokenExpiryDate'),
    lastUsed: readSpan(fields, 'lastAuthenticatedDate'),
    isUsed: fields['isUsed'] === null ? null : optionalFlag(fields, 'isUsed'),
    sortBy: readChoice(fields, 'sortBy', SORTS, 'name'),
    orderBy: readChoice(fields, 'orderBy', ORDERS, 'asc'),
    page: readWhole(fields['page'] ?? 0, 'page', 0),
    limit: Math.min(readWhole(fields['limit'] ?? LIMIT_DEFAULT, 'limit', 1), LIMITS.pageMax),
  };
}

/** A number from `min`, as JSON or as text. Throws RestFault 400. */
export function readWhole(value: unknown, name: string, min: number): number {
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < min || number > 999_999_999) {
    throw new RestFault(400, `${name} must be a whole number from ${min}.`);
  }
  return number;
}

function readUserKeys(value: unknown): readonly string[] {
  const isList = Array.isArray(value) && value.every((key) => typeof key === 'string');
  if (!isList || value.length > LIMITS.pageMax) {
    throw new RestFault(400, `userKeys must be a list of at most ${LIMITS.pageMax} user keys.`);
  }
  return value;
}

function readSpan(fields: Fields, name: string): Span {
  return { from: readEnd(fields, `${name}From`, 'from'), to: readEnd(fields, `${name}To`, 'to') };
}

function readEnd(fields: Fields, name: string, place: 'from' | 'to'): Instant | null {
  const text = optionalText(fields, name);
  if (text === null) return null;
  const at = readTime(text, place);
  if (at === null) throw new RestFault(400, `${name} must be a day or a time such as 2026-01-31 or 2026-01-31T10:00:00.000+00:00.`);
  return at;
}

function readChoice<const T extends string>(fields: Fields, name: string, choices: readonly T[], fallback: T): T {
  const text = optionalText(fields, name);
  if (text === null) return fallback;
  const choice = choices.find((each) => each === text);
  if (choice === undefined) throw new RestFault(400, `${name} must be one of ${choices.join(', ')}.`);
  return choice;
}
