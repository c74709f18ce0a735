// Honest HTTP: content types, methods, bodies, failures.
import { LIMITS } from '../../src/core/index.js';
import { closeWorlds, startWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(closeWorlds);

describe('the content type is application/json;charset=UTF-8 in those letters [PRD-6]', () => {
  it.each([
    { path: '/jira/rest/api/2/serverInfo', status: 200 },
    { path: '/jira/rest/api/2/myself', status: 401 },
    { path: '/jira/rest/api/2/nothing', status: 404 },
    { path: '/confluence/rest/api/user/anonymous', status: 200 },
    { path: '/confluence/rest/api/content/1', status: 404 },
  ])('$status at $path', async ({ path, status }) => {
    const reply = await world.ask(path, { as: null });
    expect(reply.status).toBe(status);
    expect(reply.headers['content-type']).toBe('application/json;charset=UTF-8');
    expect(reply.headers['content-length']).toBe(String(reply.bytes.byteLength));
    expect(reply.headers['etag']).toBeUndefined();
    expect(reply.headers['x-powered-by']).toBeUndefined();
  });
});

it('answers HEAD as GET, without the body [PRD-6]', async () => {
  const get = await world.jira('/serverInfo');
  const head = await world.jira('/serverInfo', { method: 'HEAD' });
  expect(head.status).toBe(200);
  expect(head.bytes).toHaveLength(0);
  expect(head.headers['content-length']).toBe(get.headers['content-length']);
  expect(head.headers['content-type']).toBe(get.headers['content-type']);
});

it.each([
  { method: 'DELETE', path: '/jira/rest/api/2/serverInfo', allow: 'GET, HEAD' },
  { method: 'PATCH', path: '/jira/rest/api/2/issue/SCRUM-1', allow: 'GET, HEAD, PUT, DELETE' },
  { method: 'PUT', path: '/jira/rest/auth/1/session', allow: 'POST, GET, HEAD, DELETE' },
  { method: 'POST', path: '/confluence/rest/api/user/current', allow: 'GET, HEAD' },
])('answers $method $path with 405 and what is allowed [PRD-6]', async ({ method, path, allow }) => {
  const reply = await world.ask(path, { method });
  expect(reply.status).toBe(405);
  expect(reply.headers['allow']).toBe(allow);
});

it("renders a failure in the product's own shape [PRD-6]", async () => {
  expect((await world.jira('/nothing')).json).toEqual({ errorMessages: [expect.any(String)], errors: {} });
  expect((await world.confluence('/nothing')).json).toEqual({ statusCode: 404, message: expect.any(String) });
});

describe('a body that cannot be read is the client’s fault [PRD-6]', () => {
  const path = '/issue/SCRUM-1/comment';
  it.each([
    { body: '{"body":', type: 'application/json', status: 400, reason: 'not JSON' },
    { body: '', type: 'application/json', status: 400, reason: 'nothing at all' },
    { body: '{"body":"x"}', type: 'application/xml', status: 415, reason: 'another type' },
    { body: '{"body":"x"}', type: 'application/json; charset=klingon', status: 415, reason: 'an unknown charset' },
    { body: 'null', type: 'application/json', status: 400, reason: 'JSON, but no object' },
    { body: `{"body":"${'x'.repeat(LIMITS.restBodyBytesMax)}"}`, type: 'application/json', status: 413, reason: 'past the bound' },
  ])('$status for $reason', async ({ body, type, status }) => {
    const reply = await world.jira(path, { method: 'POST', body, headers: { 'Content-Type': type } });
    expect(reply.status).toBe(status);
    expect(reply.json).toMatchObject({ errorMessages: expect.any(Array), errors: expect.any(Object) });
  });

  it('400 for a path that is no UTF-8', async () => {
    expect((await world.jira('/issue/%ff')).status).toBe(400);
  });
});

it('takes a slash at the end, as clients write it [PRD-4, PRD-5]', async () => {
  expect((await world.confluence('/content/')).status).toBe(200);
  expect((await world.jira('/field/')).status).toBe(200);
});

it('lets nobody keep its answers [PRD-6]', async () => {
  const reply = await world.jira('/myself');
  expect(reply.headers).toMatchObject({ 'cache-control': 'no-cache, no-store, no-transform', 'x-content-type-options': 'nosniff' });
});
