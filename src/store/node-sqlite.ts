// Node's own SQLite in the shape of better-sqlite3, as far as TypeORM's driver and our reader call it. Nothing to compile, and it is there
// where better-sqlite3 12 is not: it aborts on Node from 24.19 on.
import type { SqliteDatabase, SqliteOptions, SqliteStatement } from './sqlite-shape.js';

// Written out here because the types of Node 20 know no node:sqlite.
interface StatementSync {
  columns(): readonly unknown[];
  all(...parameters: readonly unknown[]): unknown[];
  get(...parameters: readonly unknown[]): unknown;
  run(...parameters: readonly unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint };
}
interface DatabaseSync {
  prepare(sql: string): StatementSync;
  exec(sql: string): void;
  close(): void;
}
interface NodeSqlite {
  readonly DatabaseSync: new (file: string, options: { readOnly: boolean; timeout: number }) => DatabaseSync;
  readonly StatementSync: { readonly prototype: object };
}

/** True where `node:sqlite` needs no flag and can tell a query from a command: Node 22.16 and later. */
export function isNodeSqliteUsable(): boolean {
  const sqlite = process.getBuiltinModule('node:sqlite') as NodeSqlite | undefined;
  return sqlite !== undefined && 'columns' in sqlite.StatementSync.prototype;
}

/** A database file through `node:sqlite`. Errors carry SQLite's own names for their codes, as better-sqlite3's do. */
export class NodeSqliteDatabase implements SqliteDatabase {
  readonly #database: DatabaseSync;

  constructor(file: string, options: SqliteOptions = {}) {
    const sqlite = process.getBuiltinModule('node:sqlite') as unknown as NodeSqlite;
    this.#database = named(() => new sqlite.DatabaseSync(file, { readOnly: options.readonly ?? false, timeout: options.timeout ?? 0 }));
  }

  prepare(sql: string): SqliteStatement {
    const statement = named(() => this.#database.prepare(sql));
    return {
      reader: statement.columns().length > 0,
      all: (...parameters) => named(() => statement.all(...parameters)),
      get: (...parameters) => named(() => statement.get(...parameters)),
      run: (...parameters) => named(() => statement.run(...parameters)),
    };
  }

  exec(sql: string): void {
    named(() => this.#database.exec(sql));
  }

  pragma(text: string, options: { simple?: boolean } = {}): unknown {
    const rows = named(() => this.#database.prepare(`PRAGMA ${text}`).all()) as Record<string, unknown>[];
    return options.simple === true ? Object.values(rows[0] ?? {})[0] : rows;
  }

  close(): void {
    this.#database.close();
  }
}

// Extended result codes (sqlite.org/rescode.html) that the house tells apart, then the primary ones.
const CODE_NAMES: Readonly<Record<number, string>> = {
  275: 'SQLITE_CONSTRAINT_CHECK',
  787: 'SQLITE_CONSTRAINT_FOREIGNKEY',
  1299: 'SQLITE_CONSTRAINT_NOTNULL',
  1555: 'SQLITE_CONSTRAINT_PRIMARYKEY',
  2067: 'SQLITE_CONSTRAINT_UNIQUE',
  2579: 'SQLITE_CONSTRAINT_ROWID',
  5: 'SQLITE_BUSY',
  8: 'SQLITE_READONLY',
  10: 'SQLITE_IOERR',
  11: 'SQLITE_CORRUPT',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
  19: 'SQLITE_CONSTRAINT',
  26: 'SQLITE_NOTADB',
};

/** Runs `call`; gives an error of SQLite's the name of its code. */
function named<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'errcode' in error && typeof error.errcode === 'number') {
      // The low byte of an extended code is its primary one.
      const code = CODE_NAMES[error.errcode] ?? CODE_NAMES[error.errcode & 0xff] ?? 'SQLITE_ERROR';
      Object.assign(error, { code });
    }
    throw error;
  }
}
