// Runs the plugins' jobs on the injected clock. A job that fails is reported and runs again at its next time.
import type { Clock, Logger } from '../core/index.js';
import type { Job } from '../plugin-kit/contract.js';

/** Starts all jobs; `close` ends them. */
export function scheduleJobs(jobs: readonly Job[], clock: Clock, logger: Logger): { close(): void } {
  const cancels = jobs.map((job) =>
    clock.every(
      job.intervalMs,
      () => job.run(),
      (error) => logger.error({ job: job.name, error: String(error) }, 'A job failed and will run again at its next time'),
    ),
  );
  return {
    close() {
      for (const cancel of cancels) cancel();
    },
  };
}
