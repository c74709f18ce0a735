// Times as Jira writes them: with an offset of four digits, which ISO 8601 libraries do not write of themselves.
import type { Instant } from '../../core/index.js';

/** Jira's form of a time, `2026-01-31T10:00:00.000+0000` [PRD-6]. */
export function jiraTime(instant: Instant): string {
  return new Date(instant).toISOString().replace('Z', '+0000');
}
