// A use of a token as the audit trail tells the counters of it, and how far the trail had come by then [GW-51].
import type { Instant } from './instant.js';

/** A place in one node's trail; everything before it is durable. Two places are comparable only within one spool. */
export interface SpoolPosition {
  /** The spool's own id: a counter cursor for another spool says nothing about this one. */
  readonly spool: string;
  readonly segment: number;
  /** Bytes from the beginning of the segment. */
  readonly offset: number;
}

/** One accepted authentication with a token, from its durable record. */
export interface OpenedUse {
  /** The plugin's key. */
  readonly system: string;
  readonly tokenRef: string;
  /** Whether the decision was permit [EXT-45]. */
  readonly isPermitted: boolean;
  readonly at: Instant;
  readonly clientAddress: string | null;
  readonly userAgent: string | null;
}

/** Whether `a` lies behind `b`, both of one spool. */
export function isBehind(a: SpoolPosition, b: SpoolPosition): boolean {
  return a.segment < b.segment || (a.segment === b.segment && a.offset < b.offset);
}
