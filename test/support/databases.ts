// Every database the store is held to: SQLite, PostgreSQL and MariaDB. A server that is not there is skipped aloud (global-setup.mjs), and
// fails the run where POSTERN_REQUIRE_ALL=1 is set.
import { silentLogger } from '../../src/core/index.js';
import { DEFAULT_DATABASE_URL } from '../../src/store/database-url.js';
import { storeMigrations } from '../../src/store/migrations/index.js';
import { type OpenStore, openStore, type StoreOptions } from '../../src/store/open-store.js';
import { storeTables } from '../../src/store/tables/index.js';
import { mariadbServer, postgresServer, type TestServer } from './database-servers.js';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.js';

export type DatabaseName = 'sqlite' | 'postgres' | 'mariadb';

export interface TestDatabase {
  readonly engine: OpenStore['engine'];
  /** Opens a store on an empty database; closed and removed after the test. The house's tables unless others are given. */
  open(options?: Partial<Pick<StoreOptions, 'entities' | 'migrations' | 'clock' | 'logger'>>): Promise<OpenStore>;
  /** The URL of an empty database, not even tables in it, removed after the test. Opened with `folder()` as the data folder. */
  emptyUrl(): Promise<string>;
  /** A folder that goes with the database of this test. */
  folder(): Promise<TemporaryFolder>;
  /** The server, to do what no user of Postern may; null for SQLite. */
  readonly server: TestServer | null;
}

const [postgres, mariadb] = await Promise.all([postgresServer(), mariadbServer()]);

const SERVERS: readonly { readonly name: DatabaseName; readonly engine: OpenStore['engine']; readonly server: TestServer | null }[] = [
  { name: 'sqlite', engine: 'sqlite', server: null },
  { name: 'postgres', engine: 'postgres', server: postgres },
  { name: 'mariadb', engine: 'mysql', server: mariadb },
];

/** Runs the suite once for each database, or for those that are named, in a `describe` of its name. */
export function eachDatabase(
  suite: (database: TestDatabase) => void,
  names: readonly DatabaseName[] = ['sqlite', 'postgres', 'mariadb'],
): void {
  for (const { name, engine, server } of SERVERS.filter((each) => names.includes(each.name))) {
    const isThere = name === 'sqlite' || server !== null;
    (isThere ? describe : describe.skip)(`on ${name}`, () => suite(testDatabase(engine, server)));
  }
}

function testDatabase(engine: OpenStore['engine'], server: TestServer | null): TestDatabase {
  const opened: OpenStore[] = [];
  const folders: TemporaryFolder[] = [];
  const urls: string[] = [];

  afterEach(async () => {
    for (const store of opened.splice(0)) if (store.dataSource.isInitialized) await store.close();
    for (const url of urls.splice(0)) await server?.drop(url);
    for (const made of folders.splice(0)) await made.remove();
  });

  async function folder(): Promise<TemporaryFolder> {
    const made = await temporaryFolder();
    folders.push(made);
    return made;
  }

  async function kept(url: Promise<string>): Promise<string> {
    urls.push(await url);
    return await url;
  }

  return {
    engine,
    server,
    folder,
    emptyUrl: async () => (server === null ? DEFAULT_DATABASE_URL : await kept(server.create())),
    async open(options = {}) {
      const schema = {
        entities: storeTables,
        migrations: storeMigrations,
        logger: silentLogger,
        dataFolder: (await folder()).path,
        ...options,
      };
      const content = schema.migrations.map((migration) => new migration().name).join(' ');
      const fill = async (url: string): Promise<void> => (await openStore({ ...schema, url })).close();
      const store = await openStore({
        ...schema,
        url: server === null ? DEFAULT_DATABASE_URL : await kept(server.createFilled(content, fill)),
      });
      opened.push(store);
      return store;
    },
  };
}
