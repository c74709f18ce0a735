// Every wire file, each as its own test, on the token system whose folder it lies in. The documents' own examples come first.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Method, Secret } from '../../src/core/index.js';
import type { Plugin } from '../../src/plugin-kit/contract.js';
import { plugins } from '../../src/plugins/index.js';
import { type Answer, PASSWORDS, type PluginWorld, startPluginWorld } from '../support/plugin-host.js';
import { pluginWithTables } from '../support/samples.js';
import { parseWireFile, type Step, type WireExchange } from './wire-file.js';
import { fillIn, fits, type Seen, withoutBlanks } from './wire-pattern.js';

const FOLDER = path.dirname(fileURLToPath(import.meta.url));

/** Header fields that are compared letter by letter, and must be missing where a file does not name them. */
const COMPARED = ['Content-Type', 'Allow', 'Cache-Control', 'WWW-Authenticate'];

function filesOf(key: string): readonly string[] {
  const folder = path.join(FOLDER, key);
  return (existsSync(folder) ? readdirSync(folder) : []).filter((name) => name.endsWith('.http')).toSorted();
}

for (const plugin of plugins) {
  const { key } = plugin.manifest;

  describe(`the wire of ${key}`, () => {
    it('has files', () => {
      expect(filesOf(key).length).toBeGreaterThan(0);
    });

    for (const name of filesOf(key)) {
      it(`${key} ${name}`, async () => {
        await expect(runFile(plugin, path.join(FOLDER, key, name))).resolves.toBeUndefined();
      });
    }
  });
}

it('no folder belongs to a system that is not carried', () => {
  const folders = readdirSync(FOLDER, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  expect(folders.toSorted()).toEqual(plugins.map(({ manifest }) => manifest.key).toSorted());
});

async function runFile(plugin: Plugin, file: string): Promise<void> {
  const { startsAt, settings, exchanges } = parseWireFile(readFileSync(file, 'utf8'));
  const options = startsAt === null ? {} : { startsAt };
  const world = await startPluginWorld({ plugin: pluginWithTables(plugin), settings, ...options });
  const seen: Seen = new Map();
  try {
    for (const exchange of exchanges) await converse(world, exchange, seen);
  } finally {
    await world.close();
  }
}

async function converse(world: PluginWorld, exchange: WireExchange, seen: Seen): Promise<void> {
  for (const step of exchange.steps) await take(step, world, seen);
  for (let time = 0; time < exchange.times; time += 1) {
    const answer = await send(world, exchange, seen);
    const at = `${exchange.method} ${exchange.path}`;
    expect([at, answer.status, answer.status === exchange.status ? '' : answer.text]).toEqual([at, exchange.status, '']);
    for (const header of COMPARED) {
      const [expected, actual] = [exchange.expectedHeaders[header] ?? null, headerOf(answer, header)];
      expect([at, header, actual]).toEqual([at, header, expected]);
    }
    for (const [header, expected] of Object.entries(exchange.expectedHeaders)) {
      const actual = headerOf(answer, header) ?? '';
      if (!fits(expected, actual, seen)) expect([at, header, actual]).toEqual([at, header, expected]);
    }
    const [expected, actual] = [withoutBlanks(exchange.expectedBody), withoutBlanks(answer.text)];
    if (!fits(expected, actual, seen)) expect([at, actual]).toEqual([at, expected]);
  }
}

function headerOf(answer: Answer, name: string): string | null {
  const value = answer.headers[name.toLowerCase()];
  return value === undefined ? null : String(value);
}

async function take(step: Step, world: PluginWorld, seen: Seen): Promise<void> {
  switch (step.kind) {
    case 'clock':
      return world.clock.advance(step.at - world.clock.now());
    case 'user':
      return nameUser(world, step);
    case 'use':
      return useToken(world, fillIn(step.token, seen), step.count);
    case 'audit':
      world.isAuditDown = step.isDown;
      return;
    default:
      return step satisfies never;
  }
}

async function useToken(world: PluginWorld, name: string, count: number): Promise<void> {
  const { tokens } = await world.active.tokens.list({ startAt: 0, limit: 1000 });
  const [token, ...others] = tokens.filter(({ tokenRef, label }) => tokenRef === name || label === name);
  if (token === undefined || others.length > 0) throw new Error(`${others.length} more tokens are called ${name}, or none is`);
  world.use({ tokenRef: token.tokenRef, permitted: count });
}

/** A user of every world under another display name, or a further one whose password follows from his name. */
async function nameUser({ directory }: PluginWorld, { username, displayName }: Extract<Step, { kind: 'user' }>): Promise<void> {
  if (username in PASSWORDS) return void (await directory.changeUser(username, { displayName }));
  const password = new Secret(passwordOf(username));
  const emailAddress = `${username}@example.com`;
  await directory.createUser({ username, password, displayName, emailAddress, isAdministrator: false, isActive: true });
}

function passwordOf(username: string): string {
  return PASSWORDS[username as keyof typeof PASSWORDS] ?? `${username}-password`;
}

function send(world: PluginWorld, exchange: WireExchange, seen: Seen): Promise<Answer> {
  const headers = Object.fromEntries(Object.entries(exchange.headers).map(([name, value]) => [name, fillIn(value, seen)]));
  const body = fillIn(exchange.body, seen);
  if (body !== '' && headers['Content-Type'] === undefined) throw new Error(`${exchange.path}: a body without a Content-Type`);
  const login = exchange.login === null ? null : fillIn(exchange.login, seen);
  const [username = '', ...secret] = login?.split(':') ?? [];
  return world.send({
    method: exchange.method as Method,
    path: fillIn(exchange.path, seen),
    headers,
    ...(body === '' ? {} : { body }),
    ...(login === null ? {} : { as: [username, secret.length === 0 ? passwordOf(username) : secret.join(':')] }),
  });
}
