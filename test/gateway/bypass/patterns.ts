// Rules that stand still in other engines, are read otherwise in other dialects, or are no rules: refused when they are written, with the
// administrator's password over the real API, or stored and then answered at once [EXT-13, EXT-17, EXT-18].
import { head, HOST, refused, type Row } from './row.js';

const SET = '/jira/rest/extender/1.0/tokenTools/set';

const making =
  (limitTo: string): Row['bytes'] =>
  ({ password }) => {
    const body = Buffer.from(JSON.stringify({ label: 'pattern', userName: 'admin', limitTo }), 'utf8');
    const fields = ['Content-Type: application/json', `Content-Length: ${body.length}`];
    return head(`POST ${SET} HTTP/1.1`, HOST, password, ...fields) + body.toString('latin1');
  };
const shown = (limitTo: string): string => JSON.stringify(limitTo.length > 60 ? `${limitTo.slice(0, 60)}…` : limitTo);

const refusedRule = (limitTo: string, why: string): Row =>
  refused(`a token with the rule ${shown(limitTo)}`, why, 400, making(limitTo), { ends: false });
const takenRule = (limitTo: string, why: string): Row => ({
  what: `a token with the rule ${shown(limitTo)}`,
  why,
  bytes: making(limitTo),
  answers: [200],
  seen: [],
  ends: false,
});

const REFUSED: readonly Row[] = [
  refusedRule('(?=a).*', 'look-ahead'),
  refusedRule('(?!a).*', 'look-ahead, negative'),
  refusedRule('(?<=a).*', 'look-behind'),
  refusedRule('(?<!a).*', 'look-behind, negative'),
  refusedRule('(a)\\1', 'back-reference'),
  refusedRule('(?<n>a)\\k<n>', 'back-reference by name'),
  refusedRule('(?>a+)b', 'atomic'),
  refusedRule('a*+', 'possessive'),
  refusedRule('a++b', 'possessive'),
  refusedRule('[a&&b]', 'Java: intersection; elsewhere a wider class'),
  refusedRule('[a[bc]]', 'Java: union; elsewhere a class and a bracket'),
  refusedRule('[[:alpha:]]', 'POSIX in RE2, a class in Java'),
  refusedRule('\\p{L}+', 'other letters in each engine'),
  refusedRule('(?U)a', 'ungreedy in RE2, Unicode in Java'),
  refusedRule('(?x)a b', 'blanks that are none'),
  refusedRule('\\Aa\\z', 'Java’s edges, letters in JavaScript'),
  refusedRule('\\y', 'a letter in JavaScript'),
  refusedRule('\\101', 'octal, or a reference'),
  refusedRule('\\x41', 'another spelling of A'),
  refusedRule('\\u0041', 'another spelling of A'),
  refusedRule('a{', 'a literal to some'),
  refusedRule('a{,2}', 'a literal to some'),
  refusedRule('a{2,1}', 'upside down'),
  refusedRule('(a', 'open'),
  refusedRule('a)', 'closed twice'),
  refusedRule('[a', 'open'),
  refusedRule('*a', 'nothing to repeat'),
  refusedRule('a\\', 'nothing to escape'),
  refusedRule('[b-a]', 'upside down'),
  refusedRule('.*\u0000', 'NUL'),
  refusedRule('/caf\u00e9', 'no canonical path holds it'),
  refusedRule('/\u212a', 'the Kelvin sign, which is a k to some'),
  refusedRule('(?:(?:a{1,9}){1,9}){1,9}', '729 copies: 165 ms in a linear engine'),
  refusedRule('(?:a{100}){100}', '10,000 copies'),
  refusedRule('a{1001}', 'more than the engine takes'),
  refusedRule('a{251}', 'more than ruleRepeatMax'),
  refusedRule('(?:(?:(?:a{50}){50}){50}){50}', 'six million copies'),
  refusedRule(`${'('.repeat(101)}a${')'.repeat(101)}`, 'deeper than ruleNestingMax'),
  refusedRule('a'.repeat(2_001), 'longer than ruleLengthMax'),
  refusedRule(Array.from({ length: 201 }, (_, n) => `/a${n}`).join('\n'), 'more than rulesPerTokenMax'),
  refusedRule(Array.from({ length: 100 }, (_, n) => `/${n}(?:abcdefgh){20}`).join('\n'), 'more than tokenProgramMax together'),
  refusedRule('[FROB]/a', 'no method'),
  refusedRule('[get', 'a prefix that does not end'),
  refusedRule('[]', 'an empty prefix'),
  refusedRule('   ', 'blanks are no rule and not no limit'),
];

const TAKEN: readonly Row[] = [
  takenRule('(a+)+$', 'stands still for ever in a backtracking engine'),
  takenRule('(a|aa)+', 'the same'),
  takenRule('(a|a)*b', 'the same'),
  takenRule('(?:(?:(?:a*)*)*)*b', 'the same'),
  takenRule('(.*a){12}', 'the same'),
  takenRule('.*.*.*.*.*.*.*.*=.*', 'a polynomial'),
  takenRule('(?:[a-z]*[a-z]*)*!', 'the same'),
  takenRule('[get].*/rest/api/2/.*', 'usual'),
  takenRule('[get,head]/jira/rest/api/2/issue/[A-Z]+-\\d+', 'usual'),
  takenRule('(?i).*/MYSELF', 'cases are folded'),
  takenRule('a{250}', 'as many as ruleRepeatMax'),
  takenRule('a'.repeat(900), 'long, and within its program'),
];

export const PATTERNS: readonly Row[] = [...REFUSED, ...TAKEN];
