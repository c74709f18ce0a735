// The read side on SQLite: a second connection, so that what a running transaction has not committed is never seen. Authentication must
// not see a token whose transaction may yet be rolled back. Prepared statements are kept: TypeORM costs ten times the statement [GW-60].
import { LRUCache } from 'lru-cache';
import { LIMITS } from '../core/index.js';
import { loadSqliteDriver } from './sqlite-driver.js';
import type { SqliteStatement } from './sqlite-shape.js';

export interface SqliteReader {
  /** All rows of one statement. Throws the driver's error. */
  all(sql: string, parameters: readonly (string | number | null)[]): unknown[];
  close(): void;
}

/** Opens the file once more, read-only. The file must be there and be in WAL mode. */
export function openSqliteReader(file: string): SqliteReader {
  const Database = loadSqliteDriver();
  const database = new Database(file, { readonly: true, fileMustExist: true, timeout: LIMITS.databaseLockTimeoutMs });
  const statements = new LRUCache<string, SqliteStatement>({ max: LIMITS.preparedStatementsMax });
  return {
    all(sql, parameters) {
      let statement = statements.get(sql);
      if (statement === undefined) {
        statement = database.prepare(sql);
        statements.set(sql, statement);
      }
      return statement.all(...parameters);
    },
    close() {
      statements.clear();
      database.close();
    },
  };
}
