// Time-ordered identifiers (UUIDv7, RFC 9562 §5.7) from the injected clock and randomness.
import { v7 } from 'uuid';
import type { Clock } from './clock.js';
import type { RandomSource } from './random.js';

/** Makes UUIDv7 texts: sortable by time, unguessable in the rest. */
export function uuidSource(clock: Clock, random: RandomSource): () => string {
  return () => v7({ msecs: clock.now(), random: random.bytes(16) });
}
