// Kills the built server under load, again and again, and holds what its trail says against what the product saw. Used by a test for a few
// rounds and by `npm run kill` for as many as one likes.
import assert from 'node:assert/strict';
import http from 'node:http';
import { join } from 'node:path';
import type { AuditRecord } from '../../src/audit/contract.js';
import { verifyTrail } from '../../src/audit/verify.js';
import { systemRandom } from '../../src/core/index.js';
import { readKeyFile } from '../../src/store/key-file.js';
import { keyRing } from '../../src/store/key-ring.js';
import { basic } from '../support/raw-client.js';
import { type PosternProcess, startPosternProcess } from '../support/postern-process.js';
import type { RecordingUpstream } from '../support/upstream.js';

export const CONNECTIONS = 16;

/** What came of the rounds. */
export interface KillReport {
  readonly rounds: number;
  /** Requests that the product saw. */
  readonly seen: number;
  readonly permits: number;
  /** Permits whose request the product never saw: they were in flight at a kill. */
  readonly neverSeen: number;
  readonly unknown: number;
  /** Kills that tore the last line. */
  readonly torn: number;
  /** Lines that were not signed when the server was killed, at most. */
  readonly unsignedMax: number;
}

export interface KillOptions {
  readonly upstream: RecordingUpstream;
  readonly rounds: number;
  /** Which moments: 0 to 1, one after the other. */
  readonly chance: () => number;
  readonly report?: (round: number, soFar: KillReport) => void;
}

/** Sends requests one after the other on each connection until the server is gone; numbers them in the query. */
async function load(port: number, authorization: string, until: () => boolean): Promise<void> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  let sent = 0;
  const one = (): Promise<boolean> =>
    new Promise((resolve) => {
      sent += 1;
      const path = `/jira/rest/api/2/myself?n=${sent}`;
      const request = http.get({ port, host: '127.0.0.1', agent, path, headers: { authorization } }, (answer) => {
        answer.resume();
        answer.once('close', () => resolve(answer.complete));
      });
      request.once('error', () => resolve(false));
    });
  const worker = async (): Promise<void> => {
    while (!until() && (await one()));
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  agent.destroy();
}

export async function recordsOf(postern: PosternProcess): Promise<readonly AuditRecord[]> {
  const answer = await fetch(`${postern.origin}/api/v1/audit.jsonl`, { headers: { Authorization: basic('admin', 'admin') } });
  const text = await answer.text();
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as AuditRecord);
}

/** The chain, read from the files beside the server or after its end. */
export async function verifyFiles({ dataFolder }: PosternProcess) {
  const [current, ...retired] = (await readKeyFile(join(dataFolder, 'site-key.json'))) ?? [];
  assert(current !== undefined);
  const keys = keyRing([current, ...retired], systemRandom);
  const found = await verifyTrail({ folder: join(dataFolder, 'audit'), keys, anchors: [], onProgress: () => undefined });
  assert.deepEqual(found.findings, []);
  return found;
}

async function tokenTools(postern: PosternProcess, call: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${postern.origin}/jira/rest/extender/1.0/tokenTools/${call}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { Authorization: basic('admin', 'admin'), 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return await answer.json();
}

/** Runs the rounds on one data folder. Throws at the first thing that does not hold. */
export async function killRounds({ upstream, rounds, chance, report }: KillOptions): Promise<KillReport> {
  const settings = { POSTERN_JIRA_UPSTREAM: upstream.origin, POSTERN_PROFILE: 'emulator' };
  let postern = await startPosternProcess(settings);
  let soFar: KillReport = { rounds: 0, seen: 0, permits: 0, neverSeen: 0, unknown: 0, torn: 0, unsignedMax: 0 };
  try {
    const made = (await tokenTools(postern, 'set', { label: 'load', userName: 'admin' })) as { token: string; id: string };
    for (let round = 1; round <= rounds; round += 1) {
      await killOnce(postern, upstream, basic('admin', made.token), chance);
      const { linesUnsigned } = await verifyFiles(postern);
      postern = await startPosternProcess(settings, postern.dataFolder);
      await upstream.answerWith(null);
      const compared = await compare(postern, upstream, made.id, round);
      const torn = soFar.torn + (postern.output().includes('torn last line') ? 1 : 0);
      soFar = { ...compared, rounds: round, torn, unsignedMax: Math.max(soFar.unsignedMax, linesUnsigned) };
      await verifyFiles(postern);
      report?.(round, soFar);
    }
    return soFar;
  } finally {
    await postern.close();
  }
}

/** After so many requests, and then so many turns of the loop: not after a time, so that a slow machine sees the same. */
async function killOnce(postern: PosternProcess, upstream: RecordingUpstream, authorization: string, chance: () => number): Promise<void> {
  const before = upstream.requests.length;
  let isKilled = false;
  const running = load(postern.port, authorization, () => isKilled);
  const wanted = before + 1 + Math.floor(chance() * 400);
  while (upstream.requests.length < wanted) await new Promise((resolve) => setImmediate(resolve));
  for (let turn = Math.floor(chance() * 40); turn > 0; turn -= 1) await new Promise((resolve) => setImmediate(resolve));
  await postern.kill();
  isKilled = true;
  await running;
}

async function compare(postern: PosternProcess, upstream: RecordingUpstream, tokenRef: string, round: number) {
  const records = (await recordsOf(postern)).filter((record) => record.decision === 'permit' && record.tokenRef === tokenRef);
  const permits = new Map(records.map((record) => [record.requestId, record]));
  const seen = upstream.requests.map((request) => upstream.header(request, 'X-Request-Id')[0] ?? '');
  const seenOnce = new Set(seen);
  assert.equal(permits.size, records.length, 'a permit is there twice');
  assert.equal(seenOnce.size, seen.length, 'the product saw a request twice');
  assert.deepEqual(
    seen.filter((requestId) => !permits.has(requestId)),
    [],
    'the product saw what has no permit',
  );
  const neverSeen = records.filter(({ requestId }) => !seenOnce.has(requestId ?? ''));
  assert.deepEqual(
    neverSeen.filter(({ outcome }) => outcome !== 'unknown'),
    [],
    'a permit without a request tells of an end',
  );
  const unknown = records.filter(({ outcome }) => outcome === 'unknown').length;
  assert(neverSeen.length <= CONNECTIONS * round, 'more permits without a request than connections');
  const { tokens } = (await tokenTools(postern, 'get')) as { tokens: { id: string; counter: number }[] };
  assert.equal(tokens.find(({ id }) => id === tokenRef)?.counter, records.length, 'the counter is not the permits');
  assert.equal(await addressesOf(postern, tokenRef), `127.0.0.1 ${records.length}`, 'the last addresses are not the permits');
  const copied = await copiedPermits(postern, tokenRef);
  assert.equal(
    copied.toSorted().join(),
    records
      .map(({ requestId }) => requestId ?? '')
      .toSorted()
      .join(),
    'the copy in the database is not the permits',
  );
  return { seen: seen.length, permits: records.length, neverSeen: neverSeen.length, unknown };
}

/** The last addresses of a token, each with how often it was used from there. */
async function addressesOf(postern: PosternProcess, id: string): Promise<string> {
  const { lastAddresses } = await api<{ lastAddresses: { address: string; useCount: number }[] }>(
    postern,
    `tokens/extender?tokenRef=${encodeURIComponent(id)}`,
  );
  return lastAddresses.map(({ address, useCount }) => `${address} ${useCount}`).join();
}

/** The permits of a token by the database's copy of the trail. */
async function copiedPermits(postern: PosternProcess, id: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const page: { records: { requestId: string }[]; nextCursor: string | null; isCurrent: boolean } = await api(
      postern,
      `audit?decision=permit&limit=200&tokenRef=${encodeURIComponent(id)}${more}`,
    );
    assert(page.isCurrent, 'the copy is behind');
    found.push(...page.records.map(({ requestId }) => requestId));
    cursor = page.nextCursor;
  }
  return found;
}

async function api<T>(postern: PosternProcess, path: string): Promise<T> {
  const answer = await fetch(`${postern.origin}/api/v1/${path}`, { headers: { Authorization: basic('admin', 'admin') } });
  // By the JSON of this realm: assert compares prototypes too, and Jest's are others than fetch's.
  return JSON.parse(await answer.text()) as T;
}
