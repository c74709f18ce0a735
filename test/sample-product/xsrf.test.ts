// Forms that another site's page could send.
import { form, FORM_TYPE } from './form.js';
import { closeWorlds, startWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(closeWorlds);

const ATTACHMENTS = '/jira/rest/api/2/issue/SCRUM-1/attachments';

describe('a form-like body without X-Atlassian-Token is 403 [PRD-7]', () => {
  it.each([
    { method: 'POST', path: ATTACHMENTS, type: FORM_TYPE },
    { method: 'POST', path: ATTACHMENTS, type: 'Multipart/Form-Data; boundary=x' },
    { method: 'POST', path: '/jira/rest/api/2/issue/SCRUM-1/comment', type: 'text/plain' },
    { method: 'POST', path: '/jira/rest/auth/1/session', type: 'application/x-www-form-urlencoded' },
    { method: 'PUT', path: '/jira/rest/api/2/issue/SCRUM-1', type: 'text/plain;charset=UTF-8' },
    { method: 'DELETE', path: '/jira/rest/api/2/issue/SCRUM-1', type: 'text/plain' },
    { method: 'POST', path: '/confluence/rest/api/content', type: 'text/plain' },
  ])('$method $path as $type', async ({ method, path, type }) => {
    for (const headers of [{}, { 'X-Atlassian-Token': 'check' }, { 'X-Atlassian-Token': '' }]) {
      const reply = await world.ask(path, { method, body: '{"body":"x"}', headers: { 'Content-Type': type, ...headers } });
      expect(reply.status).toBe(403);
      expect(reply.text).toBe('XSRF check failed');
    }
    expect((await world.jira('/issue/SCRUM-1')).status).toBe(200);
  });
});

it.each(['no-check', 'nocheck'])('lets a form with X-Atlassian-Token: %s pass [PRD-7]', async (token) => {
  const reply = await world.ask(ATTACHMENTS, {
    method: 'POST',
    body: form({ filename: 'a.txt', content: 'a' }),
    headers: { 'Content-Type': FORM_TYPE, 'X-Atlassian-Token': token },
  });
  expect(reply.status).toBe(200);
});

it('asks nothing of JSON, and nothing of reading [PRD-7]', async () => {
  expect((await world.jira('/issue/SCRUM-1/comment', { method: 'POST', json: { body: 'x' } })).status).toBe(201);
  expect((await world.jira('/myself', { headers: { 'Content-Type': 'text/plain' } })).status).toBe(200);
});

it('says 401 to a wrong login before it says 403 [PRD-7, DIR-8]', async () => {
  const reply = await world.ask(ATTACHMENTS, { method: 'POST', as: 'nobody', body: 'x', headers: { 'Content-Type': 'text/plain' } });
  expect(reply.status).toBe(401);
});
