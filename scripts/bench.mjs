// How fast is the whole line, beside a Node proxy with nothing in it and the peers that are at hand? Side by side in one run, interleaved,
// pinned where the system allows; medians and ratios. Loopback only, and it ends by itself.
//   npm run bench -- [--rounds 3] [--seconds 3] [--only <part of a name>,…] [--case <part of a name>,…] [--json <file>]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CASES } from './bench/cases.mjs';
import { CONTENDERS } from './bench/contenders.mjs';
import { cpuSeconds, end, endAll, measure, pinning, startScript } from './bench/processes.mjs';
import { median, renderCase } from './bench/table.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    case: { type: 'string', default: '' },
    json: { type: 'string' },
  },
});
const rounds = Number(options.rounds);
const seconds = Number(options.seconds);
const WARM_UP_SECONDS = 1.5;
const chosen = (text, name) => text === '' || text.split(',').some((part) => name.toLowerCase().includes(part.trim().toLowerCase()));

const folder = mkdtempSync(join(tmpdir(), 'postern-bench-'));
const report = {
  date: new Date().toISOString(),
  node: process.version,
  cpu: cpus()[0]?.model,
  cores: availableParallelism(),
  pinning,
  cases: [],
};
process.once('SIGINT', () => void endAll().finally(() => process.exit(130)));
try {
  console.log(`Node ${process.version}, ${report.cores} cores (${report.cpu}), ${rounds} rounds of ${seconds} s each.`);
  if (pinning !== null) console.log(`Note: ${pinning}.`);
  const product = await startScript('rest', './upstream.mjs');
  const load = await startScript('rest', './load.mjs');
  const names = Object.keys(CONTENDERS).filter((name) => chosen(options.only, name));
  const missing = names.filter((name) => !CONTENDERS[name].isThere());
  if (missing.length > 0) console.log(`Not installed, so not measured: ${missing.join('; ')}.`);
  for (const one of CASES.filter(({ name }) => chosen(options.case, name))) {
    const present = names.filter((name) => CONTENDERS[name].isThere() && (one.contenders?.(name) ?? true));
    report.cases.push(await runCase(one, present, `http://127.0.0.1:${product.port}`, load));
    console.log(`\n${renderCase(report.cases.at(-1))}`);
  }
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
} finally {
  await endAll();
  rmSync(folder, { recursive: true, force: true });
}

/** Starts all who take part, measures them in turns, and ends them. */
async function runCase(one, names, origin, load) {
  const parties = [];
  for (const [variant, start] of Object.entries(variantsOf(one, names))) {
    const place = mkdtempSync(join(folder, 'party-'));
    parties.push({ name: variant, ...(await start(origin, place)), samples: [] });
  }
  for (const party of parties) await sample(one, party, load, WARM_UP_SECONDS);
  for (let round = 0; round < rounds; round += 1) {
    // Each round begins with another, so that none always follows the same.
    for (let turn = 0; turn < parties.length; turn += 1) {
      const party = parties[(round + turn) % parties.length];
      party.samples.push(await sample(one, party, load, seconds));
    }
  }
  const results = parties.map(summary);
  const halfLoad = one.isTimedAtHalfLoad === true ? await timeAtHalfLoad(one, parties, results, load) : null;
  for (const { child } of parties) await end(child);
  return { name: one.name, results, halfLoad };
}

/** Latencies of all at the same rate, half of what the slowest can: what is added shows where nothing queues. */
async function timeAtHalfLoad(one, parties, results, load) {
  const rate = Math.round(Math.min(...results.map(({ perSecond }) => perSecond)) / 2);
  const timed = parties.map(({ name }) => ({ name, p50: [], p99: [] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, party] of parties.entries()) {
      const sampled = await sample(one, party, load, seconds, rate);
      timed[index].p50.push(sampled.p50);
      timed[index].p99.push(sampled.p99);
    }
  }
  return { rate, results: timed.map(({ name, p50, p99 }) => ({ name, p50Us: median(p50), p99Us: median(p99) })) };
}

/** Postern in several settings, or all contenders in one. */
function variantsOf(one, names) {
  if (one.variants !== undefined) return one.variants;
  return Object.fromEntries(names.map((name) => [name, CONTENDERS[name].start]));
}

async function sample(one, party, load, duration, rate) {
  const before = cpuSeconds(party.pid);
  const order = {
    port: party.port,
    connections: one.connections,
    seconds: duration,
    bodyBytes: one.bodyBytes,
    head: one.head(party),
    rate,
  };
  const { requests, statuses, seconds: took, latencyUs } = await measure(load, order);
  const wrong = Object.keys(statuses).filter((status) => Number(status) !== (one.status ?? 200));
  if (wrong.length > 0 || requests === 0) throw new Error(`${party.name} answered ${JSON.stringify(statuses)} in "${one.name}"`);
  const cpu = before === null ? null : cpuSeconds(party.pid) - before;
  return { perSecond: requests / took, cpuUs: cpu === null ? null : (cpu / requests) * 1e6, ...latencyUs };
}

function summary({ name, samples }) {
  const of = (key) => median(samples.map((each) => each[key]));
  return { name, perSecond: Math.round(of('perSecond')), cpuUs: of('cpuUs'), p50Us: of('p50'), p99Us: of('p99'), samples };
}
