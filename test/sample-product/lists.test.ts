// Projects and the lists that clients load first.
import { closeWorlds, startWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(closeWorlds);

it('has the projects KANBAN and SCRUM [PRD-4]', async () => {
  const { json } = await world.jira('/project');
  expect(json.map(({ key }: { key: string }) => key)).toEqual(['KANBAN', 'SCRUM']);
  for (const idOrKey of ['SCRUM', 'scrum', '10001']) {
    const project = (await world.jira(`/project/${idOrKey}`)).json;
    expect(project).toMatchObject({
      id: '10001',
      key: 'SCRUM',
      self: 'http://localhost:2990/jira/rest/api/2/project/10001',
      components: [],
      versions: [],
    });
    expect(project.issueTypes.map(({ name }: { name: string }) => name)).toEqual(['Epic', 'Story', 'Task', 'Bug']);
  }
});

it('shows no project to who is not logged in: the same 404 as for one that is not there [PRD-6]', async () => {
  expect((await world.jira('/project', { as: null })).json).toEqual([]);
  for (const reply of [await world.jira('/project/SCRUM', { as: null }), await world.jira('/project/NOPE')]) {
    expect(reply.status).toBe(404);
    expect(reply.json.errorMessages).toEqual([expect.stringMatching(/^No project could be found with key '\w+'\.$/)]);
  }
});

it.each([
  { path: '/issuetype', id: '10004', name: 'Bug' },
  { path: '/priority', id: '3', name: 'Medium' },
  { path: '/status', id: '10001', name: 'Done' },
])('lists $path, and shows one by id or name [PRD-4]', async ({ path, id, name }) => {
  const list = (await world.jira(path)).json;
  const one = list.find((item: { id: string }) => item.id === id);
  expect(one).toMatchObject({ name, self: `http://localhost:2990/jira/rest/api/2${path}/${id}` });
  expect((await world.jira(`${path}/${id}`)).json).toEqual(one);
  expect((await world.jira(`${path}/${name}`)).json).toEqual(one);
  expect((await world.jira(`${path}/nope`)).status).toBe(404);
  expect((await world.jira(path, { as: null })).status).toBe(401);
});

it('describes every field that an issue shows, and no other [PRD-4]', async () => {
  const fields = (await world.jira('/field')).json;
  const issue = (await world.jira('/issue/SCRUM-1')).json;
  expect(fields.map(({ id }: { id: string }) => id).sort()).toEqual(Object.keys(issue.fields).sort());
  expect(fields.find(({ id }: { id: string }) => id === 'summary')).toEqual({
    id: 'summary',
    name: 'Summary',
    custom: false,
    orderable: true,
    navigable: true,
    searchable: true,
    clauseNames: ['summary'],
    schema: { type: 'string', system: 'summary' },
  });
});

it('finds every clause name that the fields promise [PRD-4]', async () => {
  const fields = (await world.jira('/field')).json;
  const names = fields.flatMap(({ clauseNames }: { clauseNames: string[] }) => clauseNames);
  expect(names.length).toBeGreaterThan(8);
  for (const name of names) expect((await world.jira(`/search?jql=${name}%20is%20not%20empty`)).status).toBe(200);
});

describe('createmeta, where Jira 9 has it [PRD-4]', () => {
  it('lists the types of a project by pages', async () => {
    const { json } = await world.jira('/issue/createmeta/SCRUM/issuetypes?startAt=1&maxResults=2');
    expect(json).toMatchObject({ startAt: 1, maxResults: 2, total: 4, isLast: false });
    expect(json.values.map(({ name }: { name: string }) => name)).toEqual(['Story', 'Task']);
    expect((await world.jira('/issue/createmeta/SCRUM/issuetypes')).json.isLast).toBe(true);
  });

  it('tells which fields a new issue needs', async () => {
    const { values } = (await world.jira('/issue/createmeta/SCRUM/issuetypes/10002')).json;
    const required = values.filter((field: { required: boolean }) => field.required).map(({ fieldId }: { fieldId: string }) => fieldId);
    expect(required.sort()).toEqual(['issuetype', 'project', 'summary']);
  });

  it.each(['/issue/createmeta/NOPE/issuetypes', '/issue/createmeta/SCRUM/issuetypes/99'])('%s is 404', async (path) => {
    expect((await world.jira(path)).status).toBe(404);
  });
});
