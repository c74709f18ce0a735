// `POST /api/v1/explain`: what the gate would say, asked beside the gate itself [GW-25].
import type { ExplainAnswer, ExplainRequest } from '../../src/admin/explain-types.js';
import { makeToken, runPostern, type RunningPostern } from '../directory/running-postern.js';

const ADMIN = ['admin', 'admin'] as const;
const USER = ['user', 'user'] as const;
const MYSELF = '/jira/rest/api/2/myself';
const POLICY = JSON.stringify([
  { effect: 'permit', rule: '.*' },
  { effect: 'forbid', rule: '[delete] glob:/rest/**', users: ['user'] },
]);

let node: RunningPostern;

beforeAll(async () => {
  node = await runPostern({ settings: { POSTERN_POLICY: POLICY } });
});

afterAll(() => node.close());

type Question = Partial<ExplainRequest> | Readonly<Record<string, unknown>>;

async function post(question: Question, as: readonly [string, string] | null = ADMIN) {
  const answer = await node.ask({ method: 'POST', path: '/api/v1/explain', ...(as === null ? {} : { as }), json: question });
  return { status: answer.status, json: JSON.parse(answer.text) as ExplainAnswer & { message: string } };
}

async function explain(question: Question, as?: readonly [string, string]): Promise<ExplainAnswer> {
  const { status, json } = await post(question, as);
  expect([status, json.message]).toEqual([200, undefined]);
  return json;
}

interface Made {
  readonly value: string;
  readonly system: string;
  readonly tokenRef: string;
}

/** A token of the demo user’s, with the name that lists and records give it. */
async function tokenOf(fields: object, owner: readonly [string, string] = ADMIN): Promise<Made> {
  await node.clock.advance(1);
  const value = await makeToken(node, owner, { userName: 'user', ...fields });
  const listed = await node.ask({ path: '/api/v1/tokens?system=extender&maxResults=1', as: ADMIN });
  const [token] = (JSON.parse(listed.text) as { tokens: readonly { system: string; tokenRef: string }[] }).tokens;
  if (token === undefined) throw new Error('no token is listed');
  return { value, system: token.system, tokenRef: token.tokenRef };
}

const about = ({ system, tokenRef }: Made) => ({ system, tokenRef });

describe('the same answer as the gate’s', () => {
  const LIMITS = '[get,delete] glob:/rest/api/2/issue/KANBAN-*/**<br>[get].*/search[QueryParam::jql==project=KANBAN]';
  const requests: readonly [method: string, url: string, code: string | null, reason: string][] = [
    ['GET', '/jira/rest/api/2/issue/KANBAN-1', null, 'a rule'],
    ['GET', '/jira/rest/api/2/issue/KANBAN%2D1', null, 'made canonical'],
    ['GET', '/jira/rest/api/2/search?jql=project%3DKANBAN', null, 'another'],
    ['GET', '/jira/rest/api/2/search?jql=project%3DOTHER', 'policy.limits', 'the query'],
    ['POST', '/jira/rest/api/2/issue/KANBAN-1', 'policy.limits', 'the method'],
    ['GET', '/jira/rest/api/2/issue/OTHER-1', 'policy.limits', 'the path'],
    ['DELETE', '/jira/rest/api/2/issue/KANBAN-1/comment/1', 'policy.site', 'the site’s policy'],
    ['GET', '/jira/rest/api/2/issue/KANBAN-1/../OTHER-1', 'request.malformed', 'a dot segment'],
    ['GET', '/jira/rest/api/2/issue/%2e%2e/x', 'request.malformed', 'an encoded one'],
    ['GET', '/jira/rest/api/2/search?os_username=admin', 'request.login-parameter', 'a login in the query'],
    ['GET', `/jira/rest/${'a'.repeat(3_000)}`, 'request.too-long', 'too long for rules'],
    ['TRACE', MYSELF, 'request.method-not-allowed', 'a method that is not carried'],
    ['GET', '/confluence/rest/api/content', 'authn.refused', 'another product'],
    ['GET', '/nowhere', 'request.not-found', 'where no token opens anything'],
    ['GET', '/jira/browse/KANBAN-1', 'request.not-found', 'a page'],
  ];
  let token: Made;
  beforeAll(async () => {
    token = await tokenOf({ limitTo: LIMITS });
  });

  it.each(requests)('%s %s is %s: %s [GW-25]', async (method, url, code) => {
    const { decision, checks, narrowestRule } = await explain({ ...about(token), method, url });
    const sent = await node.ask({ method, path: url, as: ['user', token.value] });
    expect([decision.effect, decision.code]).toEqual([code === null ? 'permit' : 'deny', code]);
    if (decision.status === null) expect(sent.status).not.toBe(403);
    else expect(sent.status).toBe(decision.status);
    expect(checks.every(({ holds }) => holds === true)).toBe(code === null);
    // A rule is named where one would do, and it does.
    expect(narrowestRule === null).toBe(code !== null && code !== 'policy.limits');
    if (narrowestRule === null) return;
    const narrow = await tokenOf({ limitTo: narrowestRule });
    expect((await explain({ ...about(narrow), method, url })).decision).toMatchObject({ effect: 'permit', rule: narrowestRule });
  });

  it('forwards nothing, counts nothing, and leaves no record of a use [GW-25]', async () => {
    const before = await node.ask({ path: `/api/v1/audit.jsonl?tokenRef=${encodeURIComponent(token.tokenRef)}`, as: ADMIN });
    const listed = async () => (await node.ask({ path: '/api/v1/tokens?system=extender', as: ADMIN })).text;
    const tokens = await listed();
    for (let times = 0; times < 3; times += 1) await explain({ ...about(token), method: 'GET', url: MYSELF });
    expect(await listed()).toBe(tokens);
    const after = await node.ask({ path: `/api/v1/audit.jsonl?tokenRef=${encodeURIComponent(token.tokenRef)}`, as: ADMIN });
    expect(after.text).toBe(before.text);
    const everything = (await node.ask({ path: '/api/v1/audit.jsonl', as: ADMIN })).text;
    expect(everything).not.toContain('/api/v1/explain');
  });
});

it('tells of every rule and statement why it does not match, and which decided [GW-25]', async () => {
  const token = await tokenOf({ limitTo: '[post].*<br>.*/none<br>[get].*', ip: '127.0.0.0/8' });
  const answer = await explain({ ...about(token), method: 'get', url: 'http://jira.example.com/jira/rest/api/2/myself?a=1' });
  expect(answer.decision).toEqual({
    effect: 'permit',
    code: null,
    status: null,
    text: 'The request is permitted.',
    rule: '[get].*',
    statement: 'policy[0]',
  });
  expect(answer.request).toEqual({
    method: 'GET',
    path: MYSELF,
    query: 'a=1',
    product: 'jira',
    contextPath: '/jira',
    destination: 'upstream',
    address: '127.0.0.1',
    at: new Date(node.clock.now()).toISOString(),
  });
  expect(answer.token).toEqual({ ...about(token), username: 'user', validUntil: null, rejection: null });
  expect(answer.limits).toEqual([
    {
      isInherited: false,
      addresses: { text: '127.0.0.0/8', isMatch: true },
      rules: [
        { rule: '[post].*', isMatch: false, failed: 'method' },
        { rule: '.*/none', isMatch: false, failed: 'path' },
        { rule: '[get].*', isMatch: true, failed: null },
      ],
      holds: true,
    },
  ]);
  expect(answer.statements.map(({ id, isMatch, failed }) => [id, isMatch, failed])).toEqual([
    ['policy[0]', true, null],
    ['policy[1]', false, 'rule'],
  ]);
  expect(answer.narrowestRule).toBe(`[get]${MYSELF}`);
  expect(answer.warnings.map(({ code, about: of }) => [code, of])).toEqual([
    ['any-path', '[post].*'],
    ['any-method', '.*/none'],
    ['any-path', '[get].*'],
    ['never-ends', null],
  ]);
});

it('asks about the address and the instant that are given [GW-21, GW-22]', async () => {
  const token = await tokenOf({ limitTo: '[get].*', ip: '192.0.2.0/24', daysUntilExpiry: 1 });
  const ask = async (address: string, at?: number) =>
    (
      await explain({
        ...about(token),
        method: 'GET',
        url: MYSELF,
        address,
        ...(at === undefined ? {} : { at: new Date(at).toISOString() }),
      })
    ).decision.code;
  const end = node.clock.now() + 86_400_000;
  expect(await ask('192.0.2.9')).toBeNull();
  expect(await ask('::ffff:192.0.2.9')).toBeNull();
  expect(await ask('198.51.100.1')).toBe('policy.address');
  expect([await ask('192.0.2.9', end - 1), await ask('192.0.2.9', end)]).toEqual([null, 'authn.refused']);
  const ended = await explain({ ...about(token), method: 'GET', url: MYSELF, address: '192.0.2.9', at: new Date(end).toISOString() });
  expect(ended).toMatchObject({ token: { rejection: 'expired' }, decision: { text: 'The token has ended.' }, narrowestRule: null });
  // Its rules are shown all the same.
  expect(ended.limits[0]?.rules).toEqual([{ rule: '[get].*', isMatch: true, failed: null }]);
});

it('shows what a token took over from the one it was made with, which no rule of its own can widen [GW-26]', async () => {
  const parent = await tokenOf({ limitTo: '[get,post] glob:/rest/extender/**<br>[get] glob:/rest/api/2/myself' });
  await node.clock.advance(1);
  await makeToken(node, ['user', parent.value], { limitTo: '[get].*' });
  const listed = await node.ask({ path: '/api/v1/tokens?system=extender&maxResults=1', as: ADMIN });
  const [child] = (JSON.parse(listed.text) as { tokens: readonly Made[] }).tokens;
  if (child === undefined) throw new Error('no token is listed');
  const permitted = await explain({ ...about(child), method: 'GET', url: MYSELF });
  expect(permitted.limits.map(({ isInherited, holds }) => [isInherited, holds])).toEqual([
    [false, true],
    [true, true],
  ]);
  const denied = await explain({ ...about(child), method: 'GET', url: '/jira/rest/api/2/project' });
  expect(denied.limits.map(({ holds }) => holds)).toEqual([true, false]);
  expect([denied.decision.code, denied.narrowestRule]).toEqual(['policy.limits', null]);
});

it('tries rules before there is a token, refused as they would be when one is made [GW-25]', async () => {
  const ask = (fields: object) => post({ method: 'GET', url: MYSELF, ...fields }, USER);
  const good = await ask({ limitTo: '[get] glob:/rest/api/*/myself\n.*/x', ip: '' });
  expect(good.json.decision).toMatchObject({ effect: 'permit', rule: '[get] glob:/rest/api/*/myself' });
  expect(good.json.token).toEqual({ system: 'extender', tokenRef: null, username: 'user', validUntil: null, rejection: null });
  expect((await ask({ limitTo: '' })).json.warnings.map(({ code }) => code)).toEqual(['no-rules', 'no-addresses']);
  expect((await ask({ limitTo: '/x', ip: '0.0.0.0/0' })).json.warnings.map(({ code }) => code)).toEqual(['any-method', 'any-address']);
  expect(await ask({ limitTo: 'glob:rest/**' })).toMatchObject({
    status: 400,
    json: { message: expect.stringContaining('limitTo: rule 1, column 6') },
  });
  expect(await ask({ limitTo: '.*', ip: '10.0.0.1/8' })).toMatchObject({ status: 400, json: { message: expect.stringContaining('ip: ') } });
  expect(await ask({ limitTo: '.*', system: 'nothing' })).toMatchObject({ status: 400 });
  // As somebody else: for administrators alone.
  expect(await ask({ limitTo: '.*', user: 'admin' })).toMatchObject({ status: 403 });
  expect((await post({ limitTo: '.*', user: 'user', method: 'DELETE', url: MYSELF })).json.decision.code).toBe('policy.site');
  expect((await post({ limitTo: '.*', method: 'DELETE', url: MYSELF })).json.decision.code).toBeNull();
});

it('explains a token for anyone with the name it would be used with, to administrators alone [EXT-4]', async () => {
  const token = await tokenOf({ userName: null, limitTo: '[get].*' });
  const question = { ...about(token), method: 'GET', url: MYSELF };
  expect(await post(question)).toMatchObject({ status: 400, json: { message: expect.stringContaining('user must be there') } });
  expect((await explain({ ...question, user: 'user' })).token.username).toBe('user');
  expect((await explain({ ...question, user: 'nobody' })).decision.code).toBe('authn.refused');
  expect((await post({ ...question, user: 'user' }, USER)).status).toBe(404);
});

it('tells users of their own tokens only, and not what the site’s policy says; another’s is as if it were not there [GW-25]', async () => {
  const own = await tokenOf({ limitTo: '[get].*' });
  const other = await tokenOf({ userName: 'admin', limitTo: '[get].*' });
  const mine = await explain({ ...about(own), method: 'GET', url: MYSELF }, USER);
  expect(mine.decision).toMatchObject({ effect: 'permit', statement: 'policy[0]' });
  expect(mine.statements.map(({ id, rules }) => [id, rules])).toEqual([
    ['policy[0]', []],
    ['policy[1]', []],
  ]);
  const foreign = await post({ ...about(other), method: 'GET', url: MYSELF }, USER);
  const unknown = await post({ system: 'extender', tokenRef: 'nothing', method: 'GET', url: MYSELF }, USER);
  expect([foreign.status, unknown.status]).toEqual([404, 404]);
  expect(foreign.json).toEqual(unknown.json);
  expect((await post({ system: 'nothing', tokenRef: own.tokenRef, method: 'GET', url: MYSELF })).status).toBe(404);
  expect((await post({ ...about(own), method: 'GET', url: MYSELF }, null)).status).toBe(401);
});

it.each<[Question, number, string]>([
  [{ method: 'GET', url: '/x' }, 400, 'Give a token'],
  [{ limitTo: '.*', system: 'extender', tokenRef: 'x', method: 'GET', url: '/x' }, 400, 'not both'],
  [{ tokenRef: 'x', method: 'GET', url: '/x' }, 400, 'system must be there'],
  [{ limitTo: '.*', url: '/x' }, 400, 'method must be there'],
  [{ limitTo: '.*', method: 'GET' }, 400, 'url must be there'],
  [{ limitTo: '.*', method: 'GET', url: '/x'.repeat(9_000) }, 400, 'url is longer'],
  [{ limitTo: '.*', method: 'GET', url: '/x', address: '010.0.0.1' }, 400, 'address must be'],
  [{ limitTo: '.*', method: 'GET', url: '/x', at: 'tomorrow' }, 400, 'at must be'],
  [{ limitTo: '.*', method: 'GET', url: '/x', at: '999999999999999' }, 200, ''],
  [{ limitTo: '.*', method: 'GET', url: '/x', body: {} }, 400, 'body must be a string'],
  [{ limitto: '.*', method: 'GET', url: '/x' }, 400, 'limitTo'],
])('reads its question strictly: %j is %i', async (question, status, text) => {
  const answer = await post(question);
  expect(answer.status).toBe(status);
  expect(answer.json.message ?? '').toContain(text);
});

it('says of every system what would keep its token out: a licence, a switch, a user who is gone [DIR-7, WOM-6, EXT-5]', async () => {
  const wombats = await node.ask({ method: 'POST', path: '/jira/rest/api-tokens/latest/', as: USER, json: { label: 'w' } });
  expect(wombats.status).toBeLessThan(300);
  const anyone = await tokenOf({ userName: null });
  const find = async (system: string): Promise<Omit<Made, 'value'>> => {
    const listed = await node.ask({ path: `/api/v1/tokens?system=${system}&maxResults=1`, as: ADMIN });
    const [token] = (JSON.parse(listed.text) as { tokens: readonly Made[] }).tokens;
    return { system, tokenRef: token?.tokenRef ?? '' };
  };
  const ofWombats = await find('wombats-jira');
  const rejection = async (subject: object) => (await explain({ ...subject, method: 'GET', url: MYSELF })).token.rejection;
  expect(await rejection(ofWombats)).toBeNull();
  await node.ask({ method: 'PATCH', path: '/api/v1/switches', as: ADMIN, json: { 'jira.wombats.licensed': false } });
  expect(await rejection(ofWombats)).toBe('unlicensed');
  expect(await rejection({ ...about(anyone), user: 'user' })).toBeNull();
  const strict = await runPostern({ beside: node, settings: { POSTERN_EXTENDER_ANYONE_TOKENS: 'false' } });
  const answer = await strict.ask({
    method: 'POST',
    path: '/api/v1/explain',
    as: ADMIN,
    json: { ...about(anyone), user: 'user', method: 'GET', url: MYSELF },
  });
  await strict.close();
  expect((JSON.parse(answer.text) as ExplainAnswer).token.rejection).toBe('disabled');
  const gone = await tokenOf({ userName: 'jankowalski' });
  await node.ask({ method: 'DELETE', path: '/api/v1/users/jankowalski', as: ADMIN });
  expect(await rejection(about(gone))).toBe('owner-inactive');
});
