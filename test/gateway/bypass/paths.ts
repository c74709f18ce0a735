// Paths that a gate and a container read differently: every refused piece in every position (the shape of Spring's StrictHttpFirewall
// tests), the published vectors, and beside them what looks alike and is permitted.
import { carriedTarget, refusedTarget, type Row } from './row.js';

/** Where in a path a piece may stand. */
const POSITIONS: readonly { readonly where: string; readonly put: (piece: string) => string }[] = [
  { where: 'behind the context path', put: (piece) => `/jira${piece}/rest/api/2/myself` },
  { where: 'behind /rest', put: (piece) => `/jira/rest${piece}/api/2/myself` },
  { where: 'within a name', put: (piece) => `/jira/rest/api/2/my${piece}self` },
  { where: 'at the end', put: (piece) => `/jira/rest/api/2/myself${piece}` },
];

/** Pieces that are refused wherever they stand. */
const PIECES: readonly (readonly [piece: string, why: string])[] = [
  [';', 'Tomcat drops path parameters before it maps: CVE-2020-1957'],
  [';jsessionid=1', 'a path parameter with a value'],
  ['%3b', 'an encoded semicolon'],
  ['%3B', 'an encoded semicolon in capitals'],
  ['\\', 'a backslash is a slash to some'],
  ['%5c', 'an encoded backslash'],
  ['%5C', 'an encoded backslash in capitals'],
  ['%2f', 'an encoded slash: CVE-2021-29492'],
  ['%2F', 'an encoded slash in capitals'],
  ['/', 'an empty segment, or a slash that goes away: CVE-2021-31920'],
  ['/.', 'a dot segment'],
  ['/..', 'a dot segment: CVE-2019-9901'],
  ['/%2e', 'an encoded dot segment'],
  ['/%2E%2E', 'an encoded double dot segment'],
  ['/.%2e', 'a half-encoded dot segment'],
  ['/%2e.', 'the other half'],
  ['/..;', 'Tomcat serves ..; as ..'],
  ['/..%3b', 'the same, encoded'],
  ['/.;x=y', 'a dot segment with a path parameter'],
  ['%25', 'double encoding'],
  ['%252e%252e', 'dots, encoded twice'],
  ['%252f', 'a slash, encoded twice'],
  ['%25252e', 'a dot, encoded three times'],
  ['%00', 'NUL ends a C string'],
  ['%0a', 'a dot in a regex does not match a line feed: CVE-2022-22978'],
  ['%0d%0a', 'splits a header'],
  ['%09', 'a tab'],
  ['%1f', 'the last control character'],
  ['%7f', 'DEL'],
  ['%c2%80', 'the first C1 control character'],
  ['%c2%85', 'NEL, a line end to Java'],
  ['%c2%9f', 'the last C1 control character'],
  ['%e2%80%a8', 'LINE SEPARATOR'],
  ['%e2%80%a9', 'PARAGRAPH SEPARATOR'],
  ['%3f', 'an encoded question mark ends the path for whoever decodes first'],
  ['%23', 'an encoded number sign'],
  ['"', 'no path holds it raw'],
  ['<', 'no path holds it raw'],
  ['>', 'no path holds it raw'],
  ['^', 'no path holds it raw'],
  ['`', 'no path holds it raw'],
  ['{', 'no path holds it raw'],
  ['|', 'no path holds it raw'],
  ['}', 'no path holds it raw'],
  ['[', 'brackets stand in an authority only'],
  [']', 'brackets stand in an authority only'],
  ['#', 'a fragment: GHSA-pxq7-h93f-9jrg'],
];

/** Slash at the very end is a name's own; everything else of the grid is refused. */
const isPermitted = (where: string, piece: string): boolean => piece === '/' && where === 'at the end';

const GRID: readonly Row[] = POSITIONS.flatMap(({ where, put }) =>
  PIECES.filter(([piece]) => !isPermitted(where, piece))
    // A slash within a name is just another name.
    .filter(([piece]) => !(piece === '/' && where === 'within a name'))
    // A dot before a name is part of it, and so is a name that begins with dots.
    .filter(([piece]) => !(where === 'within a name' && /^\/(\.|%2e)+$/i.test(piece)))
    .map(([piece, why]) => refusedTarget(put(piece), `${why}, ${where}`)),
);

/** Vectors as they were published, or as they would be for this product. */
const VECTORS: readonly Row[] = [
  refusedTarget('/jira/rest/api/2/../2/myself', 'GHSA-p224-6x5r-fjpm: judged raw, normalised later'),
  refusedTarget('/jira/rest/../secure/admin/ViewApplicationProperties.jspa', 'out of /rest, into the administration'),
  refusedTarget('/jira/rest/../../confluence/rest/api/content', 'into the other product'),
  refusedTarget('/jira/secure/../rest/api/2/myself', 'into /rest from outside'),
  refusedTarget('/../jira/rest/api/2/myself', 'above the root'),
  refusedTarget('/./jira/rest/api/2/myself', 'a dot segment first of all'),
  refusedTarget('/jira/..;/jira/rest/api/2/myself', 'the classic of Tomcat behind a proxy'),
  refusedTarget('/jira/rest/..;/..;/manager/html', 'the classic, twice'),
  refusedTarget('/jira/rest/;/api/2/myself', 'an empty segment with a parameter'),
  refusedTarget('/;/jira/rest/api/2/myself', 'a parameter first of all'),
  refusedTarget('/jira/s/x/_/;/WEB-INF/web.xml', 'CVE-2021-26086'),
  refusedTarget('/jira/rest/s/123cfx/_/;/WEB-INF/web.xml', 'CVE-2021-26086 below /rest'),
  refusedTarget('/jira/rest/api/2/InsightPluginShowGeneralConfiguration.jspa;', 'CVE-2022-0540: a semicolon hides the action'),
  refusedTarget('//jira/rest/api/2/myself', 'CVE-2026-26205: new URL() reads a host'),
  refusedTarget('///jira/rest/api/2/myself', 'three slashes'),
  refusedTarget('//postern.test/jira/rest/api/2/myself', 'a reference without a scheme'),
  refusedTarget('/\\jira/rest/api/2/myself', 'a browser reads a host'),
  refusedTarget('/jira/rest/api/2/myself/../..//../..', 'climbing and doubling'),
  refusedTarget('/jira/rest/api/2/%2e%2e%2f%2e%2e%2fsecure', 'everything encoded at once'),
  refusedTarget('/jira/rest/api/2/..%5c..%5csecure', 'Windows, encoded'),
  refusedTarget('/jira/rest/api/2/%2e%2e%5csecure', 'dots and a backslash'),
  refusedTarget('/jira/rest/api/2/myself%2f..', 'a slash hidden, dots plain'),
  refusedTarget('/jira/rest/api/2/....//....//secure', 'for filters that remove ../ once'),
  refusedTarget('/jira/rest/api/2/..././secure', 'the same the other way round'),
  refusedTarget('/jira/rest/.;/api/2/myself', 'one dot and a parameter'),
  refusedTarget('/jira/rest/api/2/myself;/../issue', 'a parameter that shields a dot segment'),
  refusedTarget('/jira/rest/api/2/myself/%2e%2e;/issue', 'encoded dots and a parameter'),
  refusedTarget('/jira/rest/api/2/myself.json/..', 'a suffix and a climb'),
];

/** Not ours to carry: outside of `/rest/` below a context path, whatever the token may do [GW-7]. */
const OUTSIDE: readonly Row[] = [
  refusedTarget('/jira/REST/api/2/myself', 'Express would mount it, Tomcat would not', 404),
  refusedTarget('/JIRA/rest/api/2/myself', 'context paths have case', 404),
  refusedTarget('/jira/Rest/api/2/myself', 'one letter', 404),
  refusedTarget('/jira/restful/api', 'begins like /rest', 404),
  refusedTarget('/jira/rest', 'the folder itself', 404),
  refusedTarget('/jira/rest.api/2/myself', 'a dot is no slash', 404),
  refusedTarget('/jira/%72%65%73%74', 'the folder itself, encoded', 404),
  refusedTarget('/jira/rest%20/api/2/myself', 'a blank that some trim', 404),
  refusedTarget('/jira/%20rest/api/2/myself', 'a blank in front', 404),
  refusedTarget('/jirarest/api/2/myself', 'no slash between', 404),
  refusedTarget('/rest/api/2/myself', 'no context path', 404),
  refusedTarget('/jira/secure/Dashboard.jspa', 'a page of the product', 404),
  refusedTarget('/jira/plugins/servlet/upm', 'a servlet of a plugin', 404),
  refusedTarget('/jira/WEB-INF/web.xml', 'what no container serves', 404),
  refusedTarget('/jira/', 'the product’s root', 404),
  refusedTarget('/jira', 'the product’s root without a slash', 404),
  refusedTarget('/', 'nothing there', 404),
  refusedTarget('/confluence/rest/api/content', 'the other product has no upstream', 404),
  refusedTarget('/api/rest/api/2/myself', 'another context path', 404),
  refusedTarget('/jira/secure/rest/api/2/myself', '/rest further down is not ours', 404),
];

/** What looks alike and is permitted. */
const TWINS: readonly Row[] = [
  carriedTarget('/jira/rest/api/2/myself', 'the plain one'),
  carriedTarget('/jira/rest/api/2/myself/', 'a slash at the end stays'),
  carriedTarget('/jira/rest/', 'the smallest that is below /rest/'),
  carriedTarget('/jira/rest/api/2/...', 'three dots are a name'),
  carriedTarget('/jira/rest/api/2/..a', 'dots before a name'),
  carriedTarget('/jira/rest/api/2/a..', 'dots behind a name'),
  carriedTarget('/jira/rest/api/2/.well-known', 'a hidden name'),
  carriedTarget('/jira/rest/api/2/my/.self', 'a name that begins with a dot'),
  carriedTarget('/jira/rest/api/2/my/..self', 'a name that begins with two'),
  carriedTarget('/jira/rest/api/2/my/self', 'a slash within a name makes two'),
  carriedTarget('/jira/rest/api/2/a%2eb', 'a dot within a name', '/jira/rest/api/2/a.b'),
  carriedTarget('/jira/rest/api/2/%2e%2e%2e', 'three encoded dots', '/jira/rest/api/2/...'),
  carriedTarget("/jira/rest/api/2/a:b@c!d$e&f'g(h)i*j+k,l=m", 'every other sub-delimiter'),
  carriedTarget('/jira/rest/api/2/issue/KANBAN-100/comment', 'a resource as it is used'),
  carriedTarget('/jira/rest/rest/rest/', 'rest below rest'),
  carriedTarget('/jira/rest/jira/rest/api', 'the context path below rest'),
];

export const PATHS: readonly Row[] = [...GRID, ...VECTORS, ...OUTSIDE, ...TWINS];
