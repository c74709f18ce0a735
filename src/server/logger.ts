// The operator's log: one JSON object a line on standard error, through pino; the banner has standard output for itself.
import { pino } from 'pino';
import type { Logger } from '../core/index.js';

/** A log of the given level. Secrets never reach it: a Secret prints itself as [redacted]. */
export function createLogger(level: 'debug' | 'info' | 'warn' | 'error'): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 2, sync: false }));
}
