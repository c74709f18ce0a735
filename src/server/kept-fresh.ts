// Files that may change while we run: looked at again and again, and taken over when they are whole; until then what was in force stays [GW-43].
// The content is compared, not the file's time: a mounted secret is a link that is turned round, which neither times nor watches tell reliably.
import { type Clock, LIMITS, type Logger } from '../core/index.js';
import { StartError } from '../core/start-error.js';
import { PemError } from './pem-files.js';

export interface KeptFresh<T> {
  /** What is in force. */
  readonly current: T;
  /** Looks now. */
  readonly look: () => Promise<void>;
  readonly close: () => void;
}

export interface KeptFreshNeeds<T> {
  /** What it is, for the log and the operator: "Postern’s certificate". */
  readonly what: string;
  /** The setting to look at when it cannot be read at the start. */
  readonly setting: string;
  /** Reads the files; throws PemError when they cannot be used. */
  readonly read: () => Promise<T>;
  /** Puts new content into force. */
  readonly apply: (fresh: T) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Reads the files for the first time and keeps looking. Throws StartError when they cannot be used. */
export async function keepFresh<T>({ what, setting, read, apply, clock, logger }: KeptFreshNeeds<T>): Promise<KeptFresh<T>> {
  let current = await read().catch((cause: unknown) => {
    if (!(cause instanceof PemError)) throw cause;
    throw new StartError(`${what} cannot be used: ${cause.message}.`, `Mend the file, or the setting ${setting}.`, cause);
  });
  let complaint: string | null = null;
  const lookOnce = async (): Promise<void> => {
    try {
      const fresh = await read();
      complaint = null;
      if (JSON.stringify(fresh) === JSON.stringify(current)) return;
      apply(fresh);
      current = fresh;
      logger.info({ setting }, `${what} was read again`);
    } catch (error) {
      const reason = error instanceof PemError ? error.message : (error as Error).name;
      // Once for each reason: a file that stays broken is looked at for days.
      if (reason !== complaint) logger.warn({ setting, reason }, `${what} cannot be read again; the one before stays in force`);
      complaint = reason;
    }
  };
  // One look after the other: a signal may come within one.
  let looking: Promise<void> = Promise.resolve();
  const look = (): Promise<void> => (looking = looking.then(lookOnce));
  const stop = clock.every(LIMITS.certificatePollMs, look, () => undefined);
  return {
    get current() {
      return current;
    },
    look,
    close: stop,
  };
}
