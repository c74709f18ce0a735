// One process at a time writes a spool. A listening socket is the lock: the kernel closes it however the process ends, so
// SIGKILL leaves no lock behind, and a name that nobody listens on is stale beyond doubt (docs/decisions/0001).
import { open, readdir, rename, unlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { StartError } from '../core/start-error.js';

/** Bytes of a socket's path that every system takes (sockaddr_un: 104 on some, 108 on Linux). */
const SOCKET_PATH_BYTES_MAX = 100;
const HELD_NAME = /^lock-.*\.sock$/;

/** Gives the folder back. */
export type Unlock = () => Promise<void>;

/**
 * Takes the folder for this process or throws StartError. `unique` is a name nobody else uses. Who announces himself does so before
 * he looks round, so of two at least one sees the other; a name becomes visible only when its socket listens already.
 */
export async function lockFolder(folder: string, unique: string): Promise<Unlock> {
  const handle = await open(folder, 'r');
  // A path that is too long for a socket is reached through the open folder.
  const at = (name: string): string => {
    const path = join(folder, name);
    return Buffer.byteLength(path) <= SOCKET_PATH_BYTES_MAX ? path : `/proc/self/fd/${handle.fd}/${name}`;
  };
  const own = `lock-${unique}.sock`;
  let server: Server | null = null;
  const unlock = async (): Promise<void> => {
    await unlink(join(folder, own)).catch(ignoreMissing);
    await new Promise<void>((resolve) => (server === null ? resolve() : server.close(() => resolve())));
    await handle.close();
  };
  try {
    server = await listening(at(`lock-${unique}.new`));
    await rename(join(folder, `lock-${unique}.new`), join(folder, own));
    await refuseOthers(folder, own, at);
    return unlock;
  } catch (error) {
    await unlock();
    if (error instanceof StartError) throw error;
    throw new StartError(
      `The audit trail in ${folder} cannot be locked.`,
      'Put the data folder on a local file system that allows sockets.',
      error,
    );
  }
}

async function refuseOthers(folder: string, own: string, at: (name: string) => string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!HELD_NAME.test(name) || name === own) continue;
    if (await isAnswered(at(name)))
      throw new StartError(
        `The audit trail in ${folder} is in use by another process.`,
        'Stop that process, or give this one a data folder of its own.',
      );
    await unlink(join(folder, name)).catch(ignoreMissing);
  }
}

/** Only a plain refusal means that nobody is there: a process that is stopped or busy still holds its socket. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT'));
  });
}

/** `exclusive`: in a cluster's worker the socket is the worker's, not the primary's. */
function listening(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen({ path, exclusive: true }, () => {
      server.unref();
      resolve(server);
    });
  });
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
