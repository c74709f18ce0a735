// One kind of token for every way in which a token system gives them out: how it is made, presented, listed and ended over the system's
// own REST. What holds for all systems is tested once, over this table.
import type { Product } from '../../src/core/index.js';
import type { Plugin } from '../../src/plugin-kit/contract.js';
import { cloudApiTokens } from '../../src/plugins/cloud-api-tokens/index.js';
import { plugins } from '../../src/plugins/index.js';
import { extender } from '../../src/plugins/extender/index.js';
import { personalAccessTokensConfluence, personalAccessTokensJira } from '../../src/plugins/personal-access-tokens/index.js';
import { wombatsConfluence, wombatsJira } from '../../src/plugins/wombats/index.js';
import { type Answer, PASSWORDS, type PluginWorld, type PluginWorldOptions, type Sent } from './plugin-host.js';

/** A user of every world. */
export type SampleUser = keyof typeof PASSWORDS;

/** Who sends a request. */
export type Login = Pick<Sent, 'as' | 'bearer'>;

/** What a token is to be like; what is left out does not restrict it. */
export interface TokenWish {
  readonly label: string;
  /** Ends after `TokenKind.lastsMs`. */
  readonly isEnding?: boolean;
  readonly limitTo?: string;
  readonly ip?: string;
}

/** One kind of token, and how the system that gives it out is talked to. */
export interface TokenKind {
  readonly name: string;
  readonly plugin: Plugin;
  /** Options of the world in which this kind exists. */
  readonly options: Omit<PluginWorldOptions, 'plugin'>;
  /** Where the token works, and one path there. */
  readonly product: Product;
  readonly path: string;
  /** The product it is listed under. */
  readonly listedAs: Product;
  /** Who makes it, and who it then stands for. */
  readonly owner: SampleUser;
  /** The request that makes one. */
  makes(wish: TokenWish, login: Login, now: number): Sent;
  /** The value in the answer, which shows it this once. */
  valueIn(answer: Answer): string;
  /** How `user` presents a value. */
  presents(value: string, user?: SampleUser): Login;
  /** The request that ends one. */
  deletes(token: SampleToken, login: Login): Sent;
  /** Every request that lists tokens, the owner's and the administrators'. */
  lists(world: PluginWorld): Promise<readonly Sent[]>;
  /** Somebody who may call this path of the system's REST. */
  callerOf(world: PluginWorld, path: string): Promise<Login>;
  /** How making and ending one stand in the trail. */
  readonly acts: { readonly created: string; readonly ended: string };
  /** How long a token lasts that is to end. */
  readonly lastsMs: number;
  /** Presentations that are accepted, among all of `presentations`, as `product how`. */
  readonly opens: readonly `${Product} ${keyof typeof presentations}`[];
  /** Switches tokens of this kind off as a whole, and what they are refused for then; null where nothing does. */
  readonly disabling: { readonly fault: 'disabled' | 'unlicensed'; disable(world: PluginWorld): Promise<PluginWorld> } | null;
}

/** A token that was made. */
export interface SampleToken {
  readonly value: string;
  readonly tokenRef: string;
  /** The answer that showed the value. */
  readonly answer: Answer;
  readonly login: Login;
}

/** Every way to present a value. */
export const presentations = {
  'basic alice': (value: string): Login => ({ as: ['alice', value] }),
  'basic bob': (value: string): Login => ({ as: ['bob', value] }),
  'basic admin': (value: string): Login => ({ as: ['admin', value] }),
  'basic e-mail': (value: string): Login => ({ as: ['alice@example.com', value] }),
  bearer: (value: string): Login => ({ bearer: value }),
} as const;

/** One request of each product on which its tokens work. */
export const PRODUCT_VIEWS = {
  jira: { product: 'jira', contextPath: '/jira', path: '/jira/rest/api/2/myself' },
  confluence: { product: 'confluence', contextPath: '/confluence', path: '/confluence/rest/api/user/current' },
  cloud: { product: 'cloud', contextPath: '', path: '/users/557058:1/manage/api-tokens' },
} as const;

/** The login of a user with the password. */
export function passwordOf(user: SampleUser): Login {
  return { as: [user, PASSWORDS[user]] };
}

const DAY = 86_400_000;
const json = (answer: Answer): Record<string, unknown> => JSON.parse(answer.text) as Record<string, unknown>;
const basic = (value: string, user: SampleUser = 'alice'): Login => ({ as: [user, value] });

/** What most systems have in common. */
const USUAL = {
  options: {},
  owner: 'alice',
  callerOf: async () => passwordOf('admin'),
  acts: { created: 'token.created', ended: 'token.deleted' },
  lastsMs: DAY,
  disabling: null,
} as const;

const TOOLS = '/jira/rest/extender/latest/tokenTools';

const extenderKind: TokenKind = {
  ...USUAL,
  name: 'Extender',
  plugin: extender,
  options: { settings: { 'extender.secureMode': true } },
  product: 'jira',
  path: '/jira/rest/api/2/myself',
  listedAs: 'jira',
  makes: ({ label, isEnding, limitTo, ip }, login) => ({
    ...login,
    method: 'POST',
    path: `${TOOLS}/set`,
    json: { label, ...(isEnding === true ? { daysUntilExpiry: 1 } : {}), limitTo: limitTo ?? null, ip: ip ?? null },
  }),
  valueIn: (answer) => String(json(answer)['token']),
  presents: basic,
  deletes: ({ tokenRef }, login) => ({ ...login, method: 'DELETE', path: `${TOOLS}/delete`, json: { id: tokenRef } }),
  lists: async () => [
    { ...passwordOf('alice'), path: `${TOOLS}/get` },
    { ...passwordOf('admin'), path: `${TOOLS}/get` },
  ],
  opens: ['jira basic alice', 'jira basic e-mail'],
};

/** A token without a user, which an administrator made: whoever names himself beside it [EXT-4]. */
const extenderAnyoneKind: TokenKind = {
  ...extenderKind,
  name: 'Extender, for anyone',
  owner: 'admin',
  presents: (value, user = 'admin') => basic(value, user),
  lists: async () => [{ ...passwordOf('admin'), path: `${TOOLS}/get` }],
  opens: ['jira basic alice', 'jira basic bob', 'jira basic admin', 'jira basic e-mail'],
  disabling: {
    fault: 'disabled',
    disable: (world) => world.restart({ settings: { 'extender.secureMode': true, 'extender.anyoneTokens': false } }),
  },
};

const extenderBearerKind: TokenKind = {
  ...extenderKind,
  name: 'Extender, in Bearer too',
  options: { settings: { 'extender.secureMode': true, 'extender.auth': 'both' } },
  presents: (value) => ({ bearer: value }),
  opens: ['jira basic alice', 'jira basic e-mail', 'jira bearer'],
};

function wombatsKind(plugin: Plugin, product: 'jira' | 'confluence'): TokenKind {
  const base = `/${product}/rest/api-tokens/latest`;
  return {
    ...USUAL,
    name: `Wombats for ${product}`,
    plugin,
    product,
    path: `/${product}/rest/api/latest/configuration`,
    listedAs: product,
    makes: ({ label, isEnding, limitTo, ip }, login, now) => ({
      ...login,
      method: 'POST',
      path: `${base}/`,
      json: { label, ...(isEnding === true ? { expirationDate: now + DAY } : {}), limitTo: limitTo ?? null, ip: ip ?? null },
    }),
    valueIn: (answer) => String(json(answer)['passwordValue']),
    presents: basic,
    deletes: ({ tokenRef }, login) => ({ ...login, method: 'DELETE', path: `${base}/${tokenRef}` }),
    lists: async () => [
      { ...passwordOf('alice'), path: `${base}/` },
      { ...passwordOf('admin'), path: `${base}/all` },
    ],
    opens: [`${product} basic alice`],
    disabling: { fault: 'unlicensed', disable: (world) => world.restart({ settings: { [`${product}.wombats.licensed`]: false } }) },
  };
}

function personalAccessTokenKind(plugin: Plugin, product: 'jira' | 'confluence'): TokenKind {
  const base = `/${product}/rest/pat/latest`;
  return {
    ...USUAL,
    name: `Personal access tokens for ${product}`,
    plugin: pluginWithTables(plugin),
    product,
    path: PRODUCT_VIEWS[product].path,
    listedAs: product,
    makes: ({ label, isEnding }, login) => ({
      ...login,
      method: 'POST',
      path: `${base}/tokens`,
      json: { name: label, ...(isEnding === true ? { expirationDuration: 1 } : {}) },
    }),
    valueIn: (answer) => String(json(answer)['rawToken']),
    presents: (value) => ({ bearer: value }),
    deletes: ({ answer }, login) => ({ ...login, method: 'DELETE', path: `${base}/tokens/${String(json(answer)['id'])}` }),
    lists: async () => [
      { ...passwordOf('alice'), path: `${base}/tokens` },
      { ...passwordOf('admin'), path: `${base}/tokens/search`, method: 'POST', json: {} },
    ],
    opens: [`${product} bearer`],
  };
}

const cloudTokenKind: TokenKind = {
  ...USUAL,
  name: 'Cloud API tokens',
  plugin: cloudApiTokens,
  product: 'jira',
  path: '/jira/rest/api/2/myself',
  listedAs: 'cloud',
  makes: ({ label, isEnding, limitTo, ip }, login) => ({
    ...login,
    method: 'POST',
    path: '/api/v1/cloud-api-tokens',
    json: { label, ...(isEnding === true ? { expiresInDays: 1 } : {}), limitTo: limitTo ?? null, ip: ip ?? null },
  }),
  valueIn: (answer) => String(json(answer)['token']),
  presents: (value, user = 'alice') => ({ as: [`${user}@example.com`, value] }),
  deletes: ({ tokenRef }, login) => ({ ...login, method: 'DELETE', path: `/api/v1/cloud-api-tokens/${tokenRef}` }),
  async lists(world) {
    const alice = await world.directory.findByUsername('alice');
    const key = await cloudCaller(world);
    return [
      { ...passwordOf('alice'), path: '/api/v1/cloud-api-tokens' },
      { ...key, path: `/users/${alice?.accountId ?? ''}/manage/api-tokens` },
      { ...key, path: '/admin/api-access/v1/orgs/0b1d5c0e-6a7f-4c53-9f0a-2f6d6f0c7e11/api-tokens' },
    ];
  },
  callerOf: (world, path) => (path.startsWith('/api/') ? USUAL.callerOf() : cloudCaller(world)),
  opens: ['jira basic e-mail', 'confluence basic e-mail'],
};

const organizationKeyKind: TokenKind = {
  ...cloudTokenKind,
  name: 'Organization keys',
  product: 'cloud',
  path: PRODUCT_VIEWS.cloud.path,
  owner: 'admin',
  makes: ({ label, isEnding }, login, now) => ({
    ...login,
    method: 'POST',
    path: '/api/v1/organization-keys',
    json: { label, ...(isEnding === true ? { expiresAt: new Date(now + DAY).toISOString() } : {}) },
  }),
  valueIn: (answer) => String(json(answer)['key']),
  presents: (value) => ({ bearer: value }),
  deletes: ({ tokenRef }, login) => ({ ...login, method: 'DELETE', path: `/api/v1/organization-keys/${tokenRef}` }),
  lists: async () => [{ ...passwordOf('admin'), path: '/api/v1/organization-keys' }],
  acts: { created: 'organization-key.created', ended: 'organization-key.revoked' },
  opens: ['cloud bearer'],
};

/** An organization key of its own, which is all that the cloud's resources take. */
async function cloudCaller(world: PluginWorld): Promise<Login> {
  const answer = await world.send({ ...passwordOf('root'), method: 'POST', path: '/api/v1/organization-keys', json: { label: 'caller' } });
  return { bearer: String(json(answer)['key']) };
}

/** The kinds of each token system, by the plugin's key. The first is its plain one. */
export const TOKEN_KINDS: Readonly<Record<string, readonly [TokenKind, ...TokenKind[]]>> = {
  extender: [extenderKind, extenderBearerKind, extenderAnyoneKind],
  'wombats-jira': [wombatsKind(wombatsJira, 'jira')],
  'wombats-confluence': [wombatsKind(wombatsConfluence, 'confluence')],
  'personal-access-tokens-jira': [personalAccessTokenKind(personalAccessTokensJira, 'jira')],
  'personal-access-tokens-confluence': [personalAccessTokenKind(personalAccessTokensConfluence, 'confluence')],
  'cloud-api-tokens': [cloudTokenKind, organizationKeyKind],
};

/** Makes a token that must be made, as its owner with his password unless another login is given. */
export async function makeSample(
  world: PluginWorld,
  kind: TokenKind,
  wish: Partial<TokenWish> = {},
  login: Login = passwordOf(kind.owner),
): Promise<SampleToken> {
  const before = new Set(await refsOf(world));
  const answer = await world.send(kind.makes({ label: 'sample', ...wish }, login, world.clock.now()));
  if (answer.status !== 200 && answer.status !== 201) throw new Error(`${kind.name}: ${answer.status} ${answer.text}`);
  const made = (await refsOf(world)).filter((tokenRef) => !before.has(tokenRef));
  if (made.length !== 1 || made[0] === undefined) throw new Error(`${kind.name}: ${made.length} tokens were made`);
  const value = kind.valueIn(answer);
  return { value, tokenRef: made[0], answer, login: kind.presents(value) };
}

async function refsOf(world: PluginWorld): Promise<readonly string[]> {
  return (await world.active.tokens.list({ startAt: 0, limit: 1000 })).tokens.map(({ tokenRef }) => tokenRef);
}

/** A plugin that can be carried alone: one that shares the settings of another shares its tables, and brings them along. */
export function pluginWithTables(plugin: Plugin): Plugin {
  const { sharedSettings = [], tables, migrations } = plugin.manifest;
  const shared = new Set(sharedSettings.map(({ name }) => name));
  const lenders = plugins.map(({ manifest }) => manifest).filter(({ settings }) => settings.some(({ name }) => shared.has(name)));
  return {
    manifest: {
      ...plugin.manifest,
      tables: [...tables, ...lenders.flatMap((lender) => lender.tables)],
      migrations: [...migrations, ...lenders.flatMap((lender) => lender.migrations)],
    },
    activate: (host) => plugin.activate(host),
  };
}
