// The file that holds the site's keys, beside the database and never in it [GW-13]. The first key is the current one.
import { link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import type { Clock, RandomSource } from '../core/index.js';
import { StartError } from '../core/start-error.js';
import { errorCode } from './error-code.js';

/** One key: 256 random bits and a name. */
export interface SiteKey {
  readonly id: string;
  readonly secret: Buffer;
  /** ISO 8601, for the operator. */
  readonly createdAt: string;
}

const KEY_BYTES = 32;

const KeyFile = z.strictObject({
  version: z.literal(1),
  keys: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[a-z0-9-]{1,64}$/),
        // 43 characters hold 258 bits: the last one says four of its six.
        secret: z.string().regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/),
        createdAt: z.string(),
      }),
    )
    .min(1)
    .refine((keys) => new Set(keys.map((key) => key.id)).size === keys.length),
});

/** A fresh key. */
export function makeKey(clock: Clock, random: RandomSource): SiteKey {
  return {
    id: `key-${random.bytes(8).toString('hex')}`,
    secret: random.bytes(KEY_BYTES),
    createdAt: new Date(clock.now()).toISOString(),
  };
}

/** The keys in the file, the current one first; null when there is no file. Throws StartError when it cannot be read or understood. */
export async function readKeyFile(file: string): Promise<readonly SiteKey[] | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return null;
    throw new StartError(`The key file ${file} cannot be read: ${String(cause)}`, 'Let the user that Postern runs as read it.', cause);
  }
  const content = KeyFile.safeParse(parseJson(text));
  // What is wrong in detail stays unsaid: the text around it is a key.
  if (!content.success) throw new StartError(`The key file ${file} is damaged.`, 'Restore it from its backup; do not edit it by hand.');
  return content.data.keys.map((key) => ({ ...key, secret: Buffer.from(key.secret, 'base64url') }));
}

/** Whether others than the owner may read the file. Always false where modes mean nothing. */
export async function isOpenToOthers(file: string): Promise<boolean> {
  return process.platform !== 'win32' && ((await stat(file)).mode & 0o077) !== 0;
}

/** Writes a key file that is not there yet. Resolves to false when another process was faster; it is never torn or overwritten. */
export async function createKeyFile(file: string, keys: readonly SiteKey[], random: RandomSource): Promise<boolean> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = await writeDraft(file, keys, random);
  try {
    await link(draft, file);
  } catch (cause) {
    if (errorCode(cause) === 'EEXIST') return false;
    throw new StartError(
      `The key file ${file} cannot be made: ${String(cause)}`,
      'Let the user that Postern runs as write to its folder.',
      cause,
    );
  } finally {
    await rm(draft);
  }
  await syncFolder(file);
  return true;
}

/** Puts a key file in the place of the one that is there, whole or not at all. */
export async function replaceKeyFile(file: string, keys: readonly SiteKey[], random: RandomSource): Promise<void> {
  await rename(await writeDraft(file, keys, random), file);
  await syncFolder(file);
}

async function writeDraft(file: string, keys: readonly SiteKey[], random: RandomSource): Promise<string> {
  const draft = `${file}.${random.bytes(8).toString('hex')}`;
  const content = { version: 1, keys: keys.map((key) => ({ ...key, secret: key.secret.toString('base64url') })) };
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(content, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return draft;
}

/** Makes the name in the folder durable, as `sync` did the content: a key that is used must still be there after a power cut. */
async function syncFolder(file: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path.dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
