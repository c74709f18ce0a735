// TypeORM's DataSource for each database. The store, the TypeORM command line and nobody else build one.
import { DataSource, type EntitySchema, type MigrationInterface, type Logger as TypeormLogger } from 'typeorm';
import { LIMITS } from '../core/index.js';
import { StartError } from '../core/start-error.js';
import type { DatabaseAddress } from './database-url.js';
import { loadSqliteDriver } from './sqlite-driver.js';
import type { SqliteDatabase } from './sqlite-shape.js';

/** The tables and the migrations that lead to them: the house's own and every plugin's. */
export interface Schema {
  readonly entities: readonly EntitySchema[];
  readonly migrations: readonly (new () => MigrationInterface)[];
}

// TypeORM writes to the console where it likes, bound values included [AUD-11]; what matters of it reaches us as errors.
const SILENT: TypeormLogger = {
  logQuery() {},
  logQueryError() {},
  logQuerySlow() {},
  logSchemaBuild() {},
  logMigration() {},
  log() {},
};

/** A DataSource that is not connected yet; `console` only for the command line. Throws StartError for a database that is not supported yet. */
export function buildDataSource(address: DatabaseAddress, schema: Schema, output: 'silent' | 'console'): DataSource {
  const common = {
    entities: [...schema.entities],
    migrations: [...schema.migrations],
    migrationsTableName: 'postern_migration',
    // MySQL commits at every DDL statement, so one transaction around all would promise what it cannot hold.
    migrationsTransactionMode: 'each' as const,
    synchronize: false,
    logging: false,
    ...(output === 'silent' ? { logger: SILENT } : {}),
    // A forgotten value in a condition must not widen it to every row.
    invalidWhereValuesBehavior: { null: 'throw' as const, undefined: 'throw' as const },
  };
  switch (address.engine) {
    case 'sqlite':
      return new DataSource({
        ...common,
        type: 'better-sqlite3',
        driver: loadSqliteDriver(),
        database: address.location,
        timeout: LIMITS.databaseLockTimeoutMs,
        enableWAL: true,
        prepareDatabase: prepareSqlite,
      });
    case 'postgres':
    case 'mysql':
      throw new StartError(
        `${address.engine === 'postgres' ? 'PostgreSQL' : 'MySQL and MariaDB'} cannot be used yet.`,
        'Set POSTERN_DATABASE to sqlite:<path>, or leave it out.',
      );
    default:
      return address.engine satisfies never;
  }
}

function prepareSqlite(database: SqliteDatabase): void {
  // Under WAL the default of better-sqlite3 is NORMAL: a revocation that was answered could be gone after a power cut.
  database.pragma('synchronous = FULL');
}
