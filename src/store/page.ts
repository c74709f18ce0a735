// One page of a list as the database is asked for it.
import { LIMITS } from '../core/index.js';

/** Bounded to what a page may hold: SQLite reads a negative limit as none at all. */
export function boundPage(page: { startAt: number; limit: number }): { limit: number; offset: number } {
  return { limit: Math.max(0, Math.min(page.limit, LIMITS.pageMax)), offset: Math.max(0, page.startAt) };
}
