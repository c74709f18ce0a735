// Worlds on one PostgreSQL database, one after the other: what a world has put in is taken out, which is faster by far than another database,
// and its store stays open for the next.
import { copyFile } from 'node:fs/promises';
import { silentLogger } from '../../src/core/index.js';
import type { Plugin } from '../../src/plugin-kit/contract.js';
import { type OpenStore, openStore } from '../../src/store/open-store.js';
import type { TestServer } from './database-servers.js';
import { KEY_FILE, schemaOf, settle, type WorldDatabase } from './prepared-database.js';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.js';

interface Ground {
  readonly url: string;
  readonly store: OpenStore;
  readonly folder: TemporaryFolder;
  /** Puts everything back as it was in the beginning. */
  readonly reset: string;
}

/** The database, with the tables of all these plugins; made when the first world asks for it. */
export function postgresWorlds(server: TestServer, plugins: readonly Plugin[]): WorldDatabase & { close(): Promise<void> } {
  let ground: Promise<Ground> | null = null;
  const lay = (): Promise<Ground> => (ground ??= layGround(server, plugins));
  return {
    async prepare(_plugin, folder) {
      const { store, folder: kept, reset } = await lay();
      await store.dataSource.query(reset);
      await copyFile(kept.file(KEY_FILE), folder.file(KEY_FILE));
    },
    async open() {
      const { store } = await lay();
      return { ...store, close: () => Promise.resolve() };
    },
    async close() {
      if (ground === null) return;
      const { store, url, folder } = await ground;
      await store.close();
      await server.drop(url);
      await folder.remove();
    },
  };
}

async function layGround(server: TestServer, plugins: readonly Plugin[]): Promise<Ground> {
  const [url, folder] = [await server.create(), await temporaryFolder()];
  const schema = schemaOf(...plugins.map(({ manifest }) => manifest));
  const store = await openStore({ url, dataFolder: folder.path, logger: silentLogger, ...schema });
  await settle(store, folder.file(KEY_FILE));
  await store.dataSource.query('CREATE SCHEMA beginning');
  const statements: string[] = [];
  for (const { tableName } of store.dataSource.entityMetadatas) {
    statements.push(`DELETE FROM "${tableName}"`);
    const [row] = await store.dataSource.query<{ total: string }[]>(`SELECT COUNT(*) AS total FROM "${tableName}"`);
    if (row?.total === '0') continue;
    await store.dataSource.query(`CREATE TABLE beginning."${tableName}" AS TABLE "${tableName}"`);
    statements.push(`INSERT INTO "${tableName}" SELECT * FROM beginning."${tableName}"`);
  }
  return { url, store, folder, reset: statements.join(';') };
}
