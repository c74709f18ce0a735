// Percent escapes, once, twice, overlong and malformed, and what decodes to the same path and is the same request [GW-1, GW-2].
import { carriedTarget, get, refused, refusedTarget, type Row } from './row.js';

const at = (piece: string): string => `/jira/rest/api/2/my${piece}self`;

const MALFORMED: readonly Row[] = [
  refusedTarget(at('%'), 'a percent sign alone'),
  refusedTarget(at('%2'), 'half an escape, and then a letter that is no hex digit'),
  refusedTarget('/jira/rest/api/2/myself%', 'a percent sign at the end'),
  refusedTarget('/jira/rest/api/2/myself%2', 'half an escape at the end'),
  refusedTarget(at('%zz'), 'not hex'),
  refusedTarget(at('%2g'), 'half hex'),
  refusedTarget(at('%g2'), 'the other half'),
  refusedTarget(at('%%'), 'two percent signs'),
  refusedTarget(at('%%32fx'), 'an escape within an escape'),
  refusedTarget(at('%2%65'), 'an escape that ends in an escape'),
  refusedTarget(at('% 2e'), 'a blank within an escape'),
  refusedTarget(at('%+2e'), 'a sign: parseInt takes it'),
  refusedTarget(at('%-1'), 'a negative number'),
  refusedTarget(at('%0x2e'), 'a prefix'),
  refusedTarget(at('%u002f'), 'IIS: UTF-16'),
  refusedTarget(at('%u002e%u002e'), 'IIS: UTF-16 dots'),
  refusedTarget(at('%U002f'), 'IIS in capitals'),
  refusedTarget(at('%uff0f'), 'IIS: a wide slash'),
  refusedTarget(at('%x2f'), 'not hex, like C'),
  refusedTarget(at('%#x2f;'), 'an entity'),
  refusedTarget(at('&#x2f;'), 'an entity with its semicolon, and a fragment'),
];

const NOT_UTF8: readonly Row[] = [
  refusedTarget(at('%c0%af'), 'an overlong slash, two bytes: CVE-2000-0884'),
  refusedTarget(at('%c1%9c'), 'an overlong backslash'),
  refusedTarget(at('%c0%ae%c0%ae'), 'overlong dots'),
  refusedTarget('/jira/rest/%c0%ae%c0%ae/secure', 'overlong dots as a segment: CVE-2008-2938'),
  refusedTarget(at('%c0%80'), 'an overlong NUL: Java’s modified UTF-8'),
  refusedTarget(at('%e0%80%af'), 'an overlong slash, three bytes'),
  refusedTarget(at('%e0%80%ae'), 'an overlong dot, three bytes'),
  refusedTarget(at('%f0%80%80%af'), 'an overlong slash, four bytes'),
  refusedTarget(at('%f8%80%80%80%af'), 'an overlong slash, five bytes'),
  refusedTarget(at('%fc%80%80%80%80%af'), 'an overlong slash, six bytes'),
  refusedTarget(at('%c0%2f'), 'a start without its continuation: some take the next byte anyway'),
  refusedTarget(at('%c3'), 'cut off'),
  refusedTarget('/jira/rest/api/2/myself%c3', 'cut off at the end'),
  refusedTarget(at('%e2%82'), 'cut off after two of three'),
  refusedTarget(at('%80'), 'a continuation alone'),
  refusedTarget(at('%bf'), 'the last continuation alone'),
  refusedTarget(at('%ff'), 'never in UTF-8'),
  refusedTarget(at('%fe%ff'), 'a byte order mark of UTF-16'),
  refusedTarget(at('%ed%a0%80'), 'a high surrogate: CESU-8'),
  refusedTarget(at('%ed%b0%80'), 'a low surrogate'),
  refusedTarget(at('%ed%a0%bd%ed%b8%80'), 'a pair of surrogates'),
  refusedTarget(at('%f4%90%80%80'), 'past U+10FFFF'),
  refusedTarget(at('%e9'), 'Latin-1'),
];

/** Raw bytes that stand in no target. */
const RAW: readonly Row[] = [
  '\x00',
  '\x01',
  '\x08',
  '\x0b',
  '\x0c',
  '\x1f',
  '\x7f',
  '\x80',
  '\xa0',
  '\xad',
  '\xff',
  '\xc3\xa9',
  '\xef\xbc\x8f',
  '\xc0\xaf',
].map((raw) => {
  const shown = [...raw].map((byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join(' ');
  return refused(`GET with the raw bytes ${shown} in its path`, 'a target is printable ASCII', 400, get(at(raw)));
});

/** Characters that some fold into a slash, a dot or a letter after decoding: they stay what they are. */
const LOOKALIKES: readonly Row[] = (
  [
    ['%EF%BC%8F', 'FULLWIDTH SOLIDUS'],
    ['%E2%88%95', 'DIVISION SLASH'],
    ['%E2%81%84', 'FRACTION SLASH'],
    ['%E2%A7%B8', 'BIG SOLIDUS'],
    ['%EF%BC%BC', 'FULLWIDTH REVERSE SOLIDUS'],
    ['%EF%BC%8E', 'FULLWIDTH FULL STOP'],
    ['%E2%80%A4', 'ONE DOT LEADER'],
    ['%E2%80%A5', 'TWO DOT LEADER: NFKC makes .. of it'],
    ['%E2%84%AA', 'KELVIN SIGN: lower case is k'],
    ['%C4%B1', 'DOTLESS I'],
    ['%EF%BB%BF', 'a byte order mark'],
    ['%E2%80%8B', 'ZERO WIDTH SPACE'],
    ['%C2%A0', 'NO-BREAK SPACE'],
    ['%CC%81', 'a combining accent'],
  ] as const
).map(([piece, name]) => carriedTarget(at(piece), `${name} stays encoded: nothing folds it`));

const TWINS: readonly Row[] = [
  carriedTarget(at('%73'), 'an escaped letter is that letter', '/jira/rest/api/2/mysself'),
  carriedTarget('/jira/rest/%61%70%69/2/myself', 'a whole name', '/jira/rest/api/2/myself'),
  carriedTarget('/%6aira/%72est/api/2/myself', 'the context path and /rest too', '/jira/rest/api/2/myself'),
  carriedTarget(at('%7e'), 'tilde is unreserved', at('~')),
  carriedTarget(at('%7E%2D%5F'), 'tilde, hyphen, underscore', at('~-_')),
  carriedTarget(at('%c3%a9'), 'hex in capitals', at('%C3%A9')),
  carriedTarget(at('%f0%9f%98%80'), 'four bytes', at('%F0%9F%98%80')),
  carriedTarget(at('%20'), 'a blank'),
  carriedTarget(at('%2B'), 'a plus'),
  carriedTarget(at('%21%24%26%27%28%29%2A%2C%3A%3D%40'), 'sub-delimiters keep their escapes: RFC 3986 §2.2'),
  carriedTarget(at('%22%3C%3E%5B%5D%5E%60%7B%7C%7D'), 'what must be escaped, escaped'),
  carriedTarget(at('%c2%a1'), 'the first character behind C1', at('%C2%A1')),
  carriedTarget(at('%ef%bf%bd'), 'the replacement character itself', at('%EF%BF%BD')),
  carriedTarget(at('+'), 'a plus is a plus in a path'),
];

export const ENCODINGS: readonly Row[] = [...MALFORMED, ...NOT_UTF8, ...RAW, ...LOOKALIKES, ...TWINS];
