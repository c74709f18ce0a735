// What the suites of personal access tokens share: paths, logins, and the shapes of the vendor's answers.
import { createHash } from 'node:crypto';
import type { Plugin } from '../../src/plugin-kit/contract.js';
import { personalAccessTokensConfluence, personalAccessTokensJira } from '../../src/plugins/personal-access-tokens/index.js';
import { type PersonalTokenRow, personalTokenTable } from '../../src/plugins/personal-access-tokens/tables.js';
import { refOf } from '../../src/plugins/personal-access-tokens/token-format.js';
import { NEVER } from '../../src/plugins/personal-access-tokens/token-row.js';
import { type Answer, PASSWORDS, type PluginWorld, type PluginWorldOptions, type Sent, startPluginWorld } from '../support/plugin-host.js';

export const BASE = '/rest/pat/latest';
export const CONFLUENCE_BASE = '/confluence/rest/pat/latest';

export const ADMIN = ['admin', PASSWORDS.admin] as const;
export const ALICE = ['alice', PASSWORDS.alice] as const;
export const BOB = ['bob', PASSWORDS.bob] as const;

export const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}\+00:00$/;

/** A token as the REST shows it [PAT-20]. */
export interface ShownToken {
  readonly id: number;
  readonly name: string;
  readonly createdAt: string;
  readonly expiringAt: string;
  readonly lastAccessedAt?: string;
}

export type NewToken = ShownToken & { readonly rawToken: string };

/** Both installations as one plugin, for a world that carries one. */
const both: Plugin = {
  manifest: personalAccessTokensJira.manifest,
  async activate(host) {
    const jira = await personalAccessTokensJira.activate(host);
    const confluence = await personalAccessTokensConfluence.activate(host);
    return {
      ...jira,
      authenticators: [...jira.authenticators, ...confluence.authenticators],
      restModules: [...jira.restModules, ...confluence.restModules],
      jobs: [...jira.jobs, ...confluence.jobs],
    };
  },
};

export function startPats(options: Omit<PluginWorldOptions, 'plugin'> = {}): Promise<PluginWorld> {
  return startPluginWorld({ plugin: both, ...options });
}

type Login = NonNullable<Sent['as']>;

export function create(world: PluginWorld, login: Login, json: unknown, base = BASE): Promise<Answer> {
  return world.send({ method: 'POST', path: `${base}/tokens`, as: login, json });
}

/** Makes a token that must be made. */
export async function make(world: PluginWorld, login: Login, json: object = { name: 'script' }, base = BASE): Promise<NewToken> {
  const answer = await create(world, login, json, base);
  if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`);
  return JSON.parse(answer.text) as NewToken;
}

export async function list(world: PluginWorld, login: Login, base = BASE): Promise<readonly ShownToken[]> {
  const answer = await world.send({ path: `${base}/tokens`, as: login });
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  return JSON.parse(answer.text) as ShownToken[];
}

/** The exception and the text of a failure, which is nothing else [PAT-23]. */
export function faultOf(answer: Answer): { exception: string; error: string } {
  expect(answer.headers['content-type']).toBe('application/json;charset=UTF-8');
  const fault = JSON.parse(answer.text) as { exception: string; error: string };
  expect(Object.keys(fault)).toEqual(['exception', 'error']);
  return fault;
}

/** What became of a bearer value: who it stands for, or why it does not. */
export async function outcomeOf(world: PluginWorld, rawToken: string, product: 'jira' | 'confluence' = 'jira'): Promise<string> {
  const identity = await world.identify({ bearer: rawToken }, { product, contextPath: product === 'jira' ? '' : '/confluence' });
  if (identity.kind === 'authenticated') return identity.principal.username;
  return identity.kind === 'unaccepted' ? identity.fault : identity.kind;
}

export async function keyOf(world: PluginWorld, username: string, product: 'jira' | 'confluence' = 'jira'): Promise<string> {
  return (await world.directory.findByUsername(username))?.userKeys[product] ?? '';
}

/** `pat-` and the digits of a raw token. */
export function tokenRefOf({ rawToken }: Pick<NewToken, 'rawToken'>): string {
  return refOf(Buffer.from(rawToken, 'base64').toString('latin1', 0, 12));
}

/** The vendor's row as the database has it. */
export async function storedRow(world: PluginWorld, id: number): Promise<Record<string, unknown>> {
  const [row] = await world.store.read<Record<string, unknown>>('SELECT * FROM "AO_81F455_PERSONAL_TOKEN" WHERE "ID" = ?', [id]);
  return row ?? {};
}

/** Puts rows into the table as a real instance would have written them. */
export async function insertRows(world: PluginWorld, given: readonly (Partial<PersonalTokenRow> & { USER_KEY: string })[]): Promise<void> {
  const rows = given.map((row, index) => ({
    NAME: 'brought in',
    TOKEN_ID: String(100_000_000_000 + index),
    HASHED_TOKEN: `{PKCS5S2}${createHash('sha384').update(String(index)).digest('base64')}`,
    CREATED_AT: 0,
    EXPIRING_AT: NEVER,
    LAST_ACCESSED_AT: null,
    NOTIFICATION_STATE: 'NOT_SENT',
    ...row,
  }));
  await world.store.transaction(async (manager) => {
    // SQLite takes 32,766 parameters in one statement.
    for (let at = 0; at < rows.length; at += 1000) await manager.insert(personalTokenTable, rows.slice(at, at + 1000));
  });
}

/** Runs the job of this name as its schedule would. */
export async function runJob(world: PluginWorld, name: string): Promise<void> {
  const job = world.active.jobs.find((each) => each.name.endsWith(`: ${name}`));
  if (job === undefined) throw new Error(`there is no job ${name}`);
  await job.run();
}
