// How a value is kept: salted and hashed. It has 208 bits, so a fast hash is enough; it is compared in constant time [WOM-3].
import { createHash, timingSafeEqual } from 'node:crypto';

/** SHA-256 of salt and value, lower-case hex. */
export function hashValue(salt: string, value: string): string {
  return createHash('sha256').update(salt, 'hex').update(value, 'utf8').digest('hex');
}

/** Whether `value` is the one that was hashed. */
export function isSameValue(salt: string, hash: string, value: string): boolean {
  return timingSafeEqual(Buffer.from(hashValue(salt, value), 'hex'), Buffer.from(hash, 'hex'));
}
