// What is printed of a measurement.

export function median(values) {
  const known = values.filter((value) => value !== null).toSorted((one, other) => one - other);
  if (known.length === 0) return null;
  const middle = known.length >> 1;
  return known.length % 2 === 1 ? known[middle] : (known[middle - 1] + known[middle]) / 2;
}

/** One case as a Markdown table: throughput and processor time against the first row's. */
export function renderCase({ name, results, halfLoad }) {
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
  const lines = [head, head.map((_, index) => (index === 0 ? '---' : '--:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  if (halfLoad !== null) lines.push('', ...halfLoad.results.map((result) => halfLoadLine(result, halfLoad.rate)));
  return lines.join('\n');
}

function halfLoadLine({ name, p50Us, p99Us }, rate) {
  return `At ${rate} requests/s: ${name}: p50 ${(p50Us / 1_000).toFixed(2)} ms, p99 ${(p99Us / 1_000).toFixed(2)} ms`;
}

const ratio = (value, of) => (of === 0 ? '–' : (value / of).toFixed(2));
