// The promise of the trail, on the built server: killed with SIGKILL under load, restarted, and compared with what the product saw.
import http from 'node:http';
import { basic } from '../support/raw-client.js';
import { startPosternProcess, type PosternProcess } from '../support/postern-process.js';
import { startUpstream, type RecordingUpstream } from '../support/upstream.js';

interface Line {
  readonly requestId: string;
  readonly decision: string | null;
  readonly tokenRef: string | null;
  readonly outcome: string;
  readonly path: string | null;
  readonly sequence: number;
}

const CONNECTIONS = 16;

/** Sends requests one after the other on each connection until the server is gone; numbers them in the query. */
async function load(port: number, authorization: string, until: () => boolean): Promise<void> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  let sent = 0;
  const one = (): Promise<boolean> =>
    new Promise((resolve) => {
      sent += 1;
      const request = http.get(
        { port, host: '127.0.0.1', agent, path: `/jira/rest/api/2/myself?n=${sent}`, headers: { authorization } },
        (answer) => {
          answer.resume();
          answer.once('close', () => resolve(answer.complete));
        },
      );
      request.once('error', () => resolve(false));
    });
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (!until() && (await one()));
    }),
  );
  agent.destroy();
}

async function lines(postern: PosternProcess): Promise<readonly Line[]> {
  const answer = await fetch(`${postern.origin}/api/v1/audit.jsonl`, { headers: { Authorization: basic('admin', 'admin') } });
  return (await answer.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

/** The last addresses of a token, with how often it was used from each. */
async function addressesOf(postern: PosternProcess, id: string): Promise<readonly (readonly [string, number])[]> {
  const { lastAddresses } = await api<{ lastAddresses: { address: string; useCount: number }[] }>(
    postern,
    `tokens/extender?tokenRef=${encodeURIComponent(id)}`,
  );
  return lastAddresses.map(({ address, useCount }) => [address, useCount]);
}

/** The permits of a token by the database's copy of the trail. */
async function copiedPermits(postern: PosternProcess, id: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const page: { records: Line[]; nextCursor: string | null; isCurrent: boolean } = await api(
      postern,
      `audit?decision=permit&limit=200&tokenRef=${encodeURIComponent(id)}${more}`,
    );
    expect(page.isCurrent).toBe(true);
    found.push(...page.records.map(({ requestId }) => requestId));
    cursor = page.nextCursor;
  }
  return found;
}

async function api<T>(postern: PosternProcess, path: string): Promise<T> {
  const answer = await fetch(`${postern.origin}/api/v1/${path}`, { headers: { Authorization: basic('admin', 'admin') } });
  return (await answer.json()) as T;
}

describe('a server killed under load', () => {
  let upstream: RecordingUpstream;
  beforeAll(async () => {
    upstream = await startUpstream();
  });
  afterAll(() => upstream.close());

  it('has exactly one permit for every request that reached the product, and the counter, the addresses and the database’s copy equal the permits [AUD-1, AUD-3, GW-30, GW-51, EXT-45]', async () => {
    const settings = { POSTERN_JIRA_UPSTREAM: upstream.origin, POSTERN_PROFILE: 'emulator' };
    let postern = await startPosternProcess(settings);
    try {
      const made = await fetch(`${postern.origin}/jira/rest/extender/1.0/tokenTools/set`, {
        method: 'POST',
        headers: { Authorization: basic('admin', 'admin'), 'Content-Type': 'application/json' },
        body: JSON.stringify({ label: 'load', userName: 'admin' }),
      });
      const { token, id } = (await made.json()) as { token: string; id: string };
      for (let round = 1; round <= 3; round += 1) {
        const before = upstream.requests.length;
        let isKilled = false;
        const running = load(postern.port, basic('admin', token), () => isKilled);
        // Killed when enough has passed, not after a time: a slow machine sees the same test.
        while (upstream.requests.length < before + 150 * round) await new Promise((resolve) => setImmediate(resolve));
        await postern.kill();
        isKilled = true;
        await running;
        postern = await startPosternProcess(settings, postern.dataFolder);
        await upstream.answerWith(null);
        const permits = (await lines(postern)).filter((line) => line.decision === 'permit' && line.tokenRef === id);
        const permitted = new Map(permits.map((line) => [line.requestId, line]));
        const seen = upstream.requests.map((request) => upstream.header(request, 'X-Request-Id')[0] ?? '');
        expect(new Set(permits.map((line) => line.requestId)).size).toBe(permits.length);
        expect(seen.filter((requestId) => !permitted.has(requestId))).toEqual([]);
        expect(new Set(seen).size).toBe(seen.length);
        const neverSeen = permits.filter((line) => !seen.includes(line.requestId));
        expect(neverSeen.every((line) => line.outcome === 'unknown')).toBe(true);
        expect(neverSeen.length).toBeLessThanOrEqual(CONNECTIONS * round);
        const listed = await fetch(`${postern.origin}/jira/rest/extender/1.0/tokenTools/get`, {
          headers: { Authorization: basic('admin', 'admin') },
        });
        const { tokens } = (await listed.json()) as { tokens: { id: string; counter: number }[] };
        expect(tokens.find((one) => one.id === id)?.counter).toBe(permits.length);
        expect(await addressesOf(postern, id)).toEqual([['127.0.0.1', permits.length]]);
        const copied = await copiedPermits(postern, id);
        expect(copied.toSorted()).toEqual(permits.map((line) => line.requestId).toSorted());
      }
    } finally {
      await postern.close();
    }
  }, 120_000);

  it('on SIGTERM finishes what runs, refuses nothing that was taken, and has counted it all', async () => {
    const settings = { POSTERN_JIRA_UPSTREAM: upstream.origin, POSTERN_PROFILE: 'emulator' };
    let postern = await startPosternProcess(settings);
    try {
      const made = await fetch(`${postern.origin}/jira/rest/extender/1.0/tokenTools/set`, {
        method: 'POST',
        headers: { Authorization: basic('admin', 'admin'), 'Content-Type': 'application/json' },
        body: JSON.stringify({ label: 'term', userName: 'admin' }),
      });
      const { token, id } = (await made.json()) as { token: string; id: string };
      // An answer of 20 MB is under way while the signal comes.
      const download = await fetch(`${postern.origin}/jira/rest/download/20000000`, { headers: { Authorization: basic('admin', token) } });
      const ended = postern.stop();
      expect((await download.arrayBuffer()).byteLength).toBe(20_000_000);
      expect(await ended).toBe(0);
      postern = await startPosternProcess(settings, postern.dataFolder);
      const record = (await lines(postern)).find((line) => line.tokenRef === id && line.path === '/jira/rest/download/20000000');
      expect(record?.outcome).toBe('forwarded');
    } finally {
      await postern.close();
    }
  });
});
