// Which SQLite: the one inside Node where it is there, else better-sqlite3 (docs/decisions/0006-sqlite-driver.md).
// Both are shown to TypeORM as better-sqlite3, with one change: how a transaction begins.
import { createRequire } from 'node:module';
import { isNodeSqliteUsable, NodeSqliteDatabase } from './node-sqlite.js';
import type { SqliteDriver, SqliteStatement } from './sqlite-shape.js';

/** The driver for this Node. Throws when it is an old Node and better-sqlite3 is not installed. */
export function loadSqliteDriver(): SqliteDriver {
  if (isNodeSqliteUsable()) return beginningImmediately(NodeSqliteDatabase);
  return beginningImmediately(createRequire(import.meta.url)('better-sqlite3') as SqliteDriver);
}

/**
 * TypeORM begins deferred. Such a transaction that has read and then wants to write fails at once when another process wrote in between
 * (SQLITE_BUSY_SNAPSHOT); one that takes the write lock first waits for its turn (sqlite.org/lang_transaction.html).
 */
function beginningImmediately(driver: SqliteDriver): SqliteDriver {
  return class extends driver {
    override prepare(sql: string): SqliteStatement {
      return super.prepare(sql === 'BEGIN TRANSACTION' ? 'BEGIN IMMEDIATE TRANSACTION' : sql);
    }
  };
}
