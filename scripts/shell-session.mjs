// One shell for all blocks of a page, as a reader has one terminal: variables set in one block are there in the next.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';

const BLOCK_TIMEOUT_MS = 600_000;
const START_TIMEOUT_MS = 60_000;

export class ShellSession {
  #scratch = mkdtempSync(join(tmpdir(), 'postern-readme-'));
  #shell;
  #answer = () => {};
  #count = 0;
  #hangs = false;
  /** The process group of the server that runs; null when none does. */
  #server = null;

  /** Opens the shell in `folder`, without any setting of Postern that happens to be around. */
  constructor(folder) {
    const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('POSTERN_')));
    // A process group of its own, so that whatever a block left running ends with the shell.
    const options = { cwd: folder, env: environment, stdio: ['pipe', 'pipe', 'ignore'], detached: true };
    this.#shell = spawn('bash', ['--noprofile', '--norc', '-s'], options);
    this.#shell.stdin.on('error', () => {});
    createInterface({ input: this.#shell.stdout }).on('line', (line) => this.#answer(line));
    this.#shell.once('exit', () => this.#answer('ended'));
  }

  /** False once the shell has ended, or hangs in a command: no later block can run then. */
  get isUsable() {
    return this.#shell.exitCode === null && !this.#hangs;
  }

  /** Runs commands to their end. `problem` is null when each of them succeeded. */
  async run(commands) {
    if (commands.trim() === '') return { problem: null, printed: '', errors: '' };
    const { source, read } = this.#store(commands);
    const status = await this.#ask(`failed=0; trap 'failed=$?' ERR; ${source}; trap - ERR; echo "$failed"`, BLOCK_TIMEOUT_MS);
    this.#hangs = status === 'late';
    const problems = { 0: null, ended: 'it ended the shell', late: `it took longer than ${BLOCK_TIMEOUT_MS / 1000} s` };
    return {
      problem: status in problems ? problems[status] : `a command failed with ${status}`,
      printed: read('out'),
      errors: read('err'),
    };
  }

  /** Ends the server before, starts this one in the background and waits until it says it listens and is ready. */
  async start(command) {
    await this.stop();
    const { source, read } = this.#store(command);
    // Job control gives the server a process group of its own, so that npm and what it started end together.
    const id = Number(await this.#ask(`set -m; { ${source}; } & echo $!; set +m`, START_TIMEOUT_MS));
    if (!Number.isInteger(id)) return { problem: 'the shell is gone', printed: '', errors: '' };
    this.#server = id;
    const problem = await untilReady(
      () => read('out') + read('err'),
      () => signalGroup(id, 0),
    );
    return { problem, printed: read('out'), errors: read('err'), printedLater: () => read('out') };
  }

  /** Ends the server that runs, if any, and waits until it has. */
  async stop() {
    const id = this.#server;
    if (id === null) return;
    this.#server = null;
    signalGroup(id, 'SIGTERM');
    for (let waited = 0; signalGroup(id, 0) && waited < START_TIMEOUT_MS; waited += 50) await wait(50);
    signalGroup(id, 'SIGKILL');
  }

  async close() {
    await this.stop();
    signalGroup(this.#shell.pid, 'SIGKILL');
    rmSync(this.#scratch, { recursive: true, force: true });
  }

  /** Has the shell run a line, and resolves with the next line that it prints itself, `ended` or `late`. */
  async #ask(line, timeoutMs) {
    if (this.#shell.exitCode !== null) return 'ended';
    const answered = new Promise((resolve) => {
      this.#answer = resolve;
    });
    this.#shell.stdin.write(`${line}\n`);
    const timeout = new AbortController();
    const late = wait(timeoutMs, 'late', { signal: timeout.signal }).catch(() => 'late');
    return Promise.race([answered, late]).finally(() => timeout.abort());
  }

  /** Files for a block and what it prints, so that the shell's own output carries nothing but answers. */
  #store(commands) {
    this.#count += 1;
    const file = (kind) => join(this.#scratch, `${kind}-${this.#count}`);
    writeFileSync(file('block'), `${commands}\n`);
    for (const kind of ['out', 'err']) writeFileSync(file(kind), '');
    return {
      source: `source ${file('block')} </dev/null >${file('out')} 2>${file('err')}`,
      read: (kind) => readFileSync(file(kind), 'utf8'),
    };
  }
}

/** Null when ready; otherwise why it is not. */
async function untilReady(output, isRunning) {
  for (let waited = 0; waited < START_TIMEOUT_MS; waited += 100) {
    const origin = /listening on (http:\/\/\S+)/i.exec(output())?.[1];
    if (origin !== undefined && (await isOk(`${origin}/readyz`))) return null;
    if (!isRunning()) return 'it ended before it was ready';
    await wait(100);
  }
  return `it was not ready after ${START_TIMEOUT_MS / 1000} s`;
}

async function isOk(url) {
  const response = await fetch(url).catch(() => null);
  await response?.arrayBuffer();
  return response?.ok === true;
}

/** False when the process group is gone; 0 only asks. */
function signalGroup(id, name) {
  try {
    return process.kill(-id, name);
  } catch {
    return false;
  }
}
