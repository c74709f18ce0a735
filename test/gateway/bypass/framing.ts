// Where one request ends and the next begins: whatever two parsers could read differently is refused, the connection is closed, and what
// stands behind it is nobody's request [GW-6].
import { carried, head, HOST, ISSUE, MYSELF, refused, type Row } from './row.js';

/** POST with these fields and whatever follows them. */
const post =
  (fields: readonly string[], body: string, version = '1.1'): Row['bytes'] =>
  ({ any }) =>
    head(`POST ${ISSUE} HTTP/${version}`, HOST, any, ...fields) + body;

/** A request that must not be found in what is another one's body. */
const HIDDEN = 'GET /jira/rest/api/2/hidden HTTP/1.1\r\nHost: postern.test\r\n\r\n';

const framed = (what: string, why: string, fields: readonly string[], body = '0\r\n\r\n', version = '1.1'): Row =>
  refused(what, why, 400, post(fields, body, version));

const LENGTHS: readonly Row[] = [
  framed('Content-Length and Transfer-Encoding', 'CL.TE', ['Content-Length: 4', 'Transfer-Encoding: chunked'], `0\r\n\r\n${HIDDEN}`),
  framed('Transfer-Encoding and Content-Length', 'TE.CL', ['Transfer-Encoding: chunked', 'Content-Length: 4']),
  framed('Content-Length: 0 and Transfer-Encoding', 'CL.0 with chunks', ['Content-Length: 0', 'Transfer-Encoding: chunked']),
  framed('two Content-Lengths', 'which one counts?', ['Content-Length: 4', 'Content-Length: 5'], 'abcde'),
  framed('the same Content-Length twice', 'RFC 9110 §8.6 lets it be refused', ['Content-Length: 4', 'Content-Length: 4'], 'abcd'),
  framed('Content-Length: 4, 4', 'a list', ['Content-Length: 4, 4'], 'abcd'),
  framed('Content-Length: 4, 5', 'a list', ['Content-Length: 4, 5'], 'abcde'),
  framed('Content-Length: +4', 'a sign', ['Content-Length: +4'], 'abcd'),
  framed('Content-Length: -1', 'a sign', ['Content-Length: -1'], ''),
  framed('Content-Length: 0x4', 'hex', ['Content-Length: 0x4'], 'abcd'),
  framed('Content-Length: 4.0', 'a fraction', ['Content-Length: 4.0'], 'abcd'),
  framed('Content-Length: 4e0', 'an exponent', ['Content-Length: 4e0'], 'abcd'),
  framed('Content-Length: 4 5', 'two numbers', ['Content-Length: 4 5'], 'abcd'),
  framed('Content-Length: "4"', 'a quoted number', ['Content-Length: "4"'], 'abcd'),
  framed('Content-Length: abc', 'no number', ['Content-Length: abc'], ''),
  framed('an empty Content-Length', 'no number', ['Content-Length:'], ''),
  framed('Content-Length past 2^64', 'wraps to a small one', ['Content-Length: 18446744073709551620'], 'abcd'),
  framed('Content-Length past 2^53', 'no number of ours', ['Content-Length: 9007199254740993'], ''),
  framed('Content-Length with a tab behind', 'the parser takes blanks alone', ['Content-Length: 4\t'], 'abcd'),
  framed('Content-Length with NUL', 'NUL in a value', ['Content-Length: 4\x00'], 'abcd'),
  framed('Content-Length with a vertical tab', 'no blank of HTTP', ['Content-Length: \x0b4'], 'abcd'),
  framed('Content-Length in wide digits', 'isdigit() of some languages', ['Content-Length: \xef\xbc\x94'], 'abcd'),
];

const ENCODINGS: readonly Row[] = [
  framed('Transfer-Encoding: gzip, chunked', 'chunked alone', ['Transfer-Encoding: gzip, chunked']),
  framed('Transfer-Encoding: chunked, gzip', 'chunked last', ['Transfer-Encoding: chunked, gzip']),
  framed('Transfer-Encoding: chunked, chunked', 'chunked once', ['Transfer-Encoding: chunked, chunked']),
  framed('Transfer-Encoding: identity', 'gone since RFC 7230', ['Transfer-Encoding: identity'], ''),
  framed('Transfer-Encoding: chunked, identity', 'smuggler’s list', ['Transfer-Encoding: chunked, identity']),
  framed('Transfer-Encoding: identity, chunked', 'smuggler’s list', ['Transfer-Encoding: identity, chunked']),
  framed('Transfer-Encoding: xchunked', 'smuggler’s list', ['Transfer-Encoding: xchunked']),
  framed('Transfer-Encoding: chunkedx', 'smuggler’s list', ['Transfer-Encoding: chunkedx']),
  framed('Transfer-Encoding: "chunked"', 'quoted', ['Transfer-Encoding: "chunked"']),
  framed('Transfer-Encoding: chunked;q=1', 'a parameter', ['Transfer-Encoding: chunked;q=1']),
  framed('Transfer-Encoding: ,chunked', 'an empty member', ['Transfer-Encoding: ,chunked']),
  framed('Transfer-Encoding: chunk', 'cut off', ['Transfer-Encoding: chunk']),
  framed('an empty Transfer-Encoding', 'nothing said', ['Transfer-Encoding:'], ''),
  framed('two Transfer-Encodings', 'CVE-2022-32213', ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked']),
  framed('two Transfer-Encodings, one unknown', 'CVE-2022-32213', ['Transfer-Encoding: chunked', 'Transfer-Encoding: cow']),
  framed('Transfer-Encoding folded', 'CVE-2022-32215', ['Transfer-Encoding:\r\n chunked']),
  framed('Transfer-Encoding with a tab and a line', 'CVE-2022-32215', ['Transfer-Encoding: chunked\r\n\t, identity']),
  framed('Transfer-Encoding with a vertical tab', 'smuggler’s list', ['Transfer-Encoding: \x0bchunked']),
  framed('Transfer-Encoding with NUL', 'smuggler’s list', ['Transfer-Encoding: chunked\x00']),
  framed('Transfer-Encoding with a blank before the colon', 'smuggler’s list', ['Transfer-Encoding : chunked']),
  framed('Transfer-Encoding behind a blank', 'smuggler’s list', [' Transfer-Encoding: chunked']),
  framed('Transfer-Encoding behind another field’s line feed', 'smuggler’s list', ['X: X\nTransfer-Encoding: chunked']),
  framed('Transfer-Encoding behind another field’s carriage return', 'CVE-2023-30589', ['X: X\rTransfer-Encoding: chunked']),
  framed('Transfer-Encoding in HTTP/1.0', 'Node takes it', ['Transfer-Encoding: chunked'], '0\r\n\r\n', '1.0'),
];

/** Bodies in chunks that are no chunks. The decision comes first and Node reads bodies later: what was sent on is cut off. */
const chunks = (what: string, why: string, body: string): Row => ({
  what,
  why,
  bytes: post(['Transfer-Encoding: chunked'], body),
  answers: [400],
  seen: [],
  ends: true,
});

const CHUNKS: readonly Row[] = [
  chunks('a chunk size that is no hex', 'RFC 9112 §7.1', 'g\r\nabc\r\n0\r\n\r\n'),
  chunks('a chunk size with 0x', 'parsed by strtol', '0x3\r\nabc\r\n0\r\n\r\n'),
  chunks('a chunk size with a sign', 'parsed by strtol', '+3\r\nabc\r\n0\r\n\r\n'),
  chunks('a negative chunk size', 'parsed by strtol', '-3\r\nabc\r\n0\r\n\r\n'),
  chunks('a chunk size past 2^64', 'wraps', '10000000000000003\r\nabc\r\n0\r\n\r\n'),
  chunks('a chunk size behind a blank', 'parsed by strtol', ' 3\r\nabc\r\n0\r\n\r\n'),
  chunks('an empty chunk size', 'no number', '\r\nabc\r\n0\r\n\r\n'),
  chunks('a chunk size that ends in a line feed', 'CVE-2025-23167’s kin', '3\nabc\r\n0\r\n\r\n'),
  chunks('a chunk size that ends in a carriage return', 'two parsers', '3\rabc\r\n0\r\n\r\n'),
  chunks('a chunk that ends in a line feed', 'two parsers', '3\r\nabc\n0\r\n\r\n'),
  chunks('a chunk longer than it says', 'the rest would be a size', '3\r\nabcdef\r\n0\r\n\r\n'),
  chunks('a chunk size with a control character', 'two parsers', '3\x00\r\nabc\r\n0\r\n\r\n'),
  chunks('a chunk extension with a line feed', 'CVE-2025-22871: the extension hides a line', '3;a\nb\r\nabc\r\n0\r\n\r\n'),
];

const LINES: readonly Row[] = [
  refused('bare line feeds', 'two parsers', 400, ({ any }) => `GET ${MYSELF} HTTP/1.1\n${HOST}\n${any}\n\n`),
  refused('one bare line feed among fields', 'two parsers', 400, ({ any }) => `GET ${MYSELF} HTTP/1.1\r\n${HOST}\n${any}\r\n\r\n`),
  refused('a bare line feed behind the request line', 'two parsers', 400, ({ any }) => `GET ${MYSELF} HTTP/1.1\n${HOST}\r\n${any}\r\n\r\n`),
  refused(
    'an empty line of a bare line feed',
    'the head ends twice',
    400,
    ({ any }) => `GET ${MYSELF} HTTP/1.1\r\n${HOST}\r\n${any}\r\n\n`,
  ),
  refused('a bare carriage return in a value', 'two parsers', 400, ({ any }) => head(`GET ${MYSELF} HTTP/1.1`, HOST, any, 'X: a\rb')),
  refused(
    'a bare carriage return behind the request line',
    'two parsers',
    400,
    ({ any }) => `GET ${MYSELF} HTTP/1.1\r${HOST}\r\n${any}\r\n\r\n`,
  ),
  refused('a folded field', 'obs-fold', 400, ({ any }) => head(`GET ${MYSELF} HTTP/1.1`, HOST, any, 'X: a\r\n b')),
  refused('a field folded with a tab', 'obs-fold', 400, ({ any }) => head(`GET ${MYSELF} HTTP/1.1`, HOST, any, 'X: a\r\n\tb')),
  refused('a fold behind the request line', 'obs-fold', 400, ({ any }) => head(`GET ${MYSELF} HTTP/1.1`, ' X: a', HOST, any)),
  refused('a blank before the colon', 'RFC 9112 §5.1', 400, ({ any }) => head(`GET ${MYSELF} HTTP/1.1`, HOST, any, 'X : a')),
  refused('a tab before the colon', 'RFC 9112 §5.1', 400, ({ any }) => head(`GET ${MYSELF} HTTP/1.1`, HOST, any, 'X\t: a')),
  refused('a blank in a name', 'RFC 9110 §5.1', 400, ({ any }) => head(`GET ${MYSELF} HTTP/1.1`, HOST, any, 'X Y: a')),
  refused('an empty name', 'RFC 9110 §5.1', 400, ({ any }) => head(`GET ${MYSELF} HTTP/1.1`, HOST, any, ': a')),
  refused('a field without a colon', 'RFC 9112 §5', 400, ({ any }) => head(`GET ${MYSELF} HTTP/1.1`, HOST, any, 'X')),
  refused('NUL in a name', 'two parsers', 400, ({ any }) => head(`GET ${MYSELF} HTTP/1.1`, HOST, any, 'X\x00: a')),
  refused('NUL in a value', 'two parsers', 400, ({ any }) => head(`GET ${MYSELF} HTTP/1.1`, HOST, any, 'X: a\x00b')),
  refused('a control character in a value', 'two parsers', 400, ({ any }) => head(`GET ${MYSELF} HTTP/1.1`, HOST, any, 'X: a\x01b')),
  refused('a byte above ASCII in a name', 'two parsers', 400, ({ any }) => head(`GET ${MYSELF} HTTP/1.1`, HOST, any, 'X\xe9: a')),
  refused('parentheses in a name', 'RFC 9110 §5.6.2', 400, ({ any }) => head(`GET ${MYSELF} HTTP/1.1`, HOST, any, 'X(y): a')),
  refused('a field of 20,000 bytes', 'GW-52', 431, ({ any }) => head(`GET ${MYSELF} HTTP/1.1`, HOST, any, `X: ${'x'.repeat(20_000)}`), {
    ends: true,
  }),
  refused('101 fields', 'GW-52', 431, ({ any }) =>
    head(`GET ${MYSELF} HTTP/1.1`, HOST, any, ...Array.from({ length: 99 }, (_, n) => `X-${n}: 1`)),
  ),
];

const VERSIONS: readonly Row[] = [
  ...(
    [
      ['HTTP/2.0', 505, 'Node hands it over'],
      ['HTTP/0.9', 505, 'a version with a number'],
      ['HTTP/1.2', 400, 'no such version'],
      ['HTTP/3.0', 400, 'another protocol'],
      ['HTTP/11', 400, 'no dot'],
      ['HTTP/1', 400, 'no minor version'],
      ['HTTP/1.10', 400, 'two digits'],
      ['HTTP/01.1', 400, 'a zero in front'],
      ['http/1.1', 400, 'lower case'],
      ['HTTPS/1.1', 400, 'another name'],
      ['ICE/1.0', 400, 'Icecast, which Node’s parser knows'],
      ['XTTP/1.1', 400, 'another name'],
    ] as const
  ).map(([version, status, why]) =>
    refused(`the version ${version}`, why, status, ({ any }) => head(`GET ${MYSELF} ${version}`, HOST, any)),
  ),
  refused('HTTP/0.9 without a version', 'no fields, no Host', 400, () => `GET ${MYSELF}\r\n\r\n`),
  refused('HTTP/0.9 with fields behind', 'a head in the air', 505, ({ any }) => `GET ${MYSELF}\r\n${HOST}\r\n${any}\r\n\r\n`),
  carried(
    'RTSP/1.0',
    'Node’s parser reads it as HTTP/1.0; the line is written anew',
    `GET ${MYSELF}`,
    ({ any }) => head(`GET ${MYSELF} RTSP/1.0`, HOST, any),
    {
      ends: true,
    },
  ),
  carried('HTTP/1.0', 'a client of old', `GET ${MYSELF}`, ({ any }) => head(`GET ${MYSELF} HTTP/1.0`, HOST, any), { ends: true }),
  carried('HTTP/1.0 with keep-alive', 'kept, and in step', `GET ${MYSELF}`, ({ any }) =>
    head(`GET ${MYSELF} HTTP/1.0`, HOST, any, 'Connection: keep-alive'),
  ),
  refused('HTTP/1.0 without Host', 'Postern wants it of everybody', 400, ({ any }) => head(`GET ${MYSELF} HTTP/1.0`, any)),
];

const HOSTS: readonly Row[] = [
  refused('no Host', 'RFC 9112 §3.2', 400, ({ any }) => head(`GET ${MYSELF} HTTP/1.1`, any)),
  ...(
    [
      ['', 'empty'],
      ['a@b', 'userinfo'],
      ['a/b', 'a path'],
      ['a?b', 'a query'],
      ['a#b', 'a fragment'],
      ['a b', 'a blank'],
      ['a,b', 'a list'],
      ['a;b', 'a parameter'],
      ['a\\b', 'a backslash'],
      ['a%00b', 'an escape'],
      ['postern.test:', 'an empty port'],
      ['postern.test:8o', 'no number as a port'],
      ['postern.test:123456', 'a port of six digits'],
      ['postern.test:80:80', 'two ports'],
      ['http://postern.test', 'a URL'],
      ['[::1', 'half a bracket'],
      ['::1', 'IPv6 without brackets'],
      ['[::1%25eth0]', 'a zone'],
      ['<script>', 'markup'],
      ['"postern.test"', 'quotes'],
      ['p\xf6stern.test', 'a byte above ASCII'],
    ] as const
  ).map(([host, why]) => refused(`the Host ${host}`, why, 400, ({ any }) => head(`GET ${MYSELF} HTTP/1.1`, `Host: ${host}`, any))),
  refused('two Hosts', 'Node takes the first', 400, ({ any }) => head(`GET ${MYSELF} HTTP/1.1`, HOST, 'Host: other.test', any)),
  refused('the same Host twice', 'RFC 9112 §3.2', 400, ({ any }) => head(`GET ${MYSELF} HTTP/1.1`, HOST, HOST, any)),
  refused('two Hosts, one in capitals', 'names have no case', 400, ({ any }) =>
    head(`GET ${MYSELF} HTTP/1.1`, HOST, 'HOST: other.test', any),
  ),
  ...['postern.test:8080', 'POSTERN.test', '[::1]:80', '127.0.0.1', 'a_b.test', 'postern.test.'].map((host) =>
    carried(`the Host ${host}`, 'a host', `GET ${MYSELF}`, ({ any }) => head(`GET ${MYSELF} HTTP/1.1`, `Host: ${host}`, any)),
  ),
];

const TWINS: readonly Row[] = [
  carried('a body with its length', 'usual', `POST ${ISSUE}`, post(['Content-Length: 4'], 'abcd')),
  carried('a body that looks like a request', 'a body is a body', `POST ${ISSUE}`, post([`Content-Length: ${HIDDEN.length}`], HIDDEN)),
  carried('Content-Length: 0', 'no body', `POST ${ISSUE}`, post(['Content-Length: 0'], '')),
  carried('Content-Length: 004', 'zeros in front are digits', `POST ${ISSUE}`, post(['Content-Length: 004'], 'abcd')),
  carried('blanks around a length', 'RFC 9110 §5.5', `POST ${ISSUE}`, post(['Content-Length:   4  '], 'abcd')),
  carried(
    'GET with a body',
    'allowed, if odd',
    `GET ${MYSELF}`,
    ({ any }) => `${head(`GET ${MYSELF} HTTP/1.1`, HOST, any, 'Content-Length: 4')}abcd`,
  ),
  carried('chunks', 'usual', `POST ${ISSUE}`, post(['Transfer-Encoding: chunked'], '3\r\nabc\r\n0\r\n\r\n')),
  carried(
    'Transfer-Encoding: CHUNKED',
    'codings have no case',
    `POST ${ISSUE}`,
    post(['Transfer-Encoding: CHUNKED'], '3\r\nabc\r\n0\r\n\r\n'),
  ),
  carried(
    'chunks with an extension',
    'RFC 9112 §7.1.1',
    `POST ${ISSUE}`,
    post(['Transfer-Encoding: chunked'], '3;a=b\r\nabc\r\n0\r\n\r\n'),
  ),
  carried(
    'chunks with trailers',
    'they do not travel',
    `POST ${ISSUE}`,
    post(['Transfer-Encoding: chunked', 'Trailer: X'], '3\r\nabc\r\n0\r\nX: poison\r\n\r\n'),
  ),
  carried(
    'a chunk that looks like a request',
    'a body is a body',
    `POST ${ISSUE}`,
    post(['Transfer-Encoding: chunked'], `${HIDDEN.length.toString(16)}\r\n${HIDDEN}\r\n0\r\n\r\n`),
  ),
  carried(
    'chunk sizes with zeros and capitals',
    'hex digits',
    `POST ${ISSUE}`,
    post(['Transfer-Encoding: chunked'], '00A\r\n0123456789\r\n000\r\n\r\n'),
  ),
  carried('an empty line in front', 'RFC 9112 §2.2', `GET ${MYSELF}`, ({ any }) => `\r\n${head(`GET ${MYSELF} HTTP/1.1`, HOST, any)}`),
  {
    what: 'two requests at once',
    why: 'each is judged and answered for itself',
    bytes: ({ any, reader }) => head(`GET ${ISSUE} HTTP/1.1`, HOST, any) + head(`GET ${ISSUE} HTTP/1.1`, HOST, reader),
    answers: [200, 403],
    seen: [`GET ${ISSUE}`],
    ends: false,
  },
  {
    what: 'a permitted request before a refused one',
    why: 'the first is carried, the connection ends with the second',
    bytes: ({ any }) => head(`GET ${ISSUE} HTTP/1.1`, HOST, any) + head('GET /jira/rest/../secure HTTP/1.1', HOST, any),
    answers: [200, 400],
    seen: [`GET ${ISSUE}`],
    ends: true,
  },
  {
    what: 'a refused login before a permitted one',
    why: 'a refusal is no login for what follows: CVE-2025-64484’s kin',
    bytes: ({ any }) => head(`GET ${ISSUE} HTTP/1.1`, HOST, 'Authorization: Basic !!!!') + head(`GET ${ISSUE} HTTP/1.1`, HOST, any),
    answers: [401, 200],
    seen: [`GET ${ISSUE}`],
    ends: false,
  },
  {
    what: 'a permitted login before none',
    why: 'a connection has no login: each request brings its own',
    bytes: ({ any, reader }) => head(`GET ${MYSELF} HTTP/1.1`, HOST, any) + head(`DELETE ${MYSELF} HTTP/1.1`, HOST, reader),
    answers: [200, 403],
    seen: [`GET ${MYSELF}`],
    ends: false,
  },
];

export const FRAMING: readonly Row[] = [...LENGTHS, ...ENCODINGS, ...CHUNKS, ...LINES, ...VERSIONS, ...HOSTS, ...TWINS];
