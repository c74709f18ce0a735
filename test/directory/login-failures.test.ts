// The counters of failed logins on each database: changed by one node at a time, removed when they are empty [DIR-6].
import { createHash } from 'node:crypto';
import { createLoginThrottle } from '../../src/authn/login-throttle.js';
import { createPasswordCheck } from '../../src/authn/password-check.js';
import { LIMITS, type LoginCounter, type Principal, Secret, silentLogger, type SiteKeys } from '../../src/core/index.js';
import { loginFailures } from '../../src/store/directory/login-failures.js';
import type { OpenStore } from '../../src/store/open-store.js';
import { eachDatabase } from '../support/databases.js';
import { TEST_START, type TestClock, testClock } from '../support/test-clock.js';

const [A, B, C] = ['a', 'b', 'c'].map((letter) => letter.repeat(64)) as [string, string, string];

const ADA = { username: 'ada' } as Principal;

/** Two failures for a user, a hundred for an address. */
function throttleOn(store: OpenStore, clock: TestClock) {
  const digest = (_purpose: string, text: string) => ({ keyId: 'k', digest: createHash('sha256').update(text).digest('hex') });
  const keys = { digest } as unknown as SiteKeys;
  const failuresMax = { user: 2, address: 100 };
  return createLoginThrottle({ failures: loginFailures(store), keys, clock, logger: silentLogger, failuresMax });
}

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
    await failures.change([A, B], more);
    await Promise.all(Array.from({ length: 19 }, (_, index) => failures.change(index % 2 === 0 ? [A, B] : [B, A], more)));
    const counters = await failures.read([A, B]);
    expect([counters.get(A)?.emptyAt, counters.get(B)?.emptyAt]).toEqual([20, 20]);
  });

  it('deny a right guess among many at once, when the wrong ones before it have reached the limit meanwhile [DIR-6]', async () => {
    const store = await database.open();
    const throttle = throttleOn(store, testClock());
    const looked = new Map<string, () => void>();
    // A hash that takes as long as the test wants.
    const verifyPassword = async (_username: string, password: Secret): Promise<Principal | null> => {
      await new Promise<void>((resolve) => looked.set(password.reveal(), resolve));
      return password.reveal() === 'right' ? ADA : null;
    };
    const check = createPasswordCheck({ verifyPassword }, throttle);
    const guess = (password: string) => check({ scope: 'rest', username: 'ada', address: '203.0.113.9', password: new Secret(password) });
    const guesses = ['a', 'b', 'c', 'right'].map(guess);
    while (looked.size < 4) await new Promise(setImmediate);
    for (const [index, password] of ['a', 'b', 'c'].entries()) {
      looked.get(password)?.();
      expect(await guesses[index]).toBe(index < 2 ? null : 'denied');
    }
    looked.get('right')?.();
    expect(await guesses[3]).toBe('denied');
    // And now no password is looked at: this one would never be told.
    expect(await guess('right too')).toBe('denied');
    expect(looked.has('right too')).toBe(false);
    throttle.close();
  });

  it('are removed once they are empty, every minute, and hold no name and no address [DIR-6]', async () => {
    const store = await database.open();
    const clock = testClock();
    const throttle = throttleOn(store, clock);
    await throttle.failed({ scope: 'rest', username: 'ada', address: '203.0.113.9' });
    expect(await rows(store)).toHaveLength(2);
    await clock.advance(LIMITS.loginPruneMs);
    // Of a hundred an hour one is forgotten after 36 seconds, of two after half an hour.
    expect(await rows(store)).toHaveLength(1);
    expect(JSON.stringify(await rows(store))).not.toMatch(/ada|203/);
    await clock.advance(LIMITS.loginFailuresMs / 2);
    expect(await rows(store)).toEqual([]);
    throttle.close();
  });
});
