// limitTo as tokens use it: the shared vectors, the caps, what is stored, and which rule decided [EXT-10..20].
import { readFileSync } from 'node:fs';
import { LIMITS, type RuleSet } from '../../src/core/index.js';
import { compileLimitTo, compileStoredLimitTo, RuleError } from '../../src/policy/index.js';
import { compiledTexts } from '../../src/policy/limit-to.js';
import { json, subject } from './samples.js';

interface Vectors {
  readonly sets: readonly {
    readonly rules: string;
    readonly sameAs?: readonly string[];
    readonly cases: readonly (readonly [method: string, target: string, expected: 'allow' | 'deny' | 'refuse', why: string])[];
  }[];
  readonly invalid: readonly string[];
  readonly valid: readonly string[];
}

const vectors = JSON.parse(readFileSync(new URL('../vectors/limit-to.json', import.meta.url), 'utf8')) as Vectors;

function refusalOf(text: string, allowBody = false): RuleError {
  try {
    compileLimitTo(text, { allowBody });
  } catch (error) {
    if (error instanceof RuleError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

function compile(text: string): RuleSet {
  const rules = compileLimitTo(text, { allowBody: true });
  if (rules === null) throw new Error('unrestricted');
  return rules;
}

describe('the vectors [EXT-20]', () => {
  let judged = 0;
  let skipped = 0;
  let lists = 0;
  const rows = vectors.sets.flatMap(({ rules, sameAs = [], cases }) =>
    [rules, ...sameAs].flatMap((text) => cases.map(([method, target, expected, why]) => ({ text, method, target, expected, why }))),
  );

  it.each(rows)('$text: $method $target is $expected, $why', ({ text, method, target, expected }) => {
    // Refused before any decision, by normalise: the run over a raw socket shows those.
    if (expected === 'refuse') {
      skipped++;
      return;
    }
    const made = compileLimitTo(text);
    const stored = compileStoredLimitTo(made?.text ?? text);
    for (const rules of [made, stored]) {
      const isAllowed = rules === null || rules.match(subject(method, target)) !== null;
      expect(isAllowed).toBe(expected === 'allow');
    }
    judged++;
  });

  it.each(vectors.invalid)('refuses %j', (text) => {
    expect(() => compileLimitTo(text)).toThrow(RuleError);
    lists++;
  });

  it.each(vectors.valid)('takes %j', (text) => {
    expect(compileLimitTo(text)?.text).toBe(text);
    lists++;
  });

  it('were all run', () => {
    const counted = vectors.sets.reduce((sum, { sameAs = [], cases }) => sum + (1 + sameAs.length) * cases.length, 0);
    expect(counted).toBe(57);
    expect(judged + skipped).toBe(counted);
    expect(skipped).toBe(12);
    expect(lists).toBe(vectors.invalid.length + vectors.valid.length);
    expect(lists).toBe(20);
  });
});

describe('what is taken', () => {
  it.each([undefined, null, ''])('restricts nothing for %j [EXT-10]', (text) => {
    expect(compileLimitTo(text)).toBeNull();
    expect(compileStoredLimitTo(text)).toBeNull();
  });

  it('shows rules joined with <br>, each as it was written [EXT-19]', () => {
    expect(compile(' [PoSt].*/a \n\n.*/b\\n(?i)/C').text).toBe('[PoSt].*/a<br>.*/b<br>(?i)/C');
  });

  it('names the first rule that matches, in the order of the text [EXT-16]', () => {
    const rules = compile('[post].*<br>.*/x<br>.*<br>.*/x');
    expect(rules.match(subject('GET', '/a/x'))).toBe('.*/x');
    expect(rules.match(subject('GET', '/a/y'))).toBe('.*');
    expect(rules.match(subject('POST', '/a/x'))).toBe('[post].*');
  });

  it('lets a rule without a prefix serve every method, and GET not serve HEAD [EXT-11]', () => {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      expect(compile('/x').match(subject(method, '/x'))).toBe('/x');
      expect(compile('[get|delete]/x').match(subject(method, '/x')) !== null).toBe(method === 'GET' || method === 'DELETE');
    }
  });

  it('sees the path alone: no query, and the whole of it [EXT-13, EXT-14]', () => {
    expect(compile('.*/comment.*').match(subject('GET', '/rest/api/2/myself?x=/comment'))).toBeNull();
    expect(compile('/rest/api/2/project').match(subject('GET', '/rest/api/2/project/X'))).toBeNull();
    expect(compile('/rest/api/2/project').match(subject('GET', '/jira/rest/api/2/project'))).toBeNull();
  });

  it('matches no path that is not canonical [GW-1]', () => {
    const everything = compile('.*<br>(?s).*<br>[^a]*');
    for (const path of ['/a\n', '/\u00e9', '/a b', '/\u0000']) expect(everything.match({ ...subject('GET', '/'), path })).toBeNull();
  });
});

describe('conditions [EXT-15]', () => {
  it('hold every part of a rule together', () => {
    const rules = compile('[get].*/search[QueryParam::jql==project=[A-Z]+][QueryParam::maxResults==\\d+]');
    expect(rules.match(subject('GET', '/rest/search?jql=project%3DABC&maxResults=5'))).not.toBeNull();
    expect(rules.match(subject('GET', '/rest/search?jql=project%3DABC'))).toBeNull();
    expect(rules.match(subject('GET', '/rest/search?jql=project%3DABC&maxResults=all'))).toBeNull();
    expect(rules.match(subject('POST', '/rest/search?jql=project%3DABC&maxResults=5'))).toBeNull();
  });

  it('let a later rule serve where an earlier one’s condition fails [EXT-16]', () => {
    const rules = compile('/x[QueryParam::a==1]<br>/x[QueryParam::a==2]');
    expect(rules.match(subject('GET', '/x?a=2'))).toBe('/x[QueryParam::a==2]');
  });

  it('judge a body that was read, and fail without one', () => {
    const rules = compile('[post].*/issue[JsonData::fields.project.key==KAN.*]');
    const body = json('{"fields":{"project":{"key":"KANBAN"}}}');
    expect(rules.match(subject('POST', '/rest/issue', body))).not.toBeNull();
    expect(rules.match(subject('POST', '/rest/issue', json('{"fields":{"project":{"key":"X"}}}')))).toBeNull();
    expect(rules.match(subject('POST', '/rest/issue'))).toBeNull();
  });

  it('need the body only where the answer hangs on it', () => {
    const rules = compile('[post]/issue[JsonData::a==b]<br>/comment.*<br>[put]/comment[JsonData::a==b]');
    expect(rules.needsBody('POST', '/issue', '')).toBe(true);
    expect(rules.needsBody('GET', '/issue', '')).toBe(false);
    expect(rules.needsBody('POST', '/other', '')).toBe(false);
    expect(rules.needsBody('PUT', '/comment', '')).toBe(false);
    expect(compile('/issue[QueryParam::a==b]').needsBody('POST', '/issue', '')).toBe(false);
  });

  it('on bodies are refused where none is read', () => {
    expect(refusalOf('/x\n[post]/issue[JsonData::a==b]')).toMatchObject({ ruleNumber: 2, position: 12 });
    expect(refusalOf('/issue[JsonData::a==b]').message).toContain('no body is read');
    expect(refusalOf('/issue[JsonData::a==*]', true).position).toBe(20);
  });
});

describe('what is refused, and how it is told [EXT-17, EXT-18]', () => {
  it('names the rule, its number and the place in it', () => {
    const refusal = refusalOf('.*/a\n\n [get].*/(?!admin).* <br>.*/b');
    expect(refusal).toMatchObject({ rule: '[get].*/(?!admin).*', ruleNumber: 2, position: 8 });
    expect(refusal.message).toBe('rule 2, column 9: a negative look-ahead, (?!, is not supported');
  });

  it('tells what would do instead', () => {
    expect(refusalOf('.*/\\p{Alpha}+').message).toBe('rule 1, column 4: a character property, \\p, is not supported: write [A-Za-z]');
  });

  const longest = `/${'a.*'.repeat(249)}`;
  const caps: readonly [name: string, text: string, number: number, says: string][] = [
    ['a rule of 2,001 characters', `/${'(?:a)'.repeat(400)}`, 1, '2001 characters long; 2000'],
    ['a 201st rule', '/a\n'.repeat(201), 201, 'more than 200 rules'],
    ['a repeat above 250', 'a{251}', 1, 'more than 250'],
    ['nested repeats that multiply above 250', '(?:(?:a{1,9}){1,9}){1,9}', 1, 'more than 250 in all'],
    ['a rule of more than 1,000 instructions', `/${'(?:ab){100}'.repeat(5)}`, 1, 'about 1003 instructions; 1000'],
    ['repeats side by side that add up', '(?:[a-z]{250}){1}(?:[a-z]{250}){1}(?:.{250}){1}(?:.{250}){1}', 1, 'about 1002 instructions'],
    ['1,900 characters that would expand', `(?:${'a?'.repeat(940)}){250}`, 1, 'instructions; 1000'],
    ['conditions that add up', `/a${'[QueryParam::a==(?:ab){60}.]'.repeat(9)}`, 1, 'instructions; 1000'],
    [
      'rules that add up to more than 5,000 instructions',
      Array.from({ length: 7 }, () => longest).join('\n'),
      7,
      'more than 5000 instructions in all',
    ],
  ];
  it.each(caps)('refuses %s', (_name, text, ruleNumber, says) => {
    const refusal = refusalOf(text);
    expect(refusal.message).toContain(says);
    expect(refusal).toMatchObject({ ruleNumber });
  });

  it('takes what stays just within the caps', () => {
    expect(compile(`/${'(?:a)'.repeat(399)}aaaa`).text).toHaveLength(LIMITS.ruleLengthMax);
    expect(compile(Array.from({ length: 200 }, (_, index) => `/r/${index}`).join('\n')).match(subject('GET', '/r/199'))).toBe('/r/199');
    expect(compile('[a-z]{250}[a-z]{250}.{250}.{248}').match(subject('GET', 'a'.repeat(998)))).not.toBeNull();
    expect(compile(Array.from({ length: 6 }, () => longest).join('\n')).match(subject('GET', `/${'a'.repeat(249)}`))).toBe(longest);
    expect(compile('(?:a{1,25}){1,10}').match(subject('GET', 'a'.repeat(250)))).not.toBeNull();
  });

  it('keeps only as much of a hostile rule as a rule may have', () => {
    expect(refusalOf('a'.repeat(100_000)).rule).toHaveLength(LIMITS.ruleLengthMax);
  });
});

describe('what is stored [EXT-18]', () => {
  const broken = ['.*/(?!x)', '[pots].*', ' \n<br> ', '/a\\\\n/b', 'a{251}', 'a'.repeat(3_000), '/ok<br>(('];
  it.each(broken)('matches nothing and throws nothing when it no longer compiles: %j', (text) => {
    const rules = compileStoredLimitTo(text);
    for (const target of ['/', '/a', '/ok', '/rest/api/2/issue', '<br>', '']) expect(rules.match(subject('GET', target))).toBeNull();
    expect(rules.needsBody('GET', '/', '')).toBe(false);
    const trace = rules.trace(subject('GET', '/ok'));
    expect(trace.length).toBeGreaterThan(0);
    expect(trace.every(({ isMatch, failed }) => !isMatch && failed === 'broken')).toBe(true);
  });

  it('judges a stored condition on the body although creation refuses one', () => {
    const rules = compileStoredLimitTo('/x[JsonData::a==b]');
    expect(rules.needsBody('POST', '/x', '')).toBe(true);
    expect(rules.match(subject('POST', '/x', json('{"a":"b"}')))).not.toBeNull();
  });

  it('reads back what it shows', () => {
    const text = '[get].*/a\n.*/b[QueryParam::a==[x]+]';
    const again = compileStoredLimitTo(compile(text).text);
    expect(again.text).toBe(compile(text).text);
    expect(again.match(subject('GET', '/b?a=xx'))).toBe('.*/b[QueryParam::a==[x]+]');
  });
});

describe('every rule with its answer', () => {
  it('tells the first part that failed', () => {
    const rules = compile('[post].*<br>/other<br>/x[QueryParam::a==1]<br>/x[JsonData::a==1]<br>/x');
    expect(rules.trace(subject('GET', '/x?a=2', json('{"a":2}')))).toEqual([
      { rule: '[post].*', isMatch: false, failed: 'method' },
      { rule: '/other', isMatch: false, failed: 'path' },
      { rule: '/x[QueryParam::a==1]', isMatch: false, failed: 'query' },
      { rule: '/x[JsonData::a==1]', isMatch: false, failed: 'body' },
      { rule: '/x', isMatch: true, failed: null },
    ]);
  });
});

describe('what is kept compiled [GW-52]', () => {
  it('is shared by every token with the same rules, however they were written', () => {
    compile('/shared/1\n/shared/2');
    const before = compiledTexts.size;
    for (const text of ['/shared/1\\n/shared/2', ' /shared/1<br>/shared/2 ']) {
      // What is stored is the text as it is shown [EXT-19].
      expect(compileStoredLimitTo(compile(text).text).match(subject('GET', '/shared/2'))).toBe('/shared/2');
    }
    expect(compiledTexts.size).toBe(before);
  });

  it('stays within its bound, and what was dropped answers as before', () => {
    const texts = Array.from({ length: 300 }, (_, index) => `/${index}/${'a'.repeat(700)}`);
    const tokens = texts.map((text) => compileStoredLimitTo(text));
    for (const [index, token] of tokens.entries()) {
      expect(token.match(subject('GET', texts[index] ?? ''))).toBe(texts[index]);
      expect(compiledTexts.calculatedSize).toBeLessThanOrEqual(LIMITS.compiledRulesBytesMax);
    }
    expect(compiledTexts.size).toBeLessThan(300);
    expect(tokens[0]?.match(subject('GET', texts[0] ?? ''))).toBe(texts[0]);
    expect(tokens[0]?.match(subject('GET', texts[1] ?? ''))).toBeNull();
  });
});
