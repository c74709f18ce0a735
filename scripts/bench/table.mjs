// What is printed of a measurement.

export function median(values) {
  const known = values.filter((value) => value !== null).toSorted((one, other) => one - other);
  if (known.length === 0) return null;
  const middle = known.length >> 1;
  return known.length % 2 === 1 ? known[middle] : (known[middle - 1] + known[middle]) / 2;
}

/** One case as a Markdown table: throughput and processor time against the first row's. */
export function renderCase({ name, results, halfLoad, beside }) {
  const [first] = results;
  const rows = results.map((result) => [
    result.name,
    String(result.perSecond),
    ratio(result.perSecond, first.perSecond),
    result.cpuUs === null ? '–' : result.cpuUs.toFixed(1),
    result.cpuUs === null ? '–' : ratio(result.cpuUs, first.cpuUs),
    (result.p50Us / 1_000).toFixed(2),
    (result.p99Us / 1_000).toFixed(2),
  ]);
  const head = [name, 'requests/s', 'of the first', 'CPU µs/request', 'of the first', 'p50 ms', 'p99 ms'];
  const lines = tableLines([head, ...rows]);
  if (halfLoad !== null) lines.push('', ...halfLoad.results.map((result) => halfLoadLine(result, halfLoad.rate)));
  if (beside?.device !== undefined) {
    lines.push(
      '',
      `The device alone, an append of ${beside.device.lineBytes} bytes and fdatasync: ${(beside.device.us / 1_000).toFixed(2)} ms.`,
    );
  }
  if (beside?.lookUpUs !== undefined) {
    const costs = Object.entries(beside.lookUpUs).map(([count, us]) => `${us.toFixed(1)} µs with ${Number(count).toLocaleString('en')}`);
    lines.push('', `The database's look-up alone: ${costs.join(', ')} tokens.`);
  }
  return lines.join('\n');
}

/** The goals, and how far each is. */
export function renderGoals(goals) {
  const rows = goals.map(({ goal, bound, seen, isReached, instead }) => [
    goal,
    bound,
    seen === null ? '–' : seen.toPrecision(3),
    isReached === null ? (instead ?? 'not measured') : isReached ? 'yes' : 'no',
  ]);
  return tableLines([['goal', 'bound', 'seen', 'reached'], ...rows]).join('\n');
}

/** What several runs saw of each goal, a column each. */
export function renderComparison(reports) {
  const rows = reports[0].goals.map(({ goal, bound }, index) => [
    goal,
    bound,
    ...reports.map(({ goals }) => goals[index]?.seen?.toPrecision(3) ?? '–'),
    median(reports.map(({ goals }) => goals[index]?.seen ?? null))?.toPrecision(3) ?? '–',
  ]);
  return tableLines([['goal', 'bound', ...reports.map((_, index) => `run ${index + 1}`), 'median'], ...rows]).join('\n');
}

/** Markdown; the first row is the head. */
function tableLines([head, ...rows]) {
  return [head, head.map((_, index) => (index === 0 ? '---' : '--:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

function halfLoadLine({ name, p50Us, p99Us }, rate) {
  return `At ${rate} requests/s: ${name}: p50 ${(p50Us / 1_000).toFixed(2)} ms, p99 ${(p99Us / 1_000).toFixed(2)} ms`;
}

const ratio = (value, of) => (of === 0 ? '–' : (value / of).toFixed(2));
