// The decision as it meets real requests: the site's policy and a token's own limits, both of which must permit; who is still somebody;
// and tokens that make tokens.
import { type Gate, request } from '../support/gate.js';
import { basic } from '../support/raw-client.js';
import { converse, finalAnswer } from './conversation.js';
import { gatesOfThisFile } from './gates.js';

const POLICY = {
  POSTERN_PASSWORDS: 'forward',
  POSTERN_POLICY: JSON.stringify([
    { effect: 'permit', rule: '/jira/rest/api/.*' },
    { effect: 'forbid', rule: '[delete].*' },
    { effect: 'permit', rule: '[delete]/jira/rest/api/.*' },
    { effect: 'forbid', rule: '.*/secret(/.*)?' },
    { effect: 'permit', rule: '/jira/rest/named/.*', users: ['Alice', 'ADMIN'] },
    { effect: 'forbid', rule: '/jira/rest/api/closed/.*', users: ['alice'] },
    { effect: 'permit', rule: '/jira/rest/password/.*', systems: ['password'] },
    { effect: 'permit', rule: '/jira/rest/token/.*', systems: ['extender'] },
    { effect: 'permit', rule: '/jira/rest/here/.*', addresses: '127.0.0.0/8' },
    { effect: 'permit', rule: '/jira/rest/there/.*', addresses: '192.0.2.0/24' },
    { effect: 'permit', rule: '/jira/rest/query[QueryParam::a==1]' },
    { effect: 'permit', rule: '/jira/rest/extender/.*' },
  ]),
};
// One gate for several things that do not touch one another: a start costs as much as a hundred requests.
const POLICY_REFUSING = { ...POLICY, POSTERN_TOKENS_MAKE_TOKENS: 'refuse' };
const ALLOWING = { POSTERN_TOKENS_MAKE_TOKENS: 'allow' };
const gates = gatesOfThisFile(['emulator'], ['gateway', ALLOWING], ['emulator', POLICY_REFUSING], ['gateway', POLICY]);
const SITES = [
  ['emulator', {}],
  ['gateway', ALLOWING],
] as const;
const SITES_WITH_POLICY = [
  ['emulator', POLICY_REFUSING],
  ['gateway', POLICY],
] as const;
const SET = '/jira/rest/extender/1.0/tokenTools/set';
const REFUSAL = '{"message":"This token may not be used for this request.","status-code":403}';

async function status(gate: Gate, authorization: string, method: string, target: string): Promise<number> {
  const { answer, received } = await gate.send(request(method, target, [authorization]));
  // A permit is what the product sees, and nothing else is.
  expect(received.map((one) => [one.method, one.target])).toEqual(answer.status === 200 ? [[method, target]] : []);
  return answer.status;
}

/** Makes a user with a password once for each gate; resolves with the Authorization field of that password. */
const users = new Map<string, Promise<string>>();
function passwordOf(gate: Gate, username: string): Promise<string> {
  const key = `${gate.postern.port} ${username}`;
  const made = users.get(key) ?? makeUser(gate, username);
  users.set(key, made);
  return made;
}

async function makeUser(gate: Gate, username: string): Promise<string> {
  const { status: answered } = await gate.api('POST', '/api/v1/users', { username, password: `password of ${username}` });
  if (answered !== 201) throw new Error(`users answered ${answered}`);
  return `Authorization: ${basic(username, `password of ${username}`)}`;
}

/** The Authorization field of a token of that user. */
async function tokenOf(gate: Gate, userName: string): Promise<string> {
  if (userName !== 'admin') await passwordOf(gate, userName);
  return gates.login(gate, { userName });
}

describe('the site’s policy', () => {
  it.each([
    ['GET', '/jira/rest/api/2/x', 'alice', 'token', 200, 'a permit speaks of it'],
    ['GET', '/jira/rest/agile/1.0/x', 'alice', 'token', 403, 'nothing does'],
    ['GET', '/jira/rest/api', 'alice', 'token', 403, 'a rule speaks of the whole path'],
    ['DELETE', '/jira/rest/api/2/x', 'alice', 'token', 403, 'a forbid wins over a permit before it and one after it'],
    ['GET', '/jira/rest/api/2/secret', 'alice', 'token', 403, 'a forbid wins over a permit before it'],
    ['GET', '/jira/rest/api/2/s%65cret', 'alice', 'token', 403, 'in whatever spelling'],
    ['GET', '/jira/rest/api/2/secrets', 'alice', 'token', 200, 'and speaks of nothing else'],
    ['GET', '/jira/rest/named/x', 'alice', 'token', 200, 'for her, whatever the case of a name'],
    ['GET', '/jira/rest/named/x', 'admin', 'token', 200, 'and for him'],
    ['GET', '/jira/rest/named/x', 'bob', 'token', 403, 'and nobody else'],
    ['GET', '/jira/rest/api/closed/x', 'alice', 'token', 403, 'forbidden to her'],
    ['GET', '/jira/rest/api/closed/x', 'bob', 'token', 200, 'and to nobody else'],
    ['GET', '/jira/rest/password/x', 'alice', 'password', 200, 'for passwords'],
    ['GET', '/jira/rest/password/x', 'alice', 'token', 403, 'and no token'],
    ['GET', '/jira/rest/token/x', 'alice', 'token', 200, 'for tokens of that system'],
    ['GET', '/jira/rest/token/x', 'alice', 'password', 403, 'and no password'],
    ['GET', '/jira/rest/here/x', 'alice', 'token', 200, 'from here'],
    ['GET', '/jira/rest/there/x', 'alice', 'token', 403, 'from elsewhere'],
    ['GET', '/jira/rest/query?a=1', 'alice', 'token', 200, 'with that parameter'],
    ['GET', '/jira/rest/query?a=1&a=2', 'alice', 'token', 403, 'and every one of that name'],
    ['GET', '/jira/rest/query', 'alice', 'token', 403, 'and not without'],
  ] as const)('%s %s by %s with a %s is %i: %s [GW-20]', async (method, target, name, kind, expected, _why) => {
    const gate = await gates.at('emulator', POLICY_REFUSING);
    const login = { token: () => tokenOf(gate, name), password: () => passwordOf(gate, name) };
    const { answer, received } = await gate.send(request(method, target, [await login[kind]()]));
    expect([answer.status, received.length]).toEqual([expected, expected === 200 ? 1 : 0]);
  });

  it.each([
    ['GET', '/jira/rest/api/2/issue/A-1', 200, 'both permit'],
    ['POST', '/jira/rest/api/2/issue/A-1', 403, 'the token does not'],
    ['GET', '/jira/rest/api/2/issue/A-1/secret', 403, 'the site does not'],
    ['GET', '/jira/rest/agile/issue/A-1', 403, 'the site does not, whatever the token says'],
    ['DELETE', '/jira/rest/api/2/issue/A-1', 403, 'neither does'],
  ])('a token adds no power: %s %s is %i, %s [GW-20]', async (method, target, expected) => {
    const gate = await gates.at('emulator', POLICY_REFUSING);
    expect(await status(gate, await gates.login(gate, { limitTo: '[get].*/issue/.*' }), method, target)).toBe(expected);
  });

  it('is recorded with the statement that decided, and the token’s rule [GW-20, AUD-10]', async () => {
    const gate = await gates.at('emulator', POLICY_REFUSING);
    const login = await gates.login(gate, { limitTo: '.*' });
    for (const path of ['/jira/rest/api/2/statements', '/jira/rest/api/2/statements/secret', '/jira/rest/statements'])
      await status(gate, login, 'GET', path);
    const told = (await gate.records()).filter((record) => record.path?.includes('/statements') === true);
    expect(told.map(({ decision, rule, statement, code }) => ({ decision, rule, statement, code }))).toEqual([
      { decision: 'permit', rule: '.*', statement: 'policy[0]', code: null },
      { decision: 'deny', rule: null, statement: 'policy[3]', code: 'policy.site' },
      { decision: 'deny', rule: null, statement: null, code: 'policy.site' },
    ]);
  });

  it.each([['[{"effect":"permit","rule":"(?=x)"}]', 'policy[0]', 'a rule that is not in the language']])(
    '%s does not start, and %s is named: %s [GW-20]',
    async (policy, named) => {
      await expect(gates.at('emulator', { POSTERN_POLICY: policy })).rejects.toThrow(named);
    },
  );
});

describe('a token outside its limits', () => {
  it.each(SITES_WITH_POLICY)(
    'gets one answer, byte for byte, whether a rule, an address or the site refuses it (%s) [GW-23]',
    async (profile, settings) => {
      const gate = await gates.at(profile, settings);
      const target = '/jira/rest/api/2/one-answer/secret';
      const answers = [];
      for (const fields of [{ limitTo: '/nowhere' }, { ip: '192.0.2.1' }, {}, { limitTo: '/nowhere', ip: '192.0.2.1' }]) {
        const { answer, received } = await gate.send(request('GET', target, [await gates.login(gate, fields)]));
        expect(received).toEqual([]);
        answers.push({
          status: answer.status,
          body: answer.body,
          type: answer.headers['content-type'],
          challenge: answer.headers['www-authenticate'],
        });
      }
      const one = { status: 403, body: REFUSAL, type: 'application/json;charset=UTF-8', challenge: undefined };
      expect(answers).toEqual([one, one, one, one]);
      const told = (await gate.records()).filter((record) => record.path === target);
      expect(told.map(({ code }) => code)).toEqual(['policy.limits', 'policy.address', 'policy.site', 'policy.address']);
    },
  );

  it.each(SITES)('is refused by its rules on Postern’s own resources as well (%s) [GW-20, EXT-14]', async (profile, settings) => {
    const gate = await gates.at(profile, settings);
    const login = await gates.login(gate, { limitTo: '[get]/jira/rest/api/.*' });
    const { answer } = await gate.send(request('GET', '/jira/rest/extender/1.0/tokenTools/get', [login]));
    expect([answer.status, answer.body]).toEqual([403, REFUSAL]);
  });

  it('that was used a moment ago is judged anew each time: what is remembered is who, never may [GW-21, GW-61]', async () => {
    const gate = await gates.at('gateway', ALLOWING);
    const login = await gates.login(gate, { limitTo: '[get]/jira/rest/api/2/a' });
    for (let round = 0; round < 3; round += 1) {
      expect(await status(gate, login, 'GET', '/jira/rest/api/2/a')).toBe(200);
      expect(await status(gate, login, 'GET', '/jira/rest/api/2/b')).toBe(403);
      expect(await status(gate, login, 'POST', '/jira/rest/api/2/a')).toBe(403);
    }
  });
});

describe('at once', () => {
  const PATH = '/jira/rest/api/2/at-once';

  it.each(SITES)('a deleted token is refused, however often it was accepted (%s) [GW-21, EXT-52]', async (profile, settings) => {
    const gate = await gates.at(profile, settings);
    const { token, id } = await gate.token({});
    const login = `Authorization: ${gate.as(token)}`;
    for (let round = 0; round < 3; round += 1) expect(await status(gate, login, 'GET', PATH)).toBe(200);
    expect((await gate.tokenTools('delete', { id })).status).toBe(200);
    expect(await status(gate, login, 'GET', PATH)).toBe(401);
  });

  it.each(SITES)(
    'a user who is deactivated or deleted is nobody, and one who is activated again is somebody (%s) [GW-21]',
    async (profile, settings) => {
      const gate = await gates.at(profile, settings);
      const login = await tokenOf(gate, 'carol');
      const steps = [
        ['PATCH', { active: false }, 401],
        ['PATCH', { active: true }, 200],
        ['DELETE', undefined, 401],
      ] as const;
      expect(await status(gate, login, 'GET', PATH)).toBe(200);
      for (const [method, body, expected] of steps) {
        expect((await gate.api(method, '/api/v1/users/carol', body)).status).toBeLessThan(300);
        expect(await status(gate, login, 'GET', PATH)).toBe(expected);
      }
    },
  );
});

describe('a token for anyone', () => {
  it('is whoever uses it, over Basic, and every use is flagged [EXT-4, EXT-5]', async () => {
    const gate = await gates.at('emulator');
    const { token } = await gate.token({ userName: undefined });
    await passwordOf(gate, 'alice');
    const path = '/jira/rest/api/2/anyone';
    for (const [name, expected] of [
      ['alice', 200],
      ['ADMIN', 200],
      ['nobody-at-all', 401],
    ] as const) {
      const { answer, received } = await gate.send(request('GET', path, [`Authorization: ${basic(name, token)}`]));
      expect(answer.status).toBe(expected);
      expect(gate.upstream.header(received[0], 'X-Forwarded-User')).toEqual(expected === 200 ? [name.toLowerCase()] : []);
    }
    const told = (await gate.records()).filter((record) => record.path === path);
    expect(told.map(({ actor, flags, decision }) => ({ actor, flags, decision }))).toEqual([
      { actor: 'alice', flags: ['anyone'], decision: 'permit' },
      { actor: 'admin', flags: ['anyone'], decision: 'permit' },
      { actor: null, flags: [], decision: 'deny' },
    ]);
  });

  it('is under the policy of the user it is used for [EXT-5, GW-20]', async () => {
    const gate = await gates.at('emulator', POLICY_REFUSING);
    const { token } = await gate.token({ userName: undefined });
    await passwordOf(gate, 'alice');
    expect(await status(gate, `Authorization: ${basic('alice', token)}`, 'GET', '/jira/rest/api/closed/x')).toBe(403);
    expect(await status(gate, `Authorization: ${basic('admin', token)}`, 'GET', '/jira/rest/api/closed/x')).toBe(200);
  });

  it('is not made in the gateway profile [EXT-5]', async () => {
    const gate = await gates.at('gateway', ALLOWING);
    const { status: answered, json } = await gate.tokenTools('set', { label: 'anyone' });
    expect([answered, json['status']]).toEqual([400, 'error']);
  });
});

describe('a token that makes a token', () => {
  const A = '/jira/rest/api/2/issue/A-1';
  const B = '/jira/rest/api/2/issue/B-1';

  /** Makes a token with the credential of another. */
  async function make(
    gate: Gate,
    authorization: string,
    fields: Readonly<Record<string, unknown>>,
  ): Promise<{ status: number; json: Record<string, unknown> }> {
    const body = JSON.stringify({ label: 'made with a token', userName: 'admin', ...fields });
    const { answer } = await gate.send(request('POST', SET, [authorization, 'Content-Type: application/json'], body));
    return { status: answer.status, json: JSON.parse(answer.body) as Record<string, unknown> };
  }

  async function made(gate: Gate, authorization: string, fields: Readonly<Record<string, unknown>>): Promise<string> {
    const { status: answered, json } = await make(gate, authorization, fields);
    expect(answered).toBe(200);
    return `Authorization: ${gate.as(String(json['token']))}`;
  }

  it.each([
    ['gateway', POLICY, 403, 'the gateway’s default'],
    ['gateway', ALLOWING, 200, 'by setting'],
    ['emulator', {}, 200, 'the emulator’s default'],
    ['emulator', POLICY_REFUSING, 403, 'by setting'],
  ] as const)('in the %s profile, settings %j, is answered with %i: %s [GW-26]', async (profile, settings, expected, _why) => {
    const gate = await gates.at(profile, settings);
    const before = Number((await gate.tokenTools('get')).json['total']);
    const login = await gates.login(gate);
    const { status: answered, json } = await make(gate, login, {});
    expect([answered, json['status']]).toEqual([expected, expected === 200 ? 'ok' : 'error']);
    const after = Number((await gate.tokenTools('get')).json['total']);
    // The one it was made with may be new as well.
    expect(after - before).toBeLessThanOrEqual(expected === 200 ? 2 : 1);
    if (expected === 403) expect(json['token']).toBeUndefined();
  });

  it.each(SITES)('hands its rules on: both sets must hold (%s %j) [GW-26]', async (profile, settings) => {
    const gate = await gates.at(profile, settings);
    const parent = await gates.login(gate, { limitTo: `${SET}<br>[get]/jira/rest/api/2/issue/.*` });
    const child = await made(gate, parent, { limitTo: '[get,post]/jira/rest/api/2/issue/A-.*' });
    expect(await status(gate, parent, 'GET', B)).toBe(200);
    expect(await status(gate, child, 'GET', A)).toBe(200);
    expect(await status(gate, child, 'GET', B)).toBe(403);
    expect(await status(gate, child, 'POST', A)).toBe(403);
    // What asks for no limits gets its maker's all the same.
    const unlimited = await made(gate, parent, {});
    expect(await status(gate, unlimited, 'GET', B)).toBe(200);
    expect(await status(gate, unlimited, 'POST', B)).toBe(403);
    expect(await status(gate, unlimited, 'GET', '/jira/rest/api/2/myself')).toBe(403);
  });

  it.each(SITES)('hands its addresses on (%s %j) [GW-26, EXT-40]', async (profile, settings) => {
    const gate = await gates.at(profile, settings);
    const parent = await gates.login(gate, { ip: '127.0.0.1' });
    const child = await made(gate, parent, { ip: '127.0.0.0/8' });
    expect(await status(gate, child, 'GET', A)).toBe(200);
    const client = await converse(gate.postern.port, { from: '127.0.0.2' });
    await client.write(request('GET', A, [child, 'Connection: close']));
    expect(finalAnswer(await client.untilClosed()).head.split(' ')[1]).toBe('403');
  });

  it.each(SITES)(
    'hands on what it was handed, to the third generation and beyond its own end (%s %j) [GW-26]',
    async (profile, settings) => {
      const gate = await gates.at(profile, settings);
      const { token, id } = await gate.token({ limitTo: `${SET}<br>[get].*` });
      const child = await made(gate, `Authorization: ${gate.as(token)}`, { limitTo: `${SET}<br>.*/issue/.*` });
      const grandchild = await made(gate, child, { limitTo: '.*A-1' });
      await gate.tokenTools('delete', { id });
      expect(await status(gate, grandchild, 'GET', A)).toBe(200);
      for (const [method, target] of [
        ['GET', B],
        ['POST', A],
        ['GET', '/jira/rest/api/2/A-1'],
      ] as const) {
        expect(await status(gate, grandchild, method, target)).toBe(403);
      }
    },
  );

  it('ends no later than its maker, where the gateway profile allows it [GW-26]', async () => {
    const gate = await gates.at('gateway', ALLOWING);
    const parentEnd = async (days: unknown, childDays: unknown): Promise<number[]> => {
      const { json } = await gate.tokenTools('set', { label: 'maker', userName: 'admin', daysUntilExpiry: days });
      const child = await make(gate, `Authorization: ${gate.as(String(json['token']))}`, { daysUntilExpiry: childDays });
      return [Number(json['validUntil']), Number(child.json['validUntil'])];
    };
    for (const childDays of [undefined, 0, 10, 30]) {
      const [end, childEnd] = await parentEnd(5, childDays);
      expect(childEnd).toBe(end);
    }
    const [end = 0, childEnd = 0] = await parentEnd(5, 2);
    expect(childEnd).toBeGreaterThan(0);
    expect(childEnd).toBeLessThan(end);
    expect(await parentEnd(0, 0)).toEqual([0, 0]);
  });
});
