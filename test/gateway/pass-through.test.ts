// Everything outside /rest/*, by setting: it reaches the product as it came and in nobody's name; over raw sockets, in both profiles.
import { createHash } from 'node:crypto';
import { type Gate, request } from '../support/gate.js';
import { basic } from '../support/raw-client.js';
import { converse } from './conversation.js';
import { gatesOfThisFile } from './gates.js';

const PASSING = { POSTERN_PASS_THROUGH: 'true' };
const gates = gatesOfThisFile(['gateway', PASSING], ['emulator', PASSING], ['gateway']);

const PASS: readonly (readonly [method: string, target: string, why: string])[] = [
  ['GET', '/jira', 'the context path itself'],
  ['GET', '/jira/', 'with a slash'],
  ['GET', '/jira/secure/Dashboard.jspa', 'a page'],
  ['GET', '/jira/secure/Dashboard.jspa;jsessionid=0A1B?x=1', 'a path parameter'],
  ['GET', '/jira/browse/50%25+done', 'an escaped percent sign'],
  ['GET', '/jira/%64ownload/%e2%82%ac.txt', 'escapes stay as they are written'],
  ['GET', '/jira/secure/a%2Fb/c%5Cd', 'encoded slashes'],
  ['GET', '/jira//secure/', 'an empty segment'],
  ['GET', '/jira/secure/../browse', 'dots'],
  ['GET', '/jira/issues/?jql=a|b{c}^"d"<e>`f`\\', 'what browsers leave unescaped in a query'],
  ['GET', '/jira/login.jsp?os_username=a&os_password=b&os_destination=%2Frest%2Fx', 'logging in is the product’s business there'],
  ['GET', '/jira/secure/x?q=%zz&%ff=1&#'.slice(0, -1), 'a query that does not decode'],
  ['GET', '/jira/projects/REST/issues', 'a project called so'],
  ['GET', '/jira/s/hash/_/download/batch/x.js', 'a file for caches'],
  ['POST', '/jira/login.jsp', 'a form'],
  ['HEAD', '/jira/images/x.png', 'another method'],
  ['PUT', '/jira/plugins/servlet/x', 'another method'],
  ['OPTIONS', '/jira/secure/x', 'another method'],
];

const REFUSED: readonly (readonly [method: string, target: string, status: number, why: string])[] = [
  ['GET', '/jira/;x/rest/api/2/myself', 400, 'Tomcat drops the parameter'],
  ['GET', '/jira/rest;x/api/2/myself', 400, 'at the segment'],
  ['GET', '/jira/x/..;/rest/api/2/myself', 400, 'Tomcat reads dots'],
  ['GET', '/jira/x/../rest/api/2/myself', 400, 'dots'],
  ['GET', '/jira/x/%2e%2e/rest/api/2/myself', 400, 'encoded dots'],
  ['GET', '/jira//rest/api/2/myself', 400, 'an empty segment'],
  ['GET', '//jira/rest/api/2/myself', 400, 'an empty segment at the start'],
  ['GET', '/jira/x/..%2frest/api/2/myself', 400, 'an encoded slash'],
  ['GET', '/jira/%252e%252e/jira/rest/x', 400, 'encoded twice'],
  ['GET', '/jira/x/..\\rest/x', 400, 'a backslash'],
  ['GET', '/jira/REST/api/2/myself', 400, 'case'],
  ['GET', '/jira/rest', 400, 'the folder itself'],
  ['GET', '/jira/s/hash/_/rest/api/2/myself', 400, 'what the product takes off for caches'],
  ['GET', '/jira/rest%00/x', 400, 'NUL'],
  ['GET', '/jira/re%73t/%zz', 400, 'an escape that is none'],
  ['GET', '/jira/rest/a|b', 400, 'below /rest nothing is repaired'],
  ['GET', '/jira/rest/x;y', 400, 'below /rest nothing is repaired'],
  ['GET', '/jira/secure/x#/rest', 400, 'a fragment'],
  ['POST', '/jira/secure/x?_method=DELETE', 400, 'the method is the one on the wire'],
  ['POST', '/jira/secure/x?a=%zz&%5fMETHOD=DELETE', 400, 'in escapes, behind what does not decode'],
  ['POST', '/jira/secure/x?a%26_method=DELETE', 400, 'behind an encoded separator'],
  ['GET', 'http://evil.test/jira/secure/x', 400, 'another authority'],
  ['TRACE', '/jira/secure/x', 405, 'a method that is not carried'],
  ['PROPFIND', '/jira/secure/x', 501, 'a method that is not carried'],
  ['GET', '/confluence/x', 404, 'a product that is not there'],
  ['GET', '/', 404, 'below no context path'],
  ['GET', '/jirax/secure', 404, 'a longer name'],
  ['GET', '/elsewhere;x', 400, 'below no context path, and not canonical'],
  ['GET', '/jira%2Fsecure', 400, 'below no context path, and not canonical'],
];

describe.each(['gateway', 'emulator'] as const)('with passThrough in the %s profile', (profile) => {
  let gate: Gate;
  let login: string;
  beforeAll(async () => {
    gate = await gates.at(profile, PASSING);
    login = await gates.login(gate);
  });

  it.each(PASS)('%s %s reaches the product as it came: %s [GW-8]', async (method, target) => {
    const { answer, received } = await gate.send(request(method, target, [], method === 'POST' ? 'a=b' : ''));
    expect([answer.status, received.map((one) => [one.method, one.target])]).toEqual([200, [[method, target]]]);
  });

  it.each(REFUSED)('%s %s does not reach it: %s %s [GW-8, GW-2, GW-3]', async (method, target, status) => {
    for (const fields of [[], [login]]) {
      const { answer, received } = await gate.send(request(method, target, fields));
      expect([answer.status, received]).toEqual([status, []]);
    }
  });

  it('an absolute target with our authority is asked for by its path [GW-8, GW-2]', async () => {
    const { received } = await gate.send(request('GET', 'http://postern.test/jira/a;b?c|d'));
    expect(received.map((one) => one.target)).toEqual(['/jira/a;b?c|d']);
  });

  it('/rest is judged as ever [GW-8, GW-7]', async () => {
    const { answer, received } = await gate.send(request('GET', '/jira/re%73t/api/2/myself', [login]));
    expect([answer.status, received.map((one) => one.target)]).toEqual([200, ['/jira/rest/api/2/myself']]);
    expect(gate.upstream.header(received[0], 'X-Forwarded-User')).toEqual(['admin']);
    const narrow = await gates.login(gate, { limitTo: '[get].*/rest/none' });
    expect((await gate.send(request('GET', '/jira/rest/api/2/myself', [narrow]))).answer.status).toBe(403);
  });

  it.each([
    ['a token', () => login],
    ['a bearer token', () => 'Authorization: Bearer abc'],
    ['a password', () => `Authorization: ${gate.password}`],
    ['a wrong password', () => `Authorization: ${basic('admin', 'wrong')}`],
    ['another scheme', () => 'Authorization: Negotiate abc'],
    ['junk', () => 'Authorization: Basic !!!'],
    ['nothing', () => 'Authorization:'],
  ])('%s outside /rest is a wrong credential: 401, a challenge, and nothing forwarded [GW-8, GW-12, GW-14]', async (_what, field) => {
    for (const target of ['/jira/secure/x', '/jira/secure/x;y?z|']) {
      const { answer, received } = await gate.send(request('GET', target, [field()]));
      expect([answer.status, received]).toEqual([401, []]);
      expect(answer.headers['www-authenticate']).toContain('Basic realm="Postern"');
      expect(JSON.parse(answer.body)).toEqual({ message: 'No credential is taken here: tokens open /rest/ alone.', 'status-code': 401 });
    }
  });

  it('a refused credential is counted in the trail, and a page that passes is no record [GW-8, AUD-1]', async () => {
    const from = '127.0.0.77';
    const rows = async () => (await gate.records()).filter(({ peer }) => peer === from);
    await gate.send(request('GET', '/jira/secure/counted', [login]), { from });
    await gate.send(request('GET', '/jira/secure/counted'), { from });
    // The row is written when its second is over.
    let written = await rows();
    while (written.length === 0) written = await rows();
    expect(written.map(({ kind, code, count }) => [kind, code, count])).toEqual([['malformed', 'authn.elsewhere', 1]]);
    expect((await gate.records()).some(({ path }) => path === '/jira/secure/counted')).toBe(false);
  });

  it('no field of the client names a caller or another request, and none of ours does [GW-8, GW-5, GW-42]', async () => {
    const fields = [
      'X-Forwarded-User: root',
      'X_Forwarded_User: root',
      'X-Forwarded.User: root',
      'contextUser: root',
      'X-Remote-User: root',
      'X-Forwarded-For: 1.2.3.4',
      'Forwarded: for=1.2.3.4',
      'X-Original-URL: /rest/x',
      'X-HTTP-Method-Override: DELETE',
      'Connection: X-Forwarded-For, X-Secret',
      'X-Secret: 1',
      'X-Atlassian-Token: no-check',
    ];
    const { received } = await gate.send(request('GET', '/jira/secure/x;y', fields));
    const names = (received[0]?.rawHeaders ?? []).filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
    expect(names.toSorted()).toEqual([
      'connection',
      'host',
      'x-atlassian-token',
      'x-forwarded-for',
      'x-forwarded-host',
      'x-forwarded-proto',
      'x-request-id',
    ]);
    expect(gate.upstream.header(received[0], 'X-Forwarded-For')).toEqual(['127.0.0.1']);
    expect(gate.upstream.header(received[0], 'Host')).toEqual([`127.0.0.1:${gate.upstream.port}`]);
  });

  it('bodies stream both ways, and redirects are rewritten [GW-8, GW-40, GW-44]', async () => {
    const body = 'x'.repeat(3_000_000);
    const upload = await gate.send(request('POST', '/jira/secure/upload;x', [], body));
    expect(upload.received.map((one) => one.sha256)).toEqual([createHash('sha256').update(body).digest('hex')]);
    const download = await gate.send(request('GET', '/jira/secure/download/2000000'));
    expect(download.answer.body).toHaveLength(2_000_000);
    await gate.upstream.answerWith({ status: 302, headers: { Location: `${gate.upstream.origin}/jira/login.jsp` }, body: '' });
    const { answer } = await gate.send(request('GET', '/jira/secure/x'));
    expect(answer.headers['location']).toBe('http://postern.test/jira/login.jsp');
  });

  it('a WebSocket is 501, and framing that two read differently is 400 and the end [GW-8, GW-45, GW-6]', async () => {
    const socket = await gate.send(request('GET', '/jira/secure/x', ['Connection: Upgrade', 'Upgrade: websocket']));
    expect([socket.answer.status, socket.received]).toEqual([501, []]);
    const client = await converse(gate.postern.port);
    await client.write('POST /jira/secure/x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n');
    expect(await client.untilClosed()).toContain('HTTP/1.1 400');
  });

  it('what is Postern’s own stays so, whatever the product has there [GW-8, GW-7]', async () => {
    for (const [target, status] of [
      ['/readyz', 200],
      ['/jira/status', 200],
      ['/api/v1/users', 401],
      ['/api', 404],
      ['/users/x/manage/api-tokens', 401],
      ['/jira/rest/extender/1.0/tokenTools/get', 401],
    ] as const) {
      const { answer, received } = await gate.send(request('GET', target));
      expect([target, answer.status, received]).toEqual([target, status, []]);
    }
  });
});

describe('cookies outside /rest', () => {
  it.each([
    ['gateway', {}, false, 'stripped by default there'],
    ['gateway', { POSTERN_ANONYMOUS: 'forward' }, true, 'with those of the pages’ own calls'],
    ['emulator', {}, true, 'by default there'],
  ] as const)('in the %s profile with %j pass: %s, %s [GW-8, GW-5, GW-15]', async (profile, settings, isPassing, _why) => {
    const gate = await gates.at(profile, { ...PASSING, ...settings });
    await gate.upstream.answerWith({
      status: 200,
      headers: { 'Set-Cookie': 'JSESSIONID=2; Path=/jira', 'Content-Length': '1' },
      body: 'x',
    });
    const bytes = request('GET', '/jira/secure/x', ['Cookie: JSESSIONID=1']);
    const client = await converse(gate.postern.port);
    const before = gate.upstream.requests.length;
    await client.write(bytes);
    const text = await client.until((got) => got.endsWith('x'));
    client.end();
    await gate.upstream.answerWith(null);
    const received = gate.upstream.requests.slice(before);
    expect(gate.upstream.header(received[0], 'Cookie')).toEqual(isPassing ? ['JSESSIONID=1'] : []);
    expect(text.includes('Set-Cookie: JSESSIONID=2')).toBe(isPassing);
  });
});

describe('without passThrough', () => {
  it.each([...PASS.map(([method, target]) => [method, target] as const), ...REFUSED.map(([method, target]) => [method, target] as const)])(
    'nothing of %s %s reaches the product [GW-7, GW-8]',
    async (method, target) => {
      const gate = await gates.at('gateway');
      const { answer, received } = await gate.send(request(method, target, [await gates.login(gate)]));
      expect(received).toEqual([]);
      expect([400, 404, 405, 501]).toContain(answer.status);
    },
  );
});
