// A bound on how long a database server may let somebody wait: a connection whose other end is gone says nothing, for a quarter of an hour.
import { type Clock, HostError } from '../core/index.js';

/** Runs `work`; rejects with HostError store.unavailable when it takes longer than `ms`, and tells it so by the signal. */
export async function withDeadline<T>(clock: Clock, ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const cancel = clock.after(ms, () =>
    controller.abort(new HostError('store.unavailable', { detail: `The database took longer than ${ms} ms.` })),
  );
  try {
    return await orAborted(controller.signal, work(controller.signal));
  } finally {
    cancel();
  }
}

/** What `work` resolves to, or the signal's reason as soon as there is one. */
export async function orAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let stop = (): void => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
