// Requests that two parsers could read differently, over raw sockets, through the whole server in both profiles. Each row says
// what the client gets; a refused row must never reach the product. The token may do anything, so only normalisation protects.
import { type Gate, openGate, request } from '../support/gate.js';

interface Row {
  readonly what: string;
  readonly why: string;
  readonly status: number;
  readonly bytes: (authorization: string) => string | Buffer;
}

const get =
  (target: string, ...fields: string[]) =>
  (authorization: string) =>
    request('GET', target, [`Authorization: ${authorization}`, ...fields]);
const target = (path: string, why: string, status = 400): Row => ({ what: `GET ${path}`, why, status, bytes: get(path) });

const TARGETS: readonly Row[] = [
  target('/jira/rest/api/2/../2/myself', 'dot segment: GHSA-p224-6x5r-fjpm'),
  target('/jira/rest/../secure/admin', 'dot segment out of /rest'),
  target('/jira/rest/api/2/./myself', 'single dot segment'),
  target('/jira/rest/api/2/myself/..', 'dot segment at the end'),
  target('/jira/rest/api/2/myself/.', 'dot at the end'),
  target('/jira/rest/%2e%2e/secure', 'encoded dots: CVE-2019-9901'),
  target('/jira/rest/%2E%2e/secure', 'encoded dots, mixed case'),
  target('/jira/rest/.%2e/secure', 'half encoded'),
  target('/jira/rest/%2e/secure', 'one encoded dot'),
  target('/jira/rest/%252e%252e/secure', 'double encoding'),
  target('/jira/rest/..;/secure', 'Tomcat reads ..; as ..'),
  target('/jira/rest/..%3b/secure', 'encoded path parameter'),
  target('/jira/rest/api/2/myself;x=y', 'path parameter'),
  target('/jira/rest/api/2/myself%3Bx', 'encoded semicolon'),
  target('/jira;x/rest/api/2/myself', 'path parameter on the context path'),
  target('/jira/rest\\api\\2', 'backslash'),
  target('/jira/rest/api%5c2', 'encoded backslash'),
  target('/jira/rest/api%2f2/myself', 'encoded slash'),
  target('/jira/rest/api%2F2/myself', 'encoded slash, capitals'),
  target('//jira/rest/api/2/myself', 'double slash reads as an authority: CVE-2026-26205'),
  target('/jira//rest/api/2/myself', 'double slash: CVE-2021-31920'),
  target('/jira/rest/api/2/myself//', 'double slash at the end'),
  target('/jira/rest/api/2/my%00self', 'NUL'),
  target('/jira/rest/api/2/my%0aself', 'line feed: CVE-2022-22978'),
  target('/jira/rest/api/2/my%0D%0Aself', 'CR LF'),
  target('/jira/rest/api/2/my%7fself', 'DEL'),
  target('/jira/rest/api/2/my%c2%85self', 'NEL, a C1 control'),
  target('/jira/rest/api/2/my%e2%80%a8self', 'line separator'),
  target('/jira/rest/api/2/my%c0%afself', 'overlong slash'),
  target('/jira/rest/api/2/my%c0%ae%c0%aeself', 'overlong dots'),
  target('/jira/rest/api/2/my%e0%80%afself', 'overlong, three bytes'),
  target('/jira/rest/api/2/my%ffself', 'not UTF-8'),
  target('/jira/rest/api/2/my%ed%a0%80self', 'a surrogate'),
  target('/jira/rest/api/2/my%c3', 'cut off'),
  target('/jira/rest/api/2/my%zzself', 'not hex'),
  target('/jira/rest/api/2/myself%', 'percent alone'),
  target('/jira/rest/api/2/myself%2', 'half an escape'),
  target('/jira/rest/api/2/my%%32fself', 'escape within an escape'),
  target('/jira/rest/api/2/my%u002fself', 'IIS escape'),
  target('/jira/rest/api/2/my%3Fself', 'encoded question mark'),
  target('/jira/rest/api/2/my%23self', 'encoded number sign'),
  target('/jira/rest/api/2/myself#x', 'fragment: GHSA-pxq7-h93f-9jrg'),
  target('/jira/rest/api/2/myself?x#y', 'fragment behind the query'),
  ...['"', '<', '>', '^', '{', '|', '}', '`'].map((raw) => target(`/jira/rest/api/2/my${raw}self`, 'raw character that no target holds')),
  ...['"', '<', '>', '^', '{', '|', '}', '`', '\\'].map((raw) => target(`/jira/rest/api/2/myself?x=${raw}`, 'the same in the query')),
  target('/jira/rest/api/2/my[self]', 'brackets stand in an authority only'),
  target('http://evil.test/jira/rest/api/2/myself', 'an authority that is not ours'),
  target('http://postern.test@evil.test/jira/rest/api/2/myself', 'userinfo'),
  target('http://postern.test:99/jira/rest/api/2/myself', 'another port'),
  target('ftp://postern.test/jira/rest/api/2/myself', 'another scheme'),
  target('jira/rest/api/2/myself', 'no slash at the beginning'),
  target('*', 'asterisk without OPTIONS'),
  target('/jira/rest/api/2/myself?os_username=x', 'login by query'),
  target('/jira/rest/api/2/myself?OS_Username=x', 'login by query, case'),
  target('/jira/rest/api/2/myself?os%5Fusername=x', 'login by query, encoded'),
  target('/jira/rest/api/2/myself?a=b&os_password=x', 'login by query, second'),
  target('/jira/rest/api/2/myself?a=b;os_authType=basic', 'login by query behind a semicolon'),
  target('/jira/rest/api/2/myself?%6fs_auth%54ype=basic', 'login by query, some letters encoded'),
  target('/jira/rest/api/2/myself?_method=DELETE', 'method by query'),
  target('/jira/rest/api/2/myself?%5Fmethod=DELETE', 'method by query, encoded'),
  target('/jira/rest/api/2/myself?os%C1%9Fusername=x', 'a name that is not UTF-8'),
  target('/jira/REST/api/2/myself', 'Express would mount it, Tomcat would not: not ours', 404),
  target('/jira/restful/api', 'below another segment', 404),
  target('/jira/rest', 'the folder itself is not below /rest/', 404),
  target('/jira/secure/Dashboard.jspa', 'a token opens /rest/* only', 404),
  target('/', 'nothing there', 404),
  target('/confluence/rest/api/content', 'the other product has no upstream', 404),
  target(`/jira/rest/api/2/${'x'.repeat(8_200)}`, 'too long', 414),
];

const FRAMING: readonly Row[] = [
  {
    what: 'two Authorization fields',
    why: 'which one counts?',
    status: 400,
    bytes: (authorization) => get('/jira/rest/api/2/myself', `Authorization: ${authorization}`)(authorization),
  },
  { what: 'two Host fields', why: 'Node takes the first', status: 400, bytes: get('/jira/rest/api/2/myself', 'Host: other.test') },
  {
    what: 'no Host',
    why: 'RFC 9112 §3.2',
    status: 400,
    bytes: (authorization) => `GET /jira/rest/api/2/myself HTTP/1.1\r\nAuthorization: ${authorization}\r\n\r\n`,
  },
  {
    what: 'an empty Host',
    why: 'GW-6',
    status: 400,
    bytes: (authorization) => `GET /jira/rest/api/2/myself HTTP/1.1\r\nHost:\r\nAuthorization: ${authorization}\r\n\r\n`,
  },
  {
    what: 'a Host with userinfo',
    why: 'two readings',
    status: 400,
    bytes: (authorization) => `GET /jira/rest/api/2/myself HTTP/1.1\r\nHost: a@b\r\nAuthorization: ${authorization}\r\n\r\n`,
  },
  {
    what: 'a Host with a path',
    why: 'two readings',
    status: 400,
    bytes: (authorization) => `GET /jira/rest/api/2/myself HTTP/1.1\r\nHost: a/b\r\nAuthorization: ${authorization}\r\n\r\n`,
  },
  {
    what: 'Content-Length and Transfer-Encoding',
    why: 'request smuggling',
    status: 400,
    bytes: (authorization) =>
      `POST /jira/rest/api/2/issue HTTP/1.1\r\nHost: postern.test\r\nAuthorization: ${authorization}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  },
  {
    what: 'two Content-Lengths',
    why: 'request smuggling',
    status: 400,
    bytes: (authorization) =>
      `POST /jira/rest/api/2/issue HTTP/1.1\r\nHost: postern.test\r\nAuthorization: ${authorization}\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde`,
  },
  {
    what: 'a Content-Length with a sign',
    why: 'request smuggling',
    status: 400,
    bytes: (authorization) =>
      `POST /jira/rest/api/2/issue HTTP/1.1\r\nHost: postern.test\r\nAuthorization: ${authorization}\r\nContent-Length: +4\r\n\r\nabcd`,
  },
  {
    what: 'Transfer-Encoding gzip, chunked',
    why: 'not chunked alone',
    status: 400,
    bytes: (authorization) =>
      `POST /jira/rest/api/2/issue HTTP/1.1\r\nHost: postern.test\r\nAuthorization: ${authorization}\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  },
  {
    what: 'Transfer-Encoding in HTTP/1.0',
    why: 'Node takes it',
    status: 400,
    bytes: (authorization) =>
      `POST /jira/rest/api/2/issue HTTP/1.0\r\nHost: postern.test\r\nAuthorization: ${authorization}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  },
  {
    what: 'a blank before the colon',
    why: 'request smuggling',
    status: 400,
    bytes: (authorization) =>
      `GET /jira/rest/api/2/myself HTTP/1.1\r\nHost: postern.test\r\nAuthorization: ${authorization}\r\nX-A : b\r\n\r\n`,
  },
  {
    what: 'a folded header',
    why: 'obs-fold',
    status: 400,
    bytes: (authorization) =>
      `GET /jira/rest/api/2/myself HTTP/1.1\r\nHost: postern.test\r\nAuthorization: ${authorization}\r\nX-A: b\r\n c\r\n\r\n`,
  },
  {
    what: 'bare line feeds',
    why: 'two parsers',
    status: 400,
    bytes: (authorization) => `GET /jira/rest/api/2/myself HTTP/1.1\nHost: postern.test\nAuthorization: ${authorization}\n\n`,
  },
  {
    what: 'a raw byte above ASCII in the target',
    why: 'GW-2',
    status: 400,
    bytes: (authorization) => Buffer.from(request('GET', '/jira/rest/api/2/m\u00fcself', [`Authorization: ${authorization}`]), 'latin1'),
  },
  { what: 'a blank in the target', why: 'CVE-2013-4547', status: 400, bytes: get('/jira/rest/api/2/my self') },
  {
    what: 'HTTP/2.0 in the request line',
    why: 'Node hands it over',
    status: 505,
    bytes: (authorization) => `GET /jira/rest/api/2/myself HTTP/2.0\r\nHost: postern.test\r\nAuthorization: ${authorization}\r\n\r\n`,
  },
  {
    what: 'TRACE',
    why: 'GW-3',
    status: 405,
    bytes: (authorization) => request('TRACE', '/jira/rest/api/2/myself', [`Authorization: ${authorization}`]),
  },
  { what: 'CONNECT', why: 'GW-3', status: 405, bytes: () => request('CONNECT', 'postern.test:80') },
  {
    what: 'PROPFIND',
    why: 'GW-3',
    status: 501,
    bytes: (authorization) => request('PROPFIND', '/jira/rest/api/2/myself', [`Authorization: ${authorization}`]),
  },
  {
    what: 'a method that nobody knows',
    why: 'HPE_INVALID_METHOD',
    status: 501,
    bytes: (authorization) => request('FROB', '/jira/rest/api/2/myself', [`Authorization: ${authorization}`]),
  },
  {
    what: 'a method in lower case',
    why: 'methods have case',
    status: 501,
    bytes: (authorization) => request('get', '/jira/rest/api/2/myself', [`Authorization: ${authorization}`]),
  },
  { what: 'headers of 20 kB', why: 'GW-52', status: 431, bytes: get('/jira/rest/api/2/myself', `X-Long: ${'x'.repeat(20_000)}`) },
  {
    what: 'an Authorization of 5 kB',
    why: 'GW-10',
    status: 431,
    bytes: () => request('GET', '/jira/rest/api/2/myself', [`Authorization: Bearer ${'x'.repeat(5_000)}`]),
  },
  { what: 'another expectation', why: 'GW-40', status: 417, bytes: get('/jira/rest/api/2/myself', 'Expect: 200-ok') },
];

const CREDENTIALS: readonly Row[] = [
  {
    what: 'base64 that is not',
    why: 'Buffer.from would ignore the !',
    status: 401,
    bytes: () => request('GET', '/jira/rest/api/2/myself', ['Authorization: Basic !!!!']),
  },
  {
    what: 'base64 of the URL alphabet',
    why: 'RFC 4648 §4',
    status: 401,
    bytes: () => request('GET', '/jira/rest/api/2/myself', ['Authorization: Basic _-__']),
  },
  {
    what: 'Basic without a colon',
    why: 'RFC 7617',
    status: 401,
    bytes: () => request('GET', '/jira/rest/api/2/myself', [`Authorization: Basic ${Buffer.from('admin').toString('base64')}`]),
  },
  {
    what: 'trailing junk',
    why: 'passport-http takes it',
    status: 401,
    bytes: (authorization) => request('GET', '/jira/rest/api/2/myself', [`Authorization: ${authorization} x`]),
  },
  {
    what: 'the scheme XBasic',
    why: 'passport-http takes it',
    status: 401,
    bytes: (authorization) => request('GET', '/jira/rest/api/2/myself', [`Authorization: X${authorization}`]),
  },
  {
    what: 'a tab behind the scheme',
    why: 'RFC 9110 §11.4',
    status: 401,
    bytes: (authorization) => request('GET', '/jira/rest/api/2/myself', [`Authorization: ${authorization.replace(' ', '\t')}`]),
  },
  {
    what: 'Digest',
    why: 'a credential that is there and wrong',
    status: 401,
    bytes: () => request('GET', '/jira/rest/api/2/myself', ['Authorization: Digest username="admin"']),
  },
  {
    what: 'an empty Authorization',
    why: 'there and wrong',
    status: 401,
    bytes: () => request('GET', '/jira/rest/api/2/myself', ['Authorization:']),
  },
  {
    what: 'invalid UTF-8 in the name',
    why: 'passport-http would make U+FFFD of it',
    status: 401,
    bytes: () => request('GET', '/jira/rest/api/2/myself', [`Authorization: Basic ${Buffer.from([0xff, 0x3a, 0x61]).toString('base64')}`]),
  },
  {
    what: 'a wrong token',
    why: 'unknown',
    status: 401,
    bytes: () =>
      request('GET', '/jira/rest/api/2/myself', [`Authorization: Basic ${Buffer.from('admin:wrong-wrong-wrong').toString('base64')}`]),
  },
  {
    what: 'an unknown user',
    why: 'unknown',
    status: 401,
    bytes: () =>
      request('GET', '/jira/rest/api/2/myself', [`Authorization: Basic ${Buffer.from('nobody:wrong-wrong-wrong').toString('base64')}`]),
  },
  {
    what: 'access_token in the query',
    why: 'passport-http-bearer would log in; here it is a wrong Basic',
    status: 401,
    bytes: () => request('GET', '/jira/rest/api/2/myself?access_token=x', ['Authorization: Basic !!!!']),
  },
];

describe.each(['emulator', 'gateway'] as const)('in the %s profile', (profile) => {
  let gate: Gate;
  let authorization: string;

  beforeAll(async () => {
    gate = await openGate(profile);
    authorization = gate.as((await gate.token({})).token);
  });
  afterAll(() => gate.close());

  async function expectRefused(row: Row): Promise<void> {
    const { answer, received } = await gate.send(row.bytes(authorization));
    expect(received).toEqual([]);
    expect(answer.status).toBe(row.status);
    expect(answer.headers['content-type']).toBe('application/json;charset=UTF-8');
    expect(JSON.parse(answer.body)).toEqual({ message: expect.any(String) as string, 'status-code': row.status });
  }

  it.each(TARGETS)('refuses $what ($why) with $status, and nothing reaches the product [GW-1, GW-2, GW-3, GW-4, GW-7]', expectRefused);
  it.each(FRAMING)('refuses $what ($why) with $status, and nothing reaches the product [GW-3, GW-6, GW-10]', expectRefused);
  it.each(CREDENTIALS)('refuses $what ($why) with $status, and nothing reaches the product [GW-10, GW-12, GW-15]', expectRefused);

  it.each([
    ['/jira/rest/api/2/my%73elf', '/jira/rest/api/2/myself', 'an escaped letter is that letter'],
    ['/jira/rest/api/2/a%2eb', '/jira/rest/api/2/a.b', 'a dot within a name'],
    ['/jira/rest/api/2/%7euser', '/jira/rest/api/2/~user', 'tilde is unreserved'],
    ['/jira/rest/api/2/caf%c3%a9', '/jira/rest/api/2/caf%C3%A9', 'hex in capitals'],
    ['/jira/rest/api/2/a%20b', '/jira/rest/api/2/a%20b', 'an escape that stays'],
    ['/jira/rest/api/2/myself/', '/jira/rest/api/2/myself/', 'a slash at the end stays'],
    ['/jira/rest/api/2/...', '/jira/rest/api/2/...', 'three dots are a name'],
    ['/jira/rest/api/2/search?jql=a%3Db%26c%25+%zz', '/jira/rest/api/2/search?jql=a%3Db%26c%25+%zz', 'the query as it came'],
    ['/jira/rest/api/2/search?', '/jira/rest/api/2/search?', 'an empty query stays'],
    ['http://postern.test/jira/rest/api/2/myself', '/jira/rest/api/2/myself', 'an absolute target with our authority'],
    ['HTTP://POSTERN.TEST:80/jira/rest/api/2/myself', '/jira/rest/api/2/myself', 'authorities have no case, and 80 is http'],
  ])('asks the product for %s as %s: %s [GW-1]', async (sent, expected) => {
    const { answer, received } = await gate.send(request('GET', sent, [`Authorization: ${authorization}`]));
    expect(answer.status).toBe(200);
    expect(received.map((one) => one.target)).toEqual([expected]);
  });

  it('answers OPTIONS * itself [GW-2]', async () => {
    const { answer, received } = await gate.send(request('OPTIONS', '*'));
    expect([answer.status, received.length]).toEqual([204, 0]);
  });

  it('closes the connection after framing it could have misread [GW-6]', async () => {
    const { answer } = await gate.send(request('GET', '/jira/rest/api/2/../x', [`Authorization: ${authorization}`]), { untilClose: true });
    expect(answer.headers['connection']).toBe('close');
    expect(answer.isClosed).toBe(true);
  });

  it('challenges Basic with its realm and charset on 401 [GW-12, DIR-8]', async () => {
    const { answer } = await gate.send(request('GET', '/jira/rest/api/2/myself', ['Authorization: Basic !!!!']));
    expect(answer.headers['www-authenticate']).toContain('Basic realm="Postern", charset="UTF-8"');
    expect(answer.headers['x-seraph-loginreason']).toBe('AUTHENTICATED_FAILED');
  });

  it('says the same of an unknown user, an unknown token and a malformed credential [GW-12]', async () => {
    const bodies = [];
    for (const pair of ['nobody:wrong-wrong-wrong', 'admin:wrong-wrong-wrong', 'admin']) {
      bodies.push(
        (await gate.send(request('GET', '/jira/rest/api/2/myself', [`Authorization: Basic ${Buffer.from(pair).toString('base64')}`])))
          .answer.body,
      );
    }
    expect(new Set(bodies).size).toBe(1);
  });
});
