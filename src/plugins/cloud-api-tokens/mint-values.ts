// The values of tokens and keys, and their ids.
import { createHash } from 'node:crypto';
import type { RandomSource } from '../../core/index.js';
import { mintText } from '../../plugin-kit/mint.js';

const DIGITS = '0123456789';
const LOWER_CASE = 'abcdefghijklmnopqrstuvwxyz';
const ALPHANUMERICS = `${LOWER_CASE.toUpperCase()}${LOWER_CASE}${DIGITS}`;
const BASE64URL = `${ALPHANUMERICS}-_`;

/** How every token's value begins [CLD-9]. */
export const TOKEN_PREFIX = 'ATATT3xFfGF0';
const BODY_LENGTH_MIN = 160;
/** A divisor of 256, so that every length is as likely as any other. */
const BODY_LENGTHS = 32;
const KEY_LENGTH = 48;
const ID_LENGTH = 20;
const KEY_ID_LENGTH = 16;

/** A token's value: the vendor's are about this long, no two lengths promised, and end in `=` and eight hex digits [CLD-9]. */
export function mintTokenValue(random: RandomSource): string {
  const [byte = 0] = random.bytes(1);
  const text = TOKEN_PREFIX + mintText(random, BASE64URL, BODY_LENGTH_MIN + (byte % BODY_LENGTHS));
  // A check sum over what stands before it: whoever scans for leaked tokens can tell one from a text that looks alike.
  return `${text}=${createHash('sha256').update(text).digest('hex').slice(0, 8).toUpperCase()}`;
}

/** An organization key's value: letters and digits alone, for RFC 6750 has no room for `=` within a token. */
export function mintKeyValue(random: RandomSource): string {
  return mintText(random, ALPHANUMERICS, KEY_LENGTH);
}

/** A token's id. One case, because a database may compare without; it never begins like a key's. */
export function mintTokenId(random: RandomSource): string {
  return mintText(random, `${LOWER_CASE}${DIGITS}`, ID_LENGTH);
}

/** An organization key's id: `key-` and letters and digits of one case. */
export function mintKeyId(random: RandomSource): string {
  return `key-${mintText(random, `${LOWER_CASE}${DIGITS}`, KEY_ID_LENGTH)}`;
}

/** Whether an id is an organization key's. */
export function isKeyRef(tokenRef: string): boolean {
  return tokenRef.startsWith('key-');
}
