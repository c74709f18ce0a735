// Runs one case: all who take part side by side, in turns, each asked the same.
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { CONTENDERS } from './contenders.mjs';
import { cpuSeconds, end, measure } from './processes.mjs';
import { median } from './table.mjs';

const WARM_UP_SECONDS = 1.5;

/** What a case runs in: `{ origin, folder, load, rounds, seconds }`. `names` are the contenders that are here. */
export async function runCase(one, names, run) {
  const parties = [];
  for (const [variant, start] of Object.entries(variantsOf(one, names))) {
    const place = mkdtempSync(join(run.folder, 'party-'));
    parties.push({ name: variant, ...(await start(run.origin, place, run)), samples: [] });
  }
  for (const party of parties) await sample(one, party, run.load, WARM_UP_SECONDS);
  for (let round = 0; round < run.rounds; round += 1) {
    // Each round begins with another, so that none always follows the same.
    for (let turn = 0; turn < parties.length; turn += 1) {
      const party = parties[(round + turn) % parties.length];
      party.samples.push(await sample(one, party, run.load, run.seconds));
    }
  }
  const results = parties.map(summary);
  const halfLoad = one.isTimedAtHalfLoad === true ? await timeAtHalfLoad(one, parties, results, run) : null;
  const beside = one.beside === undefined ? null : await one.beside(parties, run);
  for (const { child, others = [] } of parties) for (const each of [child, ...others.map((other) => other.child)]) await end(each);
  return { name: one.name, results, halfLoad, beside };
}

/** Latencies of all at the same rate, half of what the slowest can: what is added shows where nothing queues. */
async function timeAtHalfLoad(one, parties, results, { load, rounds, seconds }) {
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
  let before = null;
  const order = {
    ports: portsOf(party),
    connections: one.connections,
    seconds: duration,
    bodyBytes: one.bodyBytes,
    head: one.head(party),
    rate,
    logins: party.logins,
  };
  const begin = () => {
    before = cpuOf(party);
  };
  const { requests, statuses, seconds, latencyUs } = await measure(load, order, begin).catch((error) => {
    throw new Error(`${party.name} in "${one.name}": ${error.message}`, { cause: error });
  });
  const wrong = Object.keys(statuses).filter((status) => Number(status) !== (one.status ?? 200));
  if (wrong.length > 0 || requests === 0) throw new Error(`${party.name} answered ${JSON.stringify(statuses)} in "${one.name}"`);
  const cpu = before === null ? null : cpuOf(party) - before;
  return { perSecond: requests / seconds, cpuUs: cpu === null ? null : (cpu / requests) * 1e6, ...latencyUs };
}

const portsOf = ({ port, others = [] }) => [port, ...others.map((other) => other.port)];

/** Of all processes of a party; null where the system does not tell. */
function cpuOf({ pid, others = [] }) {
  const seconds = [pid, ...others.map((other) => other.pid)].map(cpuSeconds);
  return seconds.includes(null) ? null : seconds.reduce((sum, each) => sum + each, 0);
}

function summary({ name, samples }) {
  const of = (key) => median(samples.map((each) => each[key]));
  return { name, perSecond: Math.round(of('perSecond')), cpuUs: of('cpuUs'), p50Us: of('p50'), p99Us: of('p99'), samples };
}
