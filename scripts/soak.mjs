// Does the server stay as it is, for as long as it is asked? The built server under a steady load of requests as they come in life: kept
// connections, opened ones, clients that go away in mid-answer, denied requests, wrong tokens. Memory, descriptors, sockets, timers and
// latencies are sampled; at the end all must be as it was. Loopback and Linux only; it ends by itself, with 1 when something does not hold.
//   npm run soak -- --minutes 60 [--share 0.8] [--every 10] [--p99-floor 50] [--json <file>] [--import <file>]
// `--import` loads one more module into the server: with one that leaks, the soak must fail.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { startPostern } from './bench/contenders.mjs';
import { end, endAll, start, startScript } from './bench/processes.mjs';
import { BOUNDS, rounded, verdictOf } from './soak/verdict.mjs';
import { look } from './soak/watch.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    share: { type: 'string', default: '0.8' },
    every: { type: 'string' },
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
if (!(minutes > 0 && share > 0 && share <= 1 && everySeconds > 0))
  throw new Error('--minutes and --every are positive, --share is above 0 and at most 1');

const CLIENTS = 48;
const WARM_UP_SECONDS = 4;
const CALIBRATION_SECONDS = 4;
/** Milliseconds after the last request in which idle connections must be gone: the upstream's are kept for 15 s. */
const REST_MS = 40_000;

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
  const before = await restful(server.child);
  const traffic = startTraffic(server);
  const rate = await calibrate(traffic);
  const warm = await look(server.child, { collect: true });
  console.log(`${rate.full.toFixed(0)} requests/s at most; ${minutes} min at ${rate.held.toFixed(0)}.`);
  console.log(`${'s'.padStart(6)}  requests  p50 ms  p99 ms  RSS MB  heap MB  descriptors  sockets  timers  threads`);
  const samples = await hold(server.child, traffic, rate.held);
  traffic.send({ stop: true });
  await once(traffic, 'message');
  await end(traffic);
  const after = await restful(server.child, before.socketCount);
  console.log(`sockets afterwards: ${JSON.stringify(after.sockets)}`);
  state.isEnding = true;
  return { minutes, share, rate, before, warm, after, samples };
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

/** What the server carries of this mix, and how much of it is held from now on. */
async function calibrate(traffic) {
  traffic.send({ rate: null });
  await wait(WARM_UP_SECONDS * 1_000);
  await tell(traffic);
  await wait(CALIBRATION_SECONDS * 1_000);
  const { requests, seconds } = await tell(traffic);
  const full = requests / seconds;
  traffic.send({ rate: full * share });
  return { full, held: full * share };
}

async function tell(traffic) {
  traffic.send({ tell: true });
  return (await once(traffic, 'message'))[0];
}

async function hold(child, traffic, rate) {
  traffic.send({ rate });
  await tell(traffic);
  const samples = [];
  const begun = performance.now();
  for (let at = everySeconds; at <= minutes * 60; at += everySeconds) {
    await wait(begun + at * 1_000 - performance.now());
    const sample = { atS: at, ...(await tell(traffic)), ...(await look(child)) };
    samples.push(sample);
    console.log(lineOf(sample));
  }
  return samples;
}

function lineOf({ atS, requests, p50Ms, p99Ms, rssMb, heapMb, descriptors, socketCount, timers, threads, unexpected, leftOut }) {
  const cell = (value, width) => (value === null ? '–' : value.toFixed(value < 100 && !Number.isInteger(value) ? 1 : 0)).padStart(width);
  const cells = [cell(atS, 6), cell(requests, 8), cell(p50Ms, 6), cell(p99Ms, 6), cell(rssMb, 6), cell(heapMb, 7)];
  const counts = [cell(descriptors, 11), cell(socketCount, 7), cell(timers, 6), cell(threads, 7)];
  const notes = [
    ...Object.entries(unexpected).map(([what, count]) => `${count} × ${what}`),
    ...(leftOut > 0 ? [`${leftOut} left out`] : []),
  ];
  return [...cells, ...counts, ...notes].join('  ');
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
