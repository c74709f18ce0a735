// Which SQLite: the one inside Node where it is there, else better-sqlite3 (docs/decisions/0006-sqlite-driver.md).
// Both are shown to TypeORM as better-sqlite3, with two changes: how a transaction begins, and how long the journal is waited for.
import { createRequire } from 'node:module';
import { LIMITS } from '../core/index.js';
import { isNodeSqliteUsable, NodeSqliteDatabase } from './node-sqlite.js';
import type { SqliteDriver, SqliteStatement } from './sqlite-shape.js';

/** Milliseconds between two tries to change the journal. */
const JOURNAL_TRY_MS = 10;

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

    override pragma(text: string, options?: { simple?: boolean }): unknown {
      return text === 'journal_mode = WAL' ? patiently(() => super.pragma(text, options)) : super.pragma(text, options);
    }
  };
}

/**
 * Whoever would change the journal while another process writes, as when two make the same new file, is refused at once, whatever the bound
 * of waiting (sqlite.org/wal.html §4): so it is tried until that bound is over. At a start alone, where there is nobody to keep waiting.
 */
function patiently<T>(change: () => T): T {
  const asleep = new Int32Array(new SharedArrayBuffer(4));
  for (let left = LIMITS.databaseLockTimeoutMs / JOURNAL_TRY_MS; ; left -= 1) {
    try {
      return change();
    } catch (error) {
      if (left <= 0 || (error as NodeJS.ErrnoException).code !== 'SQLITE_BUSY') throw error;
      Atomics.wait(asleep, 0, 0, JOURNAL_TRY_MS);
    }
  }
}
