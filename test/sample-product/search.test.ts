// JQL: what it finds, in which order, and what it refuses.
import { LIMITS } from '../../src/core/index.js';
import { closeWorlds, startWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
  const create = (fields: object) =>
    world.jira('/issue', { method: 'POST', json: { fields: { project: { key: 'SCRUM' }, issuetype: { name: 'Task' }, ...fields } } });
  await create({ summary: 'Über Quokkas', assignee: { name: 'alice' }, priority: { name: 'High' }, labels: ['zoo'] });
  await world.clock.advance(1_000);
  await create({ summary: 'About "wombats"', assignee: { name: 'bob' }, issuetype: { name: 'Bug' }, priority: { name: 'Low' } });
  for (let number = 6; number <= 10; number += 1) await create({ summary: `Filler ${number}`, labels: ['filler'] });
});
afterAll(closeWorlds);

async function find(jql: string, as: string | null = 'alice'): Promise<string[]> {
  const reply = await world.jira(`/search?jql=${encodeURIComponent(jql)}&fields=summary`, { as });
  expect(reply.status).toBe(200);
  return reply.json.issues.map(({ key }: { key: string }) => key);
}

describe('finds [PRD-4]', () => {
  it.each([
    { jql: 'project = KANBAN', keys: ['KANBAN-100'] },
    { jql: 'PROJECT = "Sample Kanban Project"', keys: ['KANBAN-100'] },
    { jql: 'project = scrum AND labels = sample ORDER BY key', keys: ['SCRUM-1', 'SCRUM-2', 'SCRUM-3'] },
    { jql: 'project != SCRUM', keys: ['KANBAN-100'] },
    { jql: 'key = SCRUM-2', keys: ['SCRUM-2'] },
    { jql: "issuekey in (SCRUM-1, 'scrum-2') order by key desc", keys: ['SCRUM-2', 'SCRUM-1'] },
    { jql: 'project = SCRUM AND key NOT IN (SCRUM-1, SCRUM-2) AND labels != filler ORDER BY key', keys: ['SCRUM-3', 'SCRUM-4'] },
    { jql: 'text ~ "quokkas über"', keys: ['SCRUM-4'] },
    { jql: 'text ~ wom*', keys: ['SCRUM-5'] },
    { jql: 'text ~ wom', keys: [] },
    { jql: 'summary ~ "\\"wombats\\""', keys: ['SCRUM-5'] },
    { jql: 'text ~ "second comment"', keys: ['KANBAN-100'] },
    { jql: 'comment ~ second', keys: ['KANBAN-100'] },
    { jql: 'summary ~ second', keys: [] },
    { jql: 'project = SCRUM AND description !~ sample AND labels = zoo', keys: ['SCRUM-4'] },
    { jql: 'assignee = alice', keys: ['SCRUM-4'] },
    { jql: 'assignee = currentUser()', keys: ['SCRUM-4'] },
    { jql: 'assignee in (alice, BOB) ORDER BY key ASC', keys: ['SCRUM-4', 'SCRUM-5'] },
    { jql: 'assignee != alice', keys: ['SCRUM-5'] },
    { jql: 'assignee is not EMPTY ORDER BY assignee DESC', keys: ['SCRUM-5', 'SCRUM-4'] },
    { jql: 'project = KANBAN AND assignee is EMPTY', keys: ['KANBAN-100'] },
    { jql: 'project = KANBAN AND assignee = null', keys: ['KANBAN-100'] },
    { jql: 'type = Bug', keys: ['SCRUM-5'] },
    { jql: 'status = Done', keys: [] },
    { jql: 'assignee is not empty order by priority', keys: ['SCRUM-5', 'SCRUM-4'] },
    { jql: 'assignee is not empty order by priority desc', keys: ['SCRUM-4', 'SCRUM-5'] },
    { jql: 'assignee = alice OR assignee = bob AND status = Done', keys: ['SCRUM-4'] },
    { jql: '(assignee = alice OR assignee = bob) AND NOT type = Task', keys: ['SCRUM-5'] },
    {
      jql: 'labels in (zoo, filler) ORDER BY created ASC, key DESC',
      keys: ['SCRUM-4', 'SCRUM-10', 'SCRUM-9', 'SCRUM-8', 'SCRUM-7', 'SCRUM-6'],
    },
  ])('$jql', async ({ jql, keys }) => {
    expect(await find(jql)).toEqual(keys);
  });

  it('everything, the newest first, where nothing is asked', async () => {
    expect(await find('')).toEqual([
      'SCRUM-10',
      'SCRUM-9',
      'SCRUM-8',
      'SCRUM-7',
      'SCRUM-6',
      'SCRUM-5',
      'SCRUM-4',
      'SCRUM-3',
      'SCRUM-2',
      'SCRUM-1',
      'KANBAN-100',
    ]);
  });

  it('sorts keys by number, not by letter', async () => {
    expect((await find('project = SCRUM ORDER BY key DESC')).slice(0, 2)).toEqual(['SCRUM-10', 'SCRUM-9']);
  });

  it('nothing for who is not logged in', async () => {
    expect(await find('project = KANBAN', null)).toEqual([]);
    expect(await find('assignee = currentUser()', null)).toEqual([]);
  });
});

describe('refuses with 400 and a reason [PRD-4]', () => {
  it.each([
    { jql: 'foo = 1', message: "Field 'foo' does not exist or you do not have permission to view it." },
    { jql: 'constructor = 1', message: "Field 'constructor' does not exist or you do not have permission to view it." },
    { jql: 'project = NOPE', message: "The value 'NOPE' does not exist for the field 'project'." },
    { jql: 'project ~ SCRUM', message: "The operator '~' is not supported by the 'project' field." },
    { jql: 'summary = x', message: "The operator '=' is not supported by the 'summary' field." },
    { jql: 'key >SCRUM-1', message: "The operator '>' is not supported by the 'key' field." },
    { jql: 'created >= "2026-01-01"', message: "The operator '>=' is not supported by the 'created' field." },
    { jql: 'assignee = membersOf(x)', message: /Expecting '\)' but got 'x'\. \(line 1, character 22\)/ },
    { jql: 'assignee = membersOf()', message: "Unable to find JQL function 'membersOf()'." },
    { jql: 'assignee is alice', message: "The operator 'is' only supports the values EMPTY and NULL." },
    { jql: 'ORDER BY text', message: "Not able to sort using field 'text'." },
    { jql: 'ORDER BY nope', message: "Field 'nope' does not exist or you do not have permission to view it." },
    { jql: 'project SCRUM', message: /^Error in the JQL Query: Expecting an operator but got 'SCRUM'\. \(line 1, character 9\)$/ },
    { jql: 'project =', message: /Expecting a value but got the end of the query/ },
    { jql: 'project = SCRUM key = 1', message: /Expecting either 'OR' or 'AND' but got 'key'/ },
    { jql: '(project = SCRUM', message: /Expecting '\)' but got the end/ },
    { jql: 'key in SCRUM-1', message: /Expecting '\('/ },
    { jql: 'text ~ "open', message: /a quote is not closed/ },
    { jql: 'ORDER key', message: /Expecting 'BY'/ },
    { jql: `${'('.repeat(LIMITS.sampleQueryDepthMax + 1)}project = SCRUM`, message: /nested too deeply/ },
    { jql: `${'not '.repeat(LIMITS.sampleQueryDepthMax + 1)}project = SCRUM`, message: /nested too deeply/ },
    {
      jql: Array(LIMITS.sampleQueryTermsMax + 1)
        .fill('id=1')
        .join(' or '),
      message: /too many clauses/,
    },
  ])('$jql', async ({ jql, message }) => {
    const reply = await world.jira(`/search?jql=${encodeURIComponent(jql)}`);
    expect(reply.status).toBe(400);
    expect(reply.json.errors).toEqual({});
    expect(reply.json.errorMessages).toEqual([message instanceof RegExp ? expect.stringMatching(message) : message]);
  });

  it('a query longer than a URL, which only a body can hold', async () => {
    const reply = await world.jira('/search', { method: 'POST', json: { jql: `text ~ "${'x'.repeat(LIMITS.targetBytesMax)}"` } });
    expect(reply.status).toBe(400);
  });
});

describe('pages and fields, by GET and POST alike [PRD-4]', () => {
  it.each(['GET', 'POST'])('%s', async (method) => {
    const jql = 'labels = filler ORDER BY key';
    const ask = (startAt: number, maxResults: number) =>
      method === 'GET'
        ? world.jira(`/search?jql=${encodeURIComponent(jql)}&startAt=${startAt}&maxResults=${maxResults}&fields=summary,status`)
        : world.jira('/search', { method, json: { jql, startAt, maxResults, fields: ['summary', 'status'] } });
    const { json } = await ask(1, 2);
    expect(json).toMatchObject({ startAt: 1, maxResults: 2, total: 5 });
    expect(json.issues.map(({ key }: { key: string }) => key)).toEqual(['SCRUM-7', 'SCRUM-8']);
    expect(Object.keys(json.issues[0].fields).sort()).toEqual(['status', 'summary']);
    expect((await ask(9, 2)).json).toMatchObject({ total: 5, issues: [] });
    expect((await ask(0, 5_000)).json.maxResults).toBe(LIMITS.samplePageSizeMax);
    expect((await ask(0, 0)).json).toMatchObject({ total: 5, issues: [] });
    expect((await ask(-1, 2)).status).toBe(400);
  });

  it('leaves comments out where no fields are asked for', async () => {
    const { json } = await world.jira('/search?jql=key%3DSCRUM-1');
    expect(json.maxResults).toBe(50);
    expect(Object.keys(json.issues[0].fields)).toEqual(expect.arrayContaining(['summary', 'labels']));
    expect(json.issues[0].fields.comment).toBeUndefined();
  });

  it('refuses fields that are no list of names', async () => {
    expect((await world.jira('/search', { method: 'POST', json: { fields: 'summary' } })).status).toBe(400);
  });
});
