// `postern keys`: the site's keys, which live in a file beside the database [GW-13].
import path from 'node:path';
import { type Environment, loadSettings } from '../config/load.js';
import { HOUSE_SETTINGS } from '../config/schema.js';
import type { Clock, RandomSource } from '../core/index.js';
import { plugins } from '../plugins/index.js';
import { rotateKeys } from '../store/site-keys.js';
import { explainFailure } from './explain-failure.js';

export interface KeysNeeds {
  readonly environment: Environment;
  /** Settings on the command line, as `postern start` takes them. */
  readonly flags: readonly string[];
  readonly clock: Clock;
  readonly random: RandomSource;
  /** What happened, line by line. */
  print(line: string): void;
  /** What went wrong, line by line. */
  complain(line: string): void;
}

/** `postern keys rotate`: puts a new key in front. Resolves to the exit code: 0 done, 1 nothing was changed and it was said why. */
export async function rotateSiteKeys(needs: KeysNeeds): Promise<0 | 1> {
  try {
    const keyFile = findKeyFile(needs);
    const keyId = await rotateKeys(keyFile, needs.clock, needs.random);
    needs.print(`The new site key is ${keyId}, the first in ${keyFile}.`);
    needs.print('The keys before it stay behind it: what was made with them is still found.');
    needs.print('Back the file up, then restart Postern: a running server goes on with the key before until then.');
    return 0;
  } catch (error) {
    for (const line of explainFailure(error)) needs.complain(line);
    return 1;
  }
}

/** Where `postern start` looks for it under the same settings. */
function findKeyFile({ environment, flags }: KeysNeeds): string {
  const settings = loadSettings(
    plugins.flatMap(({ manifest }) => manifest.settings),
    environment,
    flags,
  );
  return settings.get(HOUSE_SETTINGS.keyFile) ?? path.join(path.resolve(settings.get(HOUSE_SETTINGS.data)), 'site-key.json');
}
