// Runs a database server of the tests' own: as another user where the tests run as root, for no database server runs as root.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, statSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

/** The number of the user `nobody` on Linux and macOS. */
const NOBODY = 65_534;

/** On Linux the kernel itself ends the server with its parent, however that ends. */
const SETPRIV = '/usr/bin/setpriv';

const isRoot = process.getuid?.() === 0;
const ids = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
// Messages in English, and text compared byte by byte.
const env = { ...process.env, LC_ALL: 'C', LC_MESSAGES: 'C' };

/** A database server that belongs to one run of the tests, or to one test. */
export interface DatabaseServer {
  /** Of its first database, with a user who may do everything. */
  readonly url: string;
  readonly port: number;
  /** SIGKILL: as a machine that loses its power. */
  kill(): Promise<void>;
  /** Again on the same files and the same port. */
  start(): Promise<void>;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

/** A folder that the server's user owns. */
export function ownedFolder(prefix: string): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), prefix));
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  chmodSync(folder, 0o755);
  return folder;
}

/** Whether the server's user could run a program in this folder. */
export function isWithinReach(folder: string): boolean {
  if (!isRoot) return true;
  for (let current = folder; ; current = path.dirname(current)) {
    if ((statSync(current).mode & 0o001) === 0) return false;
    if (current === path.dirname(current)) return true;
  }
}

/** Runs a program to its end. Throws with what it said when that was no success. */
export function runToEnd(program: string, parameters: readonly string[], cwd: string): void {
  const { status, error, stdout, stderr } = spawnSync(program, parameters, { ...ids, env, cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program}: ${error?.message ?? `${stdout}${stderr}`}`);
}

/** Starts a program and resolves when it says that it is ready. */
export async function startUntil(program: string, parameters: readonly string[], cwd: string, ready: RegExp): Promise<ChildProcess> {
  const [command, rest] = existsSync(SETPRIV) ? [SETPRIV, ['--pdeathsig', 'QUIT', program, ...parameters]] : [program, parameters];
  const child = spawn(command, rest, { ...ids, env, cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  endWithUs(child);
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      if (ready.test(said)) return;
      said += chunk.toString('utf8');
      if (ready.test(said)) resolve();
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code}: ${said}`)));
  });
  return child;
}

/** Sends a signal and waits for the end. */
export async function endWith(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}

/** A server that outlives the tests would hold its port and its files for ever. */
function endWithUs(child: ChildProcess): void {
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
}

/** A port that nobody listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
