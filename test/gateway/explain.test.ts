// The setting `explain`: the holder of a token that is valid is told why it may not do something, and nobody else is told anything [GW-23].
import { type Gate, request } from '../support/gate.js';
import { basic } from '../support/raw-client.js';
import { gatesOfThisFile } from './gates.js';

const SITE = {
  POSTERN_EXPLAIN: 'true',
  POSTERN_POLICY: JSON.stringify([
    { effect: 'permit', rule: '.*' },
    { effect: 'forbid', rule: 'glob:/rest/secret/**' },
  ]),
};
const gates = gatesOfThisFile(['gateway', SITE], ['emulator', SITE]);
const LIMITED = { limitTo: '[get] glob:/rest/api/2/issue/KANBAN-*' };
const ELSEWHERE = { ip: '192.0.2.0/24', limitTo: '[get] glob:/rest/api/**' };

async function ask(gate: Gate, authorization: string | null, method: string, target: string) {
  const { answer, received } = await gate.send(request(method, target, authorization === null ? [] : [authorization]));
  if (answer.status !== 200) expect(received).toEqual([]);
  return { ...answer, type: answer.headers['content-type'], scope: answer.headers['x-accepted-scope'] };
}

it('tells the reason and the narrowest rule, with which a token made for it does just that [GW-23, GW-24]', async () => {
  const gate = await gates.at('gateway', SITE);
  const refused = await ask(gate, await gates.login(gate, LIMITED), 'GET', '/jira/rest/api/2/issue/OTHER-1?x=1');
  expect([refused.status, refused.type]).toEqual([403, 'application/problem+json']);
  expect(refused.scope).toBe('[get]/jira/rest/api/2/issue/OTHER-1');
  expect(JSON.parse(refused.body)).toEqual({
    type: 'urn:postern:policy.limits',
    title: 'This token may not be used for this request.',
    status: 403,
    detail: 'No rule of the token, or of a token it descends from, matches this request.',
    code: 'policy.limits',
    instance: `urn:uuid:${refused.headers['x-request-id']}`,
    narrowestRule: refused.scope,
    message: 'This token may not be used for this request.',
    'status-code': 403,
  });
  const login = await gates.login(gate, { limitTo: refused.scope ?? '' });
  expect((await ask(gate, login, 'GET', '/jira/rest/api/2/issue/OTHER-1?x=1')).status).toBe(200);
  expect((await ask(gate, login, 'GET', '/jira/rest/api/2/issue/OTHER-12')).status).toBe(403);
  expect((await ask(gate, login, 'POST', '/jira/rest/api/2/issue/OTHER-1')).scope).toBe('[post]/jira/rest/api/2/issue/OTHER-1');
});

it('names no rule where none would do, and says nothing of the policy or of the token’s own limits [GW-23]', async () => {
  const gate = await gates.at('gateway', SITE);
  const bySite = await ask(gate, await gates.login(gate, { limitTo: '[get].*' }), 'GET', '/jira/rest/secret/plan');
  const byAddress = await ask(gate, await gates.login(gate, ELSEWHERE), 'GET', '/jira/rest/api/2/myself');
  expect([bySite, byAddress].map(({ status, type, scope }) => [status, type, scope])).toEqual([
    [403, 'application/problem+json', undefined],
    [403, 'application/problem+json', undefined],
  ]);
  expect([bySite, byAddress].map(({ body }) => (JSON.parse(body) as { code: string }).code)).toEqual(['policy.site', 'policy.address']);
  for (const { raw } of [bySite, byAddress]) expect(raw).not.toMatch(/glob:|192\.0\.2|127\.0\.0\.1|narrowestRule/);
});

it('writes any path that can be asked for as one header field within bounds, or none [GW-23]', async () => {
  const gate = await gates.at('gateway', SITE);
  const login = await gates.login(gate, LIMITED);
  const odd = "/jira/rest/a-b.c_d~e!f$g&h'i(j)k*l+m,n=o:p@q%20%C3%A9";
  expect((await ask(gate, login, 'GET', odd)).scope).toBe("[get]/jira/rest/a-b\\.c_d~e!f\\$g&h'i\\(j\\)k\\*l\\+m,n=o:p@q%20%C3%A9");
  const broken = await ask(gate, login, 'GET', '/jira/rest/a%0D%0ASet-Cookie:x=1');
  expect([broken.status, broken.scope, broken.headers['set-cookie']]).toEqual([400, undefined, undefined]);
  const longest = await ask(gate, login, 'GET', `/jira/rest/${'*'.repeat(980)}`);
  expect(longest.scope).toHaveLength('[get]/jira/rest/'.length + 2 * 980);
  const long = await ask(gate, login, 'GET', `/jira/rest/${'a'.repeat(1_500)}`);
  expect([long.status, long.type, long.scope]).toEqual([403, 'application/problem+json', undefined]);
});

it('answers a HEAD with the same fields and no body [GW-23]', async () => {
  const gate = await gates.at('gateway', SITE);
  const head = await ask(gate, await gates.login(gate, LIMITED), 'HEAD', '/jira/rest/api/2/issue/KANBAN-1');
  expect([head.status, head.type, head.scope, head.body]).toEqual([
    403,
    'application/problem+json',
    '[head]/jira/rest/api/2/issue/KANBAN-1',
    '',
  ]);
});

it('says nothing to a credential that is not accepted, to none, and to a password [GW-12, GW-23]', async () => {
  const gate = await gates.at('gateway', SITE);
  const target = '/jira/rest/api/2/issue/OTHER-1';
  const { token, id } = await gate.token(LIMITED);
  await gate.tokenTools('delete', { id });
  const refused = [
    await ask(gate, `Authorization: ${basic('admin', token)}`, 'GET', target),
    await ask(gate, `Authorization: ${basic('nobody', 'nothing')}`, 'GET', target),
    await ask(gate, 'Authorization: Bearer abc', 'GET', target),
    await ask(gate, `Authorization: ${gate.password}`, 'GET', target),
    await ask(gate, null, 'GET', target),
  ];
  for (const { status, type, scope, body } of refused) {
    expect([status, type, scope]).toEqual([401, 'application/json;charset=UTF-8', undefined]);
    expect(JSON.parse(body)).toEqual({ message: 'Client must be authenticated to access this resource.', 'status-code': 401 });
  }
});

it('keeps one body for every reason in the emulator profile [GW-23]', async () => {
  const gate = await gates.at('emulator', SITE);
  const answers = [
    await ask(gate, await gates.login(gate, LIMITED), 'GET', '/jira/rest/api/2/issue/OTHER-1'),
    await ask(gate, await gates.login(gate, { limitTo: '[get].*' }), 'GET', '/jira/rest/secret/plan'),
    await ask(gate, await gates.login(gate, ELSEWHERE), 'GET', '/jira/rest/api/2/myself'),
  ];
  for (const { status, type, scope, body } of answers) {
    expect([status, type, scope]).toEqual([403, 'application/json;charset=UTF-8', undefined]);
    expect(body).toBe('{"message":"This token may not be used for this request.","status-code":403}');
  }
});
