// What a query must not do: satisfy a rule, log in as somebody else, rename the method [GW-3, GW-4, EXT-14]; and what it may.
import { carriedTarget, head, HOST, MYSELF, refused, refusedTarget, type Row } from './row.js';

const login = (query: string, why: string): Row => refusedTarget(`${MYSELF}?${query}`, why, 400, { ends: false });

const LOGINS: readonly Row[] = [
  login('os_username=root', 'login by query'),
  login('os_password=x', 'login by query'),
  login('os_authType=basic', 'login by query'),
  login('os_username', 'without a value'),
  login('os_username=', 'with an empty value'),
  login('OS_USERNAME=root', 'capitals'),
  login('Os_UserName=root', 'mixed'),
  login('OS_AUTHTYPE=basic', 'capitals'),
  login('os_authtype=basic', 'lower case'),
  login('os%5fusername=root', 'the underscore encoded'),
  login('os%5Fpassword=x', 'the underscore encoded, capitals'),
  login('%6f%73%5f%75%73%65%72%6e%61%6d%65=root', 'every letter encoded'),
  login('%4F%53_username=root', 'capitals, encoded'),
  login('a=b&os_username=root', 'the second'),
  login('a=b&&os_username=root', 'behind an empty one'),
  login('&os_username=root', 'behind nothing'),
  login('a=b;os_username=root', 'behind a semicolon'),
  login(';os_username=root', 'behind a semicolon alone'),
  login('a&os_username=root&b', 'in the middle'),
  login('os_username=a&os_username=b', 'twice'),
  login('+os_username=root', 'a blank in front that some trim'),
  login('os_username+=root', 'a blank behind'),
  login('%20os_username%20=root', 'blanks, encoded'),
  login('%09os_username=root', 'a tab, encoded'),
  login('%0aos_username=root', 'a line feed, encoded'),
  login('os_username%0d=root', 'a carriage return, encoded'),
  login('os_username%3Droot', 'an encoded equals sign: who decodes first reads a login'),
  login('a%26os_username=root', 'an encoded ampersand: who decodes first reads a login'),
  login('os_username%3D=root', 'an encoded equals sign behind the name'),
  login('os_username%26=root', 'an encoded ampersand behind the name'),
  login('a%3Bos_username=root', 'an encoded semicolon'),
  login('a%3Fos_username=root', 'an encoded question mark'),
  login('a%00os_username=root', 'NUL in front'),
  login('?os_username=root', 'a second question mark'),
  login('_method=DELETE', 'the method by query'),
  login('_Method=DELETE', 'mixed'),
  login('_METHOD=PUT', 'capitals'),
  login('%5fmethod=DELETE', 'encoded'),
  login('a=b;_method=DELETE', 'behind a semicolon'),
  login('x&_method', 'without a value'),
  login('os_username%00=root', 'NUL, at which some end the name'),
];

const UNREADABLE: readonly Row[] = [
  refusedTarget(`${MYSELF}?os%C1%9Fusername=x`, 'an overlong underscore'),
  refusedTarget(`${MYSELF}?os%E0%81%9Fusername=x`, 'an overlong underscore, three bytes'),
  refusedTarget(`${MYSELF}?o%ff=x`, 'a name that is not UTF-8'),
  refusedTarget(`${MYSELF}?os%5=x`, 'half an escape in a name'),
  refusedTarget(`${MYSELF}?%=x`, 'a percent sign alone as a name'),
  refusedTarget(`${MYSELF}?os%u005fusername=x`, 'UTF-16 in a name'),
  refusedTarget(`${MYSELF}?a=b&%zz=x`, 'not hex in the second name'),
  refusedTarget(`${MYSELF}?x#y`, 'a fragment behind the query'),
  refusedTarget(`${MYSELF}?x=#`, 'an empty fragment'),
  ...['"', '<', '>', '^', '`', '{', '|', '}', '\\'].map((raw) => refusedTarget(`${MYSELF}?x=a${raw}b`, 'no query holds it raw')),
];

/** A token that may read one resource, and queries and fragments that name it. */
const asReader =
  (target: string): Row['bytes'] =>
  ({ reader }) =>
    head(`GET ${target} HTTP/1.1`, HOST, reader);
const beyond = (target: string, why: string, status = 403): Row =>
  refused(`GET ${target} by a token for ${MYSELF}`, why, status, asReader(target));

const RULES: readonly Row[] = [
  beyond('/jira/rest/api/2/issue?x=/jira/rest/api/2/myself', 'CVE-2025-54576: path and query matched together'),
  beyond('/jira/rest/api/2/issue?/jira/rest/api/2/myself', 'the same without a name'),
  beyond('/jira/rest/api/2/issue?x=%0a/jira/rest/api/2/myself', 'a line of its own, for ^ and $'),
  beyond('/jira/rest/api/2/issue', 'another resource'),
  beyond('/jira/rest/api/2/myself/extra', 'below it'),
  beyond('/jira/rest/api/2/myself/', 'a slash more'),
  beyond('/jira/rest/api/2/Myself', 'another case'),
  beyond('/jira/rest/api/2/myself.json', 'a suffix'),
  beyond('/jira/rest/api/2/myself%20', 'a blank behind'),
  beyond('/jira/rest/api/2/xmyself', 'the rule is not a part'),
  beyond('/jira/rest/x/rest/api/2/myself', 'the rule is not an end'),
  beyond('/jira/rest/api/2/issue#/jira/rest/api/2/myself', 'GHSA-pxq7-h93f-9jrg', 400),
  beyond('/jira/rest/api/2/myself/../issue', 'a rule that matches the beginning', 400),
  beyond('/jira/rest/api/2/issue/../myself', 'the permitted one, spelt another way', 400),
  beyond('/jira/rest/api/2/issue;/jira/rest/api/2/myself', 'in a path parameter', 400),
];

const TWINS: readonly Row[] = [
  { ...carriedTarget(`${MYSELF}?x=1`, 'the reader’s own, with a query'), what: 'GET by the reader', bytes: asReader(`${MYSELF}?x=1`) },
  {
    ...carriedTarget(MYSELF, 'the reader’s own, encoded'),
    what: 'GET by the reader, encoded',
    bytes: asReader('/jira/rest/api/2/my%73elf'),
  },
  carriedTarget(`${MYSELF}?`, 'an empty query stays'),
  carriedTarget(`${MYSELF}?username=root`, 'another name'),
  carriedTarget(`${MYSELF}?os_user=root`, 'another name'),
  carriedTarget(`${MYSELF}?xos_username=root`, 'another name'),
  carriedTarget(`${MYSELF}?os_username_x=root`, 'another name'),
  carriedTarget(`${MYSELF}?x=os_username`, 'in a value'),
  carriedTarget(`${MYSELF}?x=os_username=root`, 'in a value, with an equals sign'),
  carriedTarget(`${MYSELF}?os.username=root`, 'another name to a servlet container; PHP would fold it'),
  carriedTarget(`${MYSELF}?os+username=root`, 'another name to a servlet container; PHP would fold it'),
  carriedTarget(`${MYSELF}?os_username[]=root`, 'another name to a servlet container; PHP would make a list of it'),
  carriedTarget(`${MYSELF}?a=b?os_username=root`, 'a question mark in a value'),
  carriedTarget(`${MYSELF}?method=DELETE`, 'another name'),
  carriedTarget('/jira/rest/api/2/search?jql=a%3Db%26c%25+%zz', 'values pass as they came, also malformed ones'),
  carriedTarget('/jira/rest/api/2/search?jql=project%20%3D%20"X"'.replaceAll('"', '%22'), 'a query as it is used'),
  carriedTarget(`${MYSELF}?a=1&a=2;b=3`, 'repeated, with a semicolon'),
  carriedTarget(`${MYSELF}?a=/../..//;`, 'a path in a value'),
  carriedTarget(`${MYSELF}?a[]=1&b[c]=2`, 'brackets'),
  carriedTarget(`${MYSELF}?%61=%62`, 'escapes stay as they are in a query'),
  carriedTarget(`${MYSELF}?a=%c0%ae`, 'overlong in a value is the product’s to read'),
];

export const QUERIES: readonly Row[] = [...LOGINS, ...UNREADABLE, ...RULES, ...TWINS];
