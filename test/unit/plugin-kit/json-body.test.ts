// The position of a fault is ours to find: V8's message quotes the body and only sometimes says where.
import fc from 'fast-check';
import { findJsonFault, parseJsonBody } from '../../../src/plugin-kit/json-body.js';
import { RestFault } from '../../../src/plugin-kit/rest.js';

function faultOf(bytes: Uint8Array): RestFault {
  try {
    parseJsonBody(bytes);
  } catch (error) {
    if (error instanceof RestFault) return error;
    throw error;
  }
  throw new Error('the body was accepted');
}

const seedBody = '{ "label": "Token name", "daysUntilExpiry": 0 "token": "ip9ul19f8jenb92tji8lo34qt7tb1meo" }';

describe('a body that is not JSON is refused with the position of the fault [EXT-60]', () => {
  it.each([
    [seedBody, 46, 'the seed’s second example: a comma is missing'],
    ['', 0, 'nothing at all'],
    ['   ', 3, 'blanks only'],
    ['{', 1, 'ends after the brace'],
    ['{"a"', 4, 'ends before the colon'],
    ['{"a":', 5, 'ends before the value'],
    ['{"a":1', 6, 'ends before the closing brace'],
    ['{"a":}', 5, 'no value'],
    ['{"a" 1}', 5, 'no colon'],
    ['{"a":1,}', 7, 'a comma before the closing brace'],
    ['{,}', 1, 'a comma for a key'],
    ['{a:1}', 1, 'a key without quotes'],
    ["{'a':1}", 1, 'single quotes'],
    ['[1,]', 3, 'a comma before the closing bracket'],
    ['[1 2]', 3, 'no comma'],
    ['[1}', 2, 'the wrong bracket'],
    ['{"a":1]', 6, 'the wrong brace'],
    ['{} {}', 3, 'two values'],
    ['1 // one', 2, 'a comment'],
    ['01', 1, 'a leading zero'],
    ['+1', 0, 'a plus'],
    ['.5', 0, 'no digit before the point'],
    ['1.', 1, 'no digit after the point'],
    ['NaN', 0, 'not a number of JSON'],
    ['truth', 0, 'no literal: blamed from its first letter'],
    ['"a', 2, 'a string without an end'],
    ['"a\nb"', 2, 'a raw line feed in a string'],
    ['"\\x41"', 1, 'an escape that JSON does not have'],
    ['"\\u12g4"', 1, 'a broken escape'],
    ['\ufeff{}', 0, 'a byte order mark'],
    ['{"a":[{"b":"}]"},{"c":tru}]}', 22, 'nested, with brackets inside a string'],
  ])('%j at position %i (%s)', (text, position) => {
    expect(findJsonFault(text)).toBe(position);
    const fault = faultOf(Buffer.from(text, 'utf8'));
    expect(fault.status).toBe(400);
    expect(fault.message).toContain(`at position ${position}.`);
  });

  it('says when it ends too early', () => {
    expect(faultOf(Buffer.from('{"a":1')).message).toBe('The body is not valid JSON: it ends too early at position 6.');
  });

  it('does not quote the body: it may hold a token', () => {
    expect(faultOf(Buffer.from(seedBody)).message).not.toContain('ip9u');
  });

  it('finds a fault in every proper beginning of an object', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.double({ min: 0, max: 1, noNaN: true }), (value, share) => {
        const text = JSON.stringify(value);
        const cut = text.slice(0, Math.floor(share * (text.length - 1)));
        expect(findJsonFault(cut)).toBeLessThanOrEqual(cut.length);
        expect(() => parseJsonBody(Buffer.from(cut))).toThrow(RestFault);
      }),
    );
  });

  it('blames no character of valid JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value, null, 1);
        expect(findJsonFault(text)).toBe(text.length);
      }),
    );
  });
});

it('reads a deeply nested body without running out of stack', () => {
  const text = '['.repeat(200_000);
  expect(findJsonFault(text)).toBe(200_000);
});

it('gives valid JSON back as it is', () => {
  expect(parseJsonBody(Buffer.from(' {"a":[1,"ü",null,true,{"b":-1.5e3}]}\n'))).toEqual({ a: [1, 'ü', null, true, { b: -1500 }] });
});

it.each([
  [[0x22, 0xff, 0x22], 'no UTF-8 at all'],
  [[0x22, 0xc0, 0xaf, 0x22], 'an overlong form'],
  [[0x22, 0xed, 0xa0, 0x80, 0x22], 'a surrogate'],
])('refuses %j: %s', (bytes) => {
  const fault = faultOf(Buffer.from(bytes));
  expect(fault.status).toBe(400);
  expect(fault.message).toBe('The body is not valid UTF-8.');
});
