// The store on SQLite: one connection that writes, one that reads.
import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import type { DataSource } from 'typeorm';
import { openSqliteReader } from './sqlite-reader.js';
import { databaseFailure } from './statement-error.js';
import type { StoreParts } from './store-parts.js';

/** Makes the file before SQLite does, for its owner alone: it holds password hashes. SQLite gives its side files the same mode. */
export async function makePrivateFile(file: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, 'a', 0o600);
  await handle.close();
}

/** What the store needs of an open database file. */
export function sqliteParts(dataSource: DataSource, file: string): StoreParts {
  const reader = openSqliteReader(file);
  return {
    async read(sql, parameters) {
      try {
        return reader.all(sql, parameters);
      } catch (cause) {
        throw databaseFailure(cause);
      }
    },
    closeReader: async () => reader.close(),
    style: {
      // The driver begins with the write lock, and waits for another process's.
      begin: (runner) => runner.startTransaction(),
      end: async () => {},
      async undo(runner) {
        try {
          await runner.rollbackTransaction();
        } catch {
          // SQLite has rolled back by itself (full disk), or nothing was begun. TypeORM's one runner would take the transaction for open
          // for ever after: it makes another when this one is forgotten.
          if ('queryRunner' in dataSource.driver) dataSource.driver.queryRunner = undefined;
        }
      },
      bound: (statement) => statement(),
    },
  };
}
