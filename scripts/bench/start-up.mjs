// From `node dist/main.js` on a database that was used before until /readyz answers 200: wall and processor, medians.
import { mkdtempSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort, posternEnvironment, startPostern } from './contenders.mjs';
import { cpuSeconds, end, start } from './processes.mjs';
import { median } from './table.mjs';

const STARTS = 5;
const ASKED_EVERY_MS = 5;
const LATE_MS = 30_000;

/** Milliseconds. */
export async function measureStartUp({ origin, folder }) {
  const place = mkdtempSync(join(folder, 'start-'));
  await end((await startPostern(origin, place)).child);
  const starts = [];
  for (let number = 0; number < STARTS; number += 1) starts.push(await startOnce(origin, place));
  return { wallMs: median(starts.map(({ wallMs }) => wallMs)), cpuMs: median(starts.map(({ cpuMs }) => cpuMs)), starts };
}

async function startOnce(origin, place) {
  const port = await freePort();
  const env = posternEnvironment(origin, place, undefined, { POSTERN_PORT: String(port) });
  const begun = performance.now();
  const child = start('measured', [process.execPath, 'dist/main.js'], { env });
  while (!(await isReady(port))) {
    if (child.exitCode !== null || performance.now() - begun > LATE_MS) throw new Error('Postern did not become ready');
    await wait(ASKED_EVERY_MS);
  }
  const cpu = cpuSeconds(child.pid);
  const wallMs = performance.now() - begun;
  await end(child);
  return { wallMs, cpuMs: cpu === null ? null : cpu * 1_000 };
}

function isReady(port) {
  return new Promise((resolve) => {
    get({ port, host: '127.0.0.1', path: '/readyz', agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    }).once('error', () => resolve(false));
  });
}
