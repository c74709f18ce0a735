// Pages by `startAt` and `maxResults`, as Jira's own resources count them [EXT-31, EXT-32].
import { RestFault } from './rest.js';

/** A page that was asked for, brought within bounds. */
export interface Page {
  /** Index of the first item, from 0. */
  readonly startAt: number;
  /** The limit in force, from 1. */
  readonly maxResults: number;
}

/**
 * Reads `startAt` (default 0; negative: 0) and `maxResults` (default and most: `maxResultsMax`; zero or less: the same).
 * Throws RestFault 400 for what is no whole number [EXT-31].
 */
export function readPage(query: URLSearchParams, maxResultsMax: number): Page {
  const startAt = readWholeNumber(query, 'startAt') ?? 0;
  const asked = readWholeNumber(query, 'maxResults') ?? maxResultsMax;
  return { startAt: Math.max(0, startAt), maxResults: asked <= 0 ? maxResultsMax : Math.min(asked, maxResultsMax) };
}

/** How many pages `total` items fill; 0 for none [EXT-32]. */
export function countPages(total: number, maxResults: number): number {
  return Math.ceil(total / maxResults);
}

function readWholeNumber(query: URLSearchParams, name: string): number | null {
  const text = query.get(name);
  if (text === null) return null;
  if (!/^-?\d+$/.test(text)) throw new RestFault(400, `${name} must be a whole number.`);
  // A number past the safe ones names a page past every end; it is kept exact so that it can be asked of a database.
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number(text), Number.MAX_SAFE_INTEGER));
}
