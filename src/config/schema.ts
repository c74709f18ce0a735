// Every setting of the house: name, default, meaning. Parsing, errors and docs/settings.md all come from here.
import * as z from 'zod';
import {
  booleanSetting,
  choiceSetting,
  integerSetting,
  SettingError,
  textSetting,
  type Profile,
  type SettingSpec,
} from '../plugin-kit/setting.js';
import { dataCenterSetting } from '../plugin-kit/site-switches.js';
import { parseAddressList, type StatementText } from '../policy/index.js';
import { type AddressSet, foldHeaderName, LIMITS, Secret } from '../core/index.js';
import { AUDIT_SETTINGS } from './audit-settings.js';

/** How the upstream learns the user [GW-42]. */
export type IdentityMode =
  | { readonly mode: 'header'; readonly header: string }
  | { readonly mode: 'service' }
  | { readonly mode: 'per-user' }
  /** null: in Authorization. */
  | { readonly mode: 'jwt'; readonly header: string | null };

/** Name and password of the first administrator, used once, on an empty database. */
export interface BootstrapAdmin {
  readonly username: string;
  readonly password: Secret;
}

const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/;

function readContext(text: string): string | undefined {
  if (text === '' || text === '/') return '';
  return /^(\/[A-Za-z0-9._~-]+)+$/.test(text) && !/\/\.\.?(\/|$)/.test(text) && !/\/rest(\/|$)/.test(text) ? text : undefined;
}

function readOrigin(text: string): URL | null | undefined {
  if (text === '') return null;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (!['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '') return undefined;
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw new SettingError('names a path; give the origin alone (the context path is a setting of its own and the same on both sides)');
  }
  return url;
}

function readIdentity(text: string): IdentityMode | null | undefined {
  if (text === 'service' || text === 'per-user') return { mode: text };
  if (text === 'jwt') return { mode: 'jwt', header: null };
  const [, mode, header] = /^(header|jwt):(.+)$/.exec(text) ?? [];
  if (header === undefined || !HEADER_NAME.test(header)) return undefined;
  // Folded: the upstream may read `Content_Length` as Content-Length, and of what is named here the client's own never travels.
  if (RESERVED_IDENTITY_HEADERS.has(foldHeaderName(header))) {
    throw new SettingError(`names ${header}, which has a meaning of its own; choose another header`);
  }
  return { mode: mode === 'jwt' ? 'jwt' : 'header', header };
}

const RESERVED_IDENTITY_HEADERS = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'content-type',
  'authorization',
  'cookie',
  'expect',
  'upgrade',
  'te',
  'trailer',
  'x-request-id',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'forwarded',
  'keep-alive',
  'proxy-connection',
  'content-encoding',
  'accept',
]);

function readMailUrl(text: string): Secret | null | undefined {
  if (text === '') return null;
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, pathname, search, hash } = new URL(text);
  const isPlain = hostname !== '' && (pathname === '' || pathname === '/') && search === '' && hash === '';
  return ['smtp:', 'smtps:'].includes(protocol) && isPlain ? new Secret(text) : undefined;
}

function readBootstrapAdmin(text: string): BootstrapAdmin | null | undefined {
  const colon = text.indexOf(':');
  if (colon < 1 || colon === text.length - 1) return undefined;
  return { username: text.slice(0, colon), password: new Secret(text.slice(colon + 1)) };
}

function readAddresses(text: string): AddressSet | null | undefined {
  try {
    return parseAddressList(text);
  } catch (error) {
    throw new SettingError((error as Error).message);
  }
}

const STATEMENTS = z.array(
  z.strictObject({
    effect: z.enum(['permit', 'forbid']),
    rule: z.string(),
    users: z.array(z.string()).optional(),
    systems: z.array(z.string()).optional(),
    addresses: z.string().optional(),
  }),
);

const policySetting: SettingSpec<readonly StatementText[] | null> = {
  name: 'policy',
  fallback: { emulator: null, gateway: null },
  about: 'The site’s policy: what any token may be used for at most. Left out: everything that the token itself may.',
  form: 'a list of {effect: permit|forbid, rule, users?, systems?, addresses?}; in the environment as JSON',
  parse(value) {
    let given = value;
    if (typeof value === 'string') {
      try {
        given = JSON.parse(value);
      } catch {
        return undefined;
      }
    }
    const parsed = STATEMENTS.safeParse(given);
    if (parsed.success) return parsed.data as readonly StatementText[];
    throw new SettingError(parsed.error.issues.map((issue) => `[${issue.path.join('.')}] ${issue.message}`).join('; '));
  },
};

const PORT = integerSetting('port', { min: 0, max: 65_535 }, 2990, 'TCP port; 0 takes any free one and prints it.');

/** Where users come from [DIR-5]. */
export type DirectoryKind = 'internal' | 'upstream';

function readDirectoryKind(text: string): DirectoryKind | undefined {
  if (text === 'ldap') throw new SettingError('names a directory that is not built yet; use internal or upstream');
  return text === 'internal' || text === 'upstream' ? text : undefined;
}

const anyText = (text: string): string => text;

/** The settings of the house, in the order of the documentation. Plugins add their own. */
export const HOUSE_SETTINGS = {
  profile: choiceSetting(
    'profile',
    ['emulator', 'gateway'],
    'emulator',
    'What Postern is: an emulator with demo users (the default without an upstream) or a gateway (the default with one).',
  ),
  port: PORT,
  host: textSetting<string>(
    'host',
    'an address or a host name',
    (text) => (/^[A-Za-z0-9.:_%-]{1,253}$/.test(text) ? text : undefined),
    '127.0.0.1',
    'Address to listen on. With demo users nothing but loopback is accepted.',
  ),
  data: textSetting<string>(
    'data',
    'a folder',
    (text) => text || undefined,
    './data',
    'Folder for the database, the site’s keys and the audit trail.',
  ),
  database: textSetting<string | null>(
    'database',
    'a URL',
    anyText,
    null,
    'Database URL: sqlite:, postgres://, mysql:// or mariadb://, with TLS if wanted; see databases.md. Default: SQLite in the data folder.',
    {
      isSecret: true,
    },
  ),
  jiraUpstream: textSetting<URL | null>(
    'jira.upstream',
    'a URL such as http://jira.internal:8080',
    readOrigin,
    null,
    'Origin of the Jira behind the gateway.',
  ),
  jiraContext: textSetting<string>(
    'jira.context',
    'a path such as /jira, or empty',
    readContext,
    '/jira',
    'Context path of Jira, the same on both sides; empty: at the root.',
  ),
  jiraDataCenter: dataCenterSetting('jira'),
  confluenceUpstream: textSetting<URL | null>(
    'confluence.upstream',
    'a URL such as http://confluence.internal:8090',
    readOrigin,
    null,
    'Origin of the Confluence behind the gateway.',
  ),
  confluenceContext: textSetting<string>(
    'confluence.context',
    'a path such as /confluence, or empty',
    readContext,
    '/confluence',
    'Context path of Confluence, the same on both sides; empty: at the root.',
  ),
  confluencePort: textSetting<number | null>(
    'confluence.port',
    'a whole number from 0 to 65535',
    (text) => PORT.parse(text),
    null,
    'A second TCP port of the same gateway, for clients that expect Confluence on one of its own; 0 takes any free one.',
  ),
  confluenceDataCenter: dataCenterSetting('confluence'),
  directory: textSetting<DirectoryKind>(
    'directory',
    'internal|upstream',
    readDirectoryKind,
    'internal',
    'Who checks passwords: Postern’s own tables, or the product behind it, for users whom the tables do not know as their own.',
  ),
  loginFailuresMax: integerSetting(
    'login.failuresMax',
    { min: 1, max: 10_000 },
    { emulator: 100, gateway: 10 },
    'Wrong passwords for one user within an hour; past it none is checked for a while that grows. Tokens go on working.',
  ),
  loginAddressFailuresMax: integerSetting(
    'login.addressFailuresMax',
    { min: 1, max: 100_000 },
    { emulator: 1_000, gateway: 100 },
    'The same for one address, which many users may share.',
  ),
  bootstrapAdmin: textSetting<BootstrapAdmin | null>(
    'bootstrapAdmin',
    'name:password',
    readBootstrapAdmin,
    null,
    'First administrator, made once, on an empty database.',
    { isSecret: true },
  ),
  upstreamIdentity: textSetting<IdentityMode | null>(
    'upstream.identity',
    'header:<Name>|service|per-user|jwt|jwt:<Name>',
    readIdentity,
    { perProfile: { emulator: { mode: 'header', header: 'X-Forwarded-User' }, gateway: null } },
    'How the upstream learns the user: the name in a header, one credential, each user’s own, or a short-lived signed token in Authorization or in a header of its own. In the gateway profile it must be said.',
  ),
  upstreamCredential: textSetting<Secret | null>(
    'upstream.credential',
    '"Basic …" or "Bearer …"',
    (text) => (/^(Basic|Bearer) [A-Za-z0-9._~+/=-]+$/.test(text) ? new Secret(text) : undefined),
    null,
    'The one credential of identity mode service.',
    { isSecret: true },
  ),
  upstreamCa: textSetting<string | null>(
    'upstream.ca',
    'a file of certificates in PEM',
    (text) => text || undefined,
    null,
    'The authorities that may sign the upstream’s certificate, instead of the public ones. Read again when it changes.',
  ),
  upstreamChallenges: choiceSetting(
    'upstream.challenges',
    ['strip', 'forward'],
    'strip',
    'Whether the upstream’s own WWW-Authenticate challenges reach the client.',
  ),
  upstreamUserNames: choiceSetting(
    'upstream.userNames',
    ['refuse', 'percent'],
    'refuse',
    'A user name outside printable ASCII in header mode: refused with 403, or sent percent-encoded.',
  ),
  upstreamConnectMs: integerSetting(
    'upstream.timeouts.connectMs',
    { min: 1, max: 120_000 },
    LIMITS.upstreamConnectTimeoutMs,
    'Milliseconds to connect to the upstream; past it 504.',
  ),
  upstreamHeadersMs: integerSetting(
    'upstream.timeouts.headersMs',
    { min: 1, max: 3_600_000 },
    LIMITS.upstreamHeadersTimeoutMs,
    'Milliseconds from the end of a request to the head of the upstream’s answer; past it 504.',
  ),
  upstreamBodyMs: integerSetting(
    'upstream.timeouts.bodyMs',
    { min: 1, max: 3_600_000 },
    LIMITS.upstreamBodyTimeoutMs,
    'Milliseconds without a byte within an answer of the upstream; past it the answer is cut off.',
  ),
  tlsCert: textSetting<string | null>(
    'tls.cert',
    'a file of certificates in PEM',
    (text) => text || undefined,
    null,
    'Postern’s own certificate, and those between it and its authority; with it and tls.key the ports speak TLS. Read again when it changes.',
  ),
  tlsKey: textSetting<string | null>(
    'tls.key',
    'a file with a private key in PEM, without a passphrase',
    (text) => text || undefined,
    null,
    'The private key of tls.cert. Read again when it changes.',
  ),
  trustedProxies: textSetting<AddressSet | null>(
    'trustedProxies',
    'addresses and CIDR ranges, separated by commas or blanks',
    readAddresses,
    null,
    'Peers whose X-Forwarded-For is believed. Default: nobody.',
  ),
  keyFile: textSetting<string | null>(
    'keyFile',
    'a file',
    (text) => text || undefined,
    null,
    'The site’s keys. Default: site-key.json in the data folder, made on first start.',
  ),
  baseUrl: textSetting<URL | null>(
    'baseUrl',
    'a URL such as https://postern.example.com',
    readOrigin,
    null,
    'Where clients find Postern: for links, redirects, and absolute request targets.',
  ),
  freshnessMs: integerSetting(
    'freshness.limitMs',
    { min: 1_000, max: LIMITS.credentialCacheTtlMs },
    LIMITS.freshnessMs,
    'Milliseconds without an answer of the database for which tokens that are remembered go on working. After that 503, until it answers.',
  ),
  passwords: choiceSetting(
    'passwords',
    ['forward', 'refuse'],
    { emulator: 'forward', gateway: 'refuse' },
    'Whether a request with a password instead of a token is forwarded. Postern’s own resources take passwords always.',
  ),
  anonymous: choiceSetting(
    'anonymous',
    ['refuse', 'forward'],
    { emulator: 'forward', gateway: 'refuse' },
    'What happens to a request on /rest/* without any credential.',
  ),
  cookies: choiceSetting(
    'cookies',
    ['forward', 'strip'],
    { emulator: 'forward', gateway: 'strip' },
    'Whether cookies pass, in both directions. Anonymous requests that are forwarded keep theirs.',
  ),
  passThrough: booleanSetting('passThrough', false, 'Whether what is not /rest/* is forwarded as it came, in nobody’s name.'),
  wrongBearer: choiceSetting(
    'wrongBearer',
    ['anonymous', 'refuse'],
    { emulator: 'anonymous', gateway: 'refuse' },
    'A bearer value that no token system accepts: anonymous, as the products treat it, or 401.',
  ),
  tokensMakeTokens: choiceSetting(
    'tokensMakeTokens',
    ['refuse', 'allow'],
    { emulator: 'allow', gateway: 'refuse' },
    'Whether a request made with a token may make a token, which then takes over its limits.',
  ),
  ...AUDIT_SETTINGS,
  mailUrl: textSetting<Secret | null>(
    'mail.url',
    'smtp://host:port or smtps://host:port, with name:password@ before the host where the server wants a login',
    readMailUrl,
    null,
    'The mail server. A login is sent over TLS only. Left out: users get no mail.',
    { isSecret: true },
  ),
  mailFrom: textSetting<string>(
    'mail.from',
    'an address such as postern@example.com',
    (text) => (/^[^\s<>@,;:"()[\]\\]+@[A-Za-z0-9.-]+$/.test(text) ? text : undefined),
    'postern@localhost',
    'The sender of mails.',
  ),
  policy: policySetting,
  explain: booleanSetting(
    'explain',
    false,
    'Whether a 403 tells the holder of a token the reason and the narrowest rule that would permit the request. In the gateway profile alone.',
  ),
  logLevel: choiceSetting('log.level', ['debug', 'info', 'warn', 'error'], 'info', 'The least level of the operator’s log.'),
} as const satisfies Record<string, SettingSpec<never> | SettingSpec<unknown>>;

export { booleanSetting, type Profile };
