// What of a request's header reaches the product: over raw sockets, to the last field, since a field that arrives under another spelling is
// as good as the one that was dropped.
import { type Gate, request } from '../support/gate.js';
import type { RecordedRequest } from '../support/upstream.js';
import { type Arrival, arriving, lines } from './arriving.js';
import { gatesOfThisFile } from './gates.js';

const TRUSTING = { POSTERN_TRUSTED_PROXIES: '127.0.0.1' };
const TRUSTING_ANONYMOUS = { ...TRUSTING, POSTERN_ANONYMOUS: 'forward' };
const gates = gatesOfThisFile(['emulator', TRUSTING], ['gateway', TRUSTING_ANONYMOUS]);
const TARGET = '/jira/rest/api/2/myself';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Where a request comes from: the same gate trusts one address and no other. */
interface Side {
  readonly gate: Gate;
  readonly from: string;
  readonly login: string;
}

// Those in the gateway profile, unless the profile is named.
let client: Side;
let proxy: Side;
let emulatorClient: Side;

beforeAll(async () => {
  const [emulator, gateway] = await Promise.all([gates.at('emulator', TRUSTING), gates.at('gateway', TRUSTING_ANONYMOUS)]);
  proxy = { gate: gateway, from: '127.0.0.1', login: await gates.login(gateway) };
  client = { ...proxy, from: '127.0.0.2' };
  emulatorClient = { gate: emulator, from: '127.0.0.2', login: await gates.login(emulator) };
});

type Row = readonly [field: string, why: string];

/** Fields that rename the request or its caller, from whomever they come. */
const RENAMING: readonly Row[] = [
  ['X-Original-URL: /jira/rest/admin', 'IIS, Symfony: CVE-2018-14773'],
  ['X-Rewrite-URL: /jira/rest/admin', 'the same, older'],
  ['X-Original-URI: /jira/rest/admin', 'nginx auth_request'],
  ['X_Original_URL: /jira/rest/admin', 'CGI reads _ as -'],
  ['x.original.url: /jira/rest/admin', 'some containers read . as -'],
  ['X-Original-Host: evil.test', 'Azure gateways: the host by another name'],
  ['X-Host: evil.test', 'the same'],
  ['X-Original-Method: DELETE', 'the method by another name'],
  ['X-Envoy-Original-Path: /jira/rest/admin', 'Envoy: CVE-2023-27487'],
  ['X-HTTP-Method-Override: DELETE', 'GW-3'],
  ['X-HTTP-Method: DELETE', 'GW-3'],
  ['X-Method-Override: DELETE', 'GW-3'],
  ['x-http-method-OVERRIDE: DELETE', 'names have no case'],
  ['X_HTTP_Method_Override: DELETE', 'CGI reads _ as -'],
  ['X-Real-IP: 203.0.113.9', 'nginx: the address of the caller'],
  ['X_Real_IP: 203.0.113.9', 'the same folded'],
  ['X-Client-IP: 203.0.113.9', 'the address of the caller'],
  ['X-Cluster-Client-IP: 203.0.113.9', 'the address of the caller'],
  ['True-Client-IP: 203.0.113.9', 'Akamai, Cloudflare'],
  ['X-Remote-Addr: 203.0.113.9', 'the address of the caller'],
  ['X-Original-Forwarded-For: 203.0.113.9', 'Kubernetes ingress'],
  ['contextUser: root', 'EXT-7'],
  ['ContextUser: root', 'EXT-7, names have no case'],
  ['contextuser: root', 'EXT-7, lower case'],
  ['Context-User: root', 'EXT-7, with a hyphen'],
  ['context_user: root', 'EXT-7, folded'],
  ['context.user: root', 'EXT-7, folded'],
  ['Remote-User: root', 'CGI’s own name for the caller'],
  ['REMOTE_USER: root', 'the same, as a variable is written'],
  ['X-Remote-User: root', 'single sign-on modules'],
  ['X-Forwarded-User: root', 'the configured identity header'],
  ['x-forwarded-user: root', 'in lower case'],
  ['X_Forwarded_User: root', 'CVE-2025-64484: _ reads as -'],
  ['x-forwarded.user: root', 'GHSA-f59h-q822-g45g: . reads as -'],
  ['X-ForWarded_uSER: root', 'mixed'],
  ['X!Forwarded~User: root', 'lighttpd reads whatever is no letter as _'],
  ['X-Forwarded-Email: root@example.com', 'oauth2-proxy: the caller'],
  ['X-Forwarded-Groups: administrators', 'oauth2-proxy: the caller'],
];

/** Fields that are written anew for every request. */
const REWRITTEN: readonly Row[] = [
  ['X-Forwarded-For: 203.0.113.9', 'ours is written anew'],
  ['X_Forwarded_For: 203.0.113.9', 'the same folded'],
  ['X-Forwarded-Proto: gopher', 'ours is written anew'],
  ['X-Forwarded-Host: evil.test', 'ours is written anew'],
  ['X_Forwarded_Host: evil.test', 'the same folded'],
];

/** Fields that a trusted proxy may send and nobody else. */
const FORWARDED: readonly Row[] = [
  ['Forwarded: for=203.0.113.9;host=evil.test', 'RFC 7239'],
  ['X-Forwarded: for=203.0.113.9', 'what came before it'],
  ['X-Forwarded-Port: 1', 'Tomcat’s RemoteIpValve'],
  ['X-Forwarded-Prefix: /secure', 'Spring: the path'],
  ['X-Forwarded-Uri: /jira/rest/admin', 'CVE-2026-40575'],
  ['X-Forwarded-Method: DELETE', 'Traefik'],
  ['X-Forwarded-Server: evil.test', 'Apache'],
  ['X-Forwarded-Ssl: on', 'Tomcat'],
];

const HOP_BY_HOP: readonly Row[] = [
  ['Keep-Alive: timeout=5', 'RFC 9110 §7.6.1'],
  ['Proxy-Connection: keep-alive', 'an old name that servers still act upon'],
  ['Proxy-Authorization: Basic eDp5', 'RFC 9110 §11.7.2'],
  ['Proxy-Authenticate: Basic', 'RFC 9110 §11.7.1'],
  ['TE: trailers', 'RFC 9110 §10.1.4'],
  ['Trailer: X-Sum', 'request trailers do not travel'],
  ['Upgrade: h2c', 'GW-45'],
  ['HTTP2-Settings: AAMAAABk', 'RFC 7540 §3.2.1'],
  ['Transfer_Encoding: chunked', 'CGI reads _ as -'],
  ['Content_Length: 5', 'CGI reads _ as -'],
];

/** What a client may say, in its own letters. */
const PASSING: readonly Row[] = [
  ['Accept: application/json', 'content negotiation'],
  ['User-Agent: curl/8', 'the client’s own name'],
  ['X-Atlassian-Token: no-check', 'Jira’s XSRF check'],
  ['x-ATLASSIAN-mixed-Case: A b', 'the case of a name stays'],
  ['If-None-Match: "a", W/"b"', 'conditions'],
  ['Accept-Encoding: gzip, br', 'compression is between the ends'],
  ['X-Requested-With: XMLHttpRequest', 'Jira looks at it'],
  ['Origin: http://postern.test', 'the product judges it'],
  ['Referer: http://postern.test/', 'the product judges it'],
  ['X-Empty:', 'an empty value'],
  ['X_Other.Name: 1', 'folding compares, it does not rename'],
];

async function receivedFrom(side: Side, fields: readonly string[]): Promise<RecordedRequest | undefined> {
  const { answer, received: requests } = await side.gate.send(request('GET', TARGET, fields), side);
  expect([answer.status, requests.length]).toEqual([200, 1]);
  return requests[0];
}

const arrived = async (side: Side, fields: readonly string[]): Promise<readonly string[]> => lines(await receivedFrom(side, fields));

it.each(RENAMING)(
  '`%s` (%s) does not reach the product, from a client or a trusted proxy, whether somebody is logged in or nobody [GW-3, GW-5, EXT-7]',
  async (field) => {
    for (const side of [client, proxy, emulatorClient]) {
      expect(await arrived(side, [side.login, field])).toEqual(arriving(side));
      expect(await arrived(side, [field])).toEqual(arriving({ ...side, user: null }));
    }
  },
);

it.each([...REWRITTEN, ...FORWARDED, ...HOP_BY_HOP])('`%s` (%s) from a client does not reach the product [GW-5]', async (field) => {
  for (const side of [client, emulatorClient]) expect(await arrived(side, [side.login, field])).toEqual(arriving(side));
  expect(await arrived(client, [field])).toEqual(arriving({ ...client, user: null }));
});

it.each(HOP_BY_HOP)('nor does `%s` (%s) from a trusted proxy [GW-5]', async (field) => {
  expect(await arrived(proxy, [proxy.login, field])).toEqual(arriving(proxy));
});

it.each(FORWARDED)('`%s` (%s) from a trusted proxy passes [GW-5]', async (field) => {
  expect(await arrived(proxy, [field, proxy.login])).toEqual(arriving({ ...proxy, kept: [field] }));
});

it.each(PASSING)('`%s` (%s) arrives as it came [GW-5]', async (field) => {
  for (const side of [client, emulatorClient])
    expect(await arrived(side, [field, side.login])).toEqual(arriving({ ...side, kept: [field] }));
});

it('keeps the order of fields, and fields that are there several times [GW-5]', async () => {
  const fields = ['X-B: 1', 'Accept: a', 'X-A: 2', 'x-b: 3', 'Accept: b'];
  const got = await arrived(client, [...fields.slice(0, 2), client.login, ...fields.slice(2)]);
  expect(got).toEqual(arriving({ ...client, kept: fields }));
});

it('passes bytes above ASCII in a value as they are [GW-5]', async () => {
  const name = 'J\u00fcrgen \u0142';
  const { received: requests } = await client.gate.send(Buffer.from(request('GET', TARGET, [client.login, `X-Name: ${name}`]), 'utf8'));
  expect(Buffer.from(client.gate.upstream.header(requests[0], 'X-Name')[0] ?? '', 'latin1').toString('utf8')).toBe(name);
});

it('does not let several spellings together through [GW-5]', async () => {
  const fields = ['X-Forwarded-User: root', 'X_Forwarded_User: root', 'x-forwarded.user: root', 'X_FORWARDED.USER: root'];
  for (const side of [client, proxy]) expect(await arrived(side, [...fields, side.login])).toEqual(arriving(side));
});

describe('what a trusted proxy says of the client', () => {
  it.each<[string[], Pick<Arrival, 'forwardedFor' | 'proto' | 'host'>, string]>([
    [['X-Forwarded-For: 203.0.113.9'], { forwardedFor: '203.0.113.9, 127.0.0.1' }, 'the client it vouches for, and itself'],
    [['X-Forwarded-For: 6.6.6.6, 203.0.113.9'], { forwardedFor: '203.0.113.9, 127.0.0.1' }, 'what stands left of it is anybody’s word'],
    [['X-Forwarded-For: unknown, 203.0.113.9'], { forwardedFor: '203.0.113.9, 127.0.0.1' }, 'whatever it is'],
    [
      ['X-Forwarded-For: 6.6.6.6', 'X-Forwarded-For: 203.0.113.9'],
      { forwardedFor: '203.0.113.9, 127.0.0.1' },
      'several lines are one list',
    ],
    [['X-Forwarded-For: 203.0.113.9, 127.0.0.1'], { forwardedFor: '203.0.113.9, 127.0.0.1, 127.0.0.1' }, 'through itself'],
    [['X-Forwarded-For: ::ffff:203.0.113.9'], { forwardedFor: '203.0.113.9, 127.0.0.1' }, 'mapped IPv6 is IPv4'],
    [['X-Forwarded-Proto: https'], { proto: 'https' }, 'where TLS ends is its to say'],
    [['X-Forwarded-Proto: gopher, https'], { proto: 'https' }, 'the last entry is its own'],
    [['X-Forwarded-Host: jira.example.com'], { host: 'jira.example.com' }, 'what clients call it'],
    [['X-Forwarded-Host: evil.test', 'X-Forwarded-Host: jira.example.com'], { host: 'jira.example.com' }, 'the last line is its own'],
    [['X_Forwarded_For: 203.0.113.9'], {}, 'the fresh ones have one spelling'],
    [['X_Forwarded_Proto: https', 'x.forwarded.host: evil.test'], {}, 'the fresh ones have one spelling'],
  ])('%j is written anew: %j, %s [GW-42, GW-22]', async (fields, expected) => {
    expect(await arrived(proxy, [...fields, proxy.login])).toEqual(arriving({ ...proxy, ...expected }));
  });
});

describe('what Connection names', () => {
  it.each([
    ['Authorization', 'the credential is read all the same, and never sent on'],
    ['Host', 'the product’s own authority is added afterwards'],
    ['X-Forwarded-User', 'CVE-2024-45410: the identity is added afterwards'],
    ['x_forwarded_user', 'the same folded'],
    ['X-Forwarded-For', 'CVE-2025-48865'],
    ['X-Forwarded-Proto, X-Forwarded-Host', 'the same'],
    ['X-Request-Id', 'added afterwards'],
    ['close, Authorization, Host, X-Forwarded-User', 'all at once'],
  ])('Connection: %s gains nothing: %s [GW-5, GW-42]', async (named) => {
    const got = await receivedFrom(client, [client.login, `Connection: ${named}`, 'X-Forwarded-User: root']);
    expect(lines(got)).toEqual(arriving(client));
    expect(client.gate.upstream.header(got, 'X-Request-Id')).toHaveLength(1);
  });

  it.each([
    ['Content-Length', 'Content-Length: 5', 'hello'],
    ['Transfer-Encoding', 'Transfer-Encoding: chunked', '5\r\nhello\r\n0\r\n\r\n'],
  ])('Connection: %s does not take the body away, nor the one field that frames it [GW-5, GW-6]', async (named, framing, body) => {
    const bytes = ['POST /jira/rest/api/2/issue HTTP/1.1', 'Host: postern.test', client.login, `Connection: ${named}`, framing, '', body];
    const { answer, received: requests } = await client.gate.send(bytes.join('\r\n'), client);
    expect([answer.status, requests[0]?.bytes]).toEqual([200, 5]);
    const [frame, ...rest] = lines(requests[0]).toReversed();
    expect(rest.toReversed()).toEqual(arriving(client));
    // What arrived whole is sent on with its length.
    expect(frame).toMatch(/^(Content-Length: 5|Transfer-Encoding: chunked)$/);
  });

  it.each([
    [['X-Mine: 1', 'X-Other: 2', 'Connection: X-Mine'], ['X-Other: 2'], 'it ends here'],
    [['Connection: x-mine , keep-alive', 'X-Mine: 1', 'X-Other: 2'], ['X-Other: 2'], 'without case, wherever it stands'],
    [['X-Mine: 1', 'Connection: X-Mine', 'Connection: X-Other', 'X-Other: 2'], [], 'several lines are one list'],
    [['X_Mine: 1', 'Connection: x-mine'], [], 'folded'],
    [['X-Mine: 1', 'Connection: ,,'], ['X-Mine: 1'], 'empty entries name nothing'],
  ])('of %j %j is left: %s [GW-5]', async (fields, kept) => {
    expect(lines(await receivedFrom(client, [...fields, client.login]))).toEqual(arriving({ ...client, kept }));
  });
});

describe('the credential', () => {
  it.each([
    ['a token in Basic', (login: string) => login],
    ['the same with another case of the scheme', (login: string) => login.replace('Basic', 'bASIC')],
    ['the same with another case of the field', (login: string) => login.replace('Authorization', 'authORIZATION')],
  ])('never reaches the product: %s [GW-5]', async (_what, spelled) => {
    for (const side of [client, emulatorClient]) expect(await arrived(side, [spelled(side.login)])).toEqual(arriving(side));
  });

  it.each([
    ['Authorization: Bearer not-a-token', 'a wrong bearer is anonymous'],
    ['Authorization: Bearer', 'a malformed one too'],
    ['authorization: bearer a b', 'whatever its case'],
  ])('`%s` (%s) in the emulator profile, and never arrives [GW-15, GW-5, PAT-11]', async (field) => {
    expect(await arrived(emulatorClient, [field, 'X-Forwarded-User: root'])).toEqual(arriving({ ...emulatorClient, user: null }));
  });

  it.each(['X-Authorization', 'Authorization-'])('a field called %s is another one', async (name) => {
    expect(await arrived(client, [client.login, `${name}: x`])).toEqual(arriving({ ...client, kept: [`${name}: x`] }));
  });
});

describe('the request id', () => {
  const idOf = async (at: Side, fields: readonly string[]): Promise<{ sent: readonly string[]; answered: string | undefined }> => {
    const { answer, received: requests } = await at.gate.send(request('GET', TARGET, [at.login, ...fields]), at);
    return { sent: at.gate.upstream.header(requests[0], 'X-Request-Id'), answered: answer.headers['x-request-id'] };
  };

  it('is made, sent on and told to the client, one for each request [AUD-10, GW-5]', async () => {
    const [one, other] = [await idOf(client, []), await idOf(client, ['X-Request-Id: mine'])];
    for (const { sent, answered } of [one, other]) {
      expect(sent).toEqual([expect.stringMatching(UUID)]);
      expect(answered).toBe(sent[0]);
    }
    expect(one.answered).not.toBe(other.answered);
  });

  it('is taken from a trusted proxy [AUD-10]', async () => {
    expect(await idOf(proxy, ['X-Request-Id: Root=1-5e/a+b:c@d.e_f'])).toEqual({
      sent: ['Root=1-5e/a+b:c@d.e_f'],
      answered: 'Root=1-5e/a+b:c@d.e_f',
    });
  });

  it.each([
    [['X-Request-Id: a b'], 'a blank'],
    [['X-Request-Id: a"b'], 'a quotation mark'],
    [['X-Request-Id: {{7*7}}'], 'braces'],
    [['X-Request-Id: \u00fc'], 'above ASCII'],
    [['X-Request-Id:'], 'empty'],
    [[`X-Request-Id: ${'x'.repeat(129)}`], 'longer than LIMITS allows'],
    [['X-Request-Id: a', 'X-Request-Id: b'], 'two'],
    [['X_Request_Id: a'], 'another spelling'],
  ])('is not taken from a trusted proxy as %j: %s [AUD-10]', async (fields) => {
    const { sent, answered } = await idOf(proxy, fields);
    expect(sent).toEqual([expect.stringMatching(UUID)]);
    expect(answered).toBe(sent[0]);
  });

  it('of the product’s own answer gives way to ours [AUD-10]', async () => {
    await client.gate.upstream.answerWith({ status: 200, headers: { 'X-Request-Id': 'theirs', 'X-Other': 'stays' }, body: '' });
    const { answer } = await client.gate.send(request('GET', TARGET, [client.login]), client);
    await client.gate.upstream.answerWith(null);
    expect(answer.headers['x-request-id']).toMatch(UUID);
    expect(answer.headers['x-other']).toBe('stays');
  });
});

describe('cookies', () => {
  const COOKIE = 'Cookie: JSESSIONID=abc; token=x';
  const SET = ['JSESSIONID=def; Path=/jira; HttpOnly', 'token=y; Path=/jira'];
  const CASES: readonly (readonly [
    profile: 'emulator' | 'gateway',
    settings: Readonly<Record<string, string>>,
    credential: 'token' | 'anonymous' | 'wrong bearer',
    passes: boolean,
    why: string,
  ])[] = [
    ['emulator', TRUSTING, 'token', true, 'the emulator’s default'],
    ['emulator', TRUSTING, 'anonymous', true, 'the product’s own pages'],
    ['emulator', TRUSTING, 'wrong bearer', true, 'as anonymous as without'],
    ['emulator', { POSTERN_COOKIES: 'strip' }, 'token', false, 'a session could stand for somebody else'],
    ['emulator', { POSTERN_COOKIES: 'strip' }, 'anonymous', true, 'anonymous requests that are forwarded keep theirs'],
    ['gateway', TRUSTING_ANONYMOUS, 'token', false, 'the gateway’s default; the other setting is about anonymous requests alone'],
    ['gateway', TRUSTING_ANONYMOUS, 'anonymous', true, 'the product’s own pages call /rest/* with a session'],
    ['gateway', { POSTERN_COOKIES: 'forward' }, 'token', true, 'by setting'],
  ];

  it.each(CASES)('in the %s profile with %j, %s: pass both ways: %s, %s [GW-5, GW-15]', async (profile, settings, credential, passes) => {
    const gate = await gates.at(profile, settings);
    const fields = {
      token: async () => [await gates.login(gate)],
      anonymous: async () => [],
      'wrong bearer': async () => ['Authorization: Bearer wrong'],
    };
    const login = await fields[credential]();
    await gate.upstream.answerWith({ status: 200, headers: { 'Set-Cookie': SET, 'X-Other': '1' }, body: '' });
    const { answer, received } = await gate.send(request('GET', TARGET, [COOKIE, ...login, 'X-Other: 1']));
    await gate.upstream.answerWith(null);
    expect(received.map(lines)).toEqual([
      arriving({
        gate,
        from: '127.0.0.1',
        kept: [...(passes ? [COOKIE] : []), 'X-Other: 1'],
        user: credential === 'token' ? 'admin' : null,
      }),
    ]);
    expect([answer.headers['set-cookie'], answer.headers['x-other']]).toEqual([passes ? SET.join('\n') : undefined, '1']);
  });
});

describe('a header of very many fields', () => {
  const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `X-${index}: 1`);

  it('arrives whole up to the bound [GW-52]', async () => {
    // Host and Authorization are two of them.
    const { answer, received } = await client.gate.send(request('GET', TARGET, [...many(98), client.login]), client);
    expect(answer.status).toBe(200);
    expect(received.map(lines)).toEqual([arriving({ ...client, kept: many(98) })]);
  });

  it.each([
    ['one', 99],
    ['thirty', 128],
    ['nine hundred', 998],
  ])('is refused %s past it: what the parser drops in silence nobody has judged [GW-52, GW-6]', async (_name, count) => {
    const { answer, received } = await client.gate.send(request('POST', TARGET, [...many(count), client.login], 'body'));
    expect([answer.status, received]).toEqual([431, []]);
  });
});
