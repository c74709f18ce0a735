/** Epoch milliseconds, UTC. Every time inside Postern is one of these; text forms exist at the edges only. */
export type Instant = number;

/** One day in milliseconds: expiry is counted in whole days of 24 h [EXT-34]. */
export const DAY_MS = 86_400_000;
