// myself, user and user/search.
import { closeWorlds, startWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(closeWorlds);

it.each(['2', 'latest'])('shows the caller at /rest/api/%s/myself with all keys [PRD-2]', async (version) => {
  const { status, json } = await world.ask(`/jira/rest/api/${version}/myself`);
  expect(status).toBe(200);
  expect(Object.keys(json).sort()).toEqual(
    [
      'self',
      'key',
      'name',
      'emailAddress',
      'avatarUrls',
      'displayName',
      'active',
      'deleted',
      'timeZone',
      'locale',
      'groups',
      'applicationRoles',
      'expand',
    ].sort(),
  );
  expect(Object.keys(json.avatarUrls).sort()).toEqual(['16x16', '24x24', '32x32', '48x48']);
  expect(json).toMatchObject({
    self: 'http://localhost:2990/jira/rest/api/2/user?username=alice',
    key: 'JIRAUSER10101',
    name: 'alice',
    emailAddress: 'alice@example.com',
    displayName: 'Alice Example',
    active: true,
    deleted: false,
    groups: { size: 0, items: [] },
  });
});

it('answers myself with 401 in these words where nobody is logged in [PRD-2]', async () => {
  const reply = await world.jira('/myself', { as: null });
  expect(reply.status).toBe(401);
  expect(reply.text).toBe(
    '{"errorMessages":["You are not authenticated. Authentication required to perform this operation."],"errors":{}}',
  );
});

it('finds any user of the directory by name, active or not [PRD-2]', async () => {
  expect((await world.jira('/user?username=bob')).json).toMatchObject({ name: 'bob', active: true });
  expect((await world.jira('/user?username=jos%C3%A9')).json.name).toBe('josé');
  expect((await world.jira('/user?username=inactive')).json).toMatchObject({ name: 'inactive', active: false });
});

it('finds a user by key once it has met them [PRD-2]', async () => {
  await world.jira('/myself', { as: 'bob' });
  expect((await world.jira('/user?key=JIRAUSER10102')).json.name).toBe('bob');
});

it.each([
  { path: '/user?username=nobody', status: 404, message: "The user named 'nobody' does not exist" },
  { path: '/user?key=JIRAUSER99999', status: 404, message: "The user with the key 'JIRAUSER99999' does not exist" },
  { path: '/user', status: 404, message: 'Either the username or the key query parameters need to be provided' },
  { path: '/user/search', status: 400, message: 'The username query parameter was not provided' },
])('answers $path with $status [PRD-2]', async ({ path, status, message }) => {
  const reply = await world.jira(path);
  expect(reply.status).toBe(status);
  expect(reply.json.errorMessages).toEqual([message]);
});

it.each(['/user?username=alice', '/user/search?username=alice'])('shows %s to nobody who is not logged in [PRD-2]', async (path) => {
  expect((await world.jira(path, { as: null })).status).toBe(401);
});

describe('user/search [PRD-2]', () => {
  beforeAll(async () => {
    for (const username of ['alice', 'bob', 'inactive']) await world.jira(`/user?username=${username}`);
  });
  it.each([
    { query: 'username=ali', found: ['alice'], reason: 'the beginning of a name' },
    { query: 'username=bob%40ex', found: ['bob'], reason: 'the beginning of an address' },
    { query: 'username=EXAMPLE', found: ['alice', 'bob', 'josé'], reason: 'a word of the display name, in any case' },
    { query: 'username=.', found: ['alice', 'bob', 'josé'], reason: 'everybody active' },
    { query: 'username=.&startAt=1&maxResults=1', found: ['bob'], reason: 'one page' },
    { query: 'username=lice', found: [], reason: 'not the beginning' },
    { query: 'username=', found: [], reason: 'nothing asked' },
  ])('$query finds $found: $reason', async ({ query, found }) => {
    const { json } = await world.jira(`/user/search?${query}`);
    expect(json.map(({ name }: { name: string }) => name)).toEqual(found);
  });
});
