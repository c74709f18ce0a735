// Bounded concurrency with a bounded line before it: transactions on SQLite go one at a time, password checks a few at once [GW-52].

/** Runs `work` now or when its turn comes, first come first served; rejects with `refusal()` when the line is full. */
export type Limiter = <T>(work: () => Promise<T>) => Promise<T>;

/** A limiter for `atOnceMax` at work and `waitingMax` in line. */
export function limiter(bounds: { atOnceMax: number; waitingMax: number; refusal: () => Error }): Limiter {
  const waiting: (() => void)[] = [];
  let atWork = 0;

  function leave(): void {
    const next = waiting.shift();
    // The place passes to the next in line without becoming free, so that nobody overtakes.
    if (next === undefined) atWork -= 1;
    else next();
  }

  return async (work) => {
    if (atWork < bounds.atOnceMax) atWork += 1;
    else if (waiting.length >= bounds.waitingMax) throw bounds.refusal();
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      leave();
    }
  };
}
