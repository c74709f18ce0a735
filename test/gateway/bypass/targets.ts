// The four forms of a request target (RFC 9112 §3.2), each where it belongs and where not.
import { carried, carriedTarget, get, head, HOST, MYSELF, refused, refusedTarget, type Row } from './row.js';

const line =
  (request: string, ...fields: readonly string[]): Row['bytes'] =>
  ({ any }) =>
    head(request, HOST, any, ...fields);

const ABSOLUTE: readonly Row[] = [
  refusedTarget(`http://evil.test${MYSELF}`, 'an authority that is not ours'),
  refusedTarget(`http://evil.test:80${MYSELF}`, 'the same with a port'),
  refusedTarget(`http://postern.test.evil.test${MYSELF}`, 'ours is its beginning'),
  refusedTarget(`http://evil-postern.test${MYSELF}`, 'ours is its end'),
  refusedTarget(`http://postern.test@evil.test${MYSELF}`, 'userinfo'),
  refusedTarget(`http://evil.test@postern.test${MYSELF}`, 'userinfo before ours'),
  refusedTarget(`http://user:pass@postern.test${MYSELF}`, 'userinfo before ours, with a password'),
  refusedTarget(`http://@postern.test${MYSELF}`, 'empty userinfo'),
  refusedTarget(`http://postern.test:99${MYSELF}`, 'another port'),
  refusedTarget(`http://postern.test:${MYSELF}`, 'an empty port'),
  refusedTarget(`http://postern.test:080${MYSELF}`, 'a port with a zero in front'),
  refusedTarget(`http://postern.test.${MYSELF}`, 'a dot behind the name'),
  refusedTarget(`http://postern%2etest${MYSELF}`, 'an escape in the name'),
  refusedTarget(`http://postern.test\\@evil.test${MYSELF}`, 'a backslash, for WHATWG’s parser'),
  refusedTarget(`http://postern.test%00.evil.test${MYSELF}`, 'NUL in the name'),
  refusedTarget(`http://127.0.0.1${MYSELF}`, 'the address that is listened on'),
  refusedTarget(`http://[::1]${MYSELF}`, 'another address'),
  refusedTarget(`http://${MYSELF}`, 'no authority at all'),
  refusedTarget(`http:${MYSELF}`, 'a scheme and no authority'),
  refusedTarget(`http:/${MYSELF}`, 'one slash too few'),
  refusedTarget(`http:///postern.test${MYSELF}`, 'one slash too many'),
  refusedTarget(`https://postern.test:80${MYSELF}`, 'http’s port with the other scheme'),
  refusedTarget(`ftp://postern.test${MYSELF}`, 'another scheme'),
  refusedTarget(`ws://postern.test${MYSELF}`, 'another scheme'),
  refusedTarget(`file://postern.test${MYSELF}`, 'another scheme'),
  refusedTarget(`file://${MYSELF}`, 'a file'),
  refusedTarget(`javascript:${MYSELF}`, 'a scheme without an authority'),
  refusedTarget(`jar:http://postern.test${MYSELF}`, 'a scheme around a scheme'),
  refusedTarget(`view-source:http://postern.test${MYSELF}`, 'a scheme around a scheme'),
  refusedTarget(`http://postern.test//jira/rest/api/2/myself`, 'a double slash behind the authority'),
  refusedTarget(`http://postern.test/jira/rest/../secure`, 'dot segments count in absolute form too'),
  refusedTarget(`http://postern.test/jira/rest;x/api/2/myself`, 'path parameters too'),
  refusedTarget(`http://postern.test${MYSELF}#x`, 'a fragment too'),
  refusedTarget(`http://postern.test?${MYSELF}`, 'a path in the query', 404),
  refusedTarget('http://postern.test', 'no path is the root', 404),
];

const OTHERS: readonly Row[] = [
  refused('an empty target', 'RFC 9112 §3', 400, line('GET  HTTP/1.1')),
  refused('no target and no version', 'RFC 9112 §3: no method ends like that', 501, line('GET')),
  refusedTarget('*', 'asterisk without OPTIONS'),
  refused('DELETE *', 'asterisk without OPTIONS', 400, line('DELETE * HTTP/1.1')),
  refused('OPTIONS **', 'one asterisk', 400, line('OPTIONS ** HTTP/1.1')),
  refused('OPTIONS */jira/rest/', 'an asterisk and a path', 400, line('OPTIONS */jira/rest/ HTTP/1.1')),
  refused('OPTIONS *?x', 'an asterisk and a query', 400, line('OPTIONS *?x HTTP/1.1')),
  refusedTarget('jira/rest/api/2/myself', 'no slash in front'),
  refusedTarget('./jira/rest/api/2/myself', 'relative'),
  refusedTarget('../jira/rest/api/2/myself', 'relative, upwards'),
  refusedTarget('?x=/jira/rest/api/2/myself', 'a query alone'),
  refusedTarget('#/jira/rest/api/2/myself', 'a fragment alone'),
  refusedTarget('@postern.test/jira/rest/api/2/myself', 'userinfo alone'),
  refusedTarget('postern.test:80', 'authority form is for CONNECT'),
  refusedTarget('postern.test/jira/rest/api/2/myself', 'an authority without a scheme'),
  refusedTarget('%2fjira/rest/api/2/myself', 'the first slash encoded'),
  refusedTarget('/jira/rest/api/2/my self', 'CVE-2013-4547: a blank'),
  refusedTarget('/jira/rest/api/2/myself /x', 'a blank and more'),
  refused('a tab before the target', 'RFC 9112 §3: part of the method then', 501, line(`GET\t${MYSELF} HTTP/1.1`)),
  refused('a tab before the version', 'RFC 9112 §3: one blank', 400, line(`GET ${MYSELF}\tHTTP/1.1`)),
  refused('a blank behind the version', 'RFC 9112 §3', 400, line(`GET ${MYSELF} HTTP/1.1 `)),
  refused('a blank before the method', 'RFC 9112 §3', { emulator: 501, gateway: 501 }, line(` GET ${MYSELF} HTTP/1.1`)),
  refused('two versions', 'RFC 9112 §3', 400, line(`GET ${MYSELF} HTTP/1.1 HTTP/1.1`)),
  refused('a target of 8,200 bytes', 'GW-52', 414, get(`/jira/rest/api/2/${'x'.repeat(8_200)}`)),
  refused('a query of 8,200 bytes', 'GW-52', 414, get(`${MYSELF}?x=${'x'.repeat(8_200)}`)),
  refused('CONNECT', 'GW-3', 405, () => head('CONNECT postern.test:80 HTTP/1.1', HOST), { ends: true }),
  refused('CONNECT with a path', 'GW-3', 405, line(`CONNECT ${MYSELF} HTTP/1.1`), { ends: true }),
];

const TWINS: readonly Row[] = [
  carried(
    'two blanks before the target',
    'the parser takes them; the line is written anew',
    `GET ${MYSELF}`,
    line(`GET  ${MYSELF} HTTP/1.1`),
  ),
  carriedTarget(`http://postern.test${MYSELF}`, 'absolute, with our authority', MYSELF),
  carriedTarget(`HTTP://POSTERN.TEST${MYSELF}`, 'schemes and authorities have no case', MYSELF),
  carriedTarget(`http://postern.test:80${MYSELF}`, '80 is http', MYSELF),
  carriedTarget(`https://postern.test:443${MYSELF}`, '443 is https', MYSELF),
  carriedTarget(`http://postern.test${MYSELF}?x=http://evil.test/`, 'a URL in the query', `${MYSELF}?x=http://evil.test/`),
  carriedTarget(`/jira/rest/api/2/http:`, 'a scheme’s name in a path'),
  carriedTarget(`/jira/rest/api/2/*`, 'an asterisk in a path'),
  carriedTarget(`${MYSELF}?${'x'.repeat(8_000)}`, 'just short enough'),
  carried('OPTIONS of a resource', 'a method like others', `OPTIONS ${MYSELF}`, line(`OPTIONS ${MYSELF} HTTP/1.1`)),
  { what: 'OPTIONS *', why: 'ours to answer', bytes: line('OPTIONS * HTTP/1.1'), answers: [204], seen: [], ends: false },
];

export const TARGETS: readonly Row[] = [...ABSOLUTE, ...OTHERS, ...TWINS];
