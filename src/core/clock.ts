// The only door to time. Timers are time too, so they enter here as well: a test clock can then run what is due.
import type { Instant } from './instant.js';

/** Ends a timer; calling it twice is harmless. */
export type Cancel = () => void;

/** Tells the time and wakes up. Injected everywhere; nothing else may ask for the time. */
export interface Clock {
  /** Now, in epoch milliseconds. */
  now(): Instant;
  /** A monotonic reading in milliseconds with a fraction, for durations only. */
  monotonicMs(): number;
  /** Runs `task` every `intervalMs`; a run never overlaps the one before. A task that throws is reported through `onError`. */
  every(intervalMs: number, task: () => void | Promise<void>, onError: (error: unknown) => void): Cancel;
  /** Runs `task` once after `delayMs`. */
  after(delayMs: number, task: () => void): Cancel;
}

/** The machine's own clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  every(intervalMs, task, onError) {
    let isRunning = false;
    const timer = setInterval(() => {
      if (isRunning) return;
      isRunning = true;
      Promise.resolve()
        .then(task)
        .catch(onError)
        .finally(() => {
          isRunning = false;
        });
    }, intervalMs);
    timer.unref();
    return () => clearInterval(timer);
  },
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
