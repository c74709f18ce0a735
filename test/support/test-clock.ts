// A clock that stands still until a test moves it, so that no test sleeps.
import type { Cancel, Clock, Instant } from '../../src/core/index.js';

export interface TestClock extends Clock {
  /** Moves on by `ms`, running what falls due on the way: in order of time, each awaited before the next, at its own instant. */
  advance(ms: number): Promise<void>;
  /** Moves on by `ms` at once, as for a process that was stopped and goes on: what fell due meanwhile runs once, at the end. */
  skip(ms: number): Promise<void>;
}

interface Task {
  dueAt: Instant;
  /** null: once. */
  readonly intervalMs: number | null;
  run(): void | Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** 2026-01-31T10:00:00.000Z, a Saturday. */
export const TEST_START: Instant = Date.UTC(2026, 0, 31, 10);

/** A clock at `start`. An error that nobody takes (`after`) fails the `advance` that ran it. */
export function testClock(start: Instant = TEST_START): TestClock {
  const tasks = new Set<Task>();
  let now = start;

  function add(task: Task): Cancel {
    tasks.add(task);
    return () => {
      tasks.delete(task);
    };
  }

  // A Set keeps the order of insertion, so what is due at the same instant runs first come first served.
  function nextDue(until: Instant): Task | undefined {
    let next: Task | undefined;
    for (const task of tasks) if (task.dueAt <= until && (next === undefined || task.dueAt < next.dueAt)) next = task;
    return next;
  }

  async function runTask(task: Task): Promise<void> {
    now = Math.max(now, task.dueAt);
    if (task.intervalMs === null) tasks.delete(task);
    else task.dueAt += task.intervalMs;
    try {
      await task.run();
    } catch (error) {
      task.onError(error);
    }
  }

  return {
    now: () => now,
    monotonicMs: () => now - start,
    every: (intervalMs, task, onError) => add({ dueAt: now + intervalMs, intervalMs, run: task, onError }),
    after: (delayMs, task) => add({ dueAt: now + delayMs, intervalMs: null, run: task, onError: rethrow }),
    async advance(ms) {
      const until = now + ms;
      for (let task = nextDue(until); task !== undefined; task = nextDue(until)) await runTask(task);
      now = until;
    },
    async skip(ms) {
      now += ms;
      const due = [...tasks].filter(({ dueAt }) => dueAt <= now).toSorted((one, other) => one.dueAt - other.dueAt);
      for (const task of due) {
        if (!tasks.has(task)) continue;
        if (task.intervalMs !== null) task.dueAt = now;
        await runTask(task);
      }
    },
  };
}

function rethrow(error: unknown): never {
  throw error;
}
