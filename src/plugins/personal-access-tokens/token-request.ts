// Reads what `POST /tokens` was sent, in the vendor's order: the first failure is the one that is told [PAT-22].
import { DAY_MS, type Instant } from '../../core/index.js';
import type { PluginHost } from '../../plugin-kit/contract.js';
import { type Fields, requireFields } from '../../plugin-kit/request-body.js';
import { RestFault } from '../../plugin-kit/rest.js';
import { LIMIT_EXCEEDED, namedFault } from './fault.js';
import { PROPERTIES } from './properties.js';

/** A token as it was asked for. */
export interface TokenRequest {
  readonly name: string;
  /** When it was asked for: the beginning of its time, so that the end is whole days later to the millisecond [PAT-21]. */
  readonly askedAt: Instant;
  /** null: never ends. */
  readonly expiresAt: Instant | null;
}

/** Throws RestFault 400, and 403 when the user has as many tokens as may be; `countOwned` is asked in its turn. */
export async function readTokenRequest(host: PluginHost, body: unknown, countOwned: () => Promise<number>): Promise<TokenRequest> {
  if (!host.setting(PROPERTIES.enabled)) throw new RestFault(400, 'Personal access tokens are switched off.');
  const fields = requireFields(body, ['name', 'expirationDuration']);
  const name = readName(fields, host.setting(PROPERTIES.nameLength));
  const days = readDays(fields, host.setting(PROPERTIES.maxExpiryDays));
  requireRoom(await countOwned(), host.setting(PROPERTIES.maxTokens));
  if (days === null && !host.setting(PROPERTIES.eternalTokens)) {
    throw new RestFault(400, 'expirationDuration is required: tokens that do not expire are switched off.');
  }
  const askedAt = host.clock.now();
  return { name, askedAt, expiresAt: days === null ? null : askedAt + days * DAY_MS };
}

/** Throws RestFault 403 when there is no room for one more. Expired tokens count. */
export function requireRoom(owned: number, max: number): void {
  if (owned >= max) throw namedFault(403, LIMIT_EXCEEDED, `You can't create more than ${max} tokens.`);
}

function readName(fields: Fields, lengthMax: number): string {
  const name = fields['name'] ?? '';
  if (typeof name !== 'string') throw new RestFault(400, 'name must be a string.');
  if (name.trim() === '') throw new RestFault(400, 'name must not be blank.');
  if (name.length > lengthMax) throw new RestFault(400, `name may have at most ${lengthMax} characters.`);
  // Not every database can hold them, and a name is shown in lists, mails and records.
  if (/[\p{Cc}\p{Cs}]/u.test(name)) throw new RestFault(400, 'name must not hold control characters.');
  return name;
}

function readDays(fields: Fields, daysMax: number): number | null {
  const value = fields['expirationDuration'] ?? null;
  if (value === null) return null;
  const days = typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : value;
  if (typeof days !== 'number' || !Number.isSafeInteger(days)) {
    throw new RestFault(400, 'expirationDuration must be a whole number of days.');
  }
  if (days > daysMax) throw new RestFault(400, `expirationDuration may be at most ${daysMax} days.`);
  if (days <= 0) throw new RestFault(400, 'expirationDuration must be at least 1 day.');
  return days;
}
