// No record, no request, on the built server: a required sink that errs or hangs, a best-effort one that does, and a disk that is full [AUD-2, AUD-3].
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type Hook, startHook } from '../audit/receivers.js';
import { type Gate, openGate } from '../support/gate.js';
import { verifyFiles } from './kill-rounds.js';

const SECRET = 'a secret of both hooks';
let required: Hook;
let bestEffort: Hook;
let gate: Gate;
let authorization: string;

beforeAll(async () => {
  required = await startHook(SECRET);
  bestEffort = await startHook(SECRET);
  const sinks = [
    { kind: 'webhook', name: 'needed', mode: 'required', url: required.url, secret: SECRET, timeoutMs: 500 },
    { kind: 'webhook', name: 'useful', url: bestEffort.url, secret: SECRET, timeoutMs: 500, format: 'json' },
  ];
  gate = await openGate('emulator', { settings: { POSTERN_AUDIT_SINKS: JSON.stringify(sinks) } });
  authorization = gate.as((await gate.token({ label: 'sinks', userName: 'admin' })).token);
});

afterAll(async () => {
  await gate.close();
  await required.close();
  await bestEffort.close();
});

async function ask(number: number): Promise<number> {
  const answer = await fetch(`${gate.postern.origin}/jira/rest/api/2/issue/N-${number}`, { headers: { authorization } });
  await answer.arrayBuffer();
  return answer.status;
}

const seen = () => gate.upstream.requests.length;

/** Tried again until it is so: there is no moment to be told of. */
async function untilStatus(wanted: number, number: number): Promise<void> {
  for (let tries = 0; tries < 2_000; tries += 1) if ((await ask(number)) === wanted) return;
  throw new Error(`No ${wanted} came.`);
}

it('a best-effort sink that hangs costs no request anything [AUD-2]', async () => {
  bestEffort.answer = 'hang';
  expect(await Promise.all([1, 2, 3, 4, 5].map(ask))).toEqual([200, 200, 200, 200, 200]);
  expect(required.records.filter(({ outcome, kind }) => outcome === 'in-flight' && kind === 'request').length).toBeGreaterThanOrEqual(5);
});

it.each([500, 'hang'] as const)(
  'a required sink that answers %s lets not one request through to the product, and all again when it is back [AUD-2]',
  async (answer) => {
    required.answer = answer;
    const before = seen();
    expect(await Promise.all([11, 12, 13, 14].map(ask))).toEqual([503, 503, 503, 503]);
    expect(seen()).toBe(before);
    required.answer = 204;
    await untilStatus(200, 15);
    expect(seen()).toBeGreaterThan(before);
  },
);

// util-linux's prlimit sets the limit on a file's size from outside: the full disk that needs no rights.
const canLimit = process.platform === 'linux' && spawnSync('prlimit', ['--version']).status === 0;

(canLimit ? describe : describe.skip)('a full disk', () => {
  it('lets not one unrecorded request through to the product, and the trail goes on by itself when there is room [AUD-2, AUD-3, AUD-4]', async () => {
    const limit = (bytes: string) =>
      expect(spawnSync('prlimit', ['--pid', String(gate.postern.child.pid), `--fsize=${bytes}:`]).status).toBe(0);
    const spool = join(gate.postern.dataFolder, 'audit', 'spool-00000001.jsonl');
    const before = seen();
    limit(String(statSync(spool).size + 10_000));
    const answers: number[] = [];
    while (answers.filter((status) => status === 503).length < 40)
      answers.push(...(await Promise.all(Array.from({ length: 8 }, (_, index) => ask(100 + answers.length + index)))));
    const permitted = answers.filter((status) => status === 200).length;
    expect(new Set(answers)).toEqual(new Set([200, 503]));
    expect(seen() - before).toBe(permitted);
    limit('unlimited');
    await untilStatus(200, 9_999);
    const ids = new Set((await gate.records()).map(({ requestId }) => requestId));
    const unrecorded = gate.upstream.requests
      .map((request) => gate.upstream.header(request, 'X-Request-Id')[0] ?? '')
      .filter((id) => !ids.has(id));
    expect(unrecorded).toEqual([]);
    await verifyFiles(gate.postern);
  });
});

it('what a best-effort sink missed meanwhile reaches it when it is back, all of it [AUD-2, AUD-22]', async () => {
  bestEffort.answer = 204;
  const wanted = (await gate.records()).filter(({ kind, outcome }) => kind === 'request' && outcome !== 'in-flight').map(({ id }) => id);
  const missing = (): string[] => {
    const there = new Set(bestEffort.records.map(({ id }) => id));
    return wanted.filter((id) => !there.has(id));
  };
  while (missing().length > 0) await new Promise((resolve) => setImmediate(resolve));
  expect(missing()).toEqual([]);
  expect(bestEffort.forged + required.forged).toBe(0);
}, 120_000);
