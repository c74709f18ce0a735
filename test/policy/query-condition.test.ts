// How a query stands to a condition: decoding, every occurrence, and what cannot be told [EXT-15].
import { LIMITS } from '../../src/core/index.js';
import { queryAgreement, readQuery } from '../../src/policy/query-condition.js';
import { type Agreement, compileValuePattern, type ValuePattern } from '../../src/policy/value-pattern.js';

const pattern = (source: string): ValuePattern => ({ source, instructions: 20 });
const agreement = (query: string | null, name: string, value: ValuePattern): Agreement =>
  queryAgreement(readQuery(query), name, compileValuePattern(value));

describe('reading a query [EXT-15]', () => {
  const cases: readonly [query: string | null, values: Record<string, readonly string[]>, reason: string][] = [
    [null, {}, 'none'],
    ['', {}, 'an empty one'],
    ['a=1', { a: ['1'] }, 'one'],
    ['a=1&b=2&a=3', { a: ['1', '3'], b: ['2'] }, 'in their order'],
    ['a&b=', { a: [''], b: [''] }, 'without a value'],
    ['&&a=1&', { a: ['1'] }, 'empty pairs are none'],
    ['a=1=2', { a: ['1=2'] }, 'the first = divides'],
    ['=x', { '': ['x'] }, 'without a name'],
    ['a+b=c+d', { 'a b': ['c d'] }, 'a plus is a blank, in the name too'],
    ['a=1%2B1', { a: ['1+1'] }, 'an escaped plus is a plus'],
    ['%61=%3D%26', { a: ['=&'] }, 'names and values are decoded, after the split'],
    ['a=1;b=2', { a: ['1;b=2'] }, 'a semicolon divides nothing'],
    ['a=%C3%A9', { a: ['\u00e9'] }, 'UTF-8'],
    ['__proto__=x&constructor=y', { ['__proto__']: ['x'], constructor: ['y'] }, 'names are only names'],
  ];
  it.each(cases)('%j is %j: %s', (query, values) => {
    expect([...(readQuery(query) ?? [])]).toEqual(Object.entries(values));
  });

  it.each([
    ['a=%', 'half an escape'],
    ['a=%zz', 'no escape'],
    ['a=%E9', 'Latin-1'],
    ['a=%C0%AF', 'overlong'],
    ['a=%ED%A0%80', 'a surrogate'],
    ['a=%F4%90%80%80', 'past the last character'],
    ['%ff=1&a=1', 'a name'],
    ['a=1&b=%', 'another parameter than the one that is asked for'],
  ])('%j is read by nobody: %s', (query) => {
    expect(readQuery(query)).toBeNull();
    expect(agreement(query, 'a', pattern('.*'))).toBe('some');
  });
});

describe('one condition [EXT-15]', () => {
  const cases: readonly [query: string | null, value: ValuePattern, expected: Agreement, reason: string][] = [
    ['a=xyz', pattern('x.*'), 'all', 'matches'],
    ['a=xyz', pattern('x'), 'none', 'whole, not a part'],
    ['b=xyz', pattern('.*'), 'none', 'missing'],
    [null, pattern('.*'), 'none', 'no query at all'],
    ['A=xyz', pattern('.*'), 'none', 'names are told apart by case'],
    ['a=x1&a=x2', pattern('x\\d'), 'all', 'every occurrence matches'],
    ['a=x1&a=y', pattern('x\\d'), 'some', 'one does not'],
    ['a=y&a=x1', pattern('x\\d'), 'some', 'in either order'],
    ['a=y&a=z', pattern('x\\d'), 'none', 'none does'],
    ['%61=x', pattern('x'), 'all', 'the name is compared decoded'],
    ['a', pattern('.*'), 'all', 'an empty value is a value'],
    ['a', { literal: '' }, 'all', 'and can be asked for'],
    ['a=%C3%A9', pattern('.*'), 'some', 'outside ASCII no pattern is tried'],
    ['a=%C3%A9', { literal: '\u00e9' }, 'all', 'but a text is compared'],
    ['a=e%CC%81', { literal: '\u00e9' }, 'none', 'character by character'],
    ['a=x%0A', pattern('x.*'), 'some', 'nor on control characters'],
    ['a=x%00', { literal: 'x' }, 'none', 'a text ends nowhere early'],
    [`a=${'x'.repeat(LIMITS.judgedValueLengthMax)}`, pattern('x*'), 'all', 'as long as may be'],
    [`a=${'x'.repeat(LIMITS.judgedValueLengthMax + 1)}`, pattern('x*'), 'some', 'too long to be tried'],
  ];
  it.each(cases)('%.40s against %j: %s (%s)', (query, value, expected) => {
    expect(agreement(query, 'a', value)).toBe(expected);
  });
});
