// TypeORM's DataSource for each database. The store, the TypeORM command line and nobody else build one.
import { DataSource, type DataSourceOptions, type EntitySchema, type MigrationInterface, type Logger as TypeormLogger } from 'typeorm';
import { LIMITS } from '../core/index.js';
import { tableOn } from '../plugin-kit/column-type.js';
import type { DatabaseAddress } from './database-url.js';
import type { ServerAddress } from './server-url.js';
import { loadSqliteDriver } from './sqlite-driver.js';
import type { SqliteDatabase } from './sqlite-shape.js';

/** The tables and the migrations that lead to them: the house's own and every plugin's. */
export interface Schema {
  readonly entities: readonly EntitySchema[];
  readonly migrations: readonly (new () => MigrationInterface)[];
}

/** `serve`: silent, every statement within a bound. `migrate`: silent, and may take its time. `console`: so for the command line, aloud. */
export type DataSourceUse = 'serve' | 'migrate' | 'console';

// TypeORM writes to the console where it likes, bound values included [AUD-11]; what matters of it reaches us as errors.
const SILENT: TypeormLogger = {
  logQuery() {},
  logQueryError() {},
  logQuerySlow() {},
  logSchemaBuild() {},
  logMigration() {},
  log() {},
};

/** A DataSource that is not connected yet. */
export async function buildDataSource(address: DatabaseAddress, schema: Schema, use: DataSourceUse): Promise<DataSource> {
  return new DataSource({
    entities: schema.entities.map((table) => tableOn(address.engine, table)),
    migrations: [...schema.migrations],
    migrationsTableName: 'postern_migration',
    // MySQL commits at every DDL statement, so one transaction around all would promise what it cannot hold.
    migrationsTransactionMode: 'each' as const,
    synchronize: false,
    logging: false,
    ...(use === 'console' ? {} : { logger: SILENT }),
    // A forgotten value in a condition must not widen it to every row.
    invalidWhereValuesBehavior: { null: 'throw' as const, undefined: 'throw' as const },
    ...(await connectionOptions(address, use === 'serve' ? LIMITS.databaseTimeoutMs : null)),
  });
}

/** `statementMs`: what the server allows one statement; null: its own bounds hold. Only the driver that is asked for is loaded. */
async function connectionOptions(address: DatabaseAddress, statementMs: number | null): Promise<DataSourceOptions> {
  switch (address.engine) {
    case 'sqlite':
      return {
        type: 'better-sqlite3',
        driver: loadSqliteDriver(),
        database: address.location,
        timeout: LIMITS.databaseLockTimeoutMs,
        enableWAL: true,
        prepareDatabase: prepareSqlite,
      };
    case 'postgres': {
      const { postgresOptions } = await import('./postgres-pool.js');
      const { max, connectionTimeoutMillis, ...extra } = postgresOptions(address, { statementMs, isReader: false });
      return { type: 'postgres', ...place(address), poolSize: max, connectTimeoutMS: connectionTimeoutMillis, extra };
    }
    case 'mysql': {
      const { mysqlDriver, mysqlOptions } = await import('./mysql-pool.js');
      const { connectionLimit, connectTimeout, timezone, ...extra } = mysqlOptions(address, LIMITS.databaseWriteConnectionsMax);
      return {
        type: address.server === 'mariadb' ? 'mariadb' : 'mysql',
        ...place(address),
        driver: mysqlDriver({ statementMs, isReader: false }),
        poolSize: connectionLimit,
        connectTimeout,
        timezone,
        extra,
      };
    }
    default:
      return address satisfies never;
  }
}

/** What TypeORM itself asks of the address; all else goes to the driver in `extra`. */
function place({ host, port, database }: ServerAddress) {
  return { host, port, database };
}

function prepareSqlite(database: SqliteDatabase): void {
  // Under WAL the default of better-sqlite3 is NORMAL: a revocation that was answered could be gone after a power cut.
  database.pragma('synchronous = FULL');
}
