// The end of the listener: nothing new is taken, what runs is finished, what stays idle is closed.
import type { Server } from 'node:http';
import { type Clock, LIMITS } from '../core/index.js';

/** Resolves when the last connection is closed; what runs longer than the bound is cut off. */
export async function drain(server: Server, clock: Clock): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection that was busy when the end began becomes idle later, and node:http would keep it for its whole idle time.
  const stopSweeping = clock.every(
    LIMITS.drainSweepMs,
    () => server.closeIdleConnections(),
    () => undefined,
  );
  const stopWaiting = clock.after(LIMITS.drainTimeoutMs, () => server.closeAllConnections());
  await closed;
  stopSweeping();
  stopWaiting();
}
