// What is read as a plain request, Node's own parser, which is strict, reads in the same way: method, target, fields, no body, and nothing
// behind it. Whatever is odd is not plain, and Node judges it.
import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import fc from 'fast-check';
import { LIMITS } from '../../src/core/index.js';
import { readPlainHead } from '../../src/gateway/plain/request.js';

/** The same requests every time. Change the seed to look further. */
const RUNS = { seed: 20_261_122, numRuns: 3_000 };

interface Reading {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly host: string | undefined;
  readonly userAgent: string | undefined;
  readonly requestId: string | string[] | undefined;
}

let seen: (Reading & { readonly body: string; readonly isKept: boolean })[] = [];
const server = http.createServer(
  { maxHeaderSize: LIMITS.headerBytesMax, requireHostHeader: false, insecureHTTPParser: false },
  (incoming, outgoing) => {
    let body = '';
    incoming.setEncoding('latin1').on('data', (text: string) => (body += text));
    incoming.on('end', () => {
      const { method = '', url = '', rawHeaders, headers } = incoming;
      const isKept = outgoing.shouldKeepAlive;
      seen.push({
        ...{ method, url, rawHeaders, body, isKept },
        ...{ host: headers.host, userAgent: headers['user-agent'], requestId: headers['x-request-id'] },
      });
      outgoing.end();
    });
  },
);
server.on('clientError', (_error, socket) => void socket.destroy());
beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
afterAll(() => void server.close());

/** What node:http makes of the bytes, and whether it waits for more. */
async function readByNode(text: string): Promise<typeof seen> {
  seen = [];
  const socket = net.connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  socket.on('error', () => undefined).resume();
  socket.end(Buffer.from(text, 'latin1'));
  await once(socket, 'close');
  return seen;
}

async function agrees(text: string): Promise<boolean> {
  const plain = readPlainHead(text);
  if (plain === null) return false;
  const { method, url, rawHeaders, headers } = plain;
  const fields = { host: headers.host, userAgent: headers['user-agent'], requestId: headers['x-request-id'] };
  expect(await readByNode(text)).toEqual([{ method, url, rawHeaders, ...fields, body: '', isKept: true }]);
  return true;
}

const crlf = fc.oneof({ weight: 200, arbitrary: fc.constant('\r\n') }, fc.constantFrom('\n', '\r', '\r\r\n', '\n\r', '', '\r\n '));
const oddLine = fc
  .tuple(
    fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'DELETE', 'POST', 'OPTIONS', 'get', 'GETT', 'TRACE', 'PRI', ' GET', ''),
    fc.constantFrom(' ', ' ', ' ', ' ', ' ', '  ', '\t'),
    fc.constantFrom(
      '/',
      '/a',
      '/a?b=c&d',
      '/a%2e',
      '/a;b',
      "/~!$&'()*+,;=:@",
      '*',
      'a',
      'http://a/b',
      '/a#b',
      '/a b',
      '/\xe4',
      '/a"',
      '/[',
      '//a',
      '/?',
      '',
    ),
    fc.constantFrom(' HTTP/1.1', ' HTTP/1.1', ' HTTP/1.1', ' HTTP/1.1', ' HTTP/1.0', ' HTTP/2.0', ' http/1.1', ' HTTP/1.1 ', ''),
  )
  .map((parts) => parts.join(''));
const requestLine = fc.oneof({ weight: 3, arbitrary: fc.constantFrom('GET /a HTTP/1.1', 'HEAD /a?b=c HTTP/1.1') }, oddLine);
const name = fc.oneof(
  { weight: 16, arbitrary: fc.constantFrom('Host', 'User-Agent', 'Accept', 'Authorization', 'X-Request-Id', 'Cookie', 'x_y', '!#$') },
  { weight: 2, arbitrary: fc.constantFrom('Connection', 'connection', 'Proxy-Connection', 'Keep-Alive', 'TE', 'Trailer') },
  { weight: 2, arbitrary: fc.constantFrom('Content-Length', 'Transfer-Encoding', 'Expect', 'Upgrade', 'HTTP2-Settings', 'content-LENGTH') },
  { weight: 1, arbitrary: fc.constantFrom('', 'X ', ' X', 'X\t', 'X(', 'X\xe4', 'X\0') },
);
const colon = fc.oneof({ weight: 40, arbitrary: fc.constant(': ') }, fc.constantFrom(':', ' : ', ':  ', ':\t', '::', ''));
const value = fc.oneof(
  { weight: 16, arbitrary: fc.constantFrom('a', 'a b', 'keep-alive', 'Keep-Alive', 'localhost:80', 'Basic YTpi', '"a"', ':') },
  { weight: 2, arbitrary: fc.constantFrom('close', 'upgrade', '0', '5', 'chunked', '100-continue', 'keep-alive, close', 'h2c') },
  { weight: 1, arbitrary: fc.constantFrom('', ' a', 'a ', '\ta', 'a\t', 'a\tb', '\xe4', 'a\0', 'a\x7f', 'a\x01', 'a\rb', 'a\nb') },
);
const fieldLine = fc.tuple(name, colon, value, crlf).map((parts) => parts.join(''));
const behind = fc.oneof(
  { weight: 12, arbitrary: fc.constant('') },
  fc.constantFrom('x', '\r\n', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', '0\r\n\r\n'),
);
const head = fc
  .tuple(requestLine, crlf, fc.array(fieldLine, { minLength: 1, maxLength: 4 }), crlf, behind)
  .map(([first, end, lines, last, rest]) => first + end + lines.join('') + last + rest);

it('what is read as plain, Node reads alike, and waits for nothing more [GW-6]', async () => {
  let plain = 0;
  await fc.assert(
    fc.asyncProperty(head, async (text) => {
      if (await agrees(text)) plain += 1;
    }),
    RUNS,
  );
  // Else nothing was compared.
  expect(plain).toBeGreaterThan(RUNS.numRuns / 20);
});

it('one byte put in, taken out or changed makes no plain request that Node reads otherwise [GW-6]', async () => {
  const sound =
    'GET /jira/rest/api/2/issue/A-1?fields=key HTTP/1.1\r\nHost: jira:80\r\nAccept: */*\r\nConnection: keep-alive\r\nX-A: b c\r\n\r\n';
  let plain = 0;
  const change = fc.tuple(fc.nat(sound.length), fc.nat(255), fc.constantFrom('in', 'out', 'other'));
  await fc.assert(
    fc.asyncProperty(change, async ([at, byte, how]) => {
      const put = how === 'out' ? '' : String.fromCharCode(byte);
      if (await agrees(sound.slice(0, at) + put + sound.slice(how === 'in' ? at : at + 1))) plain += 1;
    }),
    RUNS,
  );
  expect(plain).toBeGreaterThan(RUNS.numRuns / 20);
});

describe('what clients send is plain [GW-62]', () => {
  it.each([
    ['curl', ['Host: localhost:2990', 'Authorization: Basic YTpi', 'User-Agent: curl/8.5.0', 'Accept: */*']],
    [
      'python-requests',
      [
        'Host: localhost:2990',
        'User-Agent: python-requests/2.31.0',
        'Accept-Encoding: gzip, deflate',
        'Accept: */*',
        'Connection: keep-alive',
      ],
    ],
    ['Java’s HttpClient without h2c', ['Host: a', 'User-Agent: Java-http-client/17.0.1', 'Authorization: Bearer x']],
    [
      'Node’s fetch',
      [
        'host: a',
        'connection: keep-alive',
        'accept: */*',
        'accept-language: *',
        'sec-fetch-mode: cors',
        'user-agent: node',
        'accept-encoding: gzip, deflate',
      ],
    ],
  ])('%s', async (_who, fields) => {
    expect(await agrees(['GET /jira/rest/api/2/myself HTTP/1.1', ...fields, '', ''].join('\r\n'))).toBe(true);
  });
});

describe('what is not plain is Node’s to judge [GW-6]', () => {
  const rows: readonly (readonly [what: string, text: string])[] = [
    ['a body', 'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n'],
    ['chunks', 'GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['a method that may have one', 'POST / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['an end of the connection', 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
    ['a name that llhttp reads as Connection', 'GET / HTTP/1.1\r\nHost: a\r\nProxy-Connection: keep-alive\r\n\r\n'],
    ['another protocol', 'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n'],
    ['something asked first', 'GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n'],
    ['HTTP/1.0', 'GET / HTTP/1.0\r\nHost: a\r\n\r\n'],
    ['two hosts', 'GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n'],
    ['no field at all', 'GET / HTTP/1.1\r\n\r\n'],
    ['two requests', 'GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a part of one', 'GET / HTTP/1.1\r\nHost: a\r\n'],
    ['a bare line feed', 'GET / HTTP/1.1\nHost: a\r\n\r\n'],
    ['a field that goes on in the next line', 'GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n'],
    ['a blank before the colon', 'GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n'],
    ['no blank behind it', 'GET / HTTP/1.1\r\nHost:a\r\n\r\n'],
    ['a value without anything', 'GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n'],
    ['a letter outside ASCII', 'GET / HTTP/1.1\r\nHost: a\r\nX: \xe4\r\n\r\n'],
    ['one field too many', `GET / HTTP/1.1\r\n${'X: a\r\n'.repeat(LIMITS.headerCountMax + 1)}\r\n`],
    ['a head past the bound', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(LIMITS.plainHeadBytesMax)}\r\n\r\n`],
  ];
  it.each(rows)('%s', (_what, text) => {
    expect(readPlainHead(text)).toBeNull();
  });
});
