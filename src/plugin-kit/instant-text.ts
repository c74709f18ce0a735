// Instants as people write them. Strict, because Date.parse alone reads almost anything as some time.
import type { Instant } from '../core/index.js';

// ISO 8601 as RFC 3339 narrows it: a date is its midnight in UTC; a time of day needs a zone, or it would be the server's.
const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:T([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d))?$/;

/** Reads epoch milliseconds or ISO 8601 with a zone; null for anything else, a day that the calendar lacks included. */
export function readInstant(text: string): Instant | null {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const [, year, month, day] = ISO.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return null;
  // V8 takes 2026-02-30 for the second of March.
  const midnight = new Date(`${year}-${month}-${day}`);
  if (Number.isNaN(midnight.getTime()) || midnight.getUTCDate() !== Number(day)) return null;
  return Date.parse(text);
}
