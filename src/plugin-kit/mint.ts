// Minting: fresh random text from the injected source, every character as likely as any other.
import type { RandomSource } from '../core/index.js';

/**
 * `length` characters of `alphabet` (at most 256, each once). A byte past the last whole multiple of the alphabet's
 * size is thrown away: taking the remainder of it would make the first characters likelier.
 */
export function mintText(random: RandomSource, alphabet: string, length: number): string {
  const usable = 256 - (256 % alphabet.length);
  let text = '';
  while (text.length < length) {
    for (const byte of random.bytes(length - text.length)) {
      if (byte < usable) text += alphabet.charAt(byte % alphabet.length);
    }
  }
  return text;
}

/** Standard base64, padded, of `byteCount` random bytes. */
export function mintBase64(random: RandomSource, byteCount: number): string {
  return random.bytes(byteCount).toString('base64');
}
