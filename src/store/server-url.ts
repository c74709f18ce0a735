// The URL of a database server, taken apart once. Nothing of it but host, port and name is ever printed: a password that was not escaped
// may stand in any other part.
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { Secret } from '../core/index.js';
import { StartError } from '../core/start-error.js';
import type { Engine } from './contract.js';

type Server = 'postgres' | 'mysql' | 'mariadb';

export interface ServerAddress {
  readonly engine: Engine & ('postgres' | 'mysql');
  /** As the URL has it: TypeORM reads the tables of MariaDB in another way than those of MySQL. */
  readonly server: Server;
  /** For messages: `postgres://db.internal:5432/postern`. */
  readonly location: string;
  /** A name or an address; begins with `/` where it is the path of a socket, or of the folder it lies in. */
  readonly host: string;
  readonly port: number;
  /** null: what the driver takes by itself, such as PGUSER and PGPASSWORD. */
  readonly username: string | null;
  readonly password: Secret | null;
  readonly database: string;
  /** null: in the clear. */
  readonly tls: { readonly rejectUnauthorized: boolean; readonly ca?: string } | null;
}

const PORTS: Readonly<Record<Server, number>> = { postgres: 5432, mysql: 3306, mariadb: 3306 };

/** Reads `<scheme>://user:password@host:port/name?sslmode=…&sslrootcert=…`. Throws StartError, without any part of the URL in it. */
export function readServerUrl(server: Server, url: string): ServerAddress {
  try {
    return takeApart(server, new URL(url));
  } catch (error) {
    if (error instanceof StartError) throw error;
    // Neither the URL nor the error that holds it goes on: no cause here.
    throw malformed(server);
  }
}

function takeApart(server: Server, url: URL): ServerAddress {
  const host = decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, '$1');
  const database = decodeURIComponent(url.pathname.slice(1));
  if (host === '' || database === '' || /[/@?#]/.test(database) || url.hash !== '') throw malformed(server);
  const port = url.port === '' ? PORTS[server] : Number(url.port);
  const tls = readTls(url.searchParams);
  // mysql2 leaves an address out of the handshake, and Node then compares the certificate with `localhost`: with another server's name.
  if (server !== 'postgres' && tls?.rejectUnauthorized === true && isIP(host) !== 0) throw nameless();
  return {
    engine: server === 'postgres' ? 'postgres' : 'mysql',
    server,
    location: `${server}://${host.includes(':') ? `[${host}]` : host}:${port}/${database}`,
    host,
    port,
    username: url.username === '' ? null : decodeURIComponent(url.username),
    password: url.password === '' ? null : new Secret(decodeURIComponent(url.password)),
    database,
    tls,
  };
}

/** The words of PostgreSQL's own `sslmode`, with one difference: `require` checks the certificate too. */
function readTls(parameters: URLSearchParams): ServerAddress['tls'] {
  if ([...parameters.keys()].some((name) => name !== 'sslmode' && name !== 'sslrootcert')) throw wrongTls();
  const mode = parameters.get('sslmode') ?? 'disable';
  const file = parameters.get('sslrootcert');
  switch (mode) {
    case 'disable':
      if (file !== null) throw wrongTls();
      return null;
    case 'require':
    case 'verify-full':
      return { rejectUnauthorized: true, ...(file === null ? {} : { ca: readCertificates(file) }) };
    case 'no-verify':
      return { rejectUnauthorized: false };
    default:
      throw wrongTls();
  }
}

function readCertificates(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new StartError('The file that sslrootcert names in the database URL cannot be read.', 'Look at its path and its rights.', cause);
  }
}

function malformed(server: Server): StartError {
  return new StartError(
    'The database URL cannot be read.',
    `Set POSTERN_DATABASE to ${server}://user:password@host:port/name; write @ : / ? # and % in a password as %40 %3A %2F %3F %23 and %25.`,
  );
}

function nameless(): StartError {
  return new StartError(
    'The certificate of a MySQL or MariaDB server that is named by its address cannot be checked.',
    'Write the name that stands in the certificate in place of the address, or sslmode=no-verify where nobody can stand between.',
  );
}

function wrongTls(): StartError {
  return new StartError(
    'The database URL has an option that Postern does not know.',
    'What may follow the question mark: sslmode=disable, require, verify-full or no-verify, and sslrootcert=<file>.',
  );
}
