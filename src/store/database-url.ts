// Which database: read once from its URL, before anything is opened.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { StartError } from '../core/start-error.js';
import type { Engine } from './contract.js';

export interface DatabaseAddress {
  readonly engine: Engine;
  /** SQLite: the file's absolute path. Else the URL; it may hold a password, so it is never printed. */
  readonly location: string;
}

/** Where nothing is said: a file in the data folder. */
export const DEFAULT_DATABASE_URL = 'sqlite:postern.sqlite';

const SPELLINGS = 'sqlite:<path> or file:<path>';

/** Reads `sqlite:<path>`, `file:<path>`, `postgres://…`, `mysql://…` or `mariadb://…`; a relative path lies below the data folder. Throws StartError. */
export function readDatabaseUrl(url: string, dataFolder: string): DatabaseAddress {
  const scheme = /^([a-z]+):/.exec(url)?.[1];
  switch (scheme) {
    case 'sqlite':
    case 'file':
      return { engine: 'sqlite', location: sqlitePath(url, dataFolder) };
    case 'postgres':
    case 'postgresql':
      return { engine: 'postgres', location: url };
    case 'mysql':
    case 'mariadb':
      return { engine: 'mysql', location: url };
    default:
      throw new StartError('The database URL names no database that Postern knows.', `Set POSTERN_DATABASE to ${SPELLINGS}.`);
  }
}

function sqlitePath(url: string, dataFolder: string): string {
  const rest = url.slice(url.indexOf(':') + 1);
  // A second connection reads committed data only, and a database in memory would be another one there.
  if (rest === '' || rest.startsWith(':memory:') || /[?#]/.test(rest)) {
    throw new StartError('The database URL must name a file, without options.', `Set POSTERN_DATABASE to ${SPELLINGS}.`);
  }
  return rest.startsWith('//') ? localPath(rest) : path.resolve(dataFolder, rest);
}

/** `//<path>` as in `file:///var/lib/postern.sqlite`, percent escapes decoded. */
function localPath(rest: string): string {
  try {
    return fileURLToPath(`file:${rest}`);
  } catch (cause) {
    throw new StartError('The database URL names no file on this machine.', `Set POSTERN_DATABASE to ${SPELLINGS}.`, cause);
  }
}
