// Who takes part: Postern, the same Node proxy with nothing in it, and peers that are at hand. Each is a function of the product's origin and
// a folder of its own; it resolves with `{ pid, port, authorization }`.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { start, startScript } from './processes.mjs';
import { rules } from './rules.mjs';

const USER = 'alice';
const KEY = 'b3a1f6d2c4e58790b3a1f6d2c4e58790';
const bearer = (token) => `Bearer ${token}`;
const basic = (name, secret) => `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;

const hasProgram = (name) => spawnSync(name, ['-v'], { stdio: 'ignore' }).error === undefined;

/** In the order of the table. `isThere`: false when it would have to be installed first. */
export const CONTENDERS = {
  'bare Node proxy': { isThere: () => true, start: (origin) => script('./bare-proxy.mjs', origin, null) },
  Postern: { isThere: () => true, start: startPostern },
  'Postern, durability power': {
    isThere: () => true,
    start: (origin, folder) => startPostern(origin, folder, { settings: { POSTERN_AUDIT_DURABILITY: 'power' } }),
  },
  'Fastify http-proxy + bearer-auth': { isThere: () => true, start: (origin) => script('./fastify-proxy.mjs', origin, bearer(KEY)) },
  'Express + Passport + http-proxy': { isThere: () => true, start: (origin) => script('./express-proxy.mjs', origin, bearer(KEY)) },
  'nginx, auth_basic (apr1)': { isThere: () => hasProgram('nginx') && hasProgram('openssl'), start: startNginxWithBasic },
  'nginx, forwarding only': { isThere: () => hasProgram('nginx'), start: startNginx },
  'HAProxy, forwarding only': { isThere: () => hasProgram('haproxy'), start: startHaproxy },
  'Caddy, basic_auth': { isThere: () => hasProgram('caddy'), start: startCaddy },
};

async function script(name, origin, authorization) {
  const { child, port } = await startScript('measured', name, authorization === null ? [origin] : [origin, KEY]);
  return { pid: child.pid, child, port, authorization };
}

/** The built server in the gateway profile with one token of the Extender kind. `main`: what is started; relative to the project. */
export async function startPostern(origin, folder, { ruleCount = 20, user = USER, ...options } = {}) {
  const { child, port } = await startServer(origin, folder, { user, ...options });
  const answer = await fetch(`http://127.0.0.1:${port}/jira/rest/extender/1.0/tokenTools/set`, {
    method: 'POST',
    // A connection that stays would be counted as the server's.
    headers: { Connection: 'close', Authorization: basic(user, 'a-long-password'), 'Content-Type': 'application/json' },
    body: JSON.stringify({ label: 'measured', userName: user, limitTo: rules(ruleCount) }),
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`Postern made no token: ${answer.status} ${text}`);
  const { token } = JSON.parse(text);
  return { pid: child.pid, child, port, folder, authorization: basic(user, token) };
}

/** Two processes with data folders of their own before one database; each serves half of the connections. */
export async function startTwoPosterns(origin, folder) {
  const settings = { POSTERN_DATABASE: `sqlite:${join(folder, 'shared.sqlite')}`, POSTERN_KEY_FILE: join(folder, 'shared-key.json') };
  const [place, otherPlace] = ['first', 'second'].map((name) => join(folder, name));
  const first = await startPostern(origin, place, { settings });
  return { ...first, others: [await startServer(origin, otherPlace, { settings })] };
}

/** The same on a data folder that may have been used; resolves when it listens. */
export async function startServer(origin, folder, { settings = {}, user = USER, main = 'dist/main.js', imports = [], stdio = [] } = {}) {
  const child = start('measured', [process.execPath, ...imports.flatMap((url) => ['--import', url]), main], {
    stdio: ['ignore', 'pipe', 'inherit', ...stdio],
    env: posternEnvironment(origin, folder, user, settings),
  });
  return { child, pid: child.pid, port: await listening(child) };
}

/** What the server is started with, and nothing that the caller's own environment says of Postern. */
export function posternEnvironment(origin, folder, user = USER, settings = {}) {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('POSTERN_')));
  return {
    ...clean,
    POSTERN_PROFILE: 'gateway',
    POSTERN_PORT: '0',
    POSTERN_LOG_LEVEL: 'error',
    POSTERN_DATA: folder,
    POSTERN_JIRA_UPSTREAM: origin,
    POSTERN_UPSTREAM_IDENTITY: 'header:X-Forwarded-User',
    POSTERN_BOOTSTRAP_ADMIN: `${user}:a-long-password`,
    ...settings,
  };
}

function listening(child) {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const port = /listening on http:\/\/[^\s:]+:(\d+)/i.exec(text)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
    child.once('exit', (code) => reject(new Error(`Postern ended with ${code}:\n${text}`)));
  });
}

/** A port that nobody uses. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function untilOpen(port, authorization) {
  for (let tries = 0; tries < 100; tries += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/jira/rest/api/2/issue/KANBAN-1/small`, {
      headers: authorization === null ? {} : { Authorization: authorization },
    }).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('a peer did not open its port');
}

async function startProgram(folder, command, config, port, authorization) {
  writeFileSync(join(folder, 'config'), config);
  const child = start('measured', command, { cwd: folder, stdio: 'ignore' });
  await untilOpen(port, authorization);
  return { pid: child.pid, child, port, authorization };
}

async function startNginx(origin, folder) {
  const port = await freePort();
  return startProgram(folder, nginxCommand(folder), nginxConfig(origin, folder, port, ''), port, null);
}

async function startNginxWithBasic(origin, folder) {
  const port = await freePort();
  const hashed = spawnSync('openssl', ['passwd', '-apr1', '-stdin'], { input: KEY, encoding: 'utf8' }).stdout.trim();
  writeFileSync(join(folder, 'users'), `${USER}:${hashed}\n`);
  const protection = `auth_basic "x"; auth_basic_user_file ${folder}/users;`;
  return startProgram(folder, nginxCommand(folder), nginxConfig(origin, folder, port, protection), port, basic(USER, KEY));
}

const nginxCommand = (folder) => ['nginx', '-c', join(folder, 'config'), '-p', folder, '-e', 'stderr'];

function nginxConfig(origin, folder, port, protection) {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ');
  const root = process.getuid?.() === 0 ? 'user root;' : '';
  return `daemon off; ${root} worker_processes 1; pid ${folder}/pid; error_log stderr crit; events { worker_connections 4096; }
http { access_log off; ${temporary} client_max_body_size 0; keepalive_requests 1000000000;
  upstream product { server ${origin.replace('http://', '')}; keepalive 512; keepalive_requests 1000000000; }
  server { listen 127.0.0.1:${port}; ${protection}
    location / { proxy_pass http://product; proxy_http_version 1.1; proxy_set_header Connection ""; } } }`;
}

async function startHaproxy(origin, folder) {
  const port = await freePort();
  const config = `global
  nbthread 1
defaults
  mode http
  timeout connect 5s
  timeout client 120s
  timeout server 120s
  http-reuse always
frontend entry
  bind 127.0.0.1:${port}
  default_backend product
backend product
  server one ${origin.replace('http://', '')}
`;
  return startProgram(folder, ['haproxy', '-f', join(folder, 'config')], config, port, null);
}

async function startCaddy(origin, folder) {
  const port = await freePort();
  // bcrypt at its lowest cost; Caddy remembers what it has checked.
  const hashed = spawnSync('caddy', ['hash-password', '--plaintext', KEY], { encoding: 'utf8' }).stdout.trim();
  const config = `{
  admin off
  auto_https off
}
http://127.0.0.1:${port} {
  ${caddyDirective()} {
    ${USER} ${hashed}
  }
  reverse_proxy ${origin.replace('http://', '')}
}
`;
  return startProgram(
    folder,
    ['caddy', 'run', '--adapter', 'caddyfile', '--config', join(folder, 'config')],
    config,
    port,
    basic(USER, KEY),
  );
}

/** Its name until 2.8 had no underscore. */
function caddyDirective() {
  const [, minor] = /v?2\.(\d+)/.exec(spawnSync('caddy', ['version'], { encoding: 'utf8' }).stdout) ?? [];
  return Number(minor ?? 8) < 8 ? 'basicauth' : 'basic_auth';
}
