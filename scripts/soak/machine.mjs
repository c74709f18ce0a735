// What the machine gave while a server was soaked, so that a slow machine and a slow server can be told apart.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cpuSeconds } from '../bench/processes.mjs';

/** The kernel counts in hundredths of a second in /proc/stat (`USER_HZ`). */
const TICKS = 100;
const MEGABYTE = 1_048_576;

/** Looks at the machine and at the server `pid`; each call of what is returned tells of the time since the call before. */
export function watchMachine(pid, folder) {
  let before = read(pid);
  return (requests) => {
    const now = read(pid);
    const since = (name) => now[name] - before[name];
    const seconds = since('at');
    const seen = {
      /** Microseconds of processor time, of all threads of the server, for a request; null when there was none. */
      cpuUs: requests === 0 ? null : (since('cpu') / requests) * 1e6,
      /** Shares of the time: the server's main thread at work, and ready while something else had its core. */
      busy: since('ran') / seconds,
      queued: since('queued') / seconds,
      /** Of the first core, which the server is bound to where the system lets us: taken by the host, and idle because of the disk. */
      stolen: since('stolen') / seconds,
      diskWait: since('diskWait') / seconds,
      ...sizes(folder),
    };
    before = now;
    return seen;
  };
}

/** All in seconds. */
function read(pid) {
  const [ran, queued] = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ').map(Number);
  const core = /^cpu0 (.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))[1].split(' ').map(Number);
  return {
    at: performance.now() / 1_000,
    cpu: cpuSeconds(pid),
    ran: ran / 1e9,
    queued: queued / 1e9,
    diskWait: core[4] / TICKS,
    stolen: core[7] / TICKS,
  };
}

/** Megabytes of the database and of all else, which is the trail. */
function sizes(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const isDatabase = ({ name }) => name.includes('.sqlite') || name.includes('.db');
  const megabytes = (some) => some.reduce((sum, { parentPath, name }) => sum + sizeOf(join(parentPath, name)), 0) / MEGABYTE;
  return { databaseMb: megabytes(files.filter(isDatabase)), trailMb: megabytes(files.filter((file) => !isDatabase(file))) };
}

function sizeOf(path) {
  try {
    return statSync(path).size;
  } catch {
    // Removed between the two.
    return 0;
  }
}
