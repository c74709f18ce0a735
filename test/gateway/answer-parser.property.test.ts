// Our parser of answers and Node's own, which is strict: whatever that refuses is refused, and whatever both take they read alike. And
// however an answer is cut into pieces on its way, it is read as if it had come in one.
import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import fc from 'fast-check';
import { LIMITS } from '../../src/core/index.js';
import { type Reading, readAnswer, readText, spelled } from './answers.js';

/** The same answers every time. Change the seed to look further. */
const RUNS = { seed: 20_261_122 };

let answer: readonly Buffer[] = [];
const server = net.createServer((socket) => {
  socket.on('error', () => undefined);
  socket.once('data', () => {
    for (const piece of answer) socket.write(piece);
    socket.end();
  });
});

beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
afterAll(() => void server.close());

/** What node:http makes of it, asked over a socket. null: refused. */
function readByNode(pieces: readonly Buffer[], method: string): Promise<Reading | null> {
  answer = pieces;
  return new Promise((resolve) => {
    const { port } = server.address() as AddressInfo;
    const maxHeaderSize = LIMITS.upstreamHeaderBytesMax;
    const request = http.request({
      port,
      host: '127.0.0.1',
      method,
      maxHeaderSize,
      insecureHTTPParser: false,
      agent: new http.Agent({ keepAlive: true }),
    });
    let response: http.IncomingMessage | null = null;
    let [body, hasFailed] = ['', false];
    const interims: [number, string, ...string[]][] = [];
    request.on('information', (one) => void interims.push([one.statusCode, one.statusMessage, ...one.rawHeaders]));
    request.on('upgrade', (_response, socket) => socket.destroy());
    request.on('error', () => (hasFailed = true));
    request.on('response', (one) => {
      response = one
        .setEncoding('latin1')
        .on('data', (text: string) => (body += text))
        .on('error', () => undefined);
    });
    request.on('close', () => {
      if (response?.complete !== true) return resolve(null);
      const { statusCode = 0, statusMessage = '', rawHeaders, rawTrailers } = response;
      const isKept = !hasFailed && (request as http.ClientRequest & { shouldKeepAlive: boolean }).shouldKeepAlive;
      request.destroy();
      resolve({ status: statusCode, reason: statusMessage, fields: rawHeaders, body, trailers: rawTrailers, interims, isKept });
    });
    request.end();
  });
}

const crlf = fc.oneof({ weight: 60, arbitrary: fc.constant('\r\n') }, fc.constantFrom('\n', '\r', '\r\r\n', '\n\r', ''));
const name = fc.constantFrom('X-A', 'x-a', 'ETag', 'Set-Cookie', 'Date', '_', 'X-A ', ' X', 'X\t', '', 'X(', 'Trailer', 'Upgrade', 'X\xe4');
const plainValue = fc.constantFrom('b', '', ' b ', '\tb\t', 'b, c', '"b"', '\xe4\xff', 'b:c', 'b\0', 'b\x7f', 'b\x01', 'b\x0b');
const lengthValue = fc.constantFrom(
  '0',
  '5',
  '5',
  '5',
  '005',
  '4',
  '6',
  '5\t',
  '\t5',
  '+5',
  '-5',
  '0x5',
  '5, 5',
  '5 ',
  '',
  '99999999999999999999',
  '5;',
  '5 5',
);
const codingValue = fc.constantFrom(
  'chunked',
  'chunked',
  'chunked',
  'Chunked',
  'gzip',
  'gzip, chunked',
  'chunked, chunked',
  'chunked, gzip',
  'identity',
  'chunked;q=1',
  '',
  'chunked ',
  'chunked\t',
  '\tchunked',
  'chunked \t ',
  'x-chunked',
);
const connectionValue = fc.constantFrom(
  'close',
  'keep-alive',
  'Close',
  'keep-alive, close',
  'x',
  'upgrade',
  'close, x',
  '',
  'close\t',
  'keep-alive\t',
  '\tclose',
  'keep-alive\t, x',
  'x,keep-alive ',
  'close ,x',
  'keep-alive;',
  ', close',
);
const colon = fc.oneof({ weight: 20, arbitrary: fc.constantFrom(': ', ':') }, fc.constantFrom(' : ', '', '\t:', '::'));
const line = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(name, colon, plainValue) },
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom('Content-Length', 'content-length', 'Content_Length'), colon, lengthValue) },
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom('Transfer-Encoding', 'TRANSFER-ENCODING'), colon, codingValue) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('Connection'), colon, connectionValue) },
  { weight: 1, arbitrary: fc.constantFrom([' folded', '', ''], ['\tfolded: x', '', ''], ['', '', ''], ['no colon', '', '']) },
);
const soundLine = fc.constantFrom(
  'X-A: b',
  'ETag: "x"',
  'Set-Cookie: a=b',
  'Connection: close',
  'Connection: keep-alive',
  'X-B:\xff',
  'Date: now',
);
const statusLine = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.constantFrom(
      'HTTP/1.1 200 OK',
      'HTTP/1.1 404 Not Found',
      'HTTP/1.0 200 OK',
      'HTTP/1.1 204 No',
      'HTTP/1.1 304 Not',
      'HTTP/1.1 500 ',
      'HTTP/1.1 200',
    ),
  },
  fc.constantFrom(
    'HTTP/2.0 200 OK',
    'HTTP/1.1 20 OK',
    'HTTP/1.1 2000',
    'HTTP/1.1  200 OK',
    'http/1.1 200 OK',
    'HTTP/1.1 200 \xe4',
    'HTTP/1.1 101 X',
    ' HTTP/1.1 200 OK',
    'HTTP/1.1 200 a\tb',
    'HTTP/1.1 099 X',
  ),
);
const interim = fc.oneof(
  { weight: 4, arbitrary: fc.constant('') },
  fc.constantFrom(
    'HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\n',
    'HTTP/1.1 100 Continue\r\n\r\n',
    'HTTP/1.1 102 P\r\nContent-Length: 5\r\n\r\n',
    'HTTP/1.1 102 P\r\nTransfer-Encoding: chunked\r\n\r\n',
    'HTTP/1.0 102 P\r\n\r\n',
    'HTTP/1.1 102 P\r\nConnection: close\r\n\r\n',
  ),
  line.map((parts) => `HTTP/1.1 103 E\r\n${parts.join('')}\r\n\r\n`),
);
const chunkSize = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom('5', '05', '5;a', '5;a=b', '5;a="b;c"') },
  fc.constantFrom(
    '4',
    '6',
    '',
    ' 5',
    '5 ',
    '+5',
    '-5',
    '0x5',
    '5;',
    '5;a=',
    '5 ;a',
    '5; a',
    'g',
    '5;a="',
    'fffffffffffffffff',
    '5\t',
    '5;\x01',
  ),
);
const chunks = fc
  .tuple(
    fc.array(fc.tuple(chunkSize, crlf, crlf), { maxLength: 3 }),
    fc.constantFrom('0', '0', '0', '000', '0;a', '', '0 '),
    crlf,
    fc.array(line, { maxLength: 1 }),
    crlf,
  )
  .map(([all, last, end, trailers, final]) => {
    const body = all.map(([size, first, second]) => `${size}${first}hello${second}`).join('');
    return `${body}${last}${end}${trailers.map((one) => `${one.join('')}\r\n`).join('')}${final}`;
  });
const behind = fc.oneof(
  { weight: 8, arbitrary: fc.constant('') },
  fc.constantFrom('x', '\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
);

/** Well formed but for what `line` and `crlf` make of it. */
const wildAnswer = fc
  .tuple(
    interim,
    statusLine,
    crlf,
    fc.array(fc.tuple(line, crlf), { maxLength: 4 }),
    crlf,
    fc.oneof(fc.constantFrom('hello', '', 'hello world'), chunks),
    behind,
  )
  .map(
    ([early, start, end, lines, blank, body, rest]) =>
      `${early}${start}${end}${lines.map(([parts, stop]) => parts.join('') + stop).join('')}${blank}${body}${rest}`,
  );
const soundAnswer = fc
  .tuple(
    interim,
    fc.constantFrom('HTTP/1.1 200 OK', 'HTTP/1.1 404 Not Found', 'HTTP/1.0 200 OK', 'HTTP/1.1 304 X', 'HTTP/1.1 599'),
    fc.array(soundLine, { maxLength: 3 }),
    fc.constantFrom(
      'Content-Length: 5\r\n\r\nhello',
      'content-length: 0\r\n\r\n',
      'X: y\r\n\r\nuntil the end',
      'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
      'Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\nA\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\n',
    ),
    behind,
  )
  .map(([early, start, lines, rest, after]) => `${early}${[start, ...lines, rest].join('\r\n')}${after}`);
/** A few bytes changed, left out, put in or said twice. */
const NASTY = [
  '\r',
  '\n',
  '\r\n',
  '\0',
  ' ',
  '\t',
  ':',
  ';',
  ',',
  '0',
  '5',
  '-',
  '\x7f',
  '\xff',
  'HTTP/1.1 200 OK\r\n',
  '\r\n\r\n',
  'Content-Length: 5\r\n',
  'a',
];
const mutatedAnswer = fc
  .tuple(
    soundAnswer,
    fc.array(
      fc.tuple(fc.nat(), fc.constantFrom('put', 'swap', 'drop', 'twice'), fc.constantFrom(...NASTY), fc.integer({ min: 1, max: 9 })),
      { minLength: 1, maxLength: 2 },
    ),
  )
  .map(([text, changes]) =>
    changes.reduce((changed, [place, how, nasty, length]) => change(changed, place % (changed.length + 1), how, nasty, length), text),
  );

function change(text: string, at: number, how: string, nasty: string, length: number): string {
  const [before, after] = [text.slice(0, at), text.slice(at)];
  if (how === 'put') return before + nasty + after;
  if (how === 'swap') return before + nasty + after.slice(1);
  return how === 'drop' ? before + after.slice(length) : before + after.slice(0, length) + after;
}

const anyAnswer = fc.oneof(
  { weight: 2, arbitrary: soundAnswer },
  { weight: 4, arbitrary: mutatedAnswer },
  { weight: 4, arbitrary: wildAnswer },
);
const method = fc.constantFrom('GET', 'GET', 'GET', 'HEAD');
/** Where it is cut, as parts of its length. */
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 });

function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const all = [0, ...places.toSorted((a, b) => a - b), bytes.length];
  return all
    .slice(1)
    .map((to, index) => bytes.subarray(all[index], to))
    .filter((piece) => piece.length > 0);
}

const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');

it('what Node refuses is refused; what both take they read alike, and no connection is kept longer than Node keeps it [GW-6, GW-41]', async () => {
  const seen = { taken: 0, refusedByBoth: 0, stricter: 0, kept: 0 };
  await fc.assert(
    fc.asyncProperty(anyAnswer, method, cuts, async (text, asked, places) => {
      const bytes = bytesOf(text);
      const pieces = cutAt(
        bytes,
        places.map((place) => Math.floor(place * bytes.length)),
      );
      const ours = readAnswer(pieces, asked);
      const nodes = await readByNode(pieces, asked);
      if (ours === null) {
        seen[nodes === null ? 'refusedByBoth' : 'stricter'] += 1;
        return;
      }
      const { isKept, ...read } = ours;
      seen.taken += 1;
      seen.kept += isKept ? 1 : 0;
      expect(nodes).toMatchObject(isKept ? ours : read);
    }),
    { ...RUNS, numRuns: 2_500 },
  );
  // Each kind is there many times: the comparison is about something.
  expect(Object.entries(seen).filter(([, count]) => count < 100)).toEqual([]);
});

const END = '\r\n\r\n';

it.each([
  ['an empty line before the status line', `\r\nHTTP/1.1 200 OK\r\nContent-Length: 0${END}`],
  ['another version of HTTP', `HTTP/2.0 200 OK\r\nContent-Length: 0${END}`],
  ['a status below 100', `HTTP/1.1 099 OK\r\nContent-Length: 0${END}`],
  ['a control character in the reason', `HTTP/1.1 200 O\x01K\r\nContent-Length: 0${END}`],
  ['a coding that is not chunked, and so an end that is the connection’s', `HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip${END}hello`],
  ['chunks that another coding is below', `HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked${END}0${END}`],
  ['chunks in HTTP/1.0', `HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked${END}0${END}`],
  ['a chunk’s size in more than 12 digits', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked${END}0000000000001\r\nx\r\n0${END}`],
  ['extensions of more than 4 KiB', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked${END}1;${'a'.repeat(5_000)}\r\nx\r\n0${END}`],
  ['a length of more than 15 digits, of a body that HEAD leaves out', `HTTP/1.1 200 OK\r\nContent-Length: 0000000000000005${END}`, 'HEAD'],
  ['more interim answers than anybody sends', `${`HTTP/1.1 102 P${END}`.repeat(40)}HTTP/1.1 200 OK\r\nContent-Length: 0${END}`],
])('stricter than Node, and on purpose: %s [GW-6]', async (_what, text, asked = 'GET') => {
  expect(readText(text, asked)).toBeNull();
  expect(await readByNode([bytesOf(text)], asked)).not.toBeNull();
});

const SPECIMENS = [
  'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nX-A: \xff \r\nContent-Length: 5\r\n\r\nhello',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a="b\\"c"\r\nhel\r\n\r\n0A\r\n\r\n0\r\n\r\n1\r\n2\r\n0\r\nX-Sum: 1\r\nX-B:  2\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n',
  'HTTP/1.0 200 OK\r\n\r\nuntil\r\n\r\nthe end',
  'HTTP/1.1 204 No Content\r\nX: y\r\n\r\n',
  'HTTP/1.1 200 OK\r\nX: y\r\n folded\r\n\r\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\n0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX\r\n\r\n',
];

/** Cut off behind an answer that is complete, less is left behind; that is all that may differ. */
it.each(SPECIMENS.map((text) => [spelled(text), text]))(
  '%s is read alike wherever it is cut, in two, in three and byte by byte [GW-40]',
  (_spelled, text) => {
    const bytes = bytesOf(text);
    const whole = readAnswer([bytes]);
    for (let first = 0; first <= bytes.length; first += 1)
      for (let second = first; second <= bytes.length; second += 1)
        expect([first, second, readAnswer(cutAt(bytes, [first, second]))]).toEqual([first, second, whole]);
    expect(readAnswer(Array.from(bytes, (_byte, index) => bytes.subarray(index, index + 1)))).toEqual(whole);
  },
);

it('any answer is read alike however it is cut [GW-40]', () => {
  fc.assert(
    fc.property(anyAnswer, method, fc.array(fc.nat(), { maxLength: 12 }), (text, asked, places) => {
      const bytes = bytesOf(text);
      expect(
        readAnswer(
          cutAt(
            bytes,
            places.map((place) => place % (bytes.length + 1)),
          ),
          asked,
        ),
      ).toEqual(readAnswer([bytes], asked));
    }),
    { ...RUNS, numRuns: 3_000 },
  );
});
