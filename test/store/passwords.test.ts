// Password hashes: the vendor's scheme to the letter, the stronger one, and what happens when too many ask at once.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { LIMITS, Secret } from '../../src/core/index.js';
import { openPasswords } from '../../src/store/directory/passwords.js';
import { hashPkcs5s2, verifyPkcs5s2 } from '../../src/plugin-kit/pkcs5s2.js';
import { testRandom } from '../support/test-random.js';

interface Vectors {
  readonly rawToken: string;
  readonly hashedToken: string;
  readonly password: { readonly text: string; readonly credential: string };
}

const vectors = JSON.parse(readFileSync(path.join(import.meta.dirname, '../vectors/pat-hash.json'), 'utf8')) as Vectors;
const pkcs5s2 = openPasswords('pkcs5s2', testRandom());
const scrypt = openPasswords('scrypt', testRandom());

describe('the vendor’s scheme', () => {
  it('accepts what a real instance stored, and nothing else [PAT-2, DIR-4]', async () => {
    const { text, credential } = vectors.password;
    expect(await pkcs5s2.verify(new Secret(text), credential)).toBe(true);
    expect(await pkcs5s2.verify(new Secret(`${text} `), credential)).toBe(false);
    // The same scheme over the second half of a token: 20 bytes after the id and the colon, as base64 text.
    const secretHalf = Buffer.from(vectors.rawToken, 'base64').subarray(13).toString('base64');
    expect(await verifyPkcs5s2(secretHalf, vectors.hashedToken)).toBe(true);
  });

  it('writes what a real instance would have written, byte for byte', async () => {
    const { text, credential } = vectors.password;
    const salt = Buffer.from(credential.slice('{PKCS5S2}'.length), 'base64').subarray(0, 16);
    expect(await hashPkcs5s2(text, salt)).toBe(credential);
  });
});

it.each([
  ['pkcs5s2', pkcs5s2, /^\{PKCS5S2\}[A-Za-z0-9+/]{64}$/],
  ['scrypt', scrypt, /^\{scrypt\}15\$8\$3\$[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=$/],
] as const)('stores a new password as %s, each with a salt of its own, and knows it again', async (_scheme, passwords, form) => {
  const password = new Secret('Grüße 名');
  const [first, second] = [await passwords.hash(password), await passwords.hash(password)];
  expect(first).toMatch(form);
  expect(first.length).toBeLessThanOrEqual(255);
  expect(first).not.toBe(second);
  for (const stored of [first, second]) {
    expect(await passwords.verify(password, stored)).toBe(true);
    expect(await passwords.verify(new Secret('Grüße'), stored)).toBe(false);
  }
});

it('accepts a password of either scheme, whichever new ones get [DIR-4]', async () => {
  const password = new Secret('same');
  expect(await scrypt.verify(password, await pkcs5s2.hash(password))).toBe(true);
  expect(await pkcs5s2.verify(password, await scrypt.hash(password))).toBe(true);
});

it('is never right for nobody, not even by the unlikeliest chance [GW-12]', async () => {
  // A source of which the dummy becomes the stored form of a password that is known.
  const stored = Buffer.from(vectors.password.credential.slice('{PKCS5S2}'.length), 'base64');
  const unlucky = { bytes: (count: number) => (count === 16 ? stored.subarray(0, 16) : stored.subarray(16)) };
  expect(await openPasswords('pkcs5s2', unlucky).verify(new Secret(vectors.password.text), null)).toBe(false);
});

const salt = Buffer.alloc(16).toString('base64');
const scryptKey = Buffer.alloc(32).toString('base64');

it.each([
  ['{PKCS5S2}', 'no salt and key'],
  [`${vectors.password.credential}A`, 'too long'],
  [vectors.password.credential.slice(0, -1), 'too short'],
  [vectors.password.credential.replace('{PKCS5S2}', '{pkcs5s2}'), 'another prefix'],
  ['{SHA}pbkdf2', 'a scheme we do not know'],
  ['123456', 'a plain text'],
  ['', 'empty'],
  [`{scrypt}15$8$3$${salt}`, 'no key'],
  [`{scrypt}25$8$3$${salt}$${scryptKey}`, 'asks for 32 GiB'],
  [`{scrypt}15$8$99$${salt}$${scryptKey}`, 'asks for a minute'],
  [`{scrypt}1$8$1$${salt}$${scryptKey}`, 'costs nothing'],
])('says neither yes nor no about the stored form %p (%s) [GW-11]', async (stored) => {
  await expect(pkcs5s2.verify(new Secret('123456'), stored)).rejects.toMatchObject({ code: 'authn.unavailable' });
});

it('refuses a check when too many wait, and checks again afterwards [GW-52]', async () => {
  const places = LIMITS.passwordChecksMax + LIMITS.passwordChecksQueueMax;
  const check = (stored: string | null) => pkcs5s2.verify(new Secret(vectors.password.text), stored);
  const waiting = Array.from({ length: places }, (_, index) => check(index === places - 1 ? vectors.password.credential : null));
  await expect(check(vectors.password.credential)).rejects.toMatchObject({ code: 'authn.unavailable', status: 503 });
  await expect(check(null)).rejects.toMatchObject({ code: 'authn.unavailable' });
  const results = await Promise.all(waiting);
  expect(results.filter((isRight) => isRight)).toHaveLength(1);
  expect(await check(vectors.password.credential)).toBe(true);
});
