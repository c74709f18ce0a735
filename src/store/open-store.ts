// Opens the database, brings its tables up to date, and gives out the one door to it.
import type { DataSource, EntityManager } from 'typeorm';
import { type Clock, HostError, LIMITS, type Logger, systemClock } from '../core/index.js';
import { StartError } from '../core/start-error.js';
import { limiter } from '../plugin-kit/limiter.js';
import type { Engine, Store } from './contract.js';
import { buildDataSource, type Schema } from './data-source.js';
import { type DatabaseAddress, readDatabaseUrl } from './database-url.js';
import { quoteName } from './dialect.js';
import { migrate } from './migrate.js';
import { makePrivateFile, sqliteParts } from './sqlite-store.js';
import { cannotOpen } from './start-failure.js';
import type { StoreParts } from './store-parts.js';
import { refuseNested, transact } from './transaction.js';

export interface StoreOptions extends Schema {
  /** `sqlite:<path>`, relative to the data folder, `postgres://…` or `mysql://…`. */
  readonly url: string;
  readonly dataFolder: string;
  readonly logger: Logger;
  /** For the deadlines of a database server; the machine's own unless a test says another. */
  readonly clock?: Clock;
}

/** The store, and for the composition root TypeORM's own handle. */
export type OpenStore = Store & { readonly dataSource: DataSource };

/** Opens the database and runs the migrations that are due. Throws StartError. */
export async function openStore(options: StoreOptions): Promise<OpenStore> {
  const address = readDatabaseUrl(options.url, options.dataFolder);
  const dataSource = await buildDataSource(address, options, 'serve');
  try {
    if (address.engine === 'sqlite') await makePrivateFile(address.location);
    await migrate(address, options.migrations, options.logger);
    await dataSource.initialize();
    return storeOn(address.engine, dataSource, await openParts(address, dataSource, options.clock ?? systemClock));
  } catch (cause) {
    if (dataSource.isInitialized) await dataSource.destroy();
    throw cause instanceof StartError ? cause : cannotOpen(address, cause);
  }
}

async function openParts(address: DatabaseAddress, dataSource: DataSource, clock: Clock): Promise<StoreParts> {
  if (address.engine === 'sqlite') return sqliteParts(dataSource, address.location);
  // The drivers of servers are loaded where there is a server: see data-source.ts.
  const { serverParts } = await import('./server-store.js');
  return serverParts(address, clock);
}

function storeOn(engine: Engine, dataSource: DataSource, { style, read, closeReader }: StoreParts): OpenStore {
  // On SQLite TypeORM has one connection, and a second transaction on it would become a savepoint within the first. On a server they would
  // wait for each other there; here the line is bounded, and first come is first served.
  const inTurn = limiter({
    atOnceMax: 1,
    waitingMax: LIMITS.transactionQueueMax,
    refusal: () => new HostError('store.unavailable', { detail: 'Too many transactions are waiting for their turn.' }),
  });
  return {
    engine,
    dataSource,
    async read<Row extends object>(sql: string, parameters: readonly (string | number | null)[] = []): Promise<readonly Row[]> {
      return (await read(sql, parameters)) as readonly Row[];
    },
    async transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
      refuseNested();
      return await inTurn(() => transact(dataSource, style, work));
    },
    quote: (name) => quoteName(engine, name),
    close: () =>
      inTurn(async () => {
        await closeReader();
        await dataSource.destroy();
      }),
  };
}
