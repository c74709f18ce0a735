// The built Postern as a process of its own before the judge, and tokens with random rules on it.
import { spawn } from 'node:child_process';
import net from 'node:net';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const PASSWORD = 'a-password-for-fuzzing';
const basic = (name, secret) => `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;

/** Resolves when it serves. */
export function startGate(dataFolder, upstream) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('POSTERN_')));
  Object.assign(env, {
    POSTERN_PORT: '0',
    POSTERN_DATA: dataFolder,
    POSTERN_PROFILE: 'gateway',
    POSTERN_JIRA_UPSTREAM: upstream,
    POSTERN_JIRA_CONTEXT: '/jira',
    POSTERN_UPSTREAM_IDENTITY: 'header:X-Forwarded-User',
    POSTERN_ANONYMOUS: 'forward',
    POSTERN_BOOTSTRAP_ADMIN: `admin:${PASSWORD}`,
    POSTERN_LOGIN_FAILURES_MAX: '10000',
    POSTERN_LOGIN_ADDRESS_FAILURES_MAX: '100000',
  });
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return new Promise((resolve, reject) => {
    const look = (chunk) => {
      // The beginning says where it listens, the end what went wrong.
      output = output.length > 1_000_000 ? output.slice(-500_000) + chunk : output + chunk;
      const port = Number(/listening on http:\/\/[^\s:]+:(\d+)/i.exec(output)?.[1] ?? 0);
      if (port !== 0) resolve(gateAt(child, ended, port, () => output));
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    void ended.then((code) => reject(new Error(`Postern ended with ${code}:\n${output}`)));
  });
}

function gateAt(child, ended, port, output) {
  const authorization = basic('admin', PASSWORD);
  return {
    port,
    output,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    /** The `Authorization` field of a new token. */
    async login(limitTo) {
      const body = JSON.stringify({ label: 'fuzz', userName: 'admin', ...(limitTo === null ? {} : { limitTo }) });
      const headers = { Authorization: authorization, 'Content-Type': 'application/json' };
      const answer = await fetch(`http://127.0.0.1:${port}/jira/rest/extender/1.0/tokenTools/set`, { method: 'POST', headers, body });
      const text = await answer.text();
      if (answer.status !== 200) throw new Error(`no token for ${limitTo}: ${answer.status} ${text}`);
      return `Authorization: ${basic('admin', JSON.parse(text).token)}`;
    },
    /** The records of requests in the trail. */
    async records() {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/audit.jsonl`, { headers: { Authorization: authorization } });
      const lines = (await answer.text()).split('\n').filter((line) => line !== '');
      return lines.map((line) => JSON.parse(line)).filter(({ kind }) => kind === 'request');
    },
    async close() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

const IDLE_MS = 400;
const BEHIND = 'GET /readyz HTTP/1.1\r\nHost: postern.test\r\nConnection: close\r\n\r\n';

/** Writes latin1 text from an address of this machine's, and resolves with what came back when the server ends or has no more to say. */
export function talk(port, address, text) {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: '127.0.0.1', localAddress: address });
    const chunks = [];
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    socket.on('connect', () => socket.write(Buffer.from(text + BEHIND, 'latin1')));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', (error) => (['ECONNRESET', 'EPIPE'].includes(error.code) ? undefined : reject(error)));
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
  });
}
