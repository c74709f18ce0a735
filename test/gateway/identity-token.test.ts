// When a token that tells the upstream the user is made anew, with which key, and for how long that key is published.
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { generateKeyPairSync } from 'node:crypto';
import { LIMITS, type Principal, type PublicJwk, type SigningKeys, silentLogger } from '../../src/core/index.js';
import { identityTokens } from '../../src/gateway/identity-token.js';
import { storeMigrations } from '../../src/store/migrations/index.js';
import { openStore } from '../../src/store/open-store.js';
import { openKeys, rotateKeys } from '../../src/store/site-keys.js';
import { signingKeys } from '../../src/store/signing-keys.js';
import { storeTables } from '../../src/store/tables/index.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { type TestClock, testClock } from '../support/test-clock.js';
import { testRandom } from '../support/test-random.js';

const ORIGIN = 'http://jira.internal:8080';
const ISSUER = 'https://postern.test';
const alice = { username: 'alice', userKeys: { jira: 'JIRAUSER10100', confluence: 'ff80' } } as Principal;
const [NEW, OLD, OLDEST] = ['new', 'old', 'oldest'].map((id, index) => ({ id, secret: Buffer.alloc(32, index + 1), createdAt: '' }));

function mintingWith(signing: SigningKeys, clock: TestClock) {
  let count = 0;
  return identityTokens({ signing, issuer: ISSUER, clock, newId: () => `id-${(count += 1)}` });
}

describe('a token', () => {
  let clock: TestClock;
  let mint: ReturnType<typeof mintingWith>;

  beforeEach(() => {
    clock = testClock();
    mint = mintingWith(signingKeys([NEW!], new Map()), clock);
  });

  it('is made once for all that ask in half its life, and once again afterwards [GW-42]', async () => {
    const [first, ...others] = await Promise.all(Array.from({ length: 100 }, () => mint(alice, 'jira', ORIGIN)));
    expect(new Set(others)).toEqual(new Set([first]));
    await clock.advance(LIMITS.identityTokenReuseMs - 1);
    expect(await mint(alice, 'jira', ORIGIN)).toBe(first);
    await clock.advance(1);
    const next = await mint(alice, 'jira', ORIGIN);
    expect(decodeJwt(next).jti).toBe('id-2');
    expect(decodeJwt(next).exp).toBe(Math.floor(clock.now() / 1_000) + LIMITS.identityTokenMs / 1_000);
  });

  it('is never given with less than half its life left [GW-42]', async () => {
    await clock.advance(999);
    for (let step = 0; step < 200; step += 1) {
      const { exp = 0 } = decodeJwt(await mint(alice, 'jira', ORIGIN));
      expect(exp * 1_000 - clock.now()).toBeGreaterThan(LIMITS.identityTokenMs - LIMITS.identityTokenReuseMs - 1_000);
      await clock.advance(777);
    }
  });

  it('is made anew when the clock is set back [GW-42]', async () => {
    let now = clock.now();
    mint = mintingWith(signingKeys([NEW!], new Map()), { ...clock, now: () => now });
    const first = await mint(alice, 'jira', ORIGIN);
    now -= 1;
    expect(await mint(alice, 'jira', ORIGIN)).not.toBe(first);
  });

  it.each<[string, Principal, 'jira' | 'confluence', string]>([
    ['another name', { ...alice, username: 'bob' }, 'jira', ORIGIN],
    ['another key', { ...alice, userKeys: { ...alice.userKeys, jira: 'JIRAUSER10101' } }, 'jira', ORIGIN],
    ['the other product', alice, 'confluence', ORIGIN],
    ['another upstream', alice, 'jira', 'http://jira.internal:8081'],
    ['a name that looks like the end of another’s', { ...alice, username: '","alice' }, 'jira', ORIGIN],
  ])('is not that of %s [GW-42]', async (_what, principal, product, origin) => {
    const first = await mint(alice, 'jira', ORIGIN);
    const claims = decodeJwt(await mint(principal, product, origin));
    expect([claims.sub, claims['user_key'], claims.aud]).toEqual([principal.username, principal.userKeys[product], origin]);
    expect(await mint(alice, 'jira', ORIGIN)).toBe(first);
  });

  it('that cannot be signed is a failure of ours, and the next one is tried anew [GW-42]', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const good = signingKeys([NEW!], new Map());
    let isBroken = true;
    mint = mintingWith({ ...good, current: () => (isBroken ? { keyId: 'x', privateKey } : good.current()) }, clock);
    await expect(mint(alice, 'jira', ORIGIN)).rejects.toMatchObject({ name: 'HostError', code: 'platform.unexpected' });
    isBroken = false;
    expect(decodeJwt(await mint(alice, 'jira', ORIGIN)).sub).toBe('alice');
  });
});

describe('a signing key', () => {
  const idsOf = (keys: readonly PublicJwk[]): string[] => keys.map(({ kid }) => kid);

  it('follows from the site’s key alone, and from each another [GW-13, GW-42]', () => {
    const read = (key: typeof NEW) => signingKeys([key!], new Map()).published(0)[0];
    expect(read(NEW)).toEqual(read(NEW));
    expect(read(NEW)?.x).not.toBe(read(OLD)?.x);
    expect(JSON.stringify(read(NEW))).not.toContain('"d"');
  });

  it('that is retired is published until nothing signed with it can be valid, and a key that was never used is not [GW-42]', () => {
    const [start, day, end] = [1_000_000, LIMITS.identityKeyOverlapMs, LIMITS.identityKeyOverlapMs + LIMITS.identityTokenMs];
    const all = signingKeys(
      [NEW!, OLD!, OLDEST!],
      new Map([
        ['new', start],
        ['old', start - day / 2],
        ['oldest', 0],
      ]),
    );
    expect(idsOf(all.published(start))).toEqual(['new', 'old', 'oldest']);
    expect(idsOf(all.published(start - day / 2 + end - 1))).toEqual(['new', 'old', 'oldest']);
    expect(idsOf(all.published(start - day / 2 + end))).toEqual(['new', 'old']);
    expect(idsOf(all.published(start + end - 1))).toEqual(['new', 'old']);
    expect(idsOf(all.published(start + end))).toEqual(['new']);
    expect(idsOf(signingKeys([NEW!, OLD!], new Map([['new', start]])).published(start))).toEqual(['new']);
  });

  it('is rotated with the site’s: what was signed before is still verified, and then no more [GW-42, GW-13]', async () => {
    const folder = await temporaryFolder();
    const clock = testClock();
    const schema = { entities: storeTables, migrations: storeMigrations };
    const store = await openStore({ url: 'sqlite:postern.sqlite', dataFolder: folder.path, logger: silentLogger, ...schema });
    try {
      const keyFile = folder.file('site-key.json');
      const start = async (seed: string) =>
        (await openKeys({ keyFile, store, clock, random: testRandom(seed), logger: silentLogger })).signing;
      const before = await start('first');
      const token = await mintingWith(before, clock)(alice, 'jira', ORIGIN);
      const keyId = await rotateKeys(keyFile, clock, testRandom('second'));
      await clock.advance(10 * LIMITS.identityKeyOverlapMs);
      const after = await start('third');
      const late = await mintingWith(before, clock)(alice, 'jira', ORIGIN);
      const fresh = await mintingWith(after, clock)(alice, 'jira', ORIGIN);
      expect(decodeProtectedHeader(fresh)).toEqual({ alg: 'ES256', typ: 'JWT', kid: keyId });
      const verify = (text: string) =>
        jwtVerify(text, createLocalJWKSet({ keys: [...after.published(clock.now())] }), { currentDate: new Date(clock.now()) });
      for (const text of [fresh, late]) expect((await verify(text)).payload.sub).toBe('alice');
      await expect(verify(token)).rejects.toMatchObject({ code: 'ERR_JWT_EXPIRED' });
      await clock.advance(LIMITS.identityKeyOverlapMs + LIMITS.identityTokenMs);
      await expect(verify(late)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
    } finally {
      await store.close();
      await folder.remove();
    }
  });
});
