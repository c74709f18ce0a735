// Users of the sample Confluence.
import { basic, closeWorlds, startWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(closeWorlds);

const ANONYMOUS = {
  type: 'anonymous',
  profilePicture: { path: '/confluence/images/icons/profilepics/anonymous.svg', width: 48, height: 48, isDefault: true },
  displayName: 'Anonymous',
  _links: {
    base: 'http://localhost:2990/confluence',
    context: '/confluence',
    self: 'http://localhost:2990/confluence/rest/api/user/anonymous',
  },
};

it('shows the caller with the user key of Confluence [PRD-5]', async () => {
  const reply = await world.confluence('/user/current');
  expect(reply.json).toMatchObject({ type: 'known', username: 'alice', userKey: '1'.repeat(32), displayName: 'Alice Example' });
  expect(reply.headers['x-ausername']).toBe('alice');
});

it('shows the anonymous user to everybody, and as the current user of who is not logged in [PRD-5]', async () => {
  expect((await world.confluence('/user/anonymous')).json).toEqual(ANONYMOUS);
  const current = await world.confluence('/user/current', { as: null });
  expect(current.status).toBe(200);
  expect(current.json).toEqual(ANONYMOUS);
  expect(current.headers['x-ausername']).toBe('anonymous');
});

it('takes a password, and refuses a wrong one even for the anonymous user [PRD-5, DIR-8]', async () => {
  const right = await world.confluence('/user/current', { as: null, headers: { Authorization: basic('bob') } });
  expect(right.json.username).toBe('bob');
  const wrong = await world.confluence('/user/anonymous', { as: null, headers: { Authorization: basic('bob', 'x') } });
  expect(wrong.status).toBe(401);
  expect(wrong.headers['x-seraph-loginreason']).toBe('AUTHENTICATED_FAILED');
});

it('finds a user by name, and by key once met [PRD-5]', async () => {
  expect((await world.confluence('/user?username=bob')).json.username).toBe('bob');
  expect((await world.confluence(`/user?key=${'2'.repeat(32)}`)).json.username).toBe('bob');
});

it.each([
  { query: 'username=nobody', as: 'alice', status: 404 },
  { query: 'key=x', as: 'alice', status: 404 },
  { query: '', as: 'alice', status: 400 },
  { query: 'username=bob', as: null, status: 403 },
])('answers user?$query as $as with $status [PRD-5, PRD-6]', async ({ query, as, status }) => {
  const reply = await world.confluence(`/user?${query}`, { as });
  expect(reply.status).toBe(status);
  expect(reply.json).toEqual({ statusCode: status, message: expect.any(String) });
});
