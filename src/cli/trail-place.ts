// Where the trail and the keys of a site lie, for commands that read them beside a running server. The database is not opened.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Environment, loadSettings } from '../config/load.js';
import { HOUSE_SETTINGS as S } from '../config/schema.js';
import type { RandomSource, SiteKeys } from '../core/index.js';
import { StartError } from '../core/start-error.js';
import { plugins } from '../plugins/index.js';
import { readKeyFile } from '../store/key-file.js';
import { keyRing } from '../store/key-ring.js';

export interface PlaceNeeds {
  readonly environment: Environment;
  /** Settings on the command line, as `postern start` takes them. */
  readonly flags: readonly string[];
  readonly random: RandomSource;
}

export interface TrailPlace {
  /** The trail's folder. */
  readonly folder: string;
  /** Throws StartError when there is no key file. */
  readonly keys: () => Promise<SiteKeys>;
}

/** Where `postern start` keeps them under the same settings. */
export function trailPlace({ environment, flags, random }: PlaceNeeds): TrailPlace {
  const settings = loadSettings(
    plugins.flatMap(({ manifest }) => manifest.settings),
    environment,
    flags,
  );
  const data = path.resolve(settings.get(S.data));
  const keyFile = settings.get(S.keyFile) ?? path.join(data, 'site-key.json');
  return {
    folder: path.join(data, 'audit'),
    async keys() {
      const [current, ...retired] = (await readKeyFile(keyFile)) ?? [];
      if (current === undefined) throw new StartError(`There is no key file ${keyFile}.`, GIVE_SETTINGS);
      return keyRing([current, ...retired], random);
    },
  };
}

const GIVE_SETTINGS =
  'Give the settings that the server is started with: POSTERN_DATA or POSTERN_KEY_FILE, in the environment or as a flag.';

/** Throws StartError when there is no trail. */
export function requireTrail(folder: string): void {
  if (!existsSync(folder)) throw new StartError(`There is no audit trail at ${folder}.`, GIVE_SETTINGS);
}
