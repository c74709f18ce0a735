// The dialect of rules: what is taken, what is refused by name and place, and what the engine is given [EXT-17].
import { LIMITS } from '../../src/core/index.js';
import { PatternError } from '../../src/policy/regex-cursor.js';
import { parsePattern } from '../../src/policy/regex-syntax.js';
import { compilePatterns } from '../../src/policy/regex.js';
import { estimateProgramSize, literalText, printPattern } from '../../src/policy/regex-tree.js';

const parse = (pattern: string, place: 'path' | 'value' = 'path') => parsePattern(pattern, { start: 0, end: pattern.length }, { place });

function matches(pattern: string, text: string, place: 'path' | 'value' = 'path'): boolean {
  const tree = parse(pattern, place);
  return compilePatterns([printPattern(tree)], estimateProgramSize(tree)).match(text).length > 0;
}

function refusalOf(pattern: string, place: 'path' | 'value' = 'path'): PatternError {
  try {
    parse(pattern, place);
  } catch (error) {
    if (error instanceof PatternError) return error;
    throw error;
  }
  throw new Error(`${pattern} was taken`);
}

describe('what is taken, and means what Java means by it [EXT-13, EXT-17]', () => {
  const cases: readonly [pattern: string, yes: readonly string[], no: readonly string[]][] = [
    ['/rest/api', ['/rest/api'], ['/rest/api/', 'x/rest/api', '/REST/api', '']],
    ['.*/rest/.*', ['/rest/', '/jira/rest/x'], ['/rest', 'rest/']],
    ['/a.c', ['/abc', '/a/c'], ['/ac', '/abbc']],
    ['\\d\\D\\w\\W\\s\\S', ['1aZ- x', '9__. !'], ['aa__ x', '1aZ-  ']],
    ['[a-c_/-]+', ['a', 'c_/-b'], ['d', '']],
    ['[^a-c]', ['d', '/', '-'], ['a', 'dd']],
    ['[a^]', ['a', '^'], ['b']],
    ['[-a]', ['-', 'a'], ['b']],
    ['[\\w-]+', ['a-1'], ['.']],
    ['[\\w-.]+', ['a-1.'], ['/', ',']],
    ['[a-f-9]+', ['f-9'], ['8']],
    ['[\\]\\[\\\\^]', [']', '[', '\\', '^'], ['a']],
    ['[.*+?(){}|$]+', ['.*+?(){}|$'], ['a']],
    ['[&a]&', ['&&', 'a&'], ['&']],
    ['(a|b)(?:c|d)(?<n>e)', ['ace', 'bde'], ['abe']],
    ['a|bc', ['a', 'bc'], ['ac', 'abc']],
    ['(|a)b', ['b', 'ab'], ['aab']],
    ['()', [''], ['a']],
    ['^/a$', ['/a'], ['/aa']],
    ['a^b', [], ['ab']],
    ['\\ba\\b/\\Bb', [], ['a/b']],
    ['a\\b.b', ['a/b', 'a.b'], ['acb']],
    ['a\\Bb', ['ab'], ['a b']],
    ['a*', ['', 'aaa'], ['b']],
    ['a+?b??', ['a', 'aab'], ['b']],
    ['a{2}', ['aa'], ['a', 'aaa']],
    ['a{2,}', ['aa', 'aaaa'], ['a']],
    ['a{1,2}?', ['a', 'aa'], ['', 'aaa']],
    ['a{0}b', ['b'], ['ab']],
    ['(ab){2}', ['abab'], ['aab']],
    ['(?i)/Rest[a-c]\\w', ['/rEStB9', '/RESTaz'], ['/restd9']],
    ['(?i)[^a]', ['b', 'B'], ['a', 'A']],
    ['(?i)(?s)(?m)a.c', ['A-C'], ['ac']],
    ['(?ism)k', ['k', 'K'], ['\u212a']],
    ['\\Q/a.b\\E+', ['/a.b', '/a.bbb'], ['/axb', '/a.b/a.b']],
    ['\\Qa\\Q*\\E', ['a\\Q*'], ['aa']],
    ['\\.\\-\\/\\_\\ \\%', ['.-/_ %'], ['x-/_ %']],
    ['SCRUM-[1-2]{1}', ['SCRUM-1', 'SCRUM-2'], ['SCRUM-3', 'SCRUM-12']],
    ['%2F', ['%2F'], ['/']],
  ];
  it.each(cases)('%s matches %j and not %j', (pattern, yes, no) => {
    for (const text of yes) expect([text, matches(pattern, text)]).toEqual([text, true]);
    for (const text of no) expect([text, matches(pattern, text)]).toEqual([text, false]);
  });

  it('matches nothing that is not printable ASCII, whatever the pattern', () => {
    for (const pattern of ['.*', '[^a]*', '\\W*', '\\S*', '\\D*', '(?s).*', '(?:\\s|\\S)*']) {
      for (const text of ['\n', 'a\n', '\u00e9', '\u0000', '\u007f', '\ud83d\ude00']) expect(matches(pattern, text)).toBe(false);
    }
  });

  it('takes groups as deep as the bound and refuses one more', () => {
    const nested = (depth: number): string => `${'('.repeat(depth)}a${')'.repeat(depth)}`;
    expect(matches(nested(LIMITS.ruleNestingMax), 'a')).toBe(true);
    expect(refusalOf(nested(LIMITS.ruleNestingMax + 1)).position).toBe(LIMITS.ruleNestingMax);
  });
});

describe('what is refused, by name and place, with what would do instead [EXT-17]', () => {
  const cases: readonly [pattern: string, position: number, says: string][] = [
    ['a(?=b)', 1, 'look-ahead'],
    ['.*/(?!admin).*', 3, 'negative look-ahead'],
    ['.*/(?<=a)b', 3, 'look-behind'],
    ['.*/(?<!a)b', 3, 'negative look-behind'],
    ['(?>a)b', 0, 'atomic group'],
    ['(?P<n>a)', 0, 'write (?<name>'],
    ['(?P=n)', 0, 'back-reference by name'],
    ['a(?#x)', 1, 'comment'],
    ['a(?i)b', 1, 'put it at the start'],
    ['(?i:a)', 0, 'put it at the start'],
    ['(?-i)a', 0, 'put it at the start'],
    ['(?U)a', 0, 'leading (?i)'],
    ['(?x)a', 0, 'leading (?i)'],
    ['(?<1>a)', 0, 'this kind of group'],
    ['(?<a_b>a)', 0, 'this kind of group'],
    ['(?|a)', 0, 'this kind of group'],
    ['(?<n>a)(?<n>b)', 7, 'same name'],
    ['(a)\\1', 3, 'back-reference'],
    ['(?<n>a)\\k<n>', 7, 'back-reference by name'],
    ['a*+b', 1, 'possessive repeat, *+'],
    ['a++', 1, 'possessive'],
    ['a?+', 1, 'possessive'],
    ['a{1,2}+', 1, 'possessive repeat, {1,2}+'],
    ['a**', 1, 'repeat of a repeat'],
    ['a{2}{3}', 1, 'put the first into (?: )'],
    ['a*?*', 1, 'repeat of a repeat'],
    ['*/rest', 0, 'of nothing'],
    ['a|+b', 2, 'of nothing'],
    ['(?b)', 0, 'flag'],
    ['(*a)', 1, 'of nothing'],
    ['{2}a', 0, 'of nothing'],
    ['^*', 1, 'place between characters'],
    ['a\\b+', 3, 'place between characters'],
    ['a{', 1, 'brace as text'],
    ['{id}', 0, 'write \\{'],
    ['/x/{id}', 3, 'write \\{'],
    ['a{,2}', 1, 'brace as text'],
    ['a{01}', 1, 'brace as text'],
    ['a{1', 1, 'brace as text'],
    ['a}', 1, 'write \\}'],
    ['a]', 1, 'write \\]'],
    ['a{3,2}', 1, 'ends before it begins'],
    ['a{251}', 1, 'more than 250'],
    ['a{0,251}', 1, 'more than 250'],
    ['a{99999999999999999999}', 1, 'more than 250'],
    ['(?:a{1,16}){16}', 11, 'more than 250 in all'],
    ['(?:(?:a{1,9}){1,9}){1,9}', 19, 'more than 250 in all'],
    ['[A-Z&&[^X]]', 4, 'intersection'],
    ['[a&&b]', 2, 'write \\&'],
    ['[&&]', 1, 'intersection'],
    ['[a[bc]]', 2, 'write \\['],
    ['[[:alpha:]]', 1, 'bracket inside'],
    ['[]a]', 1, 'write \\]'],
    ['[^]a]', 2, 'write \\]'],
    ['[]/rest/api/2/.*', 1, 'write \\]'],
    ['/x[a', 2, 'not closed'],
    ['[z-a]', 1, 'wrong order'],
    ['[a-\\d]', 1, 'ends with a class'],
    ['[\\w-a-z]', 3, 'between a class and a range'],
    ['[\\w--a]', 3, 'before another hyphen'],
    ['[\\d\\D]x[^\\d\\D]', 7, 'no character belongs'],
    ['[\\b]', 1, 'backspace'],
    ['[a\\Qb\\E]', 2, 'within a class'],
    ['[\\n]', 1, 'escape \\n'],
    ['[\u00e9]', 1, 'outside printable ASCII'],
    ['a\\hb', 1, 'write a blank'],
    ['\\Ha', 0, 'write [^ ]'],
    ['\\v', 0, 'vertical'],
    ['\\R', 0, 'line break'],
    ['\\X', 0, 'write .'],
    ['\\Aa', 0, 'leave it out'],
    ['a\\z', 1, 'leave it out'],
    ['a\\Z', 1, 'leave it out'],
    ['\\Ga', 0, 'leave it out'],
    ['\\p{L}', 0, 'write [A-Za-z]'],
    ['\\pN', 0, 'write \\d'],
    ['\\p{Upper}', 0, 'write [A-Z]'],
    ['\\P{L}', 0, 'character property'],
    ['\\p{Greek}', 0, 'character property'],
    ['\\x41', 0, 'write A'],
    ['\\x{2e}', 0, 'write \\.'],
    ['\\u002F', 0, 'write \\/'],
    ['\\x0a', 0, 'by its number'],
    ['\\0101', 0, 'octal'],
    ['\\t', 0, 'tab'],
    ['\\e', 0, 'escape character'],
    ['\\cA', 0, 'control character'],
    ['\\y', 0, 'escape \\y'],
    ['\\j', 0, 'escape \\j'],
    ['\\\u00e9', 0, 'outside printable ASCII'],
    ['a\\', 1, 'backslash at the end'],
    ['a\\E', 1, 'without \\Q'],
    ['\\Qab', 0, 'not closed'],
    ['a\\Q\\E*', 1, 'empty quotation'],
    ['(a', 0, 'group that is not closed'],
    ['a)', 1, 'write \\)'],
    ['/caf\u00e9', 4, 'outside printable ASCII'],
    ['/\ud83d\ude00', 1, 'outside printable ASCII'],
    ['/a\tb', 2, 'outside printable ASCII'],
    ['/search\\?jql', 7, 'QueryParam'],
    ['/search[?]jql', 7, 'QueryParam'],
    ['/search\\Q?\\Ejql', 9, 'QueryParam'],
  ];
  it.each(cases)('%s at %i: %s', (pattern, position, says) => {
    const refusal = refusalOf(pattern);
    expect(refusal.message).toContain(says);
    expect(refusal.position).toBe(position);
  });

  it('counts positions in the whole rule, prefix and all', () => {
    expect(() => parsePattern('[get]/(?!a)', { start: 5, end: 11 }, { place: 'path' })).toThrow(expect.objectContaining({ position: 6 }));
  });

  it('stops at the end of its span', () => {
    expect(literalText(parsePattern('/ab{2}', { start: 0, end: 3 }, { place: 'path' }))).toBe('/ab');
    expect(() => parsePattern('/a[b]', { start: 0, end: 4 }, { place: 'path' })).toThrow('not closed');
    expect(() => parsePattern('/a(?:b)', { start: 0, end: 4 }, { place: 'path' })).toThrow(PatternError);
  });
});

describe('a condition’s pattern [EXT-15]', () => {
  it('may ask for text outside ASCII, but only as plain text', () => {
    expect(literalText(parse('Zażółć', 'value'))).toBe('Zażółć');
    expect(literalText(parse('\\Q😀.\\E', 'value'))).toBe('😀.');
    expect(refusalOf('Zaż.*', 'value')).toMatchObject({ position: 2 });
    expect(refusalOf('(?i)ż1a', 'value').message).toContain('not plain text');
    expect(refusalOf('[ż]', 'value').message).toContain('outside printable ASCII');
  });

  it('refuses control characters and halves of characters', () => {
    expect(refusalOf('a\u0000', 'value')).toMatchObject({ position: 1 });
    expect(refusalOf('a\u0085', 'value')).toMatchObject({ position: 1 });
    expect(refusalOf('\ud83d', 'value')).toMatchObject({ position: 0 });
  });

  it('may ask for a question mark', () => {
    expect(matches('a\\?', 'a?', 'value')).toBe(true);
  });

  it.each([
    ['abc', 'abc'],
    ['a\\.c', 'a.c'],
    ['\\Qa.c\\E', 'a.c'],
    ['[a]b', 'ab'],
    ['', ''],
    ['(ab)', 'ab'],
    ['(?i)12', '12'],
    ['(?i)a', null],
    ['a.', null],
    ['a|b', null],
    ['ab?', null],
    ['^a', null],
  ])('%j is the text %j', (pattern, text) => {
    expect(literalText(parse(pattern, 'value'))).toBe(text);
  });
});

describe('what the engine is given', () => {
  it.each([
    ['(?i)a.(b)*?', '[Aa][\\ -\\~][Bb]*'],
    ['(?<n>ab){2,}', '(?:ab){2,}'],
    ['a|(b|c)d', 'a|(?:b|c)d'],
    ['\\Q*\\E+', '\\*+'],
    ['a{0,1}b{3}', 'a{0,1}b{3}'],
    ['[acd-f]', '[ac-f]'],
    ['[^ -z]', '[\\{-\\~]'],
    ['(?m)^a$\\b\\B', '^a$\\b\\B'],
  ])('%s becomes %s', (pattern, printed) => {
    expect(printPattern(parse(pattern))).toBe(printed);
  });
});
