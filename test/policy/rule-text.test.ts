// The outer grammar of limitTo: separators, method prefix, conditions.
import { LIMITS } from '../../src/core/index.js';
import { PatternError } from '../../src/policy/regex-cursor.js';
import { RuleError } from '../../src/policy/rule-error.js';
import { isUnrestricted, splitRule, splitRules } from '../../src/policy/rule-text.js';

describe('a text into rules [EXT-10]', () => {
  const cases: readonly [text: string, rules: readonly string[], reason: string][] = [
    ['/a', ['/a'], 'one rule'],
    ['/a\n/b', ['/a', '/b'], 'line feed'],
    ['/a\r\n/b', ['/a', '/b'], 'CRLF'],
    ['/a\r/b', ['/a', '/b'], 'a lone carriage return ends a line too'],
    ['/a\\n/b', ['/a', '/b'], 'the two characters'],
    ['/a<br>/b', ['/a', '/b'], '<br>'],
    ['/a<br/>/b<BR>/c<Br />/d', ['/a', '/b', '/c', '/d'], '<br/> and any case'],
    ['  /a \n\t\n /b\t', ['/a', '/b'], 'trimmed, empty pieces dropped'],
    ['/a\n\n<br>\\n/b\r\n', ['/a', '/b'], 'every separator, none of them a rule'],
    ['/a\\N/b', ['/a\\N/b'], 'a capital N separates nothing'],
    ['/a\\\\\\n/b', ['/a\\\\', '/b'], 'an escaped backslash, then a separator'],
    ['/a\\\\d', ['/a\\\\d'], 'an escaped backslash alone is the rule’s own'],
    ['/a<b>', ['/a<b>'], 'another tag separates nothing'],
  ];
  it.each(cases)('%j is %j: %s', (text, rules) => {
    expect(splitRules(text)).toEqual(rules);
  });

  it.each([undefined, null, ''])('takes %j as unrestricted', (text) => {
    expect(isUnrestricted(text)).toBe(true);
  });

  it.each([' ', '\n', '<br>', '\\n', ' \n<br> ', '\t\r\n\\n', '\u00a0'])(
    'refuses %j: whoever sent it meant to restrict something',
    (text) => {
      expect(isUnrestricted(text)).toBe(false);
      expect(() => splitRules(text)).toThrow(RuleError);
    },
  );

  it('refuses a doubled backslash before n, which could be a separator or a backslash, and says where', () => {
    expect.assertions(2);
    try {
      splitRules('/x\n  /a\\\\n/b');
    } catch (error) {
      expect(error).toMatchObject({ ruleNumber: 2, position: 2, rule: '/a\\\\n' });
      expect((error as Error).message).toContain('rule 2, column 3');
    }
  });

  it('splits a megabyte of hostile separators without choking', () => {
    expect(splitRules(`<br${' '.repeat(1_000_000)}x`)).toHaveLength(1);
    expect(() => splitRules(`${'\\'.repeat(999_999)}n`)).not.toThrow();
  });
});

describe('the method prefix [EXT-11, EXT-12]', () => {
  const cases: readonly [rule: string, methods: readonly string[] | null, path: string, reason: string][] = [
    ['.*/x', null, '.*/x', 'none: every method'],
    ['[post].*/x', ['POST'], '.*/x', 'one'],
    ['[PoSt].*/x', ['POST'], '.*/x', 'in any case'],
    ['[get,post]/x', ['GET', 'POST'], '/x', 'several, with a comma'],
    ['[get|head|options]/x', ['GET', 'HEAD', 'OPTIONS'], '/x', 'several, with bars'],
    ['[get, put]/x', ['GET', 'PUT'], '/x', 'blanks do not matter'],
    ['[get] /x', ['GET'], '/x', 'nor does one after it'],
    ['[A-Z]+/x', null, '[A-Z]+/x', 'a class belongs to the regex'],
    ['[^a]/x', null, '[^a]/x', 'so does a negated one'],
    ['[get1]/x', null, '[get1]/x', 'and one with a digit'],
  ];
  it.each(cases)('%s: methods %j, path %j: %s', (rule, methods, path) => {
    const parts = splitRule(rule);
    expect(parts.methods).toEqual(methods);
    expect(rule.slice(parts.path.start, parts.path.end)).toBe(path);
  });

  const refused: readonly [rule: string, position: number, reason: string][] = [
    ['[pots].*/rest.*', 1, 'not a method'],
    ['[foo,get].*/x', 1, 'the first is not'],
    ['[get,foo].*/x', 5, 'the second is not'],
    ['[get,].*/x', 5, 'an empty one'],
    ['[|].*/x', 1, 'nothing but a bar'],
    ['[trace].*/x', 1, 'a method that is never carried'],
    ['[get]', 5, 'no pattern'],
    ['[get]  ', 7, 'blanks are no pattern'],
    ['[get][QueryParam::a==b]', 5, 'a condition is no pattern'],
  ];
  it.each(refused)('refuses %s at %i: %s', (rule, position) => {
    expect.assertions(2);
    try {
      splitRule(rule);
    } catch (error) {
      expect(error).toBeInstanceOf(PatternError);
      expect(error).toMatchObject({ position });
    }
  });

  it.each([
    ['[get,head] glob:/rest/api/2/issue/KANBAN-*/comment/**', ['GET', 'HEAD'], '/rest/api/2/issue/KANBAN-*/comment/**', 0],
    ['glob: /rest/**', null, '/rest/**', 0],
    ['[post]glob:/rest/[a-z][QueryParam::a==b][JsonData::c==[0-9]+]', ['POST'], '/rest/[a-z]', 2],
  ] as const)('reads %s as a glob, its methods and its conditions [GW-24]', (rule, methods, path, conditions) => {
    const parts = splitRule(rule);
    expect([parts.syntax, parts.methods]).toEqual(['glob', methods]);
    expect(rule.slice(parts.path.start, parts.path.end)).toBe(path);
    expect(parts.conditions).toHaveLength(conditions);
  });

  it.each(['Glob:/rest/**', 'glob :/rest/**', '[get] GLOB:/rest/**'])(
    'refuses %s, which no path could match as a regex [GW-24]',
    (rule) => {
      expect(() => splitRule(rule)).toThrow('write it in small letters, without a blank');
    },
  );
});

describe('conditions [EXT-15]', () => {
  const conditionsOf = (rule: string): readonly string[] => {
    const parts = splitRule(rule);
    return [
      rule.slice(parts.path.start, parts.path.end),
      ...parts.conditions.map(({ kind, key, value }) => `${kind} ${key} ${rule.slice(value.start, value.end)}`),
    ];
  };
  const cases: readonly [rule: string, parts: readonly string[], reason: string][] = [
    ['/x[QueryParam::a==b]', ['/x', 'query a b'], 'one'],
    ['/x[QueryParam::a==b][JsonData::c.d==e]', ['/x', 'query a b', 'json c.d e'], 'two'],
    ['/x[QueryParam::jql==project=[A-Z]+.*]', ['/x', 'query jql project=[A-Z]+.*'], 'a class within'],
    ['/x[QueryParam::a==[^\\]x]*]', ['/x', 'query a [^\\]x]*'], 'an escaped bracket within a class within'],
    ['/x[QueryParam::a==\\]\\[]', ['/x', 'query a \\]\\['], 'escaped brackets'],
    ['/x[QueryParam::a==\\Q[b]\\E]', ['/x', 'query a \\Q[b]\\E'], 'brackets in a quotation'],
    ['/x[QueryParam::a==\\Q]\\E]', ['/x', 'query a \\Q]\\E'], 'a closing one alone'],
    ['/\\Q[QueryParam::a==b]\\E', ['/\\Q[QueryParam::a==b]\\E'], 'a quoted bracket begins no condition'],
    ['/[a-z]+[QueryParam::a==b]', ['/[a-z]+', 'query a b'], 'a class before'],
    ['/\\[QueryParam::a==b', ['/\\[QueryParam::a==b'], 'an escaped bracket begins no condition'],
    ['/x[QueryParam::a===b]', ['/x', 'query a =b'], 'the first == divides'],
    ['/x[QueryParam::a==]', ['/x', 'query a '], 'the empty value'],
    ['/x[QueryParam::a.b c==d]', ['/x', 'query a.b c d'], 'a name with dot and blank'],
  ];
  it.each(cases)('%s is %j: %s', (rule, parts) => {
    expect(conditionsOf(rule)).toEqual(parts);
  });

  const refused: readonly [rule: string, position: number, reason: string][] = [
    ['.*/x[QueryParam::a]', 17, 'no =='],
    ['.*/x[QueryParam::==b]', 17, 'no name'],
    ['.*/x[JsonData::a==b', 4, 'not closed'],
    ['/x[QueryParam::a==b]/y', 20, 'the path goes on after it'],
    ['/x[QueryParam::a==b]]', 20, 'a bracket too many'],
    ['/x[QueryParam::a==b[QueryParam::c==d]', 19, 'the first is not closed'],
    ['/x[Header::a==b]', 2, 'an unknown kind would otherwise be a class'],
    ['/x[queryparam::a==b]', 2, 'so would a known one in other letters'],
    ['/x[JsonData::a..b==c]', 13, 'an empty part'],
    ['/x[JsonData::.a==c]', 13, 'an empty first part'],
    ['[QueryParam::a==b]', 0, 'no path'],
  ];
  it.each(refused)('refuses %s at %i: %s', (rule, position) => {
    expect.assertions(2);
    try {
      splitRule(rule);
    } catch (error) {
      expect(error).toBeInstanceOf(PatternError);
      expect(error).toMatchObject({ position });
    }
  });
});

it('keeps the bound of a rule below what a request body may hold', () => {
  expect(LIMITS.ruleLengthMax * LIMITS.rulesPerTokenMax).toBeLessThan(LIMITS.restBodyBytesMax);
});
