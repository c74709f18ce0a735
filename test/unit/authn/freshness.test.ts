// How long what is remembered is believed while the database does not answer [GW-50].
import { createCredentialCache } from '../../../src/authn/credential-cache.js';
import { type Freshness, watchFreshness } from '../../../src/authn/freshness.js';
import type { Verification } from '../../../src/authn/verification.js';
import { type Credential, HostError, LIMITS, type RequestView, Secret, silentLogger } from '../../../src/core/index.js';
import { deferred } from '../../support/deferred.js';
import { type TestClock, testClock } from '../../support/test-clock.js';
import { testRandom } from '../../support/test-random.js';

const gone = (): Promise<void> => Promise.reject(new HostError('store.unavailable'));

function world(limitMs: number = LIMITS.freshnessMs): {
  clock: TestClock;
  freshness: Freshness;
  answer: (confirm: () => Promise<void>) => void;
} {
  const clock = testClock();
  let confirm = (): Promise<void> => Promise.resolve();
  const freshness = watchFreshness({ clock, logger: silentLogger, limitMs, confirm: () => confirm() });
  return { clock, freshness, answer: (next) => (confirm = next) };
}

describe('what is remembered', () => {
  it('is believed while the database answers, however long', async () => {
    const { clock, freshness } = world();
    await clock.advance(3_600_000);
    expect(freshness.isFresh()).toBe(true);
  });

  it('is believed for 30 s after the last answer and not a moment longer [GW-50]', async () => {
    const { clock, freshness, answer } = world();
    await clock.advance(10_000);
    answer(gone);
    await clock.advance(30_000);
    expect(freshness.isFresh()).toBe(true);
    await clock.advance(1);
    expect(freshness.isFresh()).toBe(false);
  });

  it('is believed again within a second of the database’s return [GW-50]', async () => {
    const { clock, freshness, answer } = world(2_000);
    answer(gone);
    await clock.advance(60_000);
    expect(freshness.isFresh()).toBe(false);
    answer(() => Promise.resolve());
    await clock.advance(LIMITS.freshnessPollMs);
    expect(freshness.isFresh()).toBe(true);
  });

  it('is not believed for a late answer: what it confirms is the moment of the question [GW-50]', async () => {
    const { clock, freshness, answer } = world(2_000);
    const late = deferred();
    answer(() => late.promise);
    const advanced = clock.advance(1_000);
    late.resolve();
    await advanced;
    answer(gone);
    await clock.advance(2_001);
    expect(freshness.isFresh()).toBe(false);
  });

  it('is not asked about any more after the end', async () => {
    const { clock, freshness, answer } = world(2_000);
    let asked = 0;
    answer(() => {
      asked += 1;
      return Promise.resolve();
    });
    freshness.close();
    await clock.advance(10_000);
    expect(asked).toBe(0);
  });
});

describe('the credential cache', () => {
  const credential: Credential = { scheme: 'basic', schemeAsWritten: 'Basic', username: 'u', secret: new Secret('t') };
  const request = { product: 'jira' } as RequestView;
  const unknown: Verification = { kind: 'unaccepted', fault: 'unknown', tokenRef: null, system: null, credentialDigest: 'd' };

  it('asks anew for each request while it is not fresh, passes on that nobody could answer, and believes again after [GW-50, GW-11]', async () => {
    let isFresh = true;
    let looks = 0;
    const cache = createCredentialCache(testClock(), testRandom(), () => isFresh);
    const look = (): Promise<Verification> => {
      looks += 1;
      return isFresh ? Promise.resolve(unknown) : Promise.reject(new HostError('store.unavailable'));
    };
    await cache.find(cache.nameOf(credential, request), look);
    await cache.find(cache.nameOf(credential, request), look);
    expect(looks).toBe(1);
    isFresh = false;
    await expect(cache.find(cache.nameOf(credential, request), look)).rejects.toThrow(HostError);
    await expect(cache.find(cache.nameOf(credential, request), look)).rejects.toThrow(HostError);
    expect(looks).toBe(3);
    isFresh = true;
    expect(await cache.find(cache.nameOf(credential, request), look)).toBe(unknown);
    expect(looks).toBe(3);
  });
});
