// The head of a request for the upstream: one line for each thing that is said, and one way to tell where the request ends.
import { requestHead } from '../../src/gateway/http1/request-head.js';

const head = (headers: readonly string[] = [], { method = 'GET', target = '/a', hasBody = false } = {}) =>
  requestHead({ method, target, headers }, hasBody);
const everyByte = Array.from({ length: 0x180 }, (_, code) => [code, String.fromCharCode(code)] as const);

it('is written as it is given, in its order, but for a length, which is written anew [GW-40, GW-6]', () => {
  const headers = ['Host', 'a:80', 'x-b', 'c\td \xe4', 'X-B', '', 'Content-Length', '05'];
  expect(head(headers, { method: 'PUT', target: '/a?b=%20"<c', hasBody: true })).toEqual({
    text: 'PUT /a?b=%20"<c HTTP/1.1\r\nHost: a:80\r\nx-b: c\td \xe4\r\nX-B: \r\nContent-Length: 5\r\n\r\n',
    length: 5,
  });
});

it('ends no line early, and says nothing that is more than a byte: in a value [GW-6]', () => {
  for (const [code, text] of everyByte) {
    const isTaken = code === 9 || (code >= 0x20 && code <= 0x7e) || (code >= 0x80 && code <= 0xff);
    for (const value of [text, `a${text}`, `${text}a`, `a${text}GET / HTTP/1.1`])
      if (isTaken) expect(head(['X-A', value]).text).toBe(`GET /a HTTP/1.1\r\nX-A: ${value}\r\n\r\n`);
      else expect(() => head(['X-A', value])).toThrow(TypeError);
  }
  // Written as bytes, they would be CR, LF and a line of their own.
  expect(() => head(['X-A', 'b\u010d\u010aX-B: c'])).toThrow(TypeError);
});

it.each(['name', 'method'] as const)('the same in a %s, which is a token [GW-6]', (place) => {
  for (const [, text] of everyByte) {
    const isTaken = /^[!#$%&'*+.^_`|~0-9A-Za-z-]$/.test(text);
    const write = (): unknown => (place === 'name' ? head([`a${text}`, '']) : head([], { method: `A${text}` }));
    if (isTaken) write();
    else expect(write).toThrow(TypeError);
  }
  expect(() => (place === 'name' ? head(['', 'a']) : head([], { method: '' }))).toThrow(TypeError);
});

it('the same in a target, which begins with a slash and holds no blank [GW-2, GW-6]', () => {
  for (const [code, text] of everyByte) {
    if (code >= 0x21 && code <= 0x7e) head([], { target: `/a${text}` });
    else expect(() => head([], { target: `/a${text}` })).toThrow(TypeError);
  }
  for (const target of ['', 'a', '*', 'http://a/', ' /a']) expect(() => head([], { target })).toThrow(TypeError);
});

it.each([
  ['GET', false, [], '', 0],
  ['DELETE', false, [], '', 0],
  ['POST', false, [], 'Content-Length: 0\r\n', 0],
  ['PATCH', false, ['Content-Length', '0'], 'Content-Length: 0\r\n', 0],
  ['POST', true, [], 'Transfer-Encoding: chunked\r\n', null],
  ['GET', true, [], 'Transfer-Encoding: chunked\r\n', null],
  ['POST', true, ['Content-Length', '7'], 'Content-Length: 7\r\n', 7],
] as const)(
  '%s, with a body: %s, and the fields %j: `%j` says where it ends, and nothing else [GW-6]',
  (method, hasBody, fields, said, length) => {
    expect(head(fields, { method, hasBody })).toEqual({ text: `${method} /a HTTP/1.1\r\n${said}\r\n`, length });
  },
);

it.each([
  ['two lengths', ['Content-Length', '5', 'Content-Length', '5'], true],
  ['two lengths in other letters', ['Content-Length', '5', 'content-length', '6'], true],
  ['a coding', ['Transfer-Encoding', 'chunked'], true],
  ['a coding in other letters beside a length', ['transfer-ENCODING', 'gzip', 'Content-Length', '5'], true],
  ['a coding without a body', ['transfer-encoding', 'chunked'], false],
  ['a length that is no number', ['Content-Length', 'x'], true],
  ['an empty length', ['Content-Length', ''], true],
  ['a list of lengths', ['Content-Length', '5, 5'], true],
  ['a negative length', ['Content-Length', '-1'], true],
  ['a huge length', ['Content-Length', '9'.repeat(16)], true],
  ['a length without a body', ['content-length', '5'], false],
])('%s: nothing is written [GW-6]', (_what, fields, hasBody) => {
  expect(() => head(fields, { method: 'POST', hasBody })).toThrow(TypeError);
});
