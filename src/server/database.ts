// The database by the settings: the same for the server, for somebody's own Express app and for the command line.
import path from 'node:path';
import type { Settings } from '../config/load.js';
import { HOUSE_SETTINGS as S } from '../config/schema.js';
import type { Logger } from '../core/index.js';
import { createPosternMail1795305600080, posternMailTable } from '../mail/postern-mail.js';
import type { Plugin } from '../plugin-kit/contract.js';
import { DEFAULT_DATABASE_URL } from '../store/database-url.js';
import type { PasswordScheme } from '../store/directory/passwords.js';
import { storeMigrations } from '../store/migrations/index.js';
import { type OpenStore, openStore } from '../store/open-store.js';
import { storeTables } from '../store/tables/index.js';

export interface DatabaseNeeds {
  readonly settings: Settings;
  readonly plugins: readonly Plugin[];
  readonly logger: Logger;
}

/** Opens it and brings it up to date. Throws StartError. */
export async function openDatabase({ settings, plugins, logger }: DatabaseNeeds): Promise<{ store: OpenStore; dataFolder: string }> {
  const dataFolder = path.resolve(settings.get(S.data));
  const store = await openStore({
    url: databaseUrl(settings),
    dataFolder,
    entities: [...storeTables, posternMailTable, ...plugins.flatMap(({ manifest }) => manifest.tables)],
    migrations: [...storeMigrations, createPosternMail1795305600080, ...plugins.flatMap(({ manifest }) => manifest.migrations)],
    logger,
  });
  return { store, dataFolder };
}

/** The database's URL; it may hold a password. */
export function databaseUrl(settings: Settings): string {
  return settings.get(S.database) ?? DEFAULT_DATABASE_URL;
}

/** What new passwords are stored in [DIR-4]. */
export function passwordSchemeOf({ profile }: Settings): PasswordScheme {
  return profile === 'gateway' ? 'scrypt' : 'pkcs5s2';
}
