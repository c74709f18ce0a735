// Authorization: said twice, malformed, in the wrong letters (RFC 9110 §11, RFC 7617, RFC 6750). What is there and wrong is never turned into
// none [GW-10, GW-12, GW-15]; but a Bearer value that nobody accepts makes the request anonymous in the emulator profile [PAT-11].
import { carried, head, HOST, MYSELF, refused, type Row } from './row.js';

const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');
const sent =
  (...fields: readonly string[]): Row['bytes'] =>
  () =>
    head(`GET ${MYSELF} HTTP/1.1`, HOST, ...fields);
/** The field of the token that may do anything, changed. */
const changed =
  (change: (field: string) => string): Row['bytes'] =>
  ({ any }) =>
    head(`GET ${MYSELF} HTTP/1.1`, HOST, change(any));
const wrong = (what: string, why: string, value: string): Row => refused(what, why, 401, sent(`Authorization: ${value}`));
const valueOf = (field: string): string => field.slice('Authorization: '.length);

const TWICE: readonly Row[] = [
  refused('the same credential twice', 'which one counts?', 400, ({ any }) => head(`GET ${MYSELF} HTTP/1.1`, HOST, any, any)),
  refused('a wrong one before the right one', 'Node takes the first', 400, ({ any }) =>
    head(`GET ${MYSELF} HTTP/1.1`, HOST, 'Authorization: Basic eDp5', any),
  ),
  refused('a wrong one behind the right one', 'others take the last', 400, ({ any }) =>
    head(`GET ${MYSELF} HTTP/1.1`, HOST, any, 'Authorization: Basic eDp5'),
  ),
  refused('Basic and Bearer', 'two schemes', 400, ({ any }) => head(`GET ${MYSELF} HTTP/1.1`, HOST, any, 'Authorization: Bearer x')),
  refused('an empty one behind the right one', 'two fields', 400, ({ any }) => head(`GET ${MYSELF} HTTP/1.1`, HOST, any, 'Authorization:')),
  refused('the second in capitals', 'names have no case', 400, ({ any }) =>
    head(`GET ${MYSELF} HTTP/1.1`, HOST, any, 'AUTHORIZATION: Basic eDp5'),
  ),
  refused(
    'two credentials with a comma',
    'no list: RFC 9110 §11.6.2',
    401,
    changed((field) => `${field}, ${valueOf(field)}`),
  ),
  refused(
    'two credentials with a semicolon',
    'no list',
    401,
    changed((field) => `${field}; ${valueOf(field)}`),
  ),
];

const SHAPES: readonly Row[] = [
  refused(
    'a tab behind the scheme',
    'RFC 9110 §11.4: blanks',
    401,
    changed((field) => field.replace('Basic ', 'Basic\t')),
  ),
  refused(
    'no blank behind the scheme',
    'one word',
    401,
    changed((field) => field.replace('Basic ', 'Basic')),
  ),
  refused(
    'a comma behind the scheme',
    'no list',
    401,
    changed((field) => field.replace('Basic ', 'Basic, ')),
  ),
  refused(
    'a colon behind the scheme',
    'another syntax',
    401,
    changed((field) => field.replace('Basic ', 'Basic: ')),
  ),
  refused(
    'an equals sign behind the scheme',
    'another syntax',
    401,
    changed((field) => field.replace('Basic ', 'Basic=')),
  ),
  refused(
    'quotes around the value',
    'a token68',
    401,
    changed((field) => `${field.replace('Basic ', 'Basic "')}"`),
  ),
  refused(
    'the scheme twice',
    'passport-http splits at blanks',
    401,
    changed((field) => field.replace('Basic ', 'Basic Basic ')),
  ),
  refused(
    'a word before the scheme',
    'what is before it is the scheme',
    401,
    changed((field) => field.replace('Basic ', 'Negotiate Basic ')),
  ),
  refused(
    'the scheme XBasic',
    'passport-http tests without an anchor',
    401,
    changed((field) => field.replace('Basic', 'XBasic')),
  ),
  refused(
    'the scheme BasicX',
    'passport-http tests without an anchor',
    401,
    changed((field) => field.replace('Basic', 'BasicX')),
  ),
  refused(
    'a word behind the value',
    'passport-http takes it',
    401,
    changed((field) => `${field} x`),
  ),
  refused(
    'a parameter behind the value',
    'no parameters beside a token68',
    401,
    changed((field) => `${field} charset=UTF-8`),
  ),
  refused(
    'a comma behind the value',
    'no list',
    401,
    changed((field) => `${field},`),
  ),
  refused(
    'a blank within the value',
    'Buffer.from skips it',
    401,
    changed((field) => field.replace(/(.{24})/, '$1 ')),
  ),
  refused(
    'an exclamation mark within the value',
    'Buffer.from skips it',
    401,
    changed((field) => field.replace(/(.{24})/, '$1!')),
  ),
  refused(
    'one equals sign too many',
    'RFC 4648 §4',
    401,
    changed((field) => `${field}=`),
  ),
  refused(
    'three equals signs',
    'RFC 4648 §4',
    401,
    changed((field) => `${field.replace(/=*$/, '')}===`),
  ),
  refused(
    'an equals sign within the value',
    'RFC 4648 §4',
    401,
    changed((field) => field.replace(/(.{24})/, '$1=')),
  ),
  wrong('the URL alphabet', 'RFC 4648 §4, not §5', 'Basic _-__'),
  wrong('one letter', 'no whole byte', 'Basic e'),
  wrong('five letters', 'no whole byte', 'Basic eDp5e'),
  wrong('Basic alone', 'no value', 'Basic'),
  wrong('Basic and a blank', 'no value', 'Basic '),
  wrong('Basic =', 'no value', 'Basic ='),
  refused('an empty field', 'there and wrong', 401, sent('Authorization:')),
  refused('a field of blanks', 'there and wrong', 401, sent('Authorization:   \t ')),
  wrong('Digest', 'a scheme that would not do', 'Digest username="admin", realm="x", nonce="y", uri="/", response="z"'),
  wrong('Negotiate', 'a scheme that would not do', 'Negotiate YII='),
  wrong('NTLM', 'a scheme that would not do', 'NTLM TlRMTVNTUAAB'),
  wrong('OAuth', 'a scheme that would not do', 'OAuth oauth_token="x"'),
  wrong('Token', 'a scheme that would not do', 'Token x'),
  wrong('a value without a scheme', 'no scheme', base64('admin:admin')),
  wrong('the prototype of objects as a scheme', 'tokens[name] on a plain object', '__proto__ x'),
];

const CONTENTS: readonly Row[] = [
  wrong('no colon', 'RFC 7617 §2', `Basic ${base64('admin')}`),
  wrong('nothing but a colon', 'nobody', `Basic ${base64(':')}`),
  wrong('an empty name', 'nobody', `Basic ${base64(':secret-of-nobody')}`),
  wrong('an empty password', 'a guess', `Basic ${base64('empty-password:')}`),
  wrong('NUL in the name', 'RFC 7617 §2', `Basic ${base64('ad\0min:x')}`),
  wrong('NUL behind the name', 'ends a C string', `Basic ${base64('admin\0:x')}`),
  wrong('NUL in the password', 'RFC 7617 §2', `Basic ${base64('nul-password:x\0')}`),
  wrong('a line feed in the name', 'RFC 7617 §2', `Basic ${base64('ad\nmin:x')}`),
  wrong('DEL in the name', 'RFC 7617 §2', `Basic ${base64('ad\x7fmin:x')}`),
  wrong('a byte that is not UTF-8 in the name', 'would become U+FFFD', `Basic ${base64('\xff:a')}`),
  wrong('a byte that is not UTF-8 in the password', 'would become U+FFFD', `Basic ${base64('not-utf8:\xc3')}`),
  wrong('overlong UTF-8', 'would become something else', `Basic ${base64('\xc1\xa1dmin:x')}`),
  wrong('a surrogate', 'CESU-8', `Basic ${base64('\xed\xa0\x80:x')}`),
  wrong('UTF-16', 'another encoding', `Basic ${Buffer.from('admin:x', 'utf16le').toString('base64')}`),
  wrong('a byte order mark', 'part of the name', `Basic ${base64('\xef\xbb\xbfadmin-with-mark:x')}`),
  wrong('an unknown user', 'nobody', `Basic ${base64('nobody:wrong-wrong-wrong')}`),
  wrong('the prototype of objects as a name', 'tokens[name] on a plain object', `Basic ${base64('__proto__:x')}`),
  wrong('constructor as a name', 'tokens[name] on a plain object', `Basic ${base64('constructor:prototype')}`),
  wrong('a star as a name', 'no pattern', `Basic ${base64('*:x')}`),
  wrong('SQL as a name', 'no statement', `Basic ${base64("' OR '1'='1:x")}`),
  wrong('LDAP as a name', 'no filter', `Basic ${base64('*)(uid=*:x')}`),
  refused('another user’s name with the token', 'a token is its owner’s', 401, ({ any }) => {
    const [, secret = ''] = Buffer.from(valueOf(any).slice('Basic '.length), 'base64').toString('utf8').split(/:(.*)/s);
    return head(`GET ${MYSELF} HTTP/1.1`, HOST, `Authorization: Basic ${base64(`somebody:${secret}`)}`);
  }),
  refused('a letter less of the token', 'whole values', 401, ({ any }) => {
    const pair = Buffer.from(valueOf(any).slice('Basic '.length), 'base64').toString('utf8');
    return head(`GET ${MYSELF} HTTP/1.1`, HOST, `Authorization: Basic ${base64(pair.slice(0, -1))}`);
  }),
  refused('an Authorization of 5,000 bytes', 'GW-10', 431, sent(`Authorization: Bearer ${'x'.repeat(5_000)}`)),
  refused('a Basic of 5,000 bytes', 'GW-10', 431, sent(`Authorization: Basic ${'eHh4'.repeat(1_250)}`)),
];

/** A Bearer value that nobody accepts: nobody in the emulator profile, refused in the gateway's. */
const bearer = (value: string, why: string): Row => ({
  what: `Authorization: ${value}`,
  why,
  bytes: sent(`Authorization: ${value}`),
  answers: { emulator: [200], gateway: [401] },
  seen: { emulator: [`GET ${MYSELF}`], gateway: [] },
  ends: false,
  user: null,
});

const BEARERS: readonly Row[] = [
  bearer('Bearer', 'no value'),
  bearer('Bearer x', 'unknown'),
  bearer('bearer x', 'unknown, lower case'),
  bearer('BEARER x', 'unknown, capitals'),
  bearer('Bearer x y', 'two values'),
  bearer('Bearer x,y', 'no list'),
  bearer('Bearer "x"', 'RFC 6750 §2.1: no quotes'),
  bearer('Bearer x=y', 'an equals sign within'),
  bearer('Bearer __proto__', 'tokens[name] on a plain object'),
  bearer('Bearer constructor', 'tokens[name] on a plain object'),
  bearer('Bearer undefined', 'no value is a text'),
  bearer('Bearer null', 'no value is a text'),
  bearer('Bearer \xe9', 'not ASCII'),
  bearer('Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.', 'a JWT that nobody signed'),
];

/** Places that are no credential's. With cookies and fields alone a request has none: forwarded by nobody's name, or refused [GW-15]. */
const ELSEWHERE: readonly Row[] = [
  ['?access_token=x', 'RFC 6750 §2.3, which passport-http-bearer reads'],
  ['?token=x', 'what some call it'],
].map(([query = '', why = '']) =>
  refused(`GET ${MYSELF}${query} with a wrong credential`, `${why}: never looked at`, 401, () =>
    head(`GET ${MYSELF}${query} HTTP/1.1`, HOST, 'Authorization: Basic !!!!'),
  ),
);

const TWINS: readonly Row[] = [
  carried(
    'Basic',
    'usual',
    `GET ${MYSELF}`,
    changed((field) => field),
  ),
  carried(
    'basic',
    'schemes have no case: RFC 9110 §11.1',
    `GET ${MYSELF}`,
    changed((field) => field.replace('Basic', 'basic')),
  ),
  carried(
    'BASIC',
    'schemes have no case',
    `GET ${MYSELF}`,
    changed((field) => field.replace('Basic', 'BASIC')),
  ),
  carried(
    'two blanks behind the scheme',
    'RFC 9110 §11.4: 1*SP',
    `GET ${MYSELF}`,
    changed((field) => field.replace('Basic ', 'Basic  ')),
  ),
  carried(
    'blanks around the value',
    'RFC 9110 §5.5',
    `GET ${MYSELF}`,
    changed((field) => `${field.replace(': ', ':  \t')} \t`),
  ),
  carried(
    'no blank behind the colon',
    'RFC 9110 §5.5',
    `GET ${MYSELF}`,
    changed((field) => field.replace(': ', ':')),
  ),
  carried(
    'the field’s name in lower case',
    'names have no case',
    `GET ${MYSELF}`,
    changed((field) => field.replace('Authorization', 'authorization')),
  ),
  carried(
    'without padding',
    'many clients leave it out',
    `GET ${MYSELF}`,
    changed((field) => field.replace(/=*$/, '')),
  ),
  carried(
    'a field called X-Authorization',
    'another field',
    `GET ${MYSELF}`,
    ({ any }) => head(`GET ${MYSELF} HTTP/1.1`, HOST, any, 'X-Authorization: Basic eDp5'),
    { field: 'X-Authorization: Basic eDp5' },
  ),
  {
    what: 'no credential',
    why: 'nobody: forwarded so, or refused [GW-15]',
    bytes: sent('Accept: */*'),
    answers: [200],
    seen: [`GET ${MYSELF}`],
    ends: false,
    user: null,
  },
];

export const CREDENTIALS: readonly Row[] = [...TWICE, ...SHAPES, ...CONTENTS, ...BEARERS, ...ELSEWHERE, ...TWINS];
