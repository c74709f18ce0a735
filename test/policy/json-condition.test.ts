// What a rule may read in a body, and the bodies that two readers could read differently [EXT-15].
import fc from 'fast-check';
import { type JudgedBody, LIMITS } from '../../src/core/index.js';
import { jsonAgreement, readJsonBody } from '../../src/policy/json-condition.js';
import { compileValuePattern } from '../../src/policy/value-pattern.js';
import { json } from './samples.js';

const valueOf = (body: JudgedBody | null, path: string): string | null | undefined => {
  const values = readJsonBody(body, new Set([path]));
  return values === null ? null : values.get(path);
};

describe('values', () => {
  const cases: readonly [text: string, path: string, value: string | undefined, reason: string][] = [
    ['{"a":"x"}', 'a', 'x', 'a string'],
    ['{"a":{"b":{"c":"x"}}}', 'a.b.c', 'x', 'below objects'],
    ['{"a":1.50}', 'a', '1.50', 'a number is its source text'],
    ['{"a":1e2}', 'a', '1e2', 'with its exponent'],
    ['{"a":-0}', 'a', '-0', 'with its sign'],
    ['{"a":12345678901234567890}', 'a', '12345678901234567890', 'with all its digits'],
    ['{"a":true,"b":false}', 'b', 'false', 'a boolean'],
    ['{"a":null}', 'a', undefined, 'null is no text'],
    ['{"a":{}}', 'a', undefined, 'nor is an object'],
    ['{"a":["x"]}', 'a', undefined, 'nor an array'],
    ['{"a":["x"]}', 'a.0', undefined, 'no path leads into an array'],
    ['{"a":[{"b":"x"}]}', 'a.b', undefined, 'nor through one'],
    ['{"a":[{"b":{"b":"x"}}],"b":"y"}', 'b', 'y', 'what an array holds has no path'],
    ['{"b":"y","a":["x",{"b":"z"}]}', 'b', 'y', 'in either order'],
    ['{"b":"x"}', 'a', undefined, 'missing'],
    ['{"a":"x"}', 'a.b', undefined, 'a string has no members'],
    ['{"A":"x"}', 'a', undefined, 'keys are told apart by case'],
    ['{"\\u0061":"\\u0078\\n\\"\\/"}', 'a', 'x\n"/', 'escapes are read, in keys too'],
    [' \t\r\n{ "a" : "x" , "b" : [ ] , "c" : [ 1 , 2 ] , "d" : { } } \n', 'a', 'x', 'blanks anywhere'],
    ['{"a":"\u00e9"}', 'a', '\u00e9', 'UTF-8'],
    ['{"":{"a":"x"},"a":"y"}', 'a', 'y', 'an empty key does not disappear from a path'],
    ['{"__proto__":{"a":"x"}}', '__proto__.a', 'x', 'keys are only keys'],
    ['{}', 'a', undefined, 'nothing'],
  ];
  it.each(cases)('%s at %s: %j (%s)', (text, path, value) => {
    expect(valueOf(json(text), path)).toBe(value);
  });
});

describe('bodies that fail every condition [EXT-15]', () => {
  const texts: readonly [text: string, reason: string][] = [
    ['', 'nothing'],
    ['[{"a":"x"}]', 'an array'],
    ['"a"', 'a string'],
    ['{"a":"x","a":"x"}', 'a duplicate key'],
    ['{"a":"x","b":{"c":1,"\\u0063":2}}', 'a duplicate key anywhere, however it is written'],
    ['{"a":"x","b":[{"c":1,"c":2}]}', 'even inside an array'],
    ['{"a":"x","b.c":1}', 'a key with a dot'],
    ['{"a":"x","b":[{"c.d":1}]}', 'anywhere'],
    ['{"a":"x"', 'not closed'],
    ['{"a":"x"}}', 'closed twice'],
    ['{"a":"x"} {"a":"x"}', 'two'],
    ['{"a":"x",}', 'a comma too many'],
    ['{"a":"x","b":[1,]}', 'in an array too'],
    ['{,"a":"x"}', 'or before'],
    ['{"a" "x"}', 'no colon'],
    ['{a:"x"}', 'a bare key'],
    ["{'a':'x'}", 'other quotes'],
    ['{"a":"x"/**/}', 'a comment'],
    ['{"a":"x","b":01}', 'a leading zero'],
    ['{"a":"x","b":+1}', 'a plus'],
    ['{"a":"x","b":.5}', 'no digit before the point'],
    ['{"a":"x","b":1.}', 'none after it'],
    ['{"a":"x","b":NaN}', 'not a number'],
    ['{"a":"x","b":TRUE}', 'another spelling'],
    ['{"a":"x","b":undefined}', 'another word'],
    ['{"a":"x\n"}', 'a line end in a string'],
    ['{"a":"x\u0000"}', 'a control character in a string'],
    ['{"a":"\\x41"}', 'an escape that is none'],
    ['{"a":"\\u12"}', 'half an escape'],
    ['{"a":"x\\', 'an escape at the end'],
    ['\ufeff{"a":"x"}', 'a byte order mark'],
    ['{"a":"x"}\u00a0', 'another blank'],
    [`{"a":"x","b":${'['.repeat(LIMITS.judgedJsonDepthMax)}${']'.repeat(LIMITS.judgedJsonDepthMax)}}`, 'too deep'],
    [`{"a":"x","b":${'['.repeat(500_000)}`, 'far too deep'],
  ];
  it.each(texts)('%.60s: %s', (text) => {
    expect(readJsonBody(json(text), new Set(['a']))).toBeNull();
  });

  it('takes nesting up to the bound', () => {
    const inner = LIMITS.judgedJsonDepthMax - 1;
    expect(valueOf(json(`{"a":"x","b":${'['.repeat(inner)}${']'.repeat(inner)}}`), 'a')).toBe('x');
    expect(valueOf(json(`{"a":"x","b":[${'[],'.repeat(LIMITS.judgedJsonDepthMax)}{}]}`), 'a')).toBe('x');
  });

  it.each([
    [Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xe9, 0x22, 0x7d]), 'Latin-1'],
    [Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xc0, 0xaf, 0x22, 0x7d]), 'an overlong form'],
    [Buffer.from('{"a":"x"}', 'utf16le'), 'UTF-16'],
  ])('%j: %s is not UTF-8', (bytes) => {
    expect(readJsonBody(json('', { bytes }), new Set(['a']))).toBeNull();
  });

  const headers: readonly [contentType: string | null, contentEncoding: string | null, isRead: boolean, reason: string][] = [
    ['application/json', null, true, 'JSON'],
    ['Application/JSON; charset=UTF-8', null, true, 'with its charset, in any case'],
    ['application/json;charset="utf-8"', null, true, 'quoted'],
    ['application/merge-patch+json', null, true, 'a kind of JSON'],
    ['application/json; charset=utf-16', null, false, 'another charset'],
    ['application/json; charset=utf-8; charset=utf-16', null, false, 'two'],
    ['application/x-www-form-urlencoded', null, false, 'a form that looks like JSON'],
    ['text/plain', null, false, 'text'],
    ['application/jsonp', null, false, 'only nearly'],
    [null, null, false, 'no type'],
    ['application/json', 'gzip', false, 'encoded'],
    ['application/json', 'identity', false, 'encoded by name'],
    ['application/json', '', false, 'an empty name is one'],
  ];
  it.each(headers)('type %j, encoding %j: read %j, %s', (contentType, contentEncoding, isRead) => {
    expect(readJsonBody(json('{"a":"x"}', { contentType, contentEncoding }), new Set(['a'])) !== null).toBe(isRead);
  });

  it('is the absence of a body too', () => {
    expect(readJsonBody(null, new Set(['a']))).toBeNull();
  });
});

describe('one condition', () => {
  const digits = compileValuePattern({ source: '[0-9]+', instructions: 5 });
  it.each([
    ['{"a":"12"}', 'all'],
    ['{"a":12}', 'all'],
    ['{"a":1.2}', 'none'],
    ['{"a":"x"}', 'none'],
    ['{"b":1}', 'none'],
    ['{"a":"\u0663"}', 'some'],
    ['{"a":1,"a":1}', 'some'],
  ])('%s: %s', (text, expected) => {
    expect(jsonAgreement(readJsonBody(json(text), new Set(['a'])), 'a', digits)).toBe(expected);
  });
});

describe('beside JSON.parse', () => {
  const scalars = (value: unknown, path: string[], found: Map<string, string>): void => {
    if (Array.isArray(value) || value === null) return;
    if (typeof value === 'object') for (const [key, member] of Object.entries(value)) scalars(member, [...path, key], found);
    else found.set(path.join('.'), typeof value === 'string' ? value : JSON.stringify(value));
  };

  const keysOf = (value: unknown): readonly string[] => {
    if (Array.isArray(value)) return value.flatMap(keysOf);
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([key, member]) => [key, ...keysOf(member)]);
  };

  it('reads every document that it reads, and the same values', () => {
    let read = 0;
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 3 })),
        fc.constantFrom(undefined, 1, '\t'),
        (value, indent) => {
          const text = JSON.stringify(value, null, indent);
          const expected = new Map<string, string>();
          scalars(JSON.parse(text), [], expected);
          const found = readJsonBody(json(text), new Set(expected.keys()));
          if (keysOf(JSON.parse(text)).some((key) => key.includes('.'))) {
            expect(found).toBeNull();
            return;
          }
          expect(found).toEqual(expected);
          read++;
        },
      ),
      { numRuns: 400 },
    );
    expect(read).toBeGreaterThan(100);
  });

  it('reads no text that it refuses', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('{', '}', '[', ']', '"a"', ':', ',', '1', '-', '.', 'e', 'true', 'null', ' ', '"', '\\', '\u0001'), {
          maxLength: 9,
        }),
        (parts) => {
          const text = `{${parts.join('')}`;
          if (readJsonBody(json(text), new Set(['a'])) !== null) expect(() => JSON.parse(text)).not.toThrow();
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
