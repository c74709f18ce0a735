import { createCredentialCache } from '../../../src/authn/credential-cache.js';
import type { Verification } from '../../../src/authn/verification.js';
import { type Credential, LIMITS, type RequestView, Secret } from '../../../src/core/index.js';
import { testClock } from '../../support/test-clock.js';
import { testRandom } from '../../support/test-random.js';

const request = { product: 'jira' } as RequestView;
const basic = (username: string, secret: string): Credential => ({
  scheme: 'basic',
  schemeAsWritten: 'Basic',
  username,
  secret: new Secret(secret),
});
const unknown: Verification = { kind: 'unaccepted', fault: 'unknown', tokenRef: null, system: null, credentialDigest: 'd' };

function accepted(tokenRef: string, userId = 1): Verification {
  const grant = { tokenRef, system: 's', validUntil: null, limits: [], isAnyone: false };
  const principal = {
    userId,
    userKeys: { jira: 'J', confluence: 'c' },
    username: 'u',
    displayName: 'u',
    emailAddress: '',
    accountId: 'a',
    isAdministrator: false,
    isActive: true,
  };
  return { kind: 'accepted', principal, grant, credentialDigest: 'd' };
}

function world() {
  const clock = testClock();
  const cache = createCredentialCache(clock, testRandom());
  let looks = 0;
  const find = (credential: Credential, answer: Verification | Promise<Verification>, view = request) =>
    cache.find(cache.nameOf(credential, view), async () => {
      looks += 1;
      return answer;
    });
  return { clock, cache, find, looks: () => looks };
}

describe('the credential cache', () => {
  it('asks once for many requests [GW-61]', async () => {
    const { find, looks } = world();
    for (let i = 0; i < 10; i += 1) await find(basic('u', 't'), accepted('r'));
    expect(looks()).toBe(1);
  });

  it('asks once for requests that arrive together', async () => {
    const { find, looks } = world();
    await Promise.all(Array.from({ length: 10 }, () => find(basic('u', 't'), accepted('r'))));
    expect(looks()).toBe(1);
  });

  it.each([
    ['another user', basic('v', 't'), request],
    ['another secret', basic('u', 't2'), request],
    ['another product', basic('u', 't'), { product: 'confluence' } as RequestView],
    ['another spelling of the scheme', { ...basic('u', 't'), schemeAsWritten: 'basic' }, request],
    ['parts that run together', basic('u\u0000t', ''), request],
  ])('takes %s for another credential', async (_what, credential, view) => {
    const { find, looks } = world();
    await find(basic('u', 't'), accepted('r'));
    await find(credential, accepted('r'), view);
    expect(looks()).toBe(2);
  });

  it('forgets a revoked token at once, and others not [EXT-52]', async () => {
    const { cache, find, looks } = world();
    await find(basic('u', 'a'), accepted('revoked'));
    await find(basic('u', 'b'), accepted('other'));
    cache.forgetToken('revoked');
    await find(basic('u', 'a'), unknown);
    await find(basic('u', 'b'), accepted('other'));
    expect(looks()).toBe(3);
  });

  it('does not remember an answer that was being looked up while its token was revoked [EXT-52]', async () => {
    const { cache, find, looks } = world();
    let finish: (verification: Verification) => void = () => undefined;
    const slow = find(basic('u', 'a'), new Promise<Verification>((resolve) => (finish = resolve)));
    cache.forgetToken('r');
    finish(accepted('r'));
    expect((await slow).kind).toBe('accepted');
    expect((await find(basic('u', 'a'), unknown)).kind).toBe('unaccepted');
    expect(looks()).toBe(2);
  });

  it('does not let a request join a look-up that began before a revocation [EXT-52]', async () => {
    const { cache, find } = world();
    let finish: (verification: Verification) => void = () => undefined;
    const slow = find(basic('u', 'a'), new Promise<Verification>((resolve) => (finish = resolve)));
    cache.forgetToken('r');
    expect((await find(basic('u', 'a'), unknown)).kind).toBe('unaccepted');
    finish(accepted('r'));
    await slow;
  });

  it('forgets everything about a user who was changed [DIR-7, GW-21]', async () => {
    const { cache, find, looks } = world();
    await find(basic('u', 'a'), accepted('r1', 7));
    await find(basic('u', 'b'), accepted('r2', 7));
    cache.forgetUser(7);
    await find(basic('u', 'a'), unknown);
    await find(basic('u', 'b'), unknown);
    expect(looks()).toBe(4);
  });

  it('remembers an unknown credential shortly, and forgets it when any token is made', async () => {
    const { clock, cache, find, looks } = world();
    await find(basic('u', 'a'), unknown);
    await find(basic('u', 'a'), unknown);
    expect(looks()).toBe(1);
    cache.forgetToken('new');
    await find(basic('u', 'a'), unknown);
    expect(looks()).toBe(2);
    await clock.advance(LIMITS.credentialMissTtlMs);
    await find(basic('u', 'a'), unknown);
    expect(looks()).toBe(3);
  });

  it('asks again when its time is over, by the injected clock', async () => {
    const { clock, find, looks } = world();
    await find(basic('u', 'a'), accepted('r'));
    await clock.advance(LIMITS.credentialCacheTtlMs - 1);
    await find(basic('u', 'a'), accepted('r'));
    expect(looks()).toBe(1);
    await clock.advance(1);
    await find(basic('u', 'a'), accepted('r'));
    expect(looks()).toBe(2);
  });

  it('remembers nothing of a look-up that failed [GW-11]', async () => {
    const { cache, find, looks } = world();
    await expect(cache.find(cache.nameOf(basic('u', 'a'), request), () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    await find(basic('u', 'a'), accepted('r'));
    expect(looks()).toBe(1);
  });

  it('is bounded: the oldest credential gives way', async () => {
    const { find, looks } = world();
    for (let i = 0; i <= LIMITS.credentialCacheMax; i += 1) await find(basic('u', String(i)), accepted(String(i)));
    const before = looks();
    await find(basic('u', String(LIMITS.credentialCacheMax)), accepted('x'));
    expect(looks()).toBe(before);
    await find(basic('u', '0'), accepted('x'));
    expect(looks()).toBe(before + 1);
  });
});
