// examples/express-app.mjs as a process of its own: what README promises to whoever brings an Express app.
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { ROOT } from '../architecture/source-tree.js';
import { sendHttp } from '../support/http-client.js';
import { basic } from '../support/raw-client.js';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.js';

const ADMIN = ['admin', 'a-long-password'] as const;
const GREETING = '/jira/rest/greeting';

let folder: TemporaryFolder;
let child: ChildProcess;
let port: number;
let output = '';

beforeAll(async () => {
  folder = await temporaryFolder();
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('POSTERN_') && name !== 'NODE_OPTIONS');
  child = spawn(process.execPath, [path.join(ROOT, 'examples/express-app.mjs')], {
    cwd: ROOT,
    env: { ...Object.fromEntries(inherited), PORT: '0', POSTERN_DATA: folder.path, POSTERN_BOOTSTRAP_ADMIN: ADMIN.join(':') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  port = await new Promise<number>((resolve, reject) => {
    const look = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
      const found = /Listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1];
      if (found !== undefined) resolve(Number(found));
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('exit', (code) => reject(new Error(`The example ended with ${code}:\n${output}`)));
  });
});

afterAll(async () => {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  if (child.exitCode === null) child.kill('SIGKILL');
  else return folder.remove();
  await ended;
  await folder.remove();
});

const ask = (method: string, target: string, authorization?: string, json?: unknown) => {
  const body = json === undefined ? undefined : JSON.stringify(json);
  return sendHttp(port, {
    method,
    path: target,
    headers: {
      Connection: 'close',
      ...(authorization === undefined ? {} : { Authorization: authorization }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
    },
    ...(body === undefined ? {} : { body }),
  });
};

async function token(fields: object): Promise<string> {
  const made = await ask('POST', '/jira/rest/extender/1.0/tokenTools/set', basic(...ADMIN), { label: 'x', userName: 'admin', ...fields });
  expect(made.status).toBe(200);
  return basic('admin', (JSON.parse(made.text) as { token: string }).token);
}

it('greets whom a token stands for, within its limits, and refuses outside them [GW-20, GW-23]', async () => {
  const reader = await token({ limitTo: `[get]${GREETING}` });
  const answer = await ask('GET', GREETING, reader);
  expect([answer.status, JSON.parse(answer.text)]).toEqual([200, { hello: 'admin' }]);
  expect(answer.headers['x-ausername']).toBe('admin');
  const refused = await ask('POST', GREETING, reader);
  expect([refused.status, refused.text]).toEqual([
    403,
    JSON.stringify({ message: 'This token may not be used for this request.', 'status-code': 403 }),
  ]);
  expect((await ask('POST', GREETING, await token({}))).status).toBe(201);
});

it('answers 401 with the challenges to an unknown token [GW-12, DIR-8]', async () => {
  const answer = await ask('GET', GREETING, basic('admin', 'nobody-made-this'));
  expect([answer.status, answer.headers['x-seraph-loginreason']]).toEqual([401, 'AUTHENTICATED_FAILED']);
  expect(answer.headers['www-authenticate']).toContain('Basic realm=');
});

it('ends on SIGTERM, with everything written', async () => {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});
