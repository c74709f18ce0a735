// The vendor's password scheme [PAT-2, DIR-4]. What a real instance wrote verifies here, and the other way round.
import { pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const PREFIX = '{PKCS5S2}';
const SALT_BYTES = 16;
const KEY_BYTES = 32;
/** The vendor's number: fixed, because the stored form does not name it. */
const ROUNDS = 10_000;

const derive = promisify(pbkdf2);

/** The stored form: `{PKCS5S2}` and base64 of salt (16 bytes) and key (32 bytes). */
export function writePkcs5s2(salt: Buffer, key: Buffer): string {
  return PREFIX + Buffer.concat([salt, key]).toString('base64');
}

/** The stored form for a text: the key is PBKDF2-HMAC-SHA1 over its UTF-8 bytes. `salt` is 16 bytes. */
export async function hashPkcs5s2(text: string, salt: Buffer): Promise<string> {
  return writePkcs5s2(salt, await derive(text, salt, ROUNDS, KEY_BYTES, 'sha1'));
}

/** Whether the stored form is of this scheme and whole. */
export function isPkcs5s2(stored: string): boolean {
  return stored.startsWith(PREFIX) && /^[A-Za-z0-9+/]{64}$/.test(stored.slice(PREFIX.length));
}

/** Whether the stored form was made from the text. */
export async function verifyPkcs5s2(text: string, stored: string): Promise<boolean> {
  const bytes = Buffer.from(stored.slice(PREFIX.length), 'base64');
  const key = await derive(text, bytes.subarray(0, SALT_BYTES), ROUNDS, KEY_BYTES, 'sha1');
  return timingSafeEqual(key, bytes.subarray(SALT_BYTES));
}
