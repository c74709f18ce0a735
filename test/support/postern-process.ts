// Starts the built dist/main.js as a child process, the way README does, and waits for the line that says it serves.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface PosternProcess {
  readonly child: ChildProcess;
  readonly port: number;
  readonly origin: string;
  readonly dataFolder: string;
  /** Everything printed so far, both streams. */
  output(): string;
  /** SIGKILL, and waits for the end. Keeps the data folder. */
  kill(): Promise<void>;
  /** SIGTERM, and waits for the end; resolves with the exit code. Keeps the data folder. */
  stop(): Promise<number | null>;
  /** Ends it and removes the data folder. */
  close(): Promise<void>;
}

/** A folder of its own below the system's temporary folder. */
export function newFolder(): string {
  return mkdtempSync(path.join(os.tmpdir(), 'postern-test-'));
}

function childEnvironment(dataFolder: string, settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('POSTERN_') && name !== 'NODE_OPTIONS'));
  return { ...clean, POSTERN_PORT: '0', POSTERN_DATA: dataFolder, ...settings };
}

/** Starts Postern and resolves when it serves; rejects with its output when it ends before that. */
export function startPosternProcess(settings: Readonly<Record<string, string>> = {}, dataFolder = newFolder()): Promise<PosternProcess> {
  const child = spawn(process.execPath, [MAIN], { env: childEnvironment(dataFolder, settings), stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return new Promise((resolve, reject) => {
    const look = (chunk: Buffer): void => {
      text += chunk.toString('utf8');
      const [, scheme, port] = /listening on (https?):\/\/(?:\[[^\]\s]+\]|[^\s:]+):(\d+)/i.exec(text) ?? [];
      if (port === undefined) return;
      const end = async (signal: NodeJS.Signals): Promise<number | null> => {
        if (child.exitCode === null && child.signalCode === null) child.kill(signal);
        return ended;
      };
      resolve({
        child,
        port: Number(port),
        origin: `${scheme}://127.0.0.1:${port}`,
        dataFolder,
        output: () => text,
        kill: async () => void (await end('SIGKILL')),
        stop: () => end('SIGTERM'),
        close: async () => {
          await end('SIGKILL');
          rmSync(dataFolder, { recursive: true, force: true });
        },
      });
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    void ended.then((code) => reject(new Error(`Postern ended with ${code} before it served:\n${text}`)));
  });
}

/** Runs Postern until it ends by itself; for starts that are refused. */
export async function runPosternToEnd(
  settings: Readonly<Record<string, string>>,
  dataFolder = newFolder(),
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [MAIN], { env: childEnvironment(dataFolder, settings), stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { code, output };
}
