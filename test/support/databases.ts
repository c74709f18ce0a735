// Every database the store is held to. SQLite always; PostgreSQL and MariaDB join when their drivers do.
import { silentLogger } from '../../src/core/index.js';
import { DEFAULT_DATABASE_URL } from '../../src/store/database-url.js';
import { storeMigrations } from '../../src/store/migrations/index.js';
import { type OpenStore, openStore, type StoreOptions } from '../../src/store/open-store.js';
import { storeTables } from '../../src/store/tables/index.js';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.js';

export interface TestDatabase {
  readonly engine: OpenStore['engine'];
  /** Opens a store on an empty database; closed and removed after the test. The house's tables unless others are given. */
  open(schema?: Partial<Pick<StoreOptions, 'entities' | 'migrations'>>): Promise<OpenStore>;
  /** A folder that goes with the database of this test. */
  folder(): Promise<TemporaryFolder>;
}

/** Runs the suite once for each database, in a `describe` of its name. */
export function eachDatabase(suite: (database: TestDatabase) => void): void {
  describe('on sqlite', () => {
    const opened: OpenStore[] = [];
    const folders: TemporaryFolder[] = [];

    async function folder(): Promise<TemporaryFolder> {
      const made = await temporaryFolder();
      folders.push(made);
      return made;
    }

    afterEach(async () => {
      for (const store of opened.splice(0)) if (store.dataSource.isInitialized) await store.close();
      for (const made of folders.splice(0)) await made.remove();
    });

    suite({
      engine: 'sqlite',
      folder,
      async open(schema = {}) {
        const dataFolder = (await folder()).path;
        const store = await openStore({
          url: DEFAULT_DATABASE_URL,
          dataFolder,
          logger: silentLogger,
          entities: storeTables,
          migrations: storeMigrations,
          ...schema,
        });
        opened.push(store);
        return store;
      },
    });
  });
}
