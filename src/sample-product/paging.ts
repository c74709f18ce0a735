// Pages of lists: Jira says startAt and maxResults, Confluence start and limit.
import { LIMITS } from '../core/index.js';
import { SampleFault } from './fault.js';

export interface Page {
  readonly start: number;
  readonly limit: number;
}

/** A page from two texts or numbers; left out, `0` and `fallbackLimit`. Throws 400 for anything but whole numbers from 0. */
export function pageOf(start: unknown, limit: unknown, fallbackLimit: number): Page {
  return { start: wholeNumber(start, 0), limit: Math.min(wholeNumber(limit, fallbackLimit), LIMITS.samplePageSizeMax) };
}

/** The items on the page. */
export function slice<T>(items: readonly T[], page: Page): readonly T[] {
  return items.slice(page.start, page.start + page.limit);
}

function wholeNumber(value: unknown, fallback: number): number {
  if (value === null || value === undefined || value === '') return fallback;
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0)
    throw new SampleFault(400, 'A page begins at a whole number from 0 and has a whole number of items.');
  return number;
}
