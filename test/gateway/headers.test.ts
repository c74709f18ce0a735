// What of a request's header reaches the product and what of an answer's reaches the client: over raw sockets, to the last field, since a
// field that arrives under another spelling is as good as the one that was dropped.
import { type Gate, request } from '../support/gate.js';
import type { RecordedRequest } from '../support/upstream.js';
import { type Arrival, arriving, lines } from './arriving.js';
import { gatesOfThisFile } from './gates.js';

const gates = gatesOfThisFile();
const BEHIND_PROXY = { POSTERN_TRUSTED_PROXIES: '127.0.0.1' };
const ANONYMOUS_BEHIND_PROXY = { ...BEHIND_PROXY, POSTERN_ANONYMOUS: 'forward' };
const TARGET = '/jira/rest/api/2/myself';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

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
  ['X-Forwarded-Email: root@example.com', 'oauth2-proxy: the caller'],
  ['X-Forwarded-Groups: administrators', 'oauth2-proxy: the caller'],
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

describe.each(['emulator', 'gateway'] as const)('in the %s profile', (profile) => {
  let gate: Gate;
  let behindProxy: Gate;
  const logins = new Map<Gate, string>();
  const login = (at: Gate): string => logins.get(at) ?? '';

  beforeAll(async () => {
    [gate, behindProxy] = await Promise.all([gates.at(profile), gates.at(profile, BEHIND_PROXY)]);
    for (const one of [gate, behindProxy]) logins.set(one, await gates.login(one));
  });

  async function received(at: Gate, fields: readonly string[], target = TARGET): Promise<RecordedRequest | undefined> {
    const { answer, received: requests } = await at.send(request('GET', target, fields));
    expect([answer.status, requests.length]).toEqual([200, 1]);
    return requests[0];
  }

  describe('from a client', () => {
    it.each([...RENAMING, ...FORWARDED, ...HOP_BY_HOP])('`%s` (%s) does not reach the product [GW-3, GW-5, EXT-7]', async (field) => {
      expect(lines(await received(gate, [login(gate), field]))).toEqual(arriving({ gate, kept: [] }));
    });

    it.each(PASSING)('`%s` (%s) arrives as it came [GW-5]', async (field) => {
      expect(lines(await received(gate, [field, login(gate)]))).toEqual(arriving({ gate, kept: [field] }));
    });

    it('keeps the order of fields, and fields that are there several times [GW-5]', async () => {
      const fields = ['X-B: 1', 'Accept: a', 'X-A: 2', 'x-b: 3', 'Accept: b'];
      expect(lines(await received(gate, [...fields.slice(0, 2), login(gate), ...fields.slice(2)]))).toEqual(
        arriving({ gate, kept: fields }),
      );
    });

    it('passes bytes above ASCII in a value as they are [GW-5]', async () => {
      const bytes = Buffer.from(request('GET', TARGET, [login(gate), 'X-Name: J\u00fcrgen \u0142']), 'utf8');
      const { received: requests } = await gate.send(bytes);
      expect(Buffer.from(gate.upstream.header(requests[0], 'X-Name')[0] ?? '', 'latin1').toString('utf8')).toBe('J\u00fcrgen \u0142');
    });

    it('does not let several spellings together through [GW-5]', async () => {
      const fields = ['X-Forwarded-User: root', 'X_Forwarded_User: root', 'x-forwarded.user: root', 'X_FORWARDED.USER: root'];
      expect(lines(await received(gate, [...fields, login(gate)]))).toEqual(arriving({ gate, kept: [] }));
    });
  });

  describe('from a trusted proxy', () => {
    it.each(RENAMING.filter(([field]) => !/^X.Forwarded.(For|Host|Proto)/.test(field)))(
      '`%s` (%s) does not reach the product either [GW-5, EXT-7]',
      async (field) => {
        expect(lines(await received(behindProxy, [login(behindProxy), field]))).toEqual(arriving({ gate: behindProxy, kept: [] }));
      },
    );

    it.each(FORWARDED)('`%s` (%s) passes [GW-5]', async (field) => {
      expect(lines(await received(behindProxy, [field, login(behindProxy)]))).toEqual(arriving({ gate: behindProxy, kept: [field] }));
    });

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
      expect(lines(await received(behindProxy, [...fields, login(behindProxy)]))).toEqual(
        arriving({ gate: behindProxy, kept: [], ...expected }),
      );
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
      const at = await received(gate, [login(gate), `Connection: ${named}`, 'X-Forwarded-User: root']);
      expect(lines(at)).toEqual(arriving({ gate, kept: [] }));
      expect(gate.upstream.header(at, 'X-Request-Id')).toHaveLength(1);
    });

    it.each([
      ['Content-Length', 'Content-Length: 5', 'hello', ['content-length: 5']],
      ['Transfer-Encoding', 'Transfer-Encoding: chunked', '5\r\nhello\r\n0\r\n\r\n', ['transfer-encoding: chunked']],
    ])('Connection: %s does not take the body away [GW-5, GW-6]', async (named, framing, body, kept) => {
      const bytes = ['POST /jira/rest/api/2/issue HTTP/1.1', 'Host: postern.test', login(gate), `Connection: ${named}`, framing, '', body];
      const { answer, received: requests } = await gate.send(bytes.join('\r\n'));
      expect([answer.status, requests[0]?.bytes]).toEqual([200, 5]);
      expect(lines(requests[0])).toEqual([...arriving({ gate, kept: [] }), ...kept]);
    });

    it.each([
      [['X-Mine: 1', 'X-Other: 2', 'Connection: X-Mine'], ['X-Other: 2'], 'it ends here'],
      [['Connection: x-mine , keep-alive', 'X-Mine: 1', 'X-Other: 2'], ['X-Other: 2'], 'without case, wherever it stands'],
      [['X-Mine: 1', 'Connection: X-Mine', 'Connection: X-Other', 'X-Other: 2'], [], 'several lines are one list'],
      [['X_Mine: 1', 'Connection: x-mine'], [], 'folded'],
      [['X-Mine: 1', 'Connection: ,,'], ['X-Mine: 1'], 'empty entries name nothing'],
    ])('of %j %j is left: %s [GW-5]', async (fields, kept) => {
      expect(lines(await received(gate, [...fields, login(gate)]))).toEqual(arriving({ gate, kept }));
    });
  });

  describe('the credential', () => {
    it.each([
      ['a token in Basic', (): string => login(gate)],
      ['the same with another case of the scheme', (): string => login(gate).replace('Basic', 'bASIC')],
      ['the same with another case of the field', (): string => login(gate).replace('Authorization', 'authORIZATION')],
    ])('never reaches the product: %s [GW-5]', async (_what, field) => {
      const at = await received(gate, [field()]);
      expect(lines(at)).toEqual(arriving({ gate, kept: [] }));
    });

    it.each(['X-Authorization', 'Authorization-'])('a field called %s is another one', async (name) => {
      const at = await received(gate, [login(gate), `${name}: x`]);
      expect(lines(at)).toEqual(arriving({ gate, kept: [`${name}: x`] }));
    });
  });

  describe('the request id', () => {
    const idOf = async (at: Gate, fields: readonly string[]): Promise<{ sent: readonly string[]; answered: string | undefined }> => {
      const { answer, received: requests } = await at.send(request('GET', TARGET, [login(at), ...fields]));
      return { sent: at.upstream.header(requests[0], 'X-Request-Id'), answered: answer.headers['x-request-id'] };
    };

    it('is made, sent on and told to the client, one for each request [AUD-10, GW-5]', async () => {
      const [one, other] = [await idOf(gate, []), await idOf(gate, ['X-Request-Id: mine'])];
      for (const { sent, answered } of [one, other]) {
        expect(sent).toEqual([expect.stringMatching(UUID)]);
        expect(answered).toBe(sent[0]);
      }
      expect(one.answered).not.toBe(other.answered);
    });

    it('is taken from a trusted proxy [AUD-10]', async () => {
      expect(await idOf(behindProxy, ['X-Request-Id: Root=1-5e/a+b:c@d.e_f'])).toEqual({
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
      const { sent, answered } = await idOf(behindProxy, fields);
      expect(sent).toEqual([expect.stringMatching(UUID)]);
      expect(answered).toBe(sent[0]);
    });

    it('of the product’s own answer gives way to ours [AUD-10]', async () => {
      await gate.upstream.answerWith({ status: 200, headers: { 'X-Request-Id': 'theirs', 'X-Other': 'stays' }, body: '' });
      const { answer } = await gate.send(request('GET', TARGET, [login(gate)]));
      await gate.upstream.answerWith(null);
      expect(answer.headers['x-request-id']).toMatch(UUID);
      expect(answer.headers['x-other']).toBe('stays');
    });
  });
});

describe('when nobody is logged in', () => {
  let gate: Gate;
  let behindProxy: Gate;
  beforeAll(async () => {
    gate = await gates.at('emulator');
    behindProxy = await gates.at('gateway', ANONYMOUS_BEHIND_PROXY);
  });

  it.each(RENAMING.filter(([field]) => !/^X.Forwarded.(For|Host|Proto)/.test(field)))(
    '`%s` (%s) names nobody: it does not reach the product, from a client or a trusted proxy [GW-5]',
    async (field) => {
      for (const at of [gate, behindProxy]) {
        const { received } = await at.send(request('GET', TARGET, [field]));
        expect(received.map(lines)).toEqual([arriving({ gate: at, kept: [], user: null })]);
      }
    },
  );

  it.each([
    ['Authorization: Bearer not-a-token', 'a wrong bearer is anonymous'],
    ['Authorization: Bearer', 'a malformed one too'],
    ['authorization: bearer a b', 'whatever its case'],
  ])('`%s` (%s) in the emulator profile, and never arrives [GW-15, GW-5, PAT-11]', async (field) => {
    const { answer, received } = await gate.send(request('GET', TARGET, [field, 'X-Forwarded-User: root']));
    expect(answer.status).toBe(200);
    expect(received.map(lines)).toEqual([arriving({ gate, kept: [], user: null })]);
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
    ['emulator', {}, 'token', true, 'the emulator’s default'],
    ['emulator', {}, 'anonymous', true, 'the product’s own pages'],
    ['emulator', {}, 'wrong bearer', true, 'as anonymous as without'],
    ['emulator', { POSTERN_COOKIES: 'strip' }, 'token', false, 'a session could stand for somebody else'],
    ['emulator', { POSTERN_COOKIES: 'strip' }, 'anonymous', true, 'anonymous requests that are forwarded keep theirs'],
    ['gateway', {}, 'token', false, 'the gateway’s default'],
    ['gateway', ANONYMOUS_BEHIND_PROXY, 'token', false, 'the setting is about anonymous requests alone'],
    ['gateway', ANONYMOUS_BEHIND_PROXY, 'anonymous', true, 'the product’s own pages call /rest/* with a session'],
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
      arriving({ gate, kept: [...(passes ? [COOKIE] : []), 'X-Other: 1'], user: credential === 'token' ? 'admin' : null }),
    ]);
    expect([answer.headers['set-cookie'], answer.headers['x-other']]).toEqual([passes ? SET.join('\n') : undefined, '1']);
  });
});

describe('a header of very many fields', () => {
  let gate: Gate;
  let login: string;
  beforeAll(async () => {
    gate = await gates.at('emulator');
    login = await gates.login(gate);
  });

  const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `X-${index}: 1`);

  it('arrives whole up to the bound [GW-52]', async () => {
    // Host and Authorization are two of them.
    const { answer, received } = await gate.send(request('GET', TARGET, [...many(98), login]));
    expect(answer.status).toBe(200);
    expect(received.map(lines)).toEqual([arriving({ gate, kept: many(98) })]);
  });

  it.each([
    ['one', 99],
    ['thirty', 128],
    ['nine hundred', 998],
  ])('is refused %s past it: what the parser drops in silence nobody has judged [GW-52, GW-6]', async (_name, count) => {
    const { answer, received } = await gate.send(request('POST', TARGET, [...many(count), login], 'body'));
    expect([answer.status, received]).toEqual([431, []]);
  });
});
