// Which database: read once from its URL, before anything is opened.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { StartError } from '../core/start-error.js';
import type { Engine } from './contract.js';
import { readServerUrl, type ServerAddress } from './server-url.js';

/** A file: `location` is its absolute path. */
export interface FileAddress {
  readonly engine: Engine & 'sqlite';
  readonly location: string;
}

export type DatabaseAddress = FileAddress | ServerAddress;

/** Where nothing is said: a file in the data folder. */
export const DEFAULT_DATABASE_URL = 'sqlite:postern.sqlite';

const FILE_SPELLINGS = 'sqlite:<path> or file:<path>';

/** Reads `sqlite:<path>`, `file:<path>`, `postgres://…`, `mysql://…` or `mariadb://…`; a relative path lies below the data folder. Throws StartError. */
export function readDatabaseUrl(url: string, dataFolder: string): DatabaseAddress {
  const scheme = /^([a-z]+):/.exec(url)?.[1];
  switch (scheme) {
    case 'sqlite':
    case 'file':
      return { engine: 'sqlite', location: sqlitePath(url, dataFolder) };
    case 'postgres':
    case 'postgresql':
      return readServerUrl('postgres', url);
    case 'mysql':
    case 'mariadb':
      return readServerUrl(scheme, url);
    default:
      throw new StartError(
        'The database URL names no database that Postern knows.',
        `Set POSTERN_DATABASE to ${FILE_SPELLINGS}, postgres://… or mysql://….`,
      );
  }
}

function sqlitePath(url: string, dataFolder: string): string {
  const rest = url.slice(url.indexOf(':') + 1);
  // A second connection reads committed data only, and a database in memory would be another one there.
  if (rest === '' || rest.startsWith(':memory:') || /[?#]/.test(rest)) {
    throw new StartError('The database URL must name a file, without options.', `Set POSTERN_DATABASE to ${FILE_SPELLINGS}.`);
  }
  return rest.startsWith('//') ? localPath(rest) : path.resolve(dataFolder, rest);
}

/** `//<path>` as in `file:///var/lib/postern.sqlite`, percent escapes decoded. */
function localPath(rest: string): string {
  try {
    return fileURLToPath(`file:${rest}`);
  } catch (cause) {
    throw new StartError('The database URL names no file on this machine.', `Set POSTERN_DATABASE to ${FILE_SPELLINGS}.`, cause);
  }
}
