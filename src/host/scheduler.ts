// Runs the plugins' jobs on the injected clock. A job that fails is reported and runs again at its next time.
import { Cron } from 'croner';
import { type Cancel, type Clock, type Instant, LIMITS, type Logger } from '../core/index.js';
import type { Job } from '../plugin-kit/contract.js';

/** croner reads Quartz's expressions with these options: seconds first, `?`, `L`, `W`, `#`, 1 = Sunday [PAT-41]. */
const QUARTZ = { alternativeWeekdays: true, sloppyRanges: true, mode: '6-or-7-parts', paused: true } as const;

/** Throws when croner does not read the expression. */
export function nextTime(cron: string, after: Instant, timezone: string): Instant | null {
  return new Cron(cron, { ...QUARTZ, timezone }).nextRun(new Date(after))?.getTime() ?? null;
}

/** Starts all jobs; `close` ends them. An expression that cannot be read is named in a warning, and its job never runs. */
export function scheduleJobs(jobs: readonly Job[], clock: Clock, logger: Logger, timezone: string): { close(): void } {
  const report = (job: Job, error: unknown): void =>
    logger.error({ job: job.name, error: String(error) }, 'A job failed and will run again at its next time');
  const cancels = jobs.map((job) =>
    'everyMs' in job.schedule
      ? clock.every(
          job.schedule.everyMs,
          () => job.run(),
          (error) => report(job, error),
        )
      : runByCron(job, job.schedule.cron, { clock, logger, timezone, report }),
  );
  return {
    close() {
      for (const cancel of cancels) cancel();
    },
  };
}

interface CronNeeds {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timezone: string;
  readonly report: (job: Job, error: unknown) => void;
}

function runByCron(job: Job, cron: string, { clock, logger, timezone, report }: CronNeeds): Cancel {
  let cancel: Cancel = () => undefined;
  let isOver = false;
  const arm = (): void => {
    const next = nextTime(cron, clock.now(), timezone);
    if (next === null || isOver) return;
    const delay = next - clock.now();
    // A timer of node holds 24 days at most; what lies farther is waited for in steps.
    const isFar = delay > LIMITS.timerMsMax;
    cancel = clock.after(isFar ? LIMITS.timerMsMax : delay, () => (isFar ? arm() : run()));
  };
  const run = (): void =>
    void job
      .run()
      .catch((error: unknown) => report(job, error))
      .finally(arm);
  try {
    arm();
  } catch (error) {
    logger.warn({ job: job.name, cron, error: (error as Error).message }, 'The schedule of a job cannot be read; the job does not run');
  }
  return () => {
    isOver = true;
    cancel();
  };
}
