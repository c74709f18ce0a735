// A stronger password scheme than the vendor's, with a prefix of its own [DIR-4]: `{scrypt}` log2(N) `$` r `$` p `$` salt `$` key.
import { type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const PREFIX = '{scrypt}';
const KEY_BYTES = 32;
/** OWASP's password storage cheat sheet: 32 MiB and three passes, about 0.2 s. Stored with each password, so they can grow. */
const COST = { log2n: 15, r: 8, p: 3 };

const STORED = /^\{scrypt\}(\d{1,2})\$(\d{1,2})\$(\d{1,2})\$([A-Za-z0-9+/]{22}==)\$([A-Za-z0-9+/]{43}=)$/;

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

interface Stored {
  readonly cost: typeof COST;
  readonly salt: Buffer;
  readonly key: Buffer;
}

/** The stored form of salt (16 bytes) and key (32 bytes) at today's cost. */
export function writeScrypt(salt: Buffer, key: Buffer): string {
  return `${PREFIX}${COST.log2n}$${COST.r}$${COST.p}$${salt.toString('base64')}$${key.toString('base64')}`;
}

/** The stored form for a text: the key is scrypt over its UTF-8 bytes. `salt` is 16 bytes. */
export async function hashScrypt(text: string, salt: Buffer): Promise<string> {
  return writeScrypt(salt, await deriveAt(COST, text, salt));
}

/** Whether the stored form is of this scheme and whole. */
export function isScrypt(stored: string): boolean {
  return readStored(stored) !== null;
}

/** Whether the stored form was made from the text. */
export async function verifyScrypt(text: string, stored: string): Promise<boolean> {
  const parts = readStored(stored);
  return parts !== null && timingSafeEqual(await deriveAt(parts.cost, text, parts.salt), parts.key);
}

function readStored(stored: string): Stored | null {
  const [, log2n, r, p, salt, key] = STORED.exec(stored) ?? [];
  if (salt === undefined || key === undefined) return null;
  const cost = { log2n: Number(log2n), r: Number(r), p: Number(p) };
  // A row that asks for more than eight times today's memory or work is damaged, and would stop the machine.
  const isSane = cost.log2n >= 10 && cost.log2n <= COST.log2n + 3 && cost.r >= 1 && cost.r <= COST.r && cost.p >= 1 && cost.p <= COST.p * 8;
  return isSane ? { cost, salt: Buffer.from(salt, 'base64'), key: Buffer.from(key, 'base64') } : null;
}

function deriveAt(cost: typeof COST, text: string, salt: Buffer): Promise<Buffer> {
  const N = 2 ** cost.log2n;
  // Node refuses at its default of 32 MiB; the algorithm takes 128 × N × r and a little.
  return derive(text, salt, KEY_BYTES, { N, r: cost.r, p: cost.p, maxmem: 256 * N * cost.r });
}
