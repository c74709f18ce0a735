// Rule for rule of RFC 9112: what is read, and what is refused. Chunks: answer-chunks.test.ts.
// How it compares with Node's own parser: answer-parser.property.test.ts.
import { LIMITS } from '../../src/core/index.js';
import { AnswerParser } from '../../src/gateway/http1/answer-parser.js';
import { readAnswer, readText, spelled } from './answers.js';

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
const chunked = (body: string): string => CHUNKED + body;
const withField = (line: string): string => `${OK}Content-Length: 0\r\n${line}\r\n\r\n`;
const withLength = (value: string): string => `${OK}Content-Length:${value}\r\n\r\nhello`;
const withCoding = (lines: string, version = '1.1'): string => `HTTP/${version} 200 OK\r\n${lines}\r\n\r\n5\r\nhello\r\n0\r\n\r\n`;

function refusedAll(title: string, texts: readonly string[]): void {
  it.each(texts.map((text) => [spelled(text), text]))(`${title}: %s [GW-6, GW-41]`, (_spelled, text) => {
    expect(readText(text)).toBeNull();
  });
}

describe('the status line (RFC 9112 §4)', () => {
  it.each([
    ['HTTP/1.1 200 OK', 200, 'OK'],
    ['HTTP/1.0 404 Not Found', 404, 'Not Found'],
    ['HTTP/1.1 200 ', 200, ''],
    ['HTTP/1.1 200', 200, ''],
    ['HTTP/1.1 999  two  blanks\tand a tab ', 999, ' two  blanks\tand a tab '],
    ['HTTP/1.1 200 \xe4\xff', 200, '\xe4\xff'],
  ])('%j is read [GW-40]', (line, status, reason) => {
    expect(readText(`${line}\r\nContent-Length: 0\r\n\r\n`)).toMatchObject({ status, reason, fields: ['Content-Length', '0'] });
  });

  const lines = [
    '',
    'HTTP/1.1',
    'HTTP/1.1 ',
    'HTTP/1.1 20 OK',
    'HTTP/1.1 2000 OK',
    'HTTP/1.1 000 OK',
    'HTTP/1.1 099 OK',
    'HTTP/1.1 +20 OK',
    'HTTP/1.1 2x0 OK',
    'HTTP/1.1  200 OK',
    'HTTP/1.1\t200 OK',
    'HTTP/1.1 200\tOK',
    'HTTP/1.1 200OK',
    ' HTTP/1.1 200 OK',
    '\r\nHTTP/1.1 200 OK',
    '\nHTTP/1.1 200 OK',
    'http/1.1 200 OK',
    'HTTP/2.0 200 OK',
    'HTTP/0.9 200 OK',
    'HTTP/1.2 200 OK',
    'HTTP/1.10 200 OK',
    'HTTP/11 200 OK',
    'HTTP/1,1 200 OK',
    'ICY 200 OK',
    'SSH-2.0-OpenSSH_9.2',
    'GET / HTTP/1.1',
    'HTTP/1.1 200 O\0K',
    'HTTP/1.1 200 O\rK',
    'HTTP/1.1 200 O\nK',
    'HTTP/1.1 200 O\x7fK',
    'HTTP/1.1 200 O\x01K',
    'HTTP/1.1 101 Switching Protocols',
  ];
  refusedAll(
    'is refused',
    lines.map((line) => `${line}\r\nContent-Length: 0\r\n\r\n`),
  );

  it('what is no HTTP is refused with its first bytes, though no line of it ever ends [GW-41]', () => {
    for (const text of ['S', 'HTTPS', '\x15\x03\x01', 'HTTP/2', '\n', '\0']) {
      const parser = new AnswerParser();
      parser.begin('GET', { interim() {}, head() {}, body: () => true });
      expect(() => parser.read(Buffer.from(text, 'latin1'))).toThrow('no status line');
    }
  });
});

describe('fields (RFC 9112 §5)', () => {
  it.each([
    ['X-A:b', 'X-A', 'b'],
    ['X-A: \t b c\t ', 'X-A', 'b c'],
    ['X-A:', 'X-A', ''],
    ['X-A: \t ', 'X-A', ''],
    ['X-A: a:b', 'X-A', 'a:b'],
    ['X-A: \x80\xff', 'X-A', '\x80\xff'],
    ["!#$%&'*+-.^_`|~09azAZ: x", "!#$%&'*+-.^_`|~09azAZ", 'x'],
    ['__proto__: x', '__proto__', 'x'],
  ])('%j is read [GW-40]', (line, name, value) => {
    expect(readText(withField(line))?.fields).toEqual(['Content-Length', '0', name, value]);
  });

  it('keep their order, their case and their repeats [GW-40]', () => {
    expect(readText(withField('b: 1\r\nA: 2\r\nB: 3\r\nb: 1'))?.fields).toEqual([
      ...['Content-Length', '0', 'b', '1', 'A', '2', 'B', '3', 'b', '1'],
    ]);
  });

  it.each(['X-A : b', 'X-A\t: b', ': b', ' : b', 'X-A', 'X A: b', 'X(A): b', 'X-\xe4: b', 'X-A\0: b', '"X": b'])(
    'a name that is none is refused: %j [GW-6]',
    (line) => {
      expect(readText(withField(line))).toBeNull();
      expect(readText(chunked(`0\r\n${line}\r\n\r\n`))).toBeNull();
    },
  );

  it.each(['X-A: b\r\n c', 'X-A: b\r\n\tc: d', ' X-A: b', '\tX-A: b', 'X-A: b\r\n : c', 'X-A: b\r\n \r\nX-B: c'])(
    'a line that goes on in the next, or could, is refused: %j [GW-6]',
    (line) => {
      expect(readText(withField(line))).toBeNull();
      expect(readText(`${OK}${line}\r\nContent-Length: 0\r\n\r\n`)).toBeNull();
      expect(readText(chunked(`0\r\n${line}\r\n\r\n`))).toBeNull();
    },
  );

  it('a value with any control character but the tab is refused, at its begin, within it and at its end [GW-6]', () => {
    const isTaken = (line: string): boolean => readText(withField(line)) !== null;
    for (let code = 0; code < 0x100; code += 1) {
      const text = String.fromCharCode(code);
      const isControl = (code < 0x20 && code !== 9) || code === 0x7f;
      for (const value of [text, `a${text}b`, `${text}b`, `a${text}`]) {
        expect([code, value, isTaken(`X-A: ${value}`)]).toEqual([code, value, !isControl]);
        expect([code, value, readText(chunked(`0\r\nX-A: ${value}\r\n\r\n`)) !== null]).toEqual([code, value, !isControl]);
      }
    }
  });

  refusedAll('a head with a line that ends in LF or CR alone is refused', [
    'HTTP/1.1 200 OK\nContent-Length: 0\n\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 0\n\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\nX: y\r\n\r\n',
    'HTTP/1.1 200 OK\rContent-Length: 0\r\r',
    'HTTP/1.1 200 OK\r\nA: b\rContent-Length: 0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nA: b\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 200 OK\r\r\nContent-Length: 0\r\n\r\n',
  ]);
});

describe('a length (RFC 9112 §6.2)', () => {
  it.each(['5', ' 5', '  5 ', '0005'])('%j is read [GW-40]', (value) => {
    expect(readText(withLength(value))).toMatchObject({ body: 'hello', isKept: true });
  });

  const values = [
    '',
    ' ',
    '+5',
    '-5',
    '5\t',
    '5 \t ',
    '\t5',
    '0x5',
    '5, 5',
    '5,5',
    '5,',
    '5 5',
    '5.0',
    '5e0',
    '٥',
    '"5"',
    'five',
    '5;',
    '9'.repeat(16),
    '9'.repeat(400),
  ];
  refusedAll('that is none is refused', values.map(withLength));
  refusedAll('said twice is refused, also when it is the same', [
    withLength('5\r\nContent-Length: 5'),
    withLength('5\r\ncontent-LENGTH: 5'),
    withLength('5\r\nContent-Length: 6'),
    withLength('0\r\nContent-Length: 5'),
  ]);

  it('is what is read, not more and not less [GW-40]', () => {
    expect(readText(`${OK}Content-Length: 4\r\n\r\nhello`)).toMatchObject({ body: 'hell', isKept: false });
    expect(readText(`${OK}Content-Length: 6\r\n\r\nhello`)).toBeNull();
    expect(readText(`${OK}Content-Length: 0\r\n\r\n`)).toMatchObject({ body: '', isKept: true });
    expect(readText(`${OK}Content-Length: 999999999999999\r\n\r\nhello`)).toBeNull();
  });
});

describe('a transfer coding (RFC 9112 §6.1)', () => {
  it.each(['chunked', 'CHUNKED', '  chunked '])('%j is read [GW-40]', (value) => {
    expect(readText(withCoding(`Transfer-Encoding:${value}`))).toMatchObject({ body: 'hello', isKept: true });
  });

  const values = [
    'gzip',
    'gzip, chunked',
    'chunked, gzip',
    'chunked, chunked',
    'chunked,',
    ',chunked',
    'identity',
    'chunked;q=1',
    '',
    'chunked\t',
    'chunked \t ',
    '\tchunked',
    'chunked\x0b',
    'xchunked',
    '"chunked"',
    'chunked\xa0',
  ];
  refusedAll(
    'other than chunked alone is refused',
    values.map((value) => withCoding(`Transfer-Encoding: ${value}`)),
  );
  refusedAll('said twice, or beside a length, or in HTTP/1.0, is refused', [
    withCoding('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked'),
    withCoding('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity'),
    withCoding('Transfer-Encoding: chunked\r\nContent-Length: 5'),
    withCoding('Content-Length: 15\r\nTransfer-Encoding: chunked'),
    withCoding('Transfer-Encoding: chunked', '1.0'),
    withCoding('Transfer-Encoding: chunked\r\nConnection: keep-alive', '1.0'),
  ]);
});

describe('answers that are not final (RFC 9110 §15.2)', () => {
  const FINAL = `${OK}Content-Length: 2\r\n\r\nok`;

  it('are told each, and the final one is read [GW-40]', () => {
    const read = readText(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\nContent-Length: 7\r\n\r\n${FINAL}`);
    expect(read).toMatchObject({ status: 200, body: 'ok', isKept: true });
    expect(read?.interims).toEqual([
      [100, 'Continue'],
      [103, 'Early Hints', 'Link', '</a>', 'Content-Length', '7'],
    ]);
  });

  it('are borne up to a bound [GW-52]', () => {
    const flood = (count: number): string => 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(count) + FINAL;
    expect(readText(flood(LIMITS.upstreamInterimsMax))?.body).toBe('ok');
    expect(readText(flood(LIMITS.upstreamInterimsMax + 1))).toBeNull();
  });

  refusedAll('that are alone, contradict themselves, or are of another protocol are refused', [
    'HTTP/1.1 100 Continue\r\n\r\n',
    `HTTP/1.0 100 Continue\r\n\r\n${FINAL}`,
    `HTTP/1.1 102 Processing\r\nConnection: close\r\n\r\n${FINAL}`,
    `HTTP/1.1 102 Processing\r\nContent-Length: x\r\n\r\n${FINAL}`,
    `HTTP/1.1 102 Processing\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n${FINAL}`,
    `HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n${FINAL}`,
    `HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 101 Switching Protocols\r\n\r\n${FINAL}`,
  ]);
});

describe('where an answer ends (RFC 9112 §6.3)', () => {
  it.each([
    ['HEAD', 200, 'Content-Length: 5', false],
    ['HEAD', 200, 'Transfer-Encoding: chunked', false],
    ['HEAD', 200, 'X-A: b', false],
    ['GET', 204, 'X-A: b', true],
    ['GET', 204, 'Content-Length: 0', true],
    ['GET', 304, 'ETag: "a"', true],
    ['GET', 204, 'Content-Length: 5', false],
    ['GET', 304, 'Content-Length: 5', false],
    ['GET', 304, 'Transfer-Encoding: chunked', false],
  ])('%s, %d, with `%s`: with its head; the connection is kept: %s [GW-40]', (method, status, field, isKept) => {
    expect(readText(`HTTP/1.1 ${status} X\r\n${field}\r\n\r\n`, method)).toMatchObject({ status, body: '', isKept });
    // A body that should not be there belongs to nothing that follows.
    expect(readText(`HTTP/1.1 ${status} X\r\n${field}\r\n\r\nhello`, method)).toMatchObject({ body: '', isKept: false });
  });

  it('without a length it is the connection’s end, and that is not used again [GW-40]', () => {
    expect(readText(`${OK}\r\nhello\r\n\r\nHTTP/1.1 200 OK`)).toMatchObject({ body: 'hello\r\n\r\nHTTP/1.1 200 OK', isKept: false });
    expect(readText(`HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nhello`)).toMatchObject({ body: 'hello', isKept: false });
    expect(readText(`${OK}\r\n`)).toMatchObject({ body: '', isKept: false });
  });

  it.each([
    ['1.1', 'X-A: b', true],
    ['1.1', 'Connection: close', false],
    ['1.1', 'Connection: Close', false],
    ['1.1', 'Connection: keep-alive, CLOSE', false],
    ['1.1', 'Connection: keep-alive\r\nConnection: x ,close\t', false],
    ['1.1', 'Connection: closed', true],
    ['1.0', 'X-A: b', false],
    ['1.0', 'Connection: keep-alive', true],
    ['1.0', 'Connection: x,  Keep-Alive', true],
    ['1.0', 'Connection: close, keep-alive', false],
    ['1.0', 'Connection: keep-alive\r\nConnection: close', false],
    ['1.0', 'Connection: keep-alive\xa0', false],
    ['1.0', 'Proxy-Connection: keep-alive', false],
  ])('HTTP/%s with `%s`: kept: %s [GW-40]', (version, field, isKept) => {
    expect(readText(`HTTP/${version} 200 OK\r\nContent-Length: 2\r\n${field}\r\n\r\nok`)).toMatchObject({ body: 'ok', isKept });
  });

  it('what stands behind it is not read, and ends the connection [GW-40]', () => {
    const second = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond';
    for (const first of [`${OK}Content-Length: 5\r\n\r\nfirst`, chunked('5\r\nfirst\r\n0\r\n\r\n')])
      for (const behind of [second, '\r\n', '\0']) expect(readText(first + behind)).toMatchObject({ body: 'first', isKept: false });
  });

  refusedAll('before that it breaks off', [
    '',
    'H',
    'HTTP/1.1 200 OK',
    OK,
    `${OK}Content-Length: 5\r\n\r`,
    `${OK}Content-Length: 5\r\n\r\nhell`,
  ]);
});

describe('how long an upstream keeps a connection, by its own word', () => {
  it.each([
    ['timeout=5', 5_000],
    ['timeout=5, max=100', 5_000],
    ['max=100, Timeout=20', 20_000],
    ['max=100', null],
    ['xtimeout=5', null],
    ['timeout=-5', null],
    ['timeout=soon', null],
  ])('`Keep-Alive: %s` is %p ms [GW-41]', (value, idleMs) => {
    const parser = new AnswerParser();
    parser.begin('GET', { interim() {}, head() {}, body: () => true });
    parser.read(Buffer.from(withField(`Keep-Alive: ${value}`)));
    expect(parser.idleMs).toBe(idleMs);
  });
});

describe('a head at the bound of its length [GW-52]', () => {
  const headOf = (length: number): string => {
    const start = `${OK}Content-Length: 2\r\nX-A: `;
    return `${start}${'a'.repeat(length - start.length)}\r\n\r\nok`;
  };
  const bound = LIMITS.upstreamHeaderBytesMax;

  it.each([
    [bound, 'ok'],
    [bound + 1, undefined],
    [2 * bound, undefined],
  ])('%d bytes: read as %p, wherever it is cut', (length, body) => {
    const bytes = Buffer.from(headOf(length));
    const places = [1, 17, bound - 5, bound - 1, bound, bound + 1, bound + 2, bound + 3, bound + 4, bound + 5];
    for (const place of places) expect([place, readAnswer([bytes.subarray(0, place), bytes.subarray(place)])?.body]).toEqual([place, body]);
    const thirds = [0, bound - 2, bound + 1, bound + 3, bytes.length].map((from, index, all) => bytes.subarray(all[index - 1] ?? 0, from));
    expect(readAnswer(thirds)?.body).toBe(body);
  });
});

describe('what a parser keeps', () => {
  it('is nothing of an answer that was read to its end: neither its receiver nor its trailers', () => {
    const parser = new AnswerParser();
    let told = 0;
    const receiver = { interim() {}, head: () => void (told += 1), body: () => true };
    parser.begin('GET', receiver);
    parser.read(Buffer.from(chunked('0\r\nX-A: b\r\n\r\n')));
    expect(parser.takeTrailers()).toEqual(['X-A', 'b']);
    expect(parser.takeTrailers()).toEqual([]);
    parser.begin('GET', receiver);
    parser.read(Buffer.from(chunked('0\r\n\r\n')));
    expect([parser.takeTrailers(), told]).toEqual([[], 2]);
  });

  it('of an answer that was given up nobody is told any more', () => {
    const parser = new AnswerParser();
    const told: string[] = [];
    parser.begin('GET', {
      interim() {},
      head: () => parser.abandon(),
      body: () => told.push('body') > 0,
    });
    expect(parser.read(Buffer.from(`${OK}Content-Length: 5\r\n\r\nhello`))).toBeLessThan(200);
    expect([told, parser.isComplete, parser.persists]).toEqual([[], true, false]);
  });
});
