// What the sample says of itself, and where it is found.
import { startSampleProduct } from '../../src/sample-product/index.js';
import { testClock } from '../support/test-clock.js';
import { testRandom } from '../support/test-random.js';
import { BASE_URL, closeWorlds, startWorld, TestUsers } from './world.js';

afterEach(closeWorlds);

it.each(['2', 'latest'])('tells everybody its version and that it lives in memory at /rest/api/%s/serverInfo [PRD-1]', async (version) => {
  const world = await startWorld();
  const reply = await world.ask(`/jira/rest/api/${version}/serverInfo`, { as: null });
  expect(reply.status).toBe(200);
  expect(Object.keys(reply.json).sort()).toEqual(
    ['baseUrl', 'version', 'versionNumbers', 'deploymentType', 'buildNumber', 'buildDate', 'serverTime', 'scmInfo', 'serverTitle'].sort(),
  );
  expect(reply.json).toMatchObject({
    baseUrl: `${BASE_URL}/jira`,
    deploymentType: 'Server',
    serverTime: '2026-01-31T10:00:00.000+0000',
    serverTitle: 'Postern sample Jira (in memory)',
  });
  expect(reply.json.versionNumbers.join('.')).toBe(reply.json.version);
});

it.each(['2', 'latest'])('shows the configuration at /rest/api/%s to who is logged in, and 401 to others [PRD-1]', async (version) => {
  const world = await startWorld();
  const path = `/jira/rest/api/${version}/configuration`;
  const reply = await world.ask(path);
  expect(reply.status).toBe(200);
  expect(Object.keys(reply.json)).toEqual([
    'votingEnabled',
    'watchingEnabled',
    'unassignedIssuesAllowed',
    'subTasksEnabled',
    'issueLinkingEnabled',
    'timeTrackingEnabled',
    'attachmentsEnabled',
    'timeTrackingConfiguration',
  ]);
  expect((await world.ask(path, { as: null })).status).toBe(401);
});

it('takes a new public address for its links while it runs [PRD-1]', async () => {
  const world = await startWorld();
  world.product.setBaseUrl('https://jira.example.com');
  expect((await world.jira('/serverInfo')).json.baseUrl).toBe('https://jira.example.com/jira');
  expect((await world.jira('/myself')).json.self).toBe('https://jira.example.com/jira/rest/api/2/user?username=alice');
  expect((await world.confluence('/user/current')).json._links.base).toBe('https://jira.example.com/confluence');
});

describe('context paths [PRD-1, PRD-5]', () => {
  it.each([
    { jira: '', confluence: '/confluence', reason: 'Jira at the root leaves Confluence below it' },
    { jira: '/jira', confluence: '', reason: 'and the other way round' },
    { jira: '/a/b', confluence: '/a', reason: 'one may lie below the other' },
  ])('serves "$jira" and "$confluence": $reason', async ({ jira, confluence }) => {
    const world = await startWorld({ jiraContext: jira, confluenceContext: confluence });
    expect((await world.ask(`${jira}/rest/api/2/serverInfo`)).json.baseUrl).toBe(BASE_URL + jira);
    expect((await world.ask(`${confluence}/rest/api/user/anonymous`)).json.type).toBe('anonymous');
  });

  it.each([
    { path: '/JIRA/rest/api/2/serverInfo', reason: 'another case is another path, as in Tomcat' },
    { path: '/jira/REST/api/2/serverInfo', reason: 'the same inside' },
    { path: '/jirafoo/rest/api/2/serverInfo', reason: 'a context path ends at a slash' },
    { path: '/rest/api/2/serverInfo', reason: 'nothing is at the root' },
  ])('finds nothing at $path: $reason', async ({ path }) => {
    const world = await startWorld();
    expect((await world.ask(path)).status).toBe(404);
  });

  it.each([
    { jiraContext: '/same', confluenceContext: '/same', reason: 'both products at one address' },
    { jiraContext: 'jira', confluenceContext: '/c', reason: 'no slash at the beginning' },
    { jiraContext: '/jira/', confluenceContext: '/c', reason: 'a slash at the end' },
    { jiraContext: '/:jira', confluenceContext: '/c', reason: 'a pattern, not a path' },
  ])('does not start with $jiraContext and $confluenceContext: $reason', async (contexts) => {
    await expect(startWorld(contexts)).rejects.toThrow(/context path/);
  });
});

it('says where it listens, and rejects a port that is taken [PRD-1]', async () => {
  const world = await startWorld();
  expect(world.product.origin).toBe(`http://127.0.0.1:${world.product.port}`);
  await expect(startWorld({ port: world.product.port })).rejects.toThrow(/EADDRINUSE/);
});

it('ends at close, and leaves nothing listening [PRD-1]', async () => {
  const product = await startSampleProduct({
    host: '127.0.0.1',
    port: 0,
    jiraContext: '/jira',
    confluenceContext: '/confluence',
    baseUrl: BASE_URL,
    identityHeader: null,
    users: new TestUsers(),
    clock: testClock(),
    random: testRandom(),
  });
  const url = `${product.origin}/jira/rest/api/2/serverInfo`;
  expect((await fetch(url)).status).toBe(200);
  await product.close();
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});
