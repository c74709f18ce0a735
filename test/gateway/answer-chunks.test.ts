// An answer in chunks, and what may follow them: rule for rule of RFC 9112 §7.1.
import { LIMITS } from '../../src/core/index.js';
import { readText, spelled } from './answers.js';

const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const chunked = (body: string): string => CHUNKED + body;

function refusedAll(title: string, texts: readonly string[]): void {
  it.each(texts.map((text) => [spelled(text.slice(CHUNKED.length)), text]))(`${title}: %s [GW-6, GW-41]`, (_spelled, text) => {
    expect(readText(text)).toBeNull();
  });
}

describe('chunks (RFC 9112 §7.1)', () => {
  it.each([
    ['5\r\nhello\r\n0\r\n\r\n', 'hello'],
    ['1\r\nh\r\n4\r\nello\r\n000\r\n\r\n', 'hello'],
    ['00000000000A\r\n0123456789\r\n0\r\n\r\n', '0123456789'],
    ['a\r\n\r\n0\r\n\r\n0\r\n\r\n0\r\n\r\n', '\r\n0\r\n\r\n0\r\n'],
    ['5;a\r\nhello\r\n0;b=c\r\n\r\n', 'hello'],
    ['5;a=b;c="d;\\"\\r e";f\r\nhello\r\n0\r\n\r\n', 'hello'],
    ['0\r\n\r\n', ''],
  ])('%j is read [GW-40]', (text, body) => {
    expect(readText(chunked(text))).toMatchObject({ body, isKept: true, trailers: [] });
  });

  const sizes = [
    '',
    ' 5',
    '5 ',
    '\t5',
    '5\t',
    '+5',
    '-5',
    '0x5',
    '5h',
    'g',
    '5 ;a',
    '5;',
    '5; a',
    '5;a ',
    '5;a=',
    '5;=a',
    '5;a="',
    '5;a="b"c',
    '5;a=b c',
    '5;a\0',
    '5,5',
    '5.',
    '1'.repeat(13),
    'f'.repeat(17),
    '5;a\x7f',
    `5;${'a'.repeat(5_000)}`,
  ];
  refusedAll(
    'whose size is no number, or has blanks, or carries what is no extension, are refused',
    sizes.map((size) => chunked(`${size}\r\nhello\r\n0\r\n\r\n`)),
  );
  refusedAll('that do not end as they must are refused', [
    chunked('5\nhello\r\n0\r\n\r\n'),
    chunked('5\rhello\r\n0\r\n\r\n'),
    chunked('5\r\nhello\n0\r\n\r\n'),
    chunked('5\r\nhello\r0\r\n\r\n'),
    chunked('5\r\nhello0\r\n\r\n'),
    chunked('4\r\nhello\r\n0\r\n\r\n'),
    chunked('6\r\nhello\r\n0\r\n\r\n'),
    chunked('5\r\nhello \r\n0\r\n\r\n'),
    chunked('5\r\nhello\r\n'),
    chunked('5\r\nhello\r\n0\r\n'),
    chunked('5\r\nhello\r\n0\r\n\n'),
    chunked('5\r\nhello\r\n0\n\n'),
    chunked('5\r\nhello\r\n0\r\n\r'),
    chunked('5\r\nhello\r\n\r\n0\r\n\r\n'),
  ]);

  it('a line that never ends is refused at its bound [GW-52]', () => {
    const lengthMax = LIMITS.upstreamChunkLineMax;
    expect(readText(chunked(`1;${'a'.repeat(lengthMax - 2)}\r\nx\r\n0\r\n\r\n`))?.body).toBe('x');
    expect(readText(chunked(`1;${'a'.repeat(lengthMax - 1)}\r\nx\r\n0\r\n\r\n`))).toBeNull();
  });
});

describe('trailers (RFC 9112 §7.1.2)', () => {
  it('are read as fields are, in their order [GW-40]', () => {
    const { trailers, fields, isKept } = readText(chunked('5\r\nhello\r\n0\r\nX-B: 1\r\nx-a:\xff \r\nX-B: 2\r\n\r\n'))!;
    expect([trailers, fields, isKept]).toEqual([['X-B', '1', 'x-a', '\xff', 'X-B', '2'], ['Transfer-Encoding', 'chunked'], true]);
  });

  refusedAll('with a fault are refused', [
    chunked('0\r\nX\r\n\r\n'),
    chunked('0\r\nContent-Length: 0\r\n\r\n'),
    chunked('5\r\nhello\r\n0\r\ncontent-length: 5\r\n\r\n'),
    chunked('0\r\nTransfer-Encoding: chunked\r\n\r\n'),
    chunked('0\r\nX-A: b\n\r\n'),
    chunked('0\r\nX-A: b\rX-B: c\r\n\r\n'),
    chunked('0\r\nX-A: b\r\n'),
    chunked('0\r\nX-A: b\r\n\n'),
    chunked(`0\r\nX-A: ${'a'.repeat(LIMITS.upstreamHeaderBytesMax)}\r\n\r\n`),
    chunked(`0\r\n${`X-A: ${'a'.repeat(1_000)}\r\n`.repeat(70)}\r\n`),
  ]);
});
