// Comments: what the published examples of token limits are about.
import { closeWorlds, startWorld, type World } from './world.js';

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(closeWorlds);

const COMMENTS = '/issue/KANBAN-100/comment';

it('lists the comments of KANBAN-100, the oldest first [PRD-4]', async () => {
  const { json } = await world.jira(COMMENTS);
  expect(json).toMatchObject({ startAt: 0, total: 2 });
  expect(json.comments.map(({ body }: { body: string }) => body)).toEqual(['The first comment.', 'The second comment.']);
  expect(json.comments[0]).toMatchObject({
    self: expect.stringMatching(/^http:\/\/localhost:2990\/jira\/rest\/api\/2\/issue\/\d+\/comment\/\d+$/),
    author: { name: 'postern-sample', active: false },
    created: '2026-01-31T10:00:00.000+0000',
  });
});

it.each([
  { query: 'startAt=1', bodies: ['The second comment.'] },
  { query: 'maxResults=1', bodies: ['The first comment.'] },
  { query: 'orderBy=-created&maxResults=1', bodies: ['The second comment.'] },
  { query: 'startAt=9', bodies: [] },
])('pages by $query [PRD-4]', async ({ query, bodies }) => {
  const { json } = await world.jira(`${COMMENTS}?${query}`);
  expect(json.total).toBe(2);
  expect(json.comments.map(({ body }: { body: string }) => body)).toEqual(bodies);
});

it.each(['startAt=-1', 'maxResults=many', 'startAt=1.5'])('refuses the page %s [PRD-4]', async (query) => {
  expect((await world.jira(`${COMMENTS}?${query}`)).status).toBe(400);
});

it('adds, reads, changes and deletes a comment, each under its author [PRD-4]', async () => {
  const added = await world.jira(COMMENTS, { method: 'POST', json: { body: 'Grüße' } });
  expect(added.status).toBe(201);
  expect(added.json).toMatchObject({ body: 'Grüße', author: { name: 'alice' } });
  const one = `${COMMENTS}/${added.json.id}`;
  expect((await world.jira(one)).json).toEqual(added.json);

  await world.clock.advance(1_000);
  const changed = await world.jira(one, { method: 'PUT', as: 'bob', json: { body: 'Changed' } });
  expect(changed.status).toBe(200);
  expect(changed.json).toMatchObject({
    id: added.json.id,
    body: 'Changed',
    author: { name: 'alice' },
    updateAuthor: { name: 'bob' },
    created: '2026-01-31T10:00:00.000+0000',
    updated: '2026-01-31T10:00:01.000+0000',
  });

  expect((await world.jira(one, { method: 'DELETE' })).status).toBe(204);
  expect((await world.jira(one)).status).toBe(404);
  expect((await world.jira(COMMENTS)).json.total).toBe(2);
});

it.each([
  { json: {}, error: 'comment', reason: 'no text' },
  { json: { body: ' ' }, error: 'comment', reason: 'blank' },
  { json: { body: 1 }, error: 'comment', reason: 'no text but a number' },
  { json: { body: 'x'.repeat(32_768) }, error: 'comment', reason: 'too long' },
  {
    json: { body: 'x', visibility: { type: 'group', value: 'g' } },
    error: 'commentLevel',
    reason: 'meant for some only, which the sample cannot keep',
  },
])('refuses a comment that is $reason [PRD-4]', async ({ json, error }) => {
  const reply = await world.jira(COMMENTS, { method: 'POST', json });
  expect(reply.status).toBe(400);
  expect(Object.keys(reply.json.errors)).toEqual([error]);
  expect((await world.jira(COMMENTS)).json.total).toBe(2);
});

it('finds a comment under its own issue only [PRD-4]', async () => {
  const { id } = (await world.jira(COMMENTS)).json.comments[0];
  for (const method of ['GET', 'DELETE']) {
    const reply = await world.jira(`/issue/SCRUM-1/comment/${id}`, { method });
    expect(reply.status).toBe(404);
    expect(reply.json.errorMessages).toEqual([`Can not find a comment for the id: ${id}.`]);
  }
  expect((await world.jira(`${COMMENTS}/${id}`)).status).toBe(200);
});
