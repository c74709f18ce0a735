// Issues: the first ones, and their life.
import { LIMITS } from '../../src/core/index.js';
import { closeWorlds, type Reply, startWorld, type World } from './world.js';

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(closeWorlds);

const FIELDS = { project: { key: 'SCRUM' }, summary: 'A new issue', issuetype: { name: 'Task' } };

function create(fields: object, update?: object): Promise<Reply> {
  return world.jira('/issue', { method: 'POST', json: { fields, ...(update && { update }) } });
}

function change(json: object, key = 'SCRUM-1'): Promise<Reply> {
  return world.jira(`/issue/${key}`, { method: 'PUT', json });
}

async function fieldsOf(key: string) {
  return (await world.jira(`/issue/${key}`)).json.fields;
}

it.each(['KANBAN-100', 'SCRUM-1', 'SCRUM-2', 'SCRUM-3'])('has %s with comments from the start [PRD-4]', async (key) => {
  const { status, json } = await world.jira(`/issue/${key}`);
  expect(status).toBe(200);
  expect(json).toMatchObject({ key, self: `http://localhost:2990/jira/rest/api/2/issue/${json.id}` });
  expect(json.fields.comment.total).toBeGreaterThan(0);
  expect(json.fields.created).toBe('2026-01-31T10:00:00.000+0000');
});

it('finds an issue by its id and by its key in any case, as Jira does [PRD-4]', async () => {
  const { id } = (await world.jira('/issue/SCRUM-1')).json;
  expect((await world.jira(`/issue/${id}`)).json.key).toBe('SCRUM-1');
  expect((await world.jira('/issue/scrum-1')).json.key).toBe('SCRUM-1');
});

describe('an issue that may not be seen and one that is not there are the same 404 [PRD-6]', () => {
  it.each([
    { method: 'GET', path: '' },
    { method: 'PUT', path: '', json: { fields: { summary: 'x' } } },
    { method: 'DELETE', path: '' },
    { method: 'GET', path: '/comment' },
    { method: 'POST', path: '/comment', json: { body: 'x' } },
    { method: 'GET', path: '/comment/10001' },
    { method: 'GET', path: '/transitions' },
    { method: 'POST', path: '/transitions', json: { transition: { id: '21' } } },
    { method: 'PUT', path: '/assignee', json: { name: 'alice' } },
  ])('$method issue$path', async ({ method, path, json }) => {
    const ask = { method, ...(json !== undefined && { json }) };
    const unseen = await world.jira(`/issue/SCRUM-1${path}`, { ...ask, as: null });
    const missing = await world.jira(`/issue/SCRUM-999${path}`, ask);
    for (const reply of [unseen, missing]) {
      expect(reply.status).toBe(404);
      expect(reply.json).toEqual({ errorMessages: ['Issue Does Not Exist'], errors: {} });
    }
    expect((await world.jira('/issue/SCRUM-1')).json.fields.status.name).toBe('To Do');
  });
});

describe('fields= chooses [PRD-4]', () => {
  it.each([
    { fields: 'summary,status', shown: ['summary', 'status'], hidden: ['comment', 'labels'] },
    { fields: '*all,-comment', shown: ['summary', 'attachment'], hidden: ['comment'] },
    { fields: '-comment', shown: ['summary', 'attachment'], hidden: ['comment'] },
    { fields: '*navigable', shown: ['summary', 'labels'], hidden: ['comment', 'attachment'] },
    { fields: '', shown: ['summary', 'comment', 'attachment'], hidden: [] },
    { fields: 'nothing', shown: [], hidden: ['summary', 'comment'] },
  ])('"$fields" shows $shown and not $hidden', async ({ fields, shown, hidden }) => {
    const names = Object.keys((await world.jira(`/issue/SCRUM-1?fields=${encodeURIComponent(fields)}`)).json.fields);
    expect(names).toEqual(expect.arrayContaining(shown));
    expect(names.filter((name) => hidden.some((other) => other === name))).toEqual([]);
  });
});

describe('create [PRD-4]', () => {
  it('answers 201 with id, key and self, and numbers on from the last', async () => {
    const { status, json } = await create(FIELDS);
    expect(status).toBe(201);
    expect(json).toEqual({
      id: expect.stringMatching(/^\d+$/),
      key: 'SCRUM-4',
      self: `http://localhost:2990/jira/rest/api/2/issue/${json.id}`,
    });
    expect((await create({ ...FIELDS, project: { id: '10000' } })).json.key).toBe('KANBAN-101');
  });

  it('keeps what was said, and fills in the rest', async () => {
    await create({
      ...FIELDS,
      description: 'Grüße',
      priority: { id: '1' },
      assignee: { name: 'BOB' },
      labels: ['a', 'b', 'a'],
      issuetype: { id: '10004' },
    });
    const fields = await fieldsOf('SCRUM-4');
    expect(fields).toMatchObject({
      summary: 'A new issue',
      description: 'Grüße',
      labels: ['a', 'b'],
      issuetype: { name: 'Bug' },
      priority: { name: 'Highest' },
      status: { name: 'To Do' },
      assignee: { name: 'bob', displayName: 'Bob Example' },
      reporter: { name: 'alice', key: 'JIRAUSER10101' },
      creator: { name: 'alice' },
      project: { key: 'SCRUM' },
    });
  });

  it('takes comments along in update', async () => {
    await create(FIELDS, { comment: [{ add: { body: 'first' } }] });
    expect((await fieldsOf('SCRUM-4')).comment.comments[0]).toMatchObject({ body: 'first', author: { name: 'alice' } });
  });

  it.each([
    { fields: {}, errors: ['project', 'summary', 'issuetype'], reason: 'nothing is there' },
    { fields: { ...FIELDS, project: { key: 'NOPE' } }, errors: ['project'], reason: 'no such project' },
    { fields: { ...FIELDS, summary: '  ' }, errors: ['summary'], reason: 'an empty summary' },
    { fields: { ...FIELDS, summary: 'a\nb' }, errors: ['summary'], reason: 'a summary of two lines' },
    { fields: { ...FIELDS, summary: 'x'.repeat(LIMITS.sampleTitleLengthMax + 1) }, errors: ['summary'], reason: 'a summary too long' },
    {
      fields: { ...FIELDS, description: 'x'.repeat(LIMITS.sampleTextLengthMax + 1) },
      errors: ['description'],
      reason: 'a description too long',
    },
    { fields: { ...FIELDS, issuetype: { name: 'Nope' } }, errors: ['issuetype'], reason: 'no such type' },
    { fields: { ...FIELDS, priority: { id: '99' } }, errors: ['priority'], reason: 'no such priority' },
    { fields: { ...FIELDS, assignee: { name: 'nobody' } }, errors: ['assignee'], reason: 'an unknown user' },
    { fields: { ...FIELDS, assignee: { name: 'inactive' } }, errors: ['assignee'], reason: 'a deactivated user' },
    { fields: { ...FIELDS, labels: ['a b'] }, errors: ['labels'], reason: 'a space in a label' },
    { fields: { ...FIELDS, customfield_1: 1, summary: '' }, errors: ['customfield_1', 'summary'], reason: 'two faults at once' },
    { fields: JSON.parse('{"__proto__": 1}'), errors: ['__proto__'], reason: 'a name that means something to JavaScript' },
  ])('refuses with a text for each of $errors: $reason', async ({ fields, errors }) => {
    const reply = await create(fields);
    expect(reply.status).toBe(400);
    expect(reply.json.errorMessages).toEqual([]);
    expect(Object.keys(reply.json.errors).sort()).toEqual([...errors].sort());
    expect((await world.jira('/issue/SCRUM-4')).status).toBe(404);
  });

  it('is 401 for who is not logged in', async () => {
    expect((await world.jira('/issue', { method: 'POST', as: null, json: { fields: FIELDS } })).status).toBe(401);
  });
});

describe('change [PRD-4]', () => {
  it('sets what is given, answers 204, leaves the rest and notes the time', async () => {
    await world.clock.advance(60_000);
    const reply = await change({ fields: { summary: 'Changed', description: null } });
    expect(reply.status).toBe(204);
    expect(reply.bytes).toHaveLength(0);
    expect(await fieldsOf('SCRUM-1')).toMatchObject({
      summary: 'Changed',
      description: null,
      labels: ['sample'],
      created: '2026-01-31T10:00:00.000+0000',
      updated: '2026-01-31T10:01:00.000+0000',
    });
  });

  it('adds, removes and sets by update', async () => {
    await change({
      update: { labels: [{ add: 'new' }, { remove: 'sample' }], summary: [{ set: 'By update' }], comment: [{ add: { body: 'said' } }] },
    });
    const fields = await fieldsOf('SCRUM-1');
    expect(fields).toMatchObject({ summary: 'By update', labels: ['new'] });
    expect(fields.comment.comments.at(-1).body).toBe('said');
    await change({ update: { labels: [{ set: ['only'] }] } });
    expect((await fieldsOf('SCRUM-1')).labels).toEqual(['only']);
  });

  it('changes nothing where one field is wrong', async () => {
    const before = await fieldsOf('SCRUM-1');
    const reply = await change({ fields: { summary: 'Changed', priority: { name: 'Nope' } } });
    expect(reply.status).toBe(400);
    expect(await fieldsOf('SCRUM-1')).toEqual(before);
  });

  it.each([
    { json: { fields: { project: { key: 'KANBAN' } } }, reason: 'an issue stays in its project' },
    { json: { fields: { status: { name: 'Done' } } }, reason: 'the status goes by transitions' },
    { json: { fields: 'x' }, reason: 'fields that are no object' },
    { json: { update: { summary: 'x' } }, reason: 'operations that are no list' },
    { json: { update: { labels: [{ add: 7 }] } }, reason: 'a label that is no text' },
    { json: { fields: { reporter: null } }, reason: 'somebody reported it' },
  ])('refuses $json: $reason', async ({ json }) => {
    expect((await change(json)).status).toBe(400);
  });

  it.each([
    { json: { name: 'bob' }, assignee: 'bob' },
    { json: { name: '-1' }, assignee: undefined },
    { json: { name: null }, assignee: undefined },
  ])('assigns by $json', async ({ json, assignee }) => {
    await change({ fields: { assignee: { name: 'alice' } } });
    expect((await world.jira('/issue/SCRUM-1/assignee', { method: 'PUT', json })).status).toBe(204);
    expect((await fieldsOf('SCRUM-1')).assignee?.name).toBe(assignee);
  });
});

it('deletes with 204, and never uses the key again [PRD-4]', async () => {
  await create(FIELDS);
  expect((await world.jira('/issue/SCRUM-4', { method: 'DELETE' })).status).toBe(204);
  expect((await world.jira('/issue/SCRUM-4')).status).toBe(404);
  expect((await world.jira('/issue/SCRUM-4', { method: 'DELETE' })).status).toBe(404);
  expect((await create(FIELDS)).json.key).toBe('SCRUM-5');
});

describe('transitions [PRD-4]', () => {
  it('lists the ways and goes one', async () => {
    const { transitions } = (await world.jira('/issue/SCRUM-1/transitions')).json;
    expect(transitions.map(({ name }: { name: string }) => name)).toEqual(['To Do', 'In Progress', 'Done']);
    const done = await world.jira('/issue/SCRUM-1/transitions', { method: 'POST', json: { transition: { id: transitions[2].id } } });
    expect(done.status).toBe(204);
    expect((await fieldsOf('SCRUM-1')).status).toMatchObject({ name: 'Done', statusCategory: { key: 'done' } });
  });

  it.each([{}, { transition: { id: '99' } }, { transition: 'x' }])('refuses %j', async (json) => {
    expect((await world.jira('/issue/SCRUM-1/transitions', { method: 'POST', json })).status).toBe(400);
  });
});
