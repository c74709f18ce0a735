// Methods, and header fields through which a client could rename the request or its caller, or make Postern drop what is its own
// [GW-3, GW-5]. Whatever holds the word poison must not reach the product.
import { carried, head, HOST, ISSUE, MYSELF, POISON, refused, type Row } from './row.js';

const METHODS: readonly Row[] = [
  ...(
    [
      ['TRACE', 405, 'echoes what a browser hides'],
      ['PROPFIND', 501, 'WebDAV'],
      ['MKCOL', 501, 'WebDAV'],
      ['COPY', 501, 'WebDAV'],
      ['MOVE', 501, 'WebDAV'],
      ['LOCK', 501, 'WebDAV'],
      ['UNLOCK', 501, 'WebDAV'],
      ['SEARCH', 501, 'WebDAV'],
      ['REPORT', 501, 'WebDAV'],
      ['PURGE', 501, 'caches'],
      ['LINK', 501, 'RFC 2068'],
      ['M-SEARCH', 501, 'UPnP'],
      ['SUBSCRIBE', 501, 'UPnP'],
      ['SOURCE', 501, 'Icecast'],
      ['QUERY', 501, 'a read that is not GET'],
      ['PRI', 400, 'the preface of HTTP/2'],
      ['FROB', 501, 'nobody knows it'],
      ['TRACK', 501, 'IIS’s TRACE'],
      ['DEBUG', 501, 'IIS'],
      ['get', 501, 'methods have case'],
      ['Get', 501, 'methods have case'],
      ['GETX', 501, 'a letter more'],
      ['GE', 501, 'a letter less'],
      ['XGET', 501, 'a letter in front'],
      ['POSTX', 501, 'a letter more'],
    ] as const
  ).map(([method, status, why]) =>
    refused(`the method ${method}`, why, status, ({ any }) => head(`${method} ${MYSELF} HTTP/1.1`, HOST, any)),
  ),
  ...['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method) =>
    carried(`the method ${method}`, 'carried', `${method} ${ISSUE}`, ({ any }) => head(`${method} ${ISSUE} HTTP/1.1`, HOST, any)),
  ),
  carried('the method HEAD', 'carried', `HEAD ${MYSELF}`, ({ any }) => head(`HEAD ${MYSELF} HTTP/1.1`, HOST, any), { isHead: true }),
  ...['POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'].map((method) =>
    refused(
      `${method} by a token that may GET`,
      'a rule’s method is the one on the wire',
      403,
      ({ reader }) => head(`${method} ${MYSELF} HTTP/1.1`, HOST, reader),
      method === 'HEAD' ? { isHead: true } : {},
    ),
  ),
  ...['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override', 'x-http-method-override', 'X_HTTP_Method_Override'].map((name) =>
    refused(`POST by a token that may GET, with ${name}: GET`, 'the field does not rename it for the gate either', 403, ({ reader }) =>
      head(`POST ${MYSELF} HTTP/1.1`, HOST, reader, `${name}: GET`),
    ),
  ),
];

/** Fields that are dropped: their names, each in several spellings, and why. */
const RENAMING: readonly (readonly [name: string, why: string])[] = [
  ['X-Original-URL', 'IIS, Symfony: CVE-2018-14773'],
  ['X-Rewrite-URL', 'the same, older'],
  ['X-Original-URI', 'nginx auth_request'],
  ['X-Envoy-Original-Path', 'CVE-2023-27487'],
  ['X-Original-Host', 'the host by another name'],
  ['X-Original-Method', 'the method by another name'],
  ['X-HTTP-Method-Override', 'the method by another name'],
  ['X-HTTP-Method', 'the method by another name'],
  ['X-Method-Override', 'the method by another name'],
  ['X-Forwarded-Uri', 'CVE-2026-40575'],
  ['X-Forwarded-Prefix', 'Spring: the path'],
  ['X-Forwarded-Method', 'Traefik'],
  ['X-Forwarded-Host', 'ours is written anew'],
  ['X-Forwarded-Proto', 'ours is written anew'],
  ['X-Forwarded-For', 'ours is written anew'],
  ['X-Forwarded-Port', 'Tomcat’s RemoteIpValve'],
  ['Forwarded', 'RFC 7239'],
  ['X-Real-IP', 'the address of the caller'],
  ['X-Client-IP', 'the address of the caller'],
  ['True-Client-IP', 'the address of the caller'],
  ['X-Forwarded-User', 'the identity header itself: CVE-2025-64484'],
  ['Remote-User', 'the name of the caller'],
  ['X-Remote-User', 'the name of the caller'],
  ['contextUser', 'EXT-7'],
  ['Proxy-Authorization', 'for the next proxy alone'],
  ['Keep-Alive', 'hop by hop'],
  ['TE', 'hop by hop'],
  ['Trailer', 'request trailers do not travel'],
];

const SPELLINGS: readonly (readonly [how: string, spell: (name: string) => string])[] = [
  ['as it is', (name) => name],
  ['with _ for -', (name) => name.replaceAll('-', '_')],
  ['with . for -', (name) => name.replaceAll('-', '.')],
  ['in other cases', (name) => [...name].map((letter, index) => (index % 2 === 0 ? letter.toLowerCase() : letter.toUpperCase())).join('')],
];

const DROPPED: readonly Row[] = RENAMING.flatMap(([name, why]) =>
  SPELLINGS.filter(([, spell], index) => index === 0 || spell(name) !== name).map(([how, spell]) =>
    carried(`the field ${spell(name)} (${how})`, why, `GET ${MYSELF}`, ({ any }) =>
      head(`GET ${MYSELF} HTTP/1.1`, HOST, any, `${spell(name)}: ${POISON}`),
    ),
  ),
);

/** Fields with which Connection or a repetition would take away what Postern adds. */
const HOP_BY_HOP: readonly Row[] = [
  ...[
    'X-Forwarded-For',
    'X-Forwarded-User',
    'X-Forwarded-Host, X-Forwarded-Proto',
    'X-Request-Id',
    'Authorization',
    'Host',
    'Content-Length',
    'Cookie',
    'x-forwarded-user, X-FORWARDED-USER, x_forwarded_user',
    'close, X-Forwarded-User',
  ].map((names) => ({
    ...carried(`Connection: ${names}`, 'CVE-2024-45410: it takes away what the proxy adds', `GET ${MYSELF}`, ({ any }) =>
      head(`GET ${MYSELF} HTTP/1.1`, HOST, any, `Connection: ${names}`),
    ),
    ends: names.startsWith('close'),
  })),
  carried('Connection: X-Secret, and that field', 'what it names goes', `GET ${MYSELF}`, ({ any }) =>
    head(`GET ${MYSELF} HTTP/1.1`, HOST, any, 'Connection: X-Secret', `X-Secret: ${POISON}`),
  ),
  carried('the field before the Connection that names it', 'the order does not matter', `GET ${MYSELF}`, ({ any }) =>
    head(`GET ${MYSELF} HTTP/1.1`, HOST, any, `X-Secret: ${POISON}`, 'Connection: x-secret'),
  ),
  carried('two Connection fields', 'both are read', `GET ${MYSELF}`, ({ any }) =>
    head(`GET ${MYSELF} HTTP/1.1`, HOST, any, 'Connection: keep-alive', 'Connection: X-Secret', `X-Secret: ${POISON}`),
  ),
  carried('identity twice, once with _', 'GHSA-f59h-q822-g45g', `GET ${MYSELF}`, ({ any }) =>
    head(`GET ${MYSELF} HTTP/1.1`, HOST, any, `X-Forwarded-User: ${POISON}`, `X_Forwarded_User: ${POISON}`),
  ),
  carried(
    'identity without a login',
    'GHSA-7r4p-vjf4-gxv4: removed also when nobody is logged in',
    `GET ${MYSELF}`,
    () => head(`GET ${MYSELF} HTTP/1.1`, HOST, `X-Forwarded-User: ${POISON}`),
    { user: null },
  ),
  carried(
    'Upgrade: h2c',
    'ignored, and the connection ends',
    `GET ${MYSELF}`,
    ({ any }) =>
      head(`GET ${MYSELF} HTTP/1.1`, HOST, any, 'Connection: Upgrade, HTTP2-Settings', `HTTP2-Settings: ${POISON}`, 'Upgrade: h2c'),
    { ends: true },
  ),
  refused('Upgrade: websocket', 'GW-45', 501, ({ any }) =>
    head(
      `GET ${MYSELF} HTTP/1.1`,
      HOST,
      any,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    ),
  ),
  refused('Expect of something else', 'RFC 9110 §10.1.1', 417, ({ any }) => head(`GET ${MYSELF} HTTP/1.1`, HOST, any, 'Expect: 200-ok')),
];

const TWINS: readonly Row[] = [
  ['Accept: application/json', 'content negotiation'],
  ['X-Atlassian-Token: no-check', 'Jira’s XSRF check'],
  ['X-Forwarded: no', 'x-forwarded is dropped, and nothing else is'],
  ['X-Original: 1', 'no name that renames'],
  ['X-Method: 1', 'no name that renames'],
  ['User: 1', 'no name that renames'],
  ['X_Other.Name: 1', 'folding compares, it does not rename'],
  ['X-Empty:', 'an empty value'],
].map(([field = '', why = '']) => ({
  ...carried(`the field ${field}`, why, `GET ${MYSELF}`, ({ any }) => head(`GET ${MYSELF} HTTP/1.1`, HOST, any, field)),
  ...(field.startsWith('X-Forwarded:') ? {} : { field: field.trim() }),
}));

export const FIELDS: readonly Row[] = [...METHODS, ...DROPPED, ...HOP_BY_HOP, ...TWINS];
