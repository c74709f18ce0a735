// Whether a soak held: what was sampled under load, and what the server held before and after, against bounds. Pure.
import { median } from '../bench/table.mjs';

export const BOUNDS = {
  /** Megabytes that memory may grow within the second half, by its slope: what collections of garbage move it by … */
  growthMb: 24,
  /** … or this share of it, whichever is more. */
  growthShare: 0.05,
  /** Megabytes of the heap that may be in use afterwards beyond what was before, both after a collection: caches have their bounds. */
  heapMb: 24,
  /** The p99 of the last quarter against the first's … */
  p99Factor: 2,
  /** … unless it is below so many milliseconds. */
  p99FloorMs: 50,
  /** A request's processor time in requests of the bare proxy, which takes the machine out of it: the last quarter against the first … */
  costFactor: 1.25,
  /** … where the bare proxy was measured so often: within half a minute a machine may become half as fast. */
  gauges: 8,
  /** Descriptors and timers beyond those before the load, for what a server opens when it is first asked for; sockets: none. */
  descriptors: 4,
  timers: 4,
  threads: 0,
  /** Share of the answers that may not be what was asked for, and of requests that were left out because the machine stood still. */
  unexpected: 0,
  leftOut: 0.05,
};

/** `{ what, bound, seen, holds }` each. `warm`: the server after the calibration and a collection; `samples` have `atS`. */
export function verdictOf({ samples, before, warm, after }, bounds = BOUNDS) {
  const half = samples.slice(Math.floor(samples.length / 2));
  const seconds = half.length === 0 ? 0 : half.at(-1).atS - half[0].atS;
  const growth = slope(half.map(({ atS, rssMb }) => [atS, rssMb])) * seconds;
  const growthMost = Math.max(bounds.growthMb, bounds.growthShare * (median(half.map(({ rssMb }) => rssMb)) ?? 0));
  const quarter = Math.max(1, Math.floor(samples.length / 4));
  const quarters = (of) =>
    [samples.slice(0, quarter), samples.slice(-quarter)].map((part) => median(part.map(of)) ?? Number.POSITIVE_INFINITY);
  const [first, last] = quarters(({ p99Ms }) => p99Ms);
  const [firstCost, lastCost] = quarters(({ cpuUs, bareUs }) => (cpuUs === null ? null : cpuUs / bareUs));
  const requests = total(samples, ({ requests: count }) => count);
  const wrong = total(samples, ({ unexpected }) => Object.values(unexpected).reduce((sum, count) => sum + count, 0));
  const leftOut = total(samples, ({ leftOut: count }) => count);
  return [
    atMost('memory grown in the second half, MB', growthMost, growth),
    atMost('heap in use afterwards beyond before, MB', bounds.heapMb, after.heapMb - warm.heapMb),
    atMost('p99 of the last quarter, ms', Math.max(bounds.p99FloorMs, bounds.p99Factor * first), last),
    ...(gaugesOf(samples) < bounds.gauges
      ? []
      : [atMost('processor time of a request in the last quarter, in those of the bare proxy', bounds.costFactor * firstCost, lastCost)]),
    atMost('sockets left', before.socketCount, after.socketCount),
    atMost('descriptors left', before.descriptors + bounds.descriptors, after.descriptors),
    atMost('timers left', before.timers + bounds.timers, after.timers),
    atMost('threads afterwards', warm.threads + bounds.threads, after.threads),
    atMost('answers that were not what they should be', bounds.unexpected * requests, wrong),
    atMost('requests left out, of all', bounds.leftOut, leftOut / Math.max(1, requests + leftOut)),
    { what: 'requests', bound: '> 0', seen: requests, holds: requests > 0 },
  ];
}

/** How often it was found out how fast the machine is. */
export function gaugesOf(samples) {
  return new Set(samples.map(({ gaugedAtS }) => gaugedAtS)).size;
}

/** The median of the slopes between all pairs of points (Theil and Sen): one outlier does not move it. 0 for fewer than two points. */
export function slope(points) {
  const slopes = points.flatMap(([x, y], index) => points.slice(index + 1).map(([laterX, laterY]) => (laterY - y) / (laterX - x)));
  return median(slopes) ?? 0;
}

// A value that is not there, NaN, holds nothing.
function atMost(what, bound, seen) {
  return { what, bound: `≤ ${rounded(bound)}`, seen, holds: seen <= bound };
}

function total(samples, of) {
  return samples.reduce((sum, sample) => sum + of(sample), 0);
}

/** As it is printed. */
export function rounded(value) {
  return Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 1 ? 3 : 1);
}
