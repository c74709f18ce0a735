// What is held against each request that Tomcat served, and against each answer that came back.
import { POISON } from './grammar.mjs';
import { covers } from './rules.mjs';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const LOGIN_PARAMETERS = new Set(['os_username', 'os_password', 'os_authtype', '_method']);
const fold = (name) => name.toLowerCase().replaceAll(/[_.]/g, '-');

/** Fields that never carry a client's word. A name that the changes to single bytes have made is another one, and passes. */
const RESERVED = new Set(
  [
    'X-Forwarded-User X-Forwarded-For X-Forwarded-Host X-Forwarded-Prefix Forwarded X-Original-URL X-Rewrite-URL X-HTTP-Method-Override',
    'X-Method-Override contextUser Remote-User X-Real-IP TE Keep-Alive Proxy-Authorization Authorization Host Transfer-Encoding Expect X-Request-Id',
  ]
    .join(' ')
    .split(' ')
    .map(fold),
);

/** Values of a field of what Tomcat got. */
export function valuesOf(served, name) {
  return served.fields.filter(([each]) => fold(each) === name).map(([, value]) => value);
}

/** What is wrong with a served request; null: nothing. `policy` is Postern's own, asked once more about what Tomcat says it got. */
export function wrongWith(served, { address, rule, policy }) {
  const { place, method, uri, query, contextPath, servletPath, pathInfo, remoteUser } = served;
  const path = `${contextPath}${servletPath}${pathInfo ?? ''}`;
  if (place !== 'rest' || !path.startsWith('/jira/rest/')) return `served outside of /jira/rest/: ${place} ${path}`;
  if (/\/\.{0,2}(?:\/|$)/.test(path.replace(/\/$/, '')) || /[;\\\p{Cc}]/u.test(path)) return `served a path that is not plain: ${path}`;
  // What was judged, decoded once and not changed, is what is served.
  if (decodeURIComponent(uri) !== path) return `judged ${uri} and served ${path}`;
  if (!METHODS.has(method)) return `served the method ${method}`;
  const users = valuesOf(served, 'x-forwarded-user');
  if (users.length > 1 || (users[0] ?? 'admin') !== 'admin' || remoteUser !== null) return `told of ${JSON.stringify(users)}`;
  if (valuesOf(served, 'authorization').length > 0) return 'the credential travelled';
  if (valuesOf(served, 'x-forwarded-for').join() !== address) return `came from ${valuesOf(served, 'x-forwarded-for').join()}`;
  const forged = served.fields.find(([name, value]) => RESERVED.has(fold(name)) && value.toLowerCase().includes(POISON));
  if (forged !== undefined) return `forged: ${forged.join(': ')}`;
  const login = served.parameters.find((name) => LOGIN_PARAMETERS.has(name.trim().toLowerCase()));
  if (login !== undefined) return `the parameter ${login}`;
  if (rule === null || users.length === 0) return null;
  if (!covers(rule, method, path)) return `not covered by the token's rule: ${method} ${path}`;
  const subject = { method, path: uri, contextPath: '/jira', query, body: null };
  return policy.match(subject) === null ? `Postern's own policy does not permit what was served: ${method} ${uri}` : null;
}

/** What is wrong with the answers of one conversation; null: nothing. */
export function wrongAnswers(text) {
  for (const { status, fields, body } of answersIn(text)) {
    const type = fields.get('content-type') ?? '';
    const isOurs = type.startsWith('application/json');
    if (isOurs && status >= 500 && status !== 501 && status !== 505) return `answered with ${status} ${body.slice(0, 200)}`;
    if (type !== 'application/x-judged' || !body.startsWith('{')) continue;
    const served = JSON.parse(body.slice(0, Number(fields.get('content-length'))));
    const [id] = valuesOf(served, 'x-request-id');
    if (id !== fields.get('x-request-id')) return `an answer of another request: ${id} came as ${fields.get('x-request-id')}`;
  }
  return null;
}

/** Every answer in what a connection received. A body holds no line ends of its own: the judge writes one line. */
export function answersIn(text) {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3})[^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n/g)].map((match) => ({
    status: Number(match[1]),
    fields: new Map(
      match[2]
        .split('\r\n')
        .filter((line) => line !== '')
        .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    ),
    body: text.slice(match.index + match[0].length),
  }));
}

/** Holds the trail against what Tomcat got: Map from request id to `METHOD uri`. Returns what is wrong. */
export function wrongRecords(served, records) {
  const judged = new Map(records.map(({ requestId, method, path, decision }) => [requestId, `${decision} ${method} ${path}`]));
  return [...served].flatMap(([id, asked]) =>
    judged.get(id) === `permit ${asked}` ? [] : [`judged: ${judged.get(id) ?? 'never'}; served: ${asked} (${id})`],
  );
}
