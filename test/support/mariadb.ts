// MariaDB for the tests, where the system has it: started on files and a port of its own, never as the system's service.
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type DatabaseServer, endWith, freePort, ownedFolder, runToEnd, startUntil } from './private-process.js';

const FOLDERS = ['/usr/sbin', '/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'];

/** Starts a MariaDB; null where there is none on this machine. */
export async function startMariadb(): Promise<DatabaseServer | null> {
  const [server, install] = [programNamed('mariadbd'), programNamed('mariadb-install-db')];
  if (server === null || install === null) return null;
  const folder = ownedFolder('postern-mariadb-');
  const files = path.join(folder, 'files');
  // A folder of its own for temporary tables: a server that starts deletes whatever it finds of such names in /tmp.
  const common = ['--no-defaults', `--datadir=${files}`, `--tmpdir=${folder}`];
  runToEnd(install, [...common, '--auth-root-authentication-method=normal', '--skip-test-db'], folder);
  const port = await freePort();
  const parameters = [...common, `--port=${port}`, `--socket=${path.join(folder, 'socket')}`, ...SETTINGS];
  const begin = () => startUntil(server, parameters, folder, /ready for connections/);
  let child = await begin();
  return {
    url: `mariadb://root@127.0.0.1:${port}/mysql`,
    port,
    kill: () => endWith(child, 'SIGKILL'),
    async start() {
      child = await begin();
    },
    async stop() {
      await endWith(child, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Nothing waits for a disk: what was committed outlives the server, not the machine. The default collation compares without case, as a site's would. */
const SETTINGS = [
  '--bind-address=127.0.0.1',
  '--skip-log-bin',
  '--skip-name-resolve',
  '--innodb-flush-log-at-trx-commit=2',
  '--innodb-flush-method=nosync',
  '--innodb-doublewrite=0',
  '--innodb-buffer-pool-size=32M',
  '--performance-schema=off',
  '--character-set-server=utf8mb4',
  '--collation-server=utf8mb4_general_ci',
];

function programNamed(name: string): string | null {
  return FOLDERS.map((folder) => path.join(folder, name)).find((program) => existsSync(program)) ?? null;
}
