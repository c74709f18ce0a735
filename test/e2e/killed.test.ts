// The promise of the trail, on the built server: killed with SIGKILL under load, restarted, and compared with what the product saw.
import { killRounds, recordsOf } from './kill-rounds.js';
import { basic } from '../support/raw-client.js';
import { startPosternProcess } from '../support/postern-process.js';
import { startUpstream, type RecordingUpstream } from '../support/upstream.js';

describe('a server killed under load', () => {
  let upstream: RecordingUpstream;
  beforeAll(async () => {
    upstream = await startUpstream();
  });
  afterAll(() => upstream.close());

  it('has exactly one permit for every request that reached the product, the counter, the addresses and the database’s copy equal the permits, and the chain verifies before and after the start [AUD-1, AUD-3, AUD-4, GW-30, GW-51, EXT-45]', async () => {
    const chances = [0.3, 0.9, 0.7, 0.5, 0.99, 0.4];
    const { rounds, seen } = await killRounds({ upstream, rounds: 3, chance: () => chances.pop() ?? 0 });
    expect(rounds).toBe(3);
    expect(seen).toBeGreaterThan(500);
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
      const record = (await recordsOf(postern)).find((line) => line.tokenRef === id && line.path === '/jira/rest/download/20000000');
      expect(record?.outcome).toBe('forwarded');
    } finally {
      await postern.close();
    }
  });
});
