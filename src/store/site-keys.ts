// Opens the site's keys for one database, and refuses to start where tokens would silently stop being found [GW-13].
import type { Clock, Instant, Logger, RandomSource, SigningKeys, SiteKeys } from '../core/index.js';
import { StartError } from '../core/start-error.js';
import type { Store } from './contract.js';
import { createKeyFile, isOpenToOthers, makeKey, readKeyFile, replaceKeyFile, type SiteKey } from './key-file.js';
import { checkValue, keyRing } from './key-ring.js';
import { signingKeys } from './signing-keys.js';
import { posternKeyTable } from './tables/postern-key.js';

export interface SiteKeysOptions {
  readonly keyFile: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
}

/**
 * The site's keys. Makes the file on the first start; throws StartError when the database was used with a key that the file does not hold.
 * From here on the current key counts as used with this database: it is noted before anything can be stored under it.
 */
export async function openSiteKeys(options: SiteKeysOptions): Promise<SiteKeys> {
  return (await openKeys(options)).keys;
}

/** The same, and apart from them the keys that sign: token systems are given the first alone. */
export async function openKeys(options: SiteKeysOptions): Promise<{ readonly keys: SiteKeys; readonly signing: SigningKeys }> {
  const { keyFile, store, logger } = options;
  const used = await readUsedKeys(store);
  const keys = (await readKeyFile(keyFile)) ?? (await makeKeys(options, used.size > 0));
  const [current, ...retired] = keys;
  if (current === undefined) throw new Error('A key file holds at least one key.');
  if (await isOpenToOthers(keyFile)) logger.warn({ keyFile }, 'The key file can be read by others than its owner: chmod 600.');
  holdAgainst(used, keys, keyFile);
  if (!used.has(current.id)) await noteUsed(options, keys, current);
  return {
    keys: keyRing([current, ...retired], options.random),
    signing: signingKeys([current, ...retired], await readFirstUses(store)),
  };
}

/** Puts a new key in front; the old ones stay behind it, so that what they made is still found. Takes effect at the next start. Returns its id. */
export async function rotateKeys(keyFile: string, clock: Clock, random: RandomSource): Promise<string> {
  const keys = await readKeyFile(keyFile);
  if (keys === null) throw new StartError(`There is no key file ${keyFile}.`, 'Start Postern once: it makes the file.');
  const key = makeKey(clock, random);
  await replaceKeyFile(keyFile, [key, ...keys], random);
  return key.id;
}

async function makeKeys({ keyFile, clock, random, logger }: SiteKeysOptions, isDatabaseUsed: boolean): Promise<readonly SiteKey[]> {
  if (isDatabaseUsed) {
    throw new StartError(
      `The key file ${keyFile} is missing, and the database holds digests made with its keys: no stored token could be found again.`,
      'Restore the key file from its backup, or point POSTERN_KEY_FILE at it.',
    );
  }
  const keys = [makeKey(clock, random)];
  if (await createKeyFile(keyFile, keys, random)) logger.info({ keyFile }, 'Made the key file. Back it up apart from the database.');
  // Read again in any case: another process that starts at the same time may have been faster.
  return (await readKeyFile(keyFile)) ?? keys;
}

/** Every key that the database was used with must be in the file, and be the same key. */
function holdAgainst(used: ReadonlyMap<string, string>, keys: readonly SiteKey[], keyFile: string): void {
  for (const [id, check] of used) {
    const key = keys.find((candidate) => candidate.id === id);
    if (key === undefined) {
      throw new StartError(
        `The key file ${keyFile} lacks the key ${id}, with which this database was used: what it made could not be found again.`,
        'Restore the key file that belongs to this database.',
      );
    }
    if (checkValue(key) !== check) {
      throw new StartError(
        `The key ${id} in ${keyFile} is not the one this database was used with, though it has the same name.`,
        'Restore the key file that belongs to this database.',
      );
    }
  }
}

async function readUsedKeys(store: Store): Promise<ReadonlyMap<string, string>> {
  const rows = await store.read<{ key_id: string; check_value: string }>('SELECT key_id, check_value FROM postern_key');
  return new Map(rows.map((row) => [row.key_id, row.check_value]));
}

/** Since when each key has been current with this database. */
async function readFirstUses(store: Store): Promise<ReadonlyMap<string, Instant>> {
  const rows = await store.read<{ key_id: string; first_used_at: number | string }>('SELECT key_id, first_used_at FROM postern_key');
  return new Map(rows.map((row) => [row.key_id, Number(row.first_used_at)]));
}

/** Within one transaction with a second look, so that of two processes that start at once with different keys one is refused. */
async function noteUsed({ store, clock, keyFile }: SiteKeysOptions, keys: readonly SiteKey[], current: SiteKey): Promise<void> {
  await store.transaction(async (manager) => {
    const used = new Map((await manager.find(posternKeyTable)).map((row) => [row.key_id, row.check_value]));
    holdAgainst(used, keys, keyFile);
    if (used.has(current.id)) return;
    await manager.insert(posternKeyTable, { key_id: current.id, check_value: checkValue(current), first_used_at: clock.now() });
  });
}
