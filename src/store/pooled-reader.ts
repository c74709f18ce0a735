// The read side on a database server: connections of its own, apart from those of transactions, so that a read never waits for one and never
// sees what it has not committed. Every wait has its bound: a request is answered also when the database is not [GW-52].
import { type Clock, HostError, LIMITS } from '../core/index.js';
import { limiter } from '../plugin-kit/limiter.js';
import { orAborted, withDeadline } from './deadline.js';
import { databaseFailure } from './statement-error.js';

type Parameters = readonly (string | number | null)[];

/** One connection, given out for one statement; `release` or `discard` gives it back. */
export interface ReadConnection {
  all(sql: string, parameters: Parameters): Promise<readonly unknown[]>;
  release(): void;
  /** Closes it: what it is at is not known. */
  discard(): void;
}

/** Connections that are opened when they are needed. */
export interface ReadPool {
  connect(): Promise<ReadConnection>;
  end(): Promise<void>;
}

export interface Reader {
  /** All rows of one statement. Throws HostError store.unavailable. */
  all(sql: string, parameters: Parameters): Promise<readonly unknown[]>;
  close(): Promise<void>;
}

/** Reads over a pool, as many at once as it has connections. */
export function pooledReader(pool: ReadPool, clock: Clock): Reader {
  const inTurn = limiter({
    atOnceMax: LIMITS.databaseReadConnectionsMax,
    waitingMax: LIMITS.databaseReadQueueMax,
    refusal: () => new HostError('store.unavailable', { detail: 'Too many reads are waiting for their turn.' }),
  });
  return {
    async all(sql, parameters) {
      try {
        return await withDeadline(clock, LIMITS.databaseTimeoutMs, (signal) =>
          // The turn ends at the deadline too: a statement that is never answered must not keep it.
          inTurn(() => orAborted(signal, readOnce(pool, signal, sql, parameters))),
        );
      } catch (error) {
        throw error instanceof HostError ? error : databaseFailure(error);
      }
    },
    close: () => pool.end(),
  };
}

async function readOnce(pool: ReadPool, signal: AbortSignal, sql: string, parameters: Parameters): Promise<readonly unknown[]> {
  // Its deadline may have passed while it waited for its turn.
  signal.throwIfAborted();
  const connection = await pool.connect();
  const discard = once(() => connection.discard());
  signal.addEventListener('abort', discard);
  try {
    signal.throwIfAborted();
    const rows = await connection.all(sql, parameters);
    if (!signal.aborted) connection.release();
    return rows;
  } catch (error) {
    discard();
    throw error;
  } finally {
    signal.removeEventListener('abort', discard);
  }
}

function once(task: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) task();
    isDone = true;
  };
}
