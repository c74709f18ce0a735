// Binds the listener, and says plainly why where it cannot.
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { environmentName } from '../config/environment-name.js';
import { LIMITS } from '../core/index.js';
import { StartError } from '../core/start-error.js';

/** Resolves with the port, the chosen one where 0 was asked for. `setting` is the one that names the port. Throws StartError. */
export function listen(server: Server, host: string, port: number, setting = 'port'): Promise<number> {
  const variable = environmentName(setting);
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const next =
        error.code === 'EADDRINUSE'
          ? `Set ${variable} to another port (0 takes any free one), or end what uses this one.`
          : `Check POSTERN_HOST and ${variable}.`;
      reject(new StartError(`Cannot listen on ${host}:${port} (${error.code ?? error.message}).`, next, error));
    });
    server.listen({ port, host, backlog: LIMITS.listenBacklog }, () => resolve((server.address() as AddressInfo).port));
  });
}

/** What a client on this machine types: `http://localhost:2990`. */
export function publicOrigin(scheme: 'http' | 'https', host: string, port: number): string {
  const isAny = ['127.0.0.1', '::1', 'localhost', '0.0.0.0', '::'].includes(host);
  return `${scheme}://${isAny ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${port}`;
}
