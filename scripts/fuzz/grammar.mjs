// What is sent: requests that a rule permits, spoilt by a grammar of nasty pieces, and at times by changes to the bytes themselves.
import { samplePath } from './rules.mjs';

/** In every value that the product must never see. */
export const POISON = 'poison';

const PIECES = [
  '/..',
  '/.',
  '/../',
  '/./',
  '/%2e%2e',
  '/%2e',
  '/.%2e',
  '/%2e%2e/',
  '..;',
  '/..;/',
  '/.;/',
  ';',
  ';x=y',
  ';/',
  '/;',
  '%3b',
  '%3B/',
  '/',
  '//',
  '\\',
  '%5c',
  '%5C..',
  '%2f',
  '%2F',
  '%252f',
  '%252e',
  '%25',
  '%',
  '%2',
  '%zz',
  '%u002e',
  '%uff0f',
  '%00',
  '%0a',
  '%0d%0a',
  '%09',
  '%20',
  '%7f',
  '%c0%ae',
  '%c0%af',
  '%c1%9c',
  '%e0%80%ae',
  '%f0%80%80%af',
  '%c3%a9',
  '%c3',
  '%ed%a0%80',
  '%ff',
  '%c2%85',
  '%e2%80%a8',
  '%ef%bc%8f',
  '%ef%bc%8e',
  '?',
  '??',
  '#',
  '#/',
  '%23',
  '%3f',
  '*',
  '~',
  '%7e',
  '%7E',
  '!',
  "'",
  '(',
  ')',
  ',',
  ':',
  '@',
  '&',
  '=',
  '+',
  '$',
  '"',
  '<',
  '>',
  '^',
  '`',
  '{',
  '|',
  '}',
  '[',
  ']',
  '.',
  '..',
  '...',
  '.json',
  '%2ejson',
  ' ',
  '\t',
  '\x00',
  '\x7f',
  '\x80',
  '\xe9',
  '/jira',
  '/rest',
  '/../secure/admin',
  '/..%2fsecure',
  '/%2e%2e%2fsecure',
  '/secure/..',
  '/rest/..',
  'rest',
  '%72est',
  '%6airA',
  '/WEB-INF/web.xml',
  '/META-INF/',
];

/** Pieces that a path may hold: what is forwarded must be odd, too. */
const HARMLESS = [
  '%20',
  '%c3%a9',
  '%C3%A9',
  '~',
  '%7e',
  '%7E',
  '!',
  "'",
  '(',
  ')',
  ',',
  ':',
  '@',
  '&',
  '=',
  '+',
  '$',
  '*',
  '.',
  '...',
  '.json',
  '%2ejson',
  '%41',
  '%2d',
  '/a',
  '/%61',
  '%ef%bc%8f',
  '%e2%84%aa',
  '%f0%9f%98%80',
];

const QUERIES = [
  'a=b',
  'jql=project%20%3D%20X',
  'os_username=root',
  'os_password=x',
  'os_authType=basic',
  'OS_USERNAME=root',
  'os%5fusername=root',
  '%6fs_username=root',
  'a;os_username=root',
  '&&os_authtype=any',
  '?os_username=x',
  'a%26os_username=x',
  'os_username%3dx',
  'os_username%00=x',
  '_method=DELETE',
  '%5Fmethod=PUT',
  '_METHOD',
  'x=/jira/rest/api/2/myself',
  'x=%c0%ae',
  '%c0%ae=x',
  '%',
  '%zz=1',
  'a=%zz',
  '',
  '&',
  ';',
  '=',
  '+os_username=x',
  'os_username+=x',
  '%0aos_username=x',
  'os_username%09=x',
  'x=\\',
  'x={',
  'x=|',
  'x="',
  'access_token=x',
];

const METHODS = [
  'GET',
  'GET',
  'GET',
  'POST',
  'PUT',
  'DELETE',
  'PATCH',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'PROPFIND',
  'get',
  'GETX',
  'QUERY',
];

const FIELDS = [
  'X-Forwarded-User: poison',
  'x_forwarded_user: poison',
  'X.Forwarded.User: poison',
  'X-Forwarded-For: 203.0.113.9, poison',
  'Forwarded: for=poison',
  'X-Original-URL: /poison',
  'X-Rewrite-URL: /poison',
  'X-HTTP-Method-Override: POISON',
  'X-Method-Override: POISON',
  'contextUser: poison',
  'Remote-User: poison',
  'X-Real-IP: poison',
  'X-Forwarded-Host: poison',
  'X-Forwarded-Prefix: /poison',
  'Connection: close',
  'Connection: X-Forwarded-User',
  'Connection: keep-alive, X-Forwarded-For',
  'Connection: upgrade',
  'Upgrade: h2c',
  'Upgrade: websocket',
  'Expect: 100-continue',
  'Expect: poison',
  'TE: trailers, poison',
  'Keep-Alive: poison',
  'Proxy-Authorization: Basic poison',
  'Authorization: Bearer poison',
  'Authorization:',
  'Host: poison',
  'Content-Length: 0',
  'Content-Length: 5',
  'Content-Length: +1',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: poison',
  'Transfer-Encoding: identity',
  'X : a',
  ' X: a',
  'X: a\r\n b',
  'X\x00: a',
  'X: \x00',
  'X: \xff',
  'X: a\nY: b',
  'X: a\rY: b',
  'X-Request-Id: poison',
  'Cookie: JSESSIONID=1',
  'Content-Type: application/json',
  'Content-Type: application/x-www-form-urlencoded',
];

const BODIES = [
  { fields: ['Content-Length: 4'], text: 'abcd' },
  { fields: ['Transfer-Encoding: chunked'], text: '4\r\nabcd\r\n0\r\n\r\n' },
  { fields: ['Transfer-Encoding: chunked'], text: '4;x=y\r\nabcd\r\n0\r\nT: poison\r\n\r\n' },
  { fields: ['Transfer-Encoding: chunked'], text: '4\nabcd\r\n0\r\n\r\n' },
  { fields: ['Transfer-Encoding: chunked'], text: '0x4\r\nabcd\r\n0\r\n\r\n' },
  { fields: ['Content-Length: 52'], text: 'GET /jira/rest/poison HTTP/1.1\r\nHost: postern.test\r\n\r\n'.slice(0, 52) },
  { fields: ['Content-Length: 4', 'Transfer-Encoding: chunked'], text: '0\r\n\r\n' },
];

const VERSIONS = ['HTTP/1.0', 'HTTP/1.2', 'HTTP/2.0', 'HTTP/0.9', 'RTSP/1.0', ''];
const AUTHORITIES = ['postern.test', 'POSTERN.TEST:80', 'evil.test', 'postern.test@evil.test', 'postern.test:99', '127.0.0.1', ''];

/** Puts `piece` into `text` somewhere, at a slash rather than not. */
function insert(text, piece, die) {
  const slashes = [...text.matchAll(/\//g)].map(({ index }) => index);
  const at = die.once(3) || slashes.length === 0 ? die.below(text.length + 1) : die.pick(slashes) + die.below(2);
  return text.slice(0, at) + piece + text.slice(at);
}

const hex = (byte, die) => `%${byte.toString(16).padStart(2, '0')[die.once(2) ? 'toUpperCase' : 'toLowerCase']()}`;

/** Writes some characters as escapes; at times the percent signs too. */
function encodeSome(text, die) {
  const once = [...text].map((letter) => (die.once(6) ? hex(letter.charCodeAt(0) & 255, die) : letter)).join('');
  return die.once(8) ? once.replaceAll('%', '%25') : once;
}

function spoiltPath(path, die) {
  let spoilt = path;
  for (let times = die.pick([0, 0, 1, 1, 2]); times > 0; times -= 1)
    spoilt = insert(spoilt, die.pick(die.once(2) ? PIECES : HARMLESS), die);
  if (die.once(4)) spoilt = encodeSome(spoilt, die);
  if (die.once(12)) spoilt = die.once(2) ? spoilt.toUpperCase() : spoilt.replace('rest', 'REST');
  return spoilt;
}

function targetOf(rule, die) {
  const path = spoiltPath(rule === null ? '/jira/rest/api/2/myself' : samplePath(rule, die), die);
  const query = die.once(4) ? `?${die.some(1 + die.below(3), () => die.pick(QUERIES)).join(die.pick(['&', '&', ';', '?']))}` : '';
  const origin = die.once(20) ? `${die.pick(['http', 'HTTP', 'https', 'ftp', ''])}://${die.pick(AUTHORITIES)}` : '';
  return `${origin}${path}${query}`;
}

/** One request as latin1 text; `login` is the `Authorization` field of the token with this rule. */
export function randomRequest({ rule, login }, die) {
  const method = die.once(5) ? die.pick(METHODS) : (rule?.methods?.[0] ?? die.pick(METHODS.slice(0, 6)));
  const version = die.once(25) ? die.pick(VERSIONS) : 'HTTP/1.1';
  const fields = ['Host: postern.test', ...(die.once(25) ? [] : [login])];
  const body = die.once(6) ? die.pick(BODIES) : null;
  fields.push(...(body?.fields ?? []), ...die.some(die.pick([0, 0, 0, 0, 1, 2]), () => die.pick(FIELDS)));
  const text = [`${method} ${targetOf(rule, die)} ${version}`, ...fields, '', body?.text ?? ''].join('\r\n');
  return die.once(10) ? spoiltBytes(text, die) : text;
}

/** Changes single bytes: another, one more, one less, a part twice. */
function spoiltBytes(text, die) {
  const at = die.below(text.length);
  const byte = String.fromCharCode(die.once(3) ? die.below(256) : die.pick([0, 9, 10, 13, 32, 37, 46, 47, 58, 59, 92]));
  const length = 1 + die.below(12);
  switch (die.below(4)) {
    case 0:
      return text.slice(0, at) + byte + text.slice(at + 1);
    case 1:
      return text.slice(0, at) + byte + text.slice(at);
    case 2:
      return text.slice(0, at) + text.slice(at + length);
    default:
      return text.slice(0, at + length) + text.slice(at);
  }
}

/** What one connection carries: mostly one request, at times several at once. */
export function randomConversation(token, die) {
  return die.some(die.pick([1, 1, 1, 2, 3]), () => randomRequest(token, die)).join('');
}
