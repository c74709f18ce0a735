// Databases with their tables and users in them, made once for a test file and copied for each test: migrating takes longer than most tests.
import { copyFile } from 'node:fs/promises';
import { Secret, silentLogger } from '../../src/core/index.js';
import type { Plugin } from '../../src/plugin-kit/contract.js';
import { createPosternMail1795305600080, posternMailTable } from '../../src/mail/postern-mail.js';
import { openDirectory } from '../../src/store/directory/directory.js';
import { createKeyFile, makeKey } from '../../src/store/key-file.js';
import { storeMigrations } from '../../src/store/migrations/index.js';
import { openStore } from '../../src/store/open-store.js';
import { openSiteKeys } from '../../src/store/site-keys.js';
import { storeTables } from '../../src/store/tables/index.js';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.js';
import { testClock } from './test-clock.js';
import { testRandom } from './test-random.js';

/** The users of every world and their passwords. */
export const PASSWORDS = { admin: 'admin-password', root: 'root-password', alice: 'alice-password', bob: 'bob-password' } as const;

const FILES = ['site-key.json', 'postern.sqlite'];

/** By the tables' names. */
const made = new Map<string, Promise<TemporaryFolder>>();

afterAll(async () => {
  for (const folder of made.values()) await (await folder).remove();
});

/** Everything that a world with this plugin stores. */
export function schemaOf({ manifest }: Plugin) {
  return {
    entities: [...storeTables, posternMailTable, ...manifest.tables],
    migrations: [...storeMigrations, createPosternMail1795305600080, ...manifest.migrations],
  };
}

/** Fills an empty folder: a database with the tables and the users, and the key file that belongs to it. */
export async function prepareDatabase(plugin: Plugin, folder: TemporaryFolder): Promise<void> {
  const key = plugin.manifest.tables.map(({ options }) => options.name).join();
  const template = made.get(key) ?? makeTemplate(plugin);
  made.set(key, template);
  const from = await template;
  for (const file of FILES) await copyFile(from.file(file), folder.file(file));
}

async function makeTemplate(plugin: Plugin): Promise<TemporaryFolder> {
  const folder = await temporaryFolder();
  const [clock, random, logger] = [testClock(), testRandom('template'), silentLogger];
  const keyFile = folder.file('site-key.json');
  await createKeyFile(keyFile, [makeKey(clock, testRandom('site key'))], testRandom('draft'));
  const store = await openStore({ url: 'sqlite:postern.sqlite', dataFolder: folder.path, logger, ...schemaOf(plugin) });
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
  // Writes everything into the one file.
  await store.close();
  return folder;
}
