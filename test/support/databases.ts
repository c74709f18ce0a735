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
  const kept = new KeptStores(server);
  const opened: OpenStore[] = [];
  const folders: TemporaryFolder[] = [];
  const urls: string[] = [];

  afterEach(async () => {
    for (const store of opened.splice(0)) if (store.dataSource.isInitialized) await store.close();
    await kept.putBack();
    for (const url of urls.splice(0)) await server?.drop(url);
    for (const made of folders.splice(0)) await made.remove();
  });
  afterAll(() => kept.dropAll());

  async function folder(): Promise<TemporaryFolder> {
    const made = await temporaryFolder();
    folders.push(made);
    return made;
  }

  async function emptyUrl(): Promise<string> {
    if (server === null) return DEFAULT_DATABASE_URL;
    const url = await server.create();
    urls.push(url);
    return url;
  }

  return {
    engine,
    server,
    folder,
    emptyUrl,
    async open(options = {}) {
      if (server !== null && Object.keys(options).length === 0) return await kept.take();
      const store = await openStore({ ...HOUSE, dataFolder: (await folder()).path, url: await emptyUrl(), ...options });
      opened.push(store);
      return store;
    },
  };
}

const HOUSE = { entities: storeTables, migrations: storeMigrations, logger: silentLogger };

interface KeptStore {
  readonly url: string;
  readonly store: OpenStore;
}

/** Databases of a server with the house’s tables: what a test has put in is taken out, which is faster by far than another database. */
class KeptStores {
  readonly #server: TestServer | null;
  #free: KeptStore[] = [];
  #taken: KeptStore[] = [];

  constructor(server: TestServer | null) {
    this.#server = server;
  }

  async take(): Promise<OpenStore> {
    const next = this.#free.pop() ?? (await this.#open(await this.#server?.create()));
    this.#taken.push(next);
    return next.store;
  }

  async putBack(): Promise<void> {
    for (const used of this.#taken.splice(0)) {
      const { dataSource } = used.store;
      const next = dataSource.isInitialized ? used : await this.#open(used.url);
      for (const { tablePath } of next.store.dataSource.entityMetadatas) await next.store.dataSource.query(`DELETE FROM ${tablePath}`);
      this.#free.push(next);
    }
  }

  async dropAll(): Promise<void> {
    for (const { url, store } of this.#free.splice(0)) {
      await store.close();
      await this.#server?.drop(url);
    }
  }

  async #open(url = ''): Promise<KeptStore> {
    return { url, store: await openStore({ ...HOUSE, dataFolder: '', url }) };
  }
}
