// How the sample knows its caller: header, Basic, session, nobody; in this order.
import { HostError } from '../../src/core/index.js';
import { basic, closeWorlds, startWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(closeWorlds);

const NOT_AUTHENTICATED = {
  errorMessages: ['You are not authenticated. Authentication required to perform this operation.'],
  errors: {},
};

it('takes the user that the gateway vouches for, in any case of the name [GW-42]', async () => {
  const reply = await world.jira('/myself', { as: 'ALICE' });
  expect(reply.json.name).toBe('alice');
  expect(reply.headers).toMatchObject({ 'x-ausername': 'alice', 'x-seraph-loginreason': 'OK' });
});

it('believes the identity header before a password and a cookie [GW-42]', async () => {
  const cookie = await sessionOf('bob');
  const reply = await world.jira('/myself', { as: 'alice', headers: { Authorization: basic('bob'), Cookie: cookie } });
  expect(reply.json.name).toBe('alice');
});

it('takes a password before a cookie [PRD-2]', async () => {
  const reply = await world.jira('/myself', { as: null, headers: { Authorization: basic('alice'), Cookie: await sessionOf('bob') } });
  expect(reply.json.name).toBe('alice');
});

describe('an identity that is there and wrong is 401, never anonymous [GW-42, DIR-8]', () => {
  it.each([
    { as: 'nobody', reason: 'unknown' },
    { as: 'inactive', reason: 'deactivated' },
    { as: '', reason: 'empty' },
    { as: 'alice, bob', reason: 'two headers, as Node joins them' },
  ])('$as: $reason', async ({ as }) => {
    for (const path of ['/jira/rest/api/2/serverInfo', '/jira/rest/api/2/nothing-here']) {
      const reply = await world.ask(path, { as });
      expect(reply.status).toBe(401);
      expect(reply.json).toEqual(NOT_AUTHENTICATED);
      expect(reply.headers['x-seraph-loginreason']).toBe('AUTHENTICATED_FAILED');
    }
    const reply = await world.confluence('/user/anonymous', { as });
    expect(reply.status).toBe(401);
    expect(reply.json).toEqual({ statusCode: 401, message: NOT_AUTHENTICATED.errorMessages[0] });
  });
});

describe('Basic [DIR-8, GW-10]', () => {
  it('logs in with a password that holds a colon, and says so', async () => {
    const reply = await world.jira('/myself', { as: null, headers: { Authorization: basic('bob') } });
    expect(reply.json.name).toBe('bob');
    expect(reply.headers).toMatchObject({ 'x-ausername': 'bob', 'x-seraph-loginreason': 'OK' });
    expect(reply.headers['set-cookie']).toBeUndefined();
  });

  it.each([
    { value: basic('alice', 'wrong'), reason: 'a wrong password' },
    { value: basic('nobody'), reason: 'an unknown user' },
    { value: basic('inactive'), reason: 'a deactivated user' },
    { value: `Basic ${Buffer.from('alice').toString('base64')}`, reason: 'no colon' },
    { value: 'Basic !!!', reason: 'no base64' },
    { value: `bAsIc ${Buffer.from('alice:wrong').toString('base64')}`, reason: 'the scheme in another case' },
  ])('is 401 for $reason, also where no login is needed', async ({ value }) => {
    const reply = await world.jira('/serverInfo', { as: null, headers: { Authorization: value } });
    expect(reply.status).toBe(401);
    expect(reply.headers['x-seraph-loginreason']).toBe('AUTHENTICATED_FAILED');
    expect(reply.headers['www-authenticate']).toMatch(/^Basic realm=/);
    expect(reply.headers['x-ausername']).toBeUndefined();
  });

  it('leaves other schemes alone: the sample has no tokens', async () => {
    const reply = await world.jira('/serverInfo', { as: null, headers: { Authorization: 'Bearer abc' } });
    expect(reply.status).toBe(200);
    expect(reply.headers['x-ausername']).toBe('anonymous');
  });
});

it('is anonymous without any of them, and says so [PRD-2]', async () => {
  const reply = await world.jira('/serverInfo', { as: null });
  expect(reply.headers['x-ausername']).toBe('anonymous');
  expect(reply.headers['x-seraph-loginreason']).toBeUndefined();
});

it('percent-encodes the user name in X-AUSERNAME [PRD-2]', async () => {
  const reply = await world.jira('/myself', { as: null, headers: { Authorization: basic('josé') } });
  expect(reply.headers['x-ausername']).toBe('jos%C3%A9');
});

it('reads no identity header where none is configured [GW-42]', async () => {
  const other = await startWorld({ identityHeader: null });
  const reply = await other.jira('/serverInfo', { as: 'alice' });
  expect(reply.headers['x-ausername']).toBe('anonymous');
});

it('reads the identity header under the name that is configured [GW-42]', async () => {
  const other = await startWorld({ identityHeader: 'X-Postern-User' });
  const reply = await other.jira('/serverInfo', { as: 'bob', headers: { 'x-postern-user': 'alice' } });
  expect(reply.headers['x-ausername']).toBe('alice');
});

describe('when nobody knows who the user is, the answer is neither 401 nor anonymous [GW-11]', () => {
  it('is 500 for a failure nobody foresaw, logged and without its text', async () => {
    const logged: object[] = [];
    const other = await startWorld({
      logger: { debug() {}, info() {}, warn() {}, error: (fields) => logged.push(fields) },
    });
    other.users.isReachable = false;
    const reply = await other.jira('/serverInfo');
    expect(reply.status).toBe(500);
    expect(reply.json).toEqual({ errorMessages: ['Internal server error'], errors: {} });
    expect(logged).toHaveLength(1);
  });

  it('is 503 where the directory says so', async () => {
    const down = async () => {
      throw new HostError('store.unavailable', { detail: 'for operators only' });
    };
    const other = await startWorld({ users: { findByUsername: down, verifyPassword: down } });
    for (const headers of [{ 'X-Forwarded-User': 'alice' }, { Authorization: basic('alice') }]) {
      const reply = await other.jira('/serverInfo', { as: null, headers });
      expect(reply.status).toBe(503);
      expect(reply.text).not.toContain('operators only');
    }
  });
});

async function sessionOf(username: string): Promise<string> {
  const reply = await world.ask('/jira/rest/auth/1/session', {
    method: 'POST',
    as: null,
    json: { username, password: `${username}:secret` },
  });
  return `JSESSIONID=${reply.json.session.value}`;
}
