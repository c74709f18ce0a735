// Times as the vendor's REST writes and reads them.
import { DAY_MS, type Instant } from '../../core/index.js';
import { readInstant } from '../../plugin-kit/instant-text.js';

/** `2026-01-31T10:00:00.000+00:00`: three digits, and never `Z` [PAT-20]. */
export function writeTime(at: Instant): string {
  return new Date(at).toISOString().replace('Z', '+00:00');
}

/**
 * A day or a time as ISO 8601 writes it; null for what is none. A day alone is its first millisecond, or its last at the end of a span, which
 * belongs to the span [PAT-27].
 */
export function readTime(text: string, place: 'from' | 'to'): Instant | null {
  const at = readInstant(text);
  const isWholeDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  return at !== null && isWholeDay && place === 'to' ? at + DAY_MS - 1 : at;
}
