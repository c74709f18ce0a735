// The counters of failed logins on each database: changed by one node at a time, removed when they are empty [DIR-6].
import { createLoginThrottle } from '../../src/authn/login-throttle.js';
import { LIMITS, type LoginCounter, silentLogger, type SiteKeys } from '../../src/core/index.js';
import { loginFailures } from '../../src/store/directory/login-failures.js';
import type { OpenStore } from '../../src/store/open-store.js';
import { eachDatabase } from '../support/databases.js';
import { TEST_START, testClock } from '../support/test-clock.js';

const [A, B, C] = ['a', 'b', 'c'].map((letter) => letter.repeat(64)) as [string, string, string];

async function rows(store: OpenStore): Promise<readonly object[]> {
  return store.read('SELECT * FROM postern_login_failure');
}

eachDatabase((database) => {
  it('change in one transaction, and are read by their keys alone [DIR-6]', async () => {
    const failures = loginFailures(await database.open());
    await failures.change([B, A], (key, before) => {
      expect(before).toBeNull();
      return { emptyAt: TEST_START + (key === A ? 1 : 2), blockedUntil: TEST_START };
    });
    expect(await failures.read([A, C])).toEqual(new Map([[A, { emptyAt: TEST_START + 1, blockedUntil: TEST_START }]]));
    await failures.forget(A);
    expect([...(await failures.read([A, B])).keys()]).toEqual([B]);
  });

  it('lose no failure of many that are counted at once [DIR-6]', async () => {
    const failures = loginFailures(await database.open());
    const more = (_key: string, before: LoginCounter | null): LoginCounter => ({ emptyAt: (before?.emptyAt ?? 0) + 1, blockedUntil: 0 });
    await Promise.all(Array.from({ length: 20 }, (_, index) => failures.change(index % 2 === 0 ? [A, B] : [B, A], more)));
    const counters = await failures.read([A, B]);
    expect([counters.get(A)?.emptyAt, counters.get(B)?.emptyAt]).toEqual([20, 20]);
  });

  it('are removed once they are empty, every minute, and hold no name and no address [DIR-6]', async () => {
    const store = await database.open();
    const clock = testClock();
    const digest = (_purpose: string, text: string) => ({
      keyId: 'k',
      digest: Buffer.from(text).toString('hex').padEnd(64, '0').slice(0, 64),
    });
    const keys = { digest } as unknown as SiteKeys;
    const throttle = createLoginThrottle({
      failures: loginFailures(store),
      keys,
      clock,
      logger: silentLogger,
      failuresMax: { user: 10, address: 100 },
    });
    await throttle.failed({ scope: 'rest', username: 'ada', address: '203.0.113.9' });
    expect(await rows(store)).toHaveLength(2);
    await clock.advance(LIMITS.loginPruneMs);
    // Of a hundred an hour one is forgotten after 36 seconds, of ten after six minutes.
    expect(await rows(store)).toHaveLength(1);
    await clock.advance(LIMITS.loginFailuresMs / 10);
    expect(await rows(store)).toEqual([]);
    throttle.close();
  });
});
