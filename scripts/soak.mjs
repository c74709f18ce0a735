// Does the server stay as it is, for as long as it is asked? The built server under a steady load of requests as they come in life: kept
// connections, opened ones, clients that go away in mid-answer, denied requests, wrong tokens. Memory, descriptors, sockets, timers and
// latencies are sampled; at the end all must be as it was. Loopback and Linux only; it ends by itself, with 1 when something does not hold.
//   npm run soak -- --minutes 60 [--share 0.8] [--every 10] [--gauge-every 60] [--p99-floor 50] [--json <file>] [--import <file>]
// `--gauge-every`: seconds after which it is found out anew what the server carries, and how fast the machine is by the bare proxy; with 0
// once, at the beginning. `--import` loads one more module into the server: with one that leaks, the soak must fail.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { startPostern } from './bench/contenders.mjs';
import { end, endAll, start, startScript } from './bench/processes.mjs';
import { added, gaugeMachine, gaugeServer, holdRate, pause, startYardstick, tell } from './soak/gauge.mjs';
import { watchMachine } from './soak/machine.mjs';
import { BOUNDS, gaugesOf, rounded, verdictOf } from './soak/verdict.mjs';
import { look } from './soak/watch.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    share: { type: 'string', default: '0.8' },
    every: { type: 'string' },
    'gauge-every': { type: 'string', default: '60' },
    /** Milliseconds below which p99 is not judged: on a machine that does other things a minute tells of leaks alone. */
    'p99-floor': { type: 'string', default: String(BOUNDS.p99FloorMs) },
    json: { type: 'string' },
    import: { type: 'string' },
  },
});
const minutes = Number(options.minutes);
const share = Number(options.share);
/** Forty samples at least, and none oftener than a second. */
const everySeconds = Number(options.every ?? Math.max(1, Math.min(10, (minutes * 60) / 40)));
const gaugeSeconds = Number(options['gauge-every']) === 0 ? Number.POSITIVE_INFINITY : Number(options['gauge-every']);
if (!(minutes > 0 && share > 0 && share <= 1 && everySeconds > 0 && gaugeSeconds >= 2 * everySeconds))
  throw new Error('--minutes and --every are positive, --share is above 0 and at most 1, --gauge-every is 0 or at least twice --every');

const CLIENTS = 48;
/** Milliseconds after the last request in which idle connections must be gone: the upstream's are kept for 15 s. */
const REST_MS = 40_000;

/** What is printed of a sample: heading, width, value. */
const COLUMNS = [
  ['s', 6, ({ atS }) => atS],
  ['carries/s', 9, ({ full }) => Math.round(full)],
  ['held/s', 6, ({ requests, seconds }) => Math.round(requests / seconds)],
  ['p50 ms', 6, ({ p50Ms }) => p50Ms],
  ['p99 ms', 6, ({ p99Ms }) => p99Ms],
  ['stall ms', 8, ({ stallMs }) => stallMs],
  ['CPU µs', 6, ({ cpuUs }) => cpuUs],
  ['bare µs', 7, ({ bareUs }) => bareUs],
  ['busy %', 6, ({ busy }) => Math.round(busy * 100)],
  ['queued %', 8, ({ queued }) => Math.round(queued * 100)],
  ['stolen %', 8, ({ stolen }) => Math.round(stolen * 100)],
  ['RSS MB', 6, ({ rssMb }) => rssMb],
  ['heap MB', 7, ({ heapMb }) => heapMb],
  ['database MB', 11, ({ databaseMb }) => databaseMb],
  ['descriptors', 11, ({ descriptors }) => descriptors],
  ['sockets', 7, ({ socketCount }) => socketCount],
  ['timers', 6, ({ timers }) => timers],
  ['threads', 7, ({ threads }) => threads],
];

const folder = mkdtempSync(join(tmpdir(), 'postern-soak-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const state = { isEnding: false };
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    state.isEnding = true;
    void endAll().finally(() => process.exit(130));
  });
}
try {
  const report = await soak();
  const verdict = verdictOf(report, { ...BOUNDS, p99FloorMs: Number(options['p99-floor']) });
  for (const { what, bound, seen, holds } of verdict) console.log(`${holds ? 'holds ' : 'FAILED'}  ${what}: ${rounded(seen)} (${bound})`);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ ...report, verdict }, null, 2)}\n`);
  if (gaugesOf(report.samples) < BOUNDS.gauges) console.log('not judged: processor time, for the machine was measured too seldom');
  const failed = verdict.filter(({ holds }) => !holds).map(({ what }) => what);
  console.log(failed.length === 0 ? '\nIt stayed as it was.' : `\nIt did not stay as it was: ${failed.join('; ')}.`);
  process.exitCode = failed.length === 0 ? 0 : 1;
} finally {
  state.isEnding = true;
  await endAll();
}

async function soak() {
  const product = await startScript('rest', './upstream.mjs');
  const imports = [new URL('./soak/probe.mjs', import.meta.url).href];
  if (options.import !== undefined) imports.push(pathToFileURL(options.import).href);
  const server = await startPostern(`http://127.0.0.1:${product.port}`, folder, {
    settings: { POSTERN_EXTENDER_AUTH: 'both' },
    imports,
    stdio: ['ipc'],
  });
  server.child.once('exit', (code, signal) => noteEnd(code ?? signal));
  // The connection on which the token was made is closed by then.
  await wait(1_000);
  const before = await look(server.child, { collect: true });
  const traffic = startTraffic(server);
  const yardstick = await startYardstick(product);
  // Of a cold server and a cold bare proxy: it makes them warm, and of it only wrong answers count.
  const cold = await gauge(traffic, yardstick, { isCold: true });
  const warm = await look(server.child, { collect: true });
  const first = await gauge(traffic, yardstick, { isCold: false });
  console.log(`${minutes} min at ${share} of what it carries, which is ${first.full.toFixed(0)} requests/s now.`);
  const samples = await hold(server.child, traffic, yardstick, { ...first, unexpected: added(cold.unexpected, first.unexpected) });
  traffic.send({ stop: true });
  await once(traffic, 'message');
  await end(traffic);
  const after = await restful(server.child, before.socketCount);
  console.log(`sockets afterwards: ${JSON.stringify(after.sockets)}`);
  state.isEnding = true;
  return { minutes, share, before, warm, after, samples };
}

/** A server that ended by itself is the end of the soak. */
function noteEnd(how) {
  if (state.isEnding) return;
  console.error(`\nIt did not stay as it was: the server ended by itself (${how}).`);
  process.exit(1);
}

function startTraffic({ port, authorization }) {
  const file = fileURLToPath(new URL('./soak/traffic.mjs', import.meta.url));
  const parameters = JSON.stringify({ port, authorization, clients: CLIENTS });
  return start('rest', [process.execPath, file, parameters], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
}

/** How fast the machine is, by the bare proxy, and what the server carries; a share of that is held from then on. */
async function gauge(traffic, yardstick, { isCold }) {
  const paused = await pause(traffic);
  const bare = await gaugeMachine(yardstick);
  const server = await gaugeServer(traffic, { isCold });
  const settled = await holdRate(traffic, server.perSecond * share);
  const unexpected = added(paused, server.unexpected, settled);
  return { full: server.perSecond, barePerSecond: bare.perSecond, bareUs: bare.us, unexpected };
}

async function hold(child, traffic, yardstick, first) {
  const machine = watchMachine(child.pid, folder);
  const begun = performance.now();
  const samples = [];
  let { unexpected: earlier, ...gauged } = first;
  let gaugedAt = 0;
  console.log(COLUMNS.map(([heading, width]) => heading.padStart(width)).join('  '));
  for (let at = everySeconds; at <= minutes * 60; at += everySeconds) {
    if (at - everySeconds - gaugedAt >= gaugeSeconds) {
      const { unexpected, ...now } = await gauge(traffic, yardstick, { isCold: false });
      gauged = now;
      earlier = added(earlier, unexpected);
      gaugedAt = at - everySeconds;
      // What was asked of the server meanwhile is in no sample.
      machine(0);
    }
    const left = begun + at * 1_000 - performance.now();
    // The gauge took this sample's time.
    if (left < everySeconds * 500) continue;
    await wait(left);
    const told = await tell(traffic);
    const unexpected = added(earlier, told.unexpected);
    earlier = {};
    const sample = { atS: at, gaugedAtS: gaugedAt, ...gauged, ...told, unexpected, ...machine(told.requests), ...(await look(child)) };
    samples.push(sample);
    console.log(lineOf(sample));
  }
  return samples;
}

function lineOf(sample) {
  const text = (value) => (value === null ? '–' : value.toFixed(value < 100 && !Number.isInteger(value) ? 1 : 0));
  const cells = COLUMNS.map(([, width, of]) => text(of(sample)).padStart(width));
  const notes = Object.entries(sample.unexpected).map(([what, count]) => `${count} × ${what}`);
  if (sample.leftOut > 0) notes.push(`${sample.leftOut} left out`);
  return [...cells, ...notes].join('  ');
}

/** The server with nothing to do, as soon as it holds no more sockets than `sockets`, or when it had its time. */
async function restful(child, sockets = 1) {
  const late = performance.now() + REST_MS;
  let seen = await look(child, { collect: true });
  while (seen.socketCount > sockets && performance.now() < late) {
    await wait(500);
    seen = await look(child, { collect: true });
  }
  return seen;
}
