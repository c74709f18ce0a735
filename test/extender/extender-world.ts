// What the suites of Extender share: paths, logins, and the shapes of the vendor's answers.
import { extender } from '../../src/plugins/extender/index.js';
import { type ExtenderTokenRow, extenderTokenTable } from '../../src/plugins/extender/tables.js';
import { type Answer, PASSWORDS, type PluginWorld, type PluginWorldOptions, type Sent, startPluginWorld } from '../support/plugin-host.js';

export const BASE = '/rest/extender/1.0/tokenTools';

export const ADMIN = ['admin', PASSWORDS.admin] as const;
export const ROOT = ['root', PASSWORDS.root] as const;
export const ALICE = ['alice', PASSWORDS.alice] as const;
export const BOB = ['bob', PASSWORDS.bob] as const;

/** A token as `tokenTools` shows it [EXT-33]. */
export interface ShownToken {
  readonly authorKey: string;
  readonly userKey: string;
  readonly userDisplayName: string;
  readonly label: string;
  readonly user: string;
  readonly token?: string;
  readonly id: string;
  readonly limitTo: string;
  readonly ip: string;
  readonly validUntil: number;
  readonly dateCreated: number;
  readonly counter: number;
}

export interface TokenPage {
  readonly total: number;
  readonly pages: number;
  readonly maxResults: number;
  readonly startAt: number;
  readonly tokens: readonly ShownToken[];
  readonly status: string;
}

type Login = Pick<Sent, 'as' | 'bearer'>;

export function startExtender(options: Omit<PluginWorldOptions, 'plugin'> = {}): Promise<PluginWorld> {
  return startPluginWorld({ plugin: extender, ...options });
}

export function set(world: PluginWorld, login: Login['as'], json: unknown): Promise<Answer> {
  return world.send({ method: 'POST', path: `${BASE}/set`, json, ...(login === undefined ? {} : { as: login }) });
}

/** Makes a token that must be made. */
export async function make(world: PluginWorld, login: Login['as'], json: object): Promise<ShownToken & { readonly token: string }> {
  const answer = await set(world, login, json);
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  return JSON.parse(answer.text) as ShownToken & { token: string };
}

export async function list(world: PluginWorld, login: Login['as'], query = ''): Promise<TokenPage> {
  const answer = await world.send({ path: `${BASE}/get${query}`, ...(login === undefined ? {} : { as: login }) });
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  return JSON.parse(answer.text) as TokenPage;
}

export function remove(world: PluginWorld, login: Login['as'], json: unknown): Promise<Answer> {
  return world.send({ method: 'DELETE', path: `${BASE}/delete`, json, ...(login === undefined ? {} : { as: login }) });
}

export function messageOf(answer: Answer): string {
  const body = JSON.parse(answer.text) as { status: string; message: string };
  expect(Object.keys(body)).toEqual(['status', 'message']);
  expect(body.status).toBe('error');
  return body.message;
}

export function keyOf(world: PluginWorld, username: string): Promise<string> {
  return world.directory.findByUsername(username).then((user) => user?.userKeys.jira ?? '');
}

type GivenRow = Partial<ExtenderTokenRow> & Pick<ExtenderTokenRow, 'token_ref' | 'digest' | 'author_key' | 'user_key'>;

/** Puts many rows into the table without going through HTTP for each. */
export async function insertRows(world: PluginWorld, given: readonly GivenRow[]): Promise<void> {
  const plain = {
    digest_key_id: 'key',
    value_cipher: null,
    user_name: '',
    display_name: '',
    label: 'x',
    limit_to: '',
    ip: '',
    inherited: '[]',
    created_at: 0,
    valid_until: null,
    counter: 0,
    last_used_at: null,
    last_used_ip: null,
  };
  const rows = given.map((row) => ({ ...plain, ...row }));
  await world.store.transaction(async (manager) => {
    // SQLite takes 32,766 parameters in one statement.
    for (let at = 0; at < rows.length; at += 1000) await manager.insert(extenderTokenTable, rows.slice(at, at + 1000));
  });
}
