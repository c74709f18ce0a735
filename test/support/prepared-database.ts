// Databases with their tables and users in them, made once for a test file and copied for each test: migrating takes longer than most tests.
import { copyFile } from 'node:fs/promises';
import { type Logger, Secret, silentLogger } from '../../src/core/index.js';
import type { Plugin, PluginManifest } from '../../src/plugin-kit/contract.js';
import { createPosternMail1795305600080, posternMailTable } from '../../src/mail/postern-mail.js';
import { openDirectory } from '../../src/store/directory/directory.js';
import { createKeyFile, makeKey } from '../../src/store/key-file.js';
import { storeMigrations } from '../../src/store/migrations/index.js';
import { type OpenStore, openStore } from '../../src/store/open-store.js';
import { openSiteKeys } from '../../src/store/site-keys.js';
import { storeTables } from '../../src/store/tables/index.js';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.js';
import { testClock } from './test-clock.js';
import { testRandom } from './test-random.js';

/** The users of every world and their passwords. */
export const PASSWORDS = { admin: 'admin-password', root: 'root-password', alice: 'alice-password', bob: 'bob-password' } as const;

export const KEY_FILE = 'site-key.json';
const FILES = [KEY_FILE, 'postern.sqlite'];
const SQLITE = 'sqlite:postern.sqlite';

/** By the tables' names. */
const made = new Map<string, Promise<TemporaryFolder>>();

afterAll(async () => {
  for (const folder of made.values()) await (await folder).remove();
});

/** Where a world keeps what it stores. */
export interface WorldDatabase {
  /** Begins a world: the users of every world and nothing else in the database, and in the folder the key file that belongs to it. */
  prepare(plugin: Plugin, folder: TemporaryFolder): Promise<void>;
  /** Opens what is there, as at every start. */
  open(plugin: Plugin, folder: TemporaryFolder, logger: Logger): Promise<OpenStore>;
}

/** A file in the world's own folder. */
export const onSqlite: WorldDatabase = {
  prepare: prepareDatabase,
  open: (plugin, folder, logger) => openStore({ url: SQLITE, dataFolder: folder.path, logger, ...schemaOf(plugin.manifest) }),
};

/** Everything that worlds with these plugins store. */
export function schemaOf(...manifests: readonly PluginManifest[]) {
  return {
    entities: [...storeTables, posternMailTable, ...manifests.flatMap(({ tables }) => tables)],
    migrations: [...storeMigrations, createPosternMail1795305600080, ...manifests.flatMap(({ migrations }) => migrations)],
  };
}

async function prepareDatabase(plugin: Plugin, folder: TemporaryFolder): Promise<void> {
  const key = plugin.manifest.tables.map(({ options }) => options.name).join();
  const template = made.get(key) ?? makeTemplate(plugin);
  made.set(key, template);
  const from = await template;
  for (const file of FILES) await copyFile(from.file(file), folder.file(file));
}

async function makeTemplate(plugin: Plugin): Promise<TemporaryFolder> {
  const folder = await temporaryFolder();
  const store = await onSqlite.open(plugin, folder, silentLogger);
  await settle(store, folder.file(KEY_FILE));
  // Writes everything into the one file.
  await store.close();
  return folder;
}

/** Puts the key and the users into an empty database. */
export async function settle(store: OpenStore, keyFile: string): Promise<void> {
  const [clock, random, logger] = [testClock(), testRandom('template'), silentLogger];
  await createKeyFile(keyFile, [makeKey(clock, testRandom('site key'))], testRandom('draft'));
  await openSiteKeys({ keyFile, store, clock, random, logger });
  const directory = await openDirectory({ store, clock, random, passwordScheme: 'pkcs5s2' });
  for (const [username, password] of Object.entries(PASSWORDS)) {
    await directory.createUser({
      username,
      password: new Secret(password),
      displayName: `${username.charAt(0).toUpperCase()}${username.slice(1)} Example`,
      emailAddress: `${username}@example.com`,
      isAdministrator: username === 'admin' || username === 'root',
      isActive: true,
    });
  }
}
