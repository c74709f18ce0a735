// A world with the cloud's token system, and the words in which its tests speak.
import { cloudApiTokens } from '../../src/plugins/cloud-api-tokens/index.js';
import { type Answer, PASSWORDS, type PluginWorld, type PluginWorldOptions, startPluginWorld } from '../support/plugin-host.js';

export const ADMIN = ['admin', PASSWORDS.admin] as const;
export const ALICE = ['alice', PASSWORDS.alice] as const;
export const BOB = ['bob', PASSWORDS.bob] as const;

/** A request on `/rest/*`, where tokens are used. */
export const REST = { product: 'jira', contextPath: '/jira', path: '/jira/rest/api/2/myself' } as const;
/** A request to the cloud's own resources. */
export const CLOUD = { product: 'cloud', contextPath: '', path: '/users/x/manage/api-tokens' } as const;

export interface MadeToken {
  readonly id: string;
  readonly token: string;
  readonly createdAt: string;
}

export interface MadeKey {
  readonly id: string;
  readonly key: string;
}

export interface CloudWorld {
  readonly world: PluginWorld;
  /** Makes a token; fails the test unless it is made. */
  token(as: readonly [string, string], fields?: object): Promise<MadeToken>;
  /** Makes an organization key as the administrator. */
  key(fields?: object): Promise<MadeKey>;
  accountId(username: string): Promise<string>;
  /** What CLD-1's endpoint says of a user's tokens. */
  listed(username: string, key: string): Promise<readonly Record<string, unknown>[]>;
}

export async function startCloudWorld(options: Omit<PluginWorldOptions, 'plugin'> = {}): Promise<CloudWorld> {
  return speak(await startPluginWorld({ plugin: cloudApiTokens, ...options }));
}

export function speak(world: PluginWorld): CloudWorld {
  const made = async (path: string, as: readonly [string, string], json: object): Promise<unknown> => {
    const answer = await world.send({ method: 'POST', path, as, json });
    if (answer.status !== 201) throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
    return parsed(answer);
  };
  const accountId: CloudWorld['accountId'] = async (username) => (await world.directory.findByUsername(username))?.accountId ?? '';
  return {
    world,
    accountId,
    token: async (as, fields = {}) => (await made('/api/v1/cloud-api-tokens', as, { label: 'a token', ...fields })) as MadeToken,
    key: async (fields = {}) => (await made('/api/v1/organization-keys', ADMIN, { label: 'a key', ...fields })) as MadeKey,
    async listed(username, key) {
      const answer = await world.send({ path: `/users/${await accountId(username)}/manage/api-tokens`, bearer: key });
      if (answer.status !== 200) throw new Error(`the list answered ${answer.status}: ${answer.text}`);
      return parsed(answer) as readonly Record<string, unknown>[];
    },
  };
}

/** The body as JSON. */
export function parsed(answer: Answer): unknown {
  return JSON.parse(answer.text);
}
