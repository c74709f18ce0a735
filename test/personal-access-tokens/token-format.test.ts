// The token's form and its hash: what Postern makes a real instance would know, and the other way round.
import { readFileSync } from 'node:fs';
import { hashPkcs5s2, verifyPkcs5s2 } from '../../src/plugin-kit/pkcs5s2.js';
import {
  mintSecret,
  mintTokenId,
  readRawToken,
  refOf,
  tokenIdOf,
  writeRawToken,
} from '../../src/plugins/personal-access-tokens/token-format.js';
import { testRandom } from '../support/test-random.js';

interface Vector {
  readonly rawToken: string;
  readonly tokenId: string;
  readonly hashedToken: string;
}

const vector = JSON.parse(readFileSync(new URL('../vectors/pat-hash.json', import.meta.url), 'utf8')) as Vector;

const raw = (text: string) => Buffer.from(text, 'latin1').toString('base64');

it('is 44 characters of base64 that begin with M, N or O: twelve digits, a colon, twenty bytes [PAT-1]', () => {
  const random = testRandom();
  const firsts = new Set<string>();
  const digits = new Set<string>();
  for (let index = 0; index < 300; index += 1) {
    const parts = { tokenId: mintTokenId(random), secretText: mintSecret(random) };
    const written = writeRawToken(parts);
    expect(written).toMatch(/^[MNO][A-Za-z0-9+/]{43}$/);
    expect(parts.tokenId).toMatch(/^\d{12}$/);
    expect(Buffer.from(parts.secretText, 'base64')).toHaveLength(20);
    expect(readRawToken(written)).toEqual(parts);
    firsts.add(written.charAt(0));
    for (const digit of parts.tokenId) digits.add(digit);
  }
  expect([[...firsts].sort().join(''), digits.size]).toEqual(['MNO', 10]);
});

it('reads and verifies what a real instance gave out and stored, and would have stored the same [PAT-1, PAT-2]', async () => {
  const parts = readRawToken(vector.rawToken);
  expect(parts?.tokenId).toBe(vector.tokenId);
  expect(await verifyPkcs5s2(parts?.secretText ?? '', vector.hashedToken)).toBe(true);
  expect(await verifyPkcs5s2(mintSecret(testRandom()), vector.hashedToken)).toBe(false);
  const salt = Buffer.from(vector.hashedToken.slice('{PKCS5S2}'.length), 'base64').subarray(0, 16);
  expect(await hashPkcs5s2(parts?.secretText ?? '', salt)).toBe(vector.hashedToken);
});

it.each([
  ['', 'nothing'],
  [vector.rawToken.slice(0, 43), 'one character short'],
  [`${vector.rawToken}A`, 'one character long'],
  [vector.rawToken.replace('+', '-'), 'the alphabet of URLs'],
  [`${vector.rawToken.slice(0, 43)}=`, 'padding, which 33 bytes do not need'],
  [` ${vector.rawToken.slice(1)}`, 'a blank'],
  [raw(`21458864719x:${'x'.repeat(20)}`), 'a letter among the digits'],
  [raw(`214588647196.${'x'.repeat(20)}`), 'no colon'],
  [raw(`2145886471961${'x'.repeat(20)}`), 'thirteen digits'],
])('takes %j for none: %s [PAT-1]', (text) => {
  expect(readRawToken(text)).toBeNull();
});

it('has a name of its own across the systems, made from the digits', () => {
  expect([refOf(vector.tokenId), tokenIdOf(refOf(vector.tokenId))]).toEqual(['pat-214588647196', '214588647196']);
  expect([tokenIdOf('pat-1'), tokenIdOf('asp_214588647196'), tokenIdOf('xpat-214588647196')]).toEqual([null, null, null]);
});
