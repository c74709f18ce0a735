// How fast is the whole line, beside a Node proxy with nothing in it and the peers that are at hand? Side by side in one run, interleaved,
// pinned where the system allows; medians and ratios. Loopback only, and it ends by itself.
//   npm run bench -- [--goals] [--rounds 3] [--seconds 3] [--only <part of a name>]… [--case <part of a name>]… [--json <file>]
//   npm run bench -- --compare <file> --compare <file> …
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CASES } from './bench/cases.mjs';
import { CONTENDERS } from './bench/contenders.mjs';
import { goalsOf } from './bench/goals.mjs';
import { end, endAll, pinning, startScript } from './bench/processes.mjs';
import { runCase } from './bench/run-case.mjs';
import { measureStartUp } from './bench/start-up.mjs';
import { renderCase, renderComparison, renderGoals } from './bench/table.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { values: options } = parseArgs({
  options: {
    /** Only what some goal is held against. */
    goals: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '3' },
    only: { type: 'string', multiple: true, default: [] },
    case: { type: 'string', multiple: true, default: [] },
    json: { type: 'string' },
    compare: { type: 'string', multiple: true, default: [] },
  },
});
/** Names of cases hold commas: each part is an option of its own. */
const isChosen = (parts, name) => parts.length === 0 || parts.some((part) => name.toLowerCase().includes(part.trim().toLowerCase()));

if (options.compare.length > 0) console.log(renderComparison(options.compare.map((file) => JSON.parse(readFileSync(file, 'utf8')))));
else await measureAll();

async function measureAll() {
  const folder = mkdtempSync(join(tmpdir(), 'postern-bench-'));
  // Also when a signal ends it: a database of a million tokens is no small thing to leave behind.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void endAll().finally(() => process.exit(130)));
  try {
    const product = await startScript('rest', './upstream.mjs');
    const load = await startScript('rest', './load.mjs');
    const [rounds, seconds] = [Number(options.rounds), Number(options.seconds)];
    const report = await reportOf({ origin: `http://127.0.0.1:${product.port}`, folder, load, rounds, seconds });
    console.log(`\n${renderGoals(report.goals)}`);
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
  } finally {
    await endAll();
  }
}

async function reportOf(run) {
  const { rounds, seconds } = run;
  const machine = { node: process.version, cpu: cpus()[0]?.model, cores: availableParallelism(), pinning };
  const report = { date: new Date().toISOString(), ...machine, rounds, seconds, cases: [] };
  console.log(`Node ${report.node}, ${report.cores} cores (${report.cpu}), ${rounds} rounds of ${seconds} s each.`);
  if (pinning !== null) console.log(`Note: ${pinning}.`);
  const names = Object.keys(CONTENDERS).filter((name) => isChosen(options.only, name));
  const missing = names.filter((name) => !CONTENDERS[name].isThere());
  if (missing.length > 0) console.log(`Not installed, so not measured: ${missing.join('; ')}.`);
  for (const one of CASES.filter(({ name, isForGoals }) => isChosen(options.case, name) && (!options.goals || isForGoals === true))) {
    const present = names.filter((name) => CONTENDERS[name].isThere() && (one.contenders?.(name) ?? true));
    report.cases.push(await runCase(one, present, run));
    console.log(`\n${renderCase(report.cases.at(-1))}`);
  }
  if (isChosen(options.case, 'decision alone')) {
    report.decision = await decideAlone();
    console.log(`\nThe decision alone, 20 rules: ${(report.decision.nanoseconds / 1_000).toFixed(2)} µs.`);
  }
  if (isChosen(options.case, 'start-up')) {
    report.startUp = await measureStartUp(run);
    const { wallMs, cpuMs } = report.startUp;
    console.log(`Start on an existing database to /readyz: ${wallMs.toFixed(0)} ms, of the processor ${cpuMs?.toFixed(0) ?? '–'} ms.`);
  }
  return { ...report, goals: goalsOf(report) };
}

async function decideAlone() {
  const { child, ...told } = await startScript('measured', './decide-alone.mjs');
  await end(child);
  return told;
}
