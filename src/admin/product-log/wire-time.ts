// Instants as clients of the products' audit logs write them: also without a zone, which then is UTC, and with a zone without a colon.
import type { Instant } from '../../core/index.js';
import { readInstant } from '../../plugin-kit/instant-text.js';
import { RestFault } from '../../plugin-kit/rest.js';

/** The parameter as an instant; null: not given. Throws RestFault 400. */
export function readLogInstant(query: URLSearchParams, name: string): Instant | null {
  const text = query.get(name);
  if (text === null || text === '') return null;
  // A `+` that nobody escaped arrives as a blank.
  const zoned = text.replace(/ (\d{2}:?\d{2})$/, '+$1').replace(/([+-]\d{2})(\d{2})$/, '$1:$2');
  const instant = readInstant(/T[\d:.]+$/.test(zoned) ? `${zoned}Z` : zoned);
  if (instant === null) throw new RestFault(400, `${name} must be a date and time in ISO 8601, such as 2026-01-31T10:00:00.000Z.`);
  return instant;
}

/** `2026-01-31T10:00:00.000+0000`, as Jira writes times. */
export function jiraTime(at: Instant): string {
  return new Date(at).toISOString().replace('Z', '+0000');
}

/** A whole number within bounds; out of them: the nearest bound. Throws RestFault 400 for what is none. */
export function readCount(
  query: URLSearchParams,
  name: string,
  bounds: { readonly min: number; readonly max: number },
  fallback: number,
): number {
  const text = query.get(name);
  if (text === null || text === '') return fallback;
  if (!/^-?\d{1,15}$/.test(text)) throw new RestFault(400, `${name} must be a whole number.`);
  return Math.min(bounds.max, Math.max(bounds.min, Number(text)));
}
