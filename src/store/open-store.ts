// Opens the database, brings its tables up to date, and gives out the one door to it.
import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import type { DataSource, EntityManager } from 'typeorm';
import { HostError, LIMITS, type Logger } from '../core/index.js';
import { StartError } from '../core/start-error.js';
import type { Store } from './contract.js';
import { buildDataSource, type Schema } from './data-source.js';
import { readDatabaseUrl } from './database-url.js';
import { quoteName } from './dialect.js';
import { limiter } from './limiter.js';
import { openSqliteReader, type SqliteReader } from './sqlite-reader.js';
import { readStoreError, refuseNested, transact } from './transaction.js';

export interface StoreOptions extends Schema {
  /** `sqlite:<path>`; relative to the data folder. */
  readonly url: string;
  readonly dataFolder: string;
  readonly logger: Logger;
}

/** The store, and for the composition root TypeORM's own handle. */
export type OpenStore = Store & { readonly dataSource: DataSource };

/** Opens the database and runs the migrations that are due. Throws StartError. */
export async function openStore(options: StoreOptions): Promise<OpenStore> {
  const address = readDatabaseUrl(options.url, options.dataFolder);
  const dataSource = buildDataSource(address, options, 'silent');
  try {
    await makePrivateFile(address.location);
    await dataSource.initialize();
    for (const migration of await dataSource.runMigrations()) options.logger.info({ migration: migration.name }, 'Migrated the database.');
    return sqliteStore(dataSource, openSqliteReader(address.location));
  } catch (cause) {
    if (dataSource.isInitialized) await dataSource.destroy();
    throw new StartError(
      `The database ${address.location} could not be opened or brought up to date: ${String(cause)}`,
      'Check that the file is a database of Postern, that its folder can be written to, and that the disk is not full.',
      readStoreError(cause),
    );
  }
}

/** Makes the file before SQLite does, for its owner alone: it holds password hashes. SQLite gives its side files the same mode. */
async function makePrivateFile(file: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, 'a', 0o600);
  await handle.close();
}

function sqliteStore(dataSource: DataSource, reader: SqliteReader): OpenStore {
  // TypeORM has one connection here, and a second transaction on it would become a savepoint within the first.
  const inTurn = limiter({
    atOnceMax: 1,
    waitingMax: LIMITS.transactionQueueMax,
    refusal: () => new HostError('store.unavailable', { detail: 'Too many transactions are waiting for their turn.' }),
  });
  return {
    engine: 'sqlite',
    dataSource,
    async read<Row extends object>(sql: string, parameters: readonly (string | number | null)[] = []): Promise<readonly Row[]> {
      try {
        return reader.all(sql, parameters) as Row[];
      } catch (cause) {
        throw new HostError('store.unavailable', { cause });
      }
    },
    async transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
      refuseNested();
      return await inTurn(() => transact(dataSource, work));
    },
    quote: (name) => quoteName('sqlite', name),
    close: () =>
      inTurn(async () => {
        reader.close();
        await dataSource.destroy();
      }),
  };
}
