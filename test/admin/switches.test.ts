// `/api/v1/switches`: the site's switches over HTTP, in force at once and kept [WOM-4, PAT-30].
import { runPostern, type RunningPostern } from '../directory/running-postern.js';

const ADMIN = ['admin', 'admin'] as const;
const USER = ['user', 'user'] as const;
const SWITCHES = '/api/v1/switches';
const ALL_ON = {
  'jira.dataCenter': true,
  'confluence.dataCenter': true,
  'jira.wombats.licensed': true,
  'confluence.wombats.licensed': true,
  'extender.addAuditRecord': true,
  'extender.collectUsageDetails': true,
};

let node: RunningPostern;

beforeEach(async () => {
  node = await runPostern();
});

afterEach(() => node.close());

async function inForce(): Promise<unknown> {
  return JSON.parse((await node.ask({ path: SWITCHES, as: ADMIN })).text);
}

const patch = (json: unknown, as: readonly [string, string] = ADMIN) => node.ask({ method: 'PATCH', path: SWITCHES, as, json });

async function makeWombatsToken(): Promise<string> {
  const answer = await node.ask({ method: 'POST', path: '/jira/rest/api-tokens/latest/', as: USER, json: { label: 'test' } });
  return (JSON.parse(answer.text) as { passwordValue: string }).passwordValue;
}

it('shows every switch to administrators, and to nobody else [WOM-4, PAT-30]', async () => {
  expect(await inForce()).toEqual(ALL_ON);
  expect((await node.ask({ path: SWITCHES, as: USER })).status).toBe(403);
  expect((await node.ask({ path: SWITCHES })).status).toBe(401);
  expect((await patch({ 'jira.dataCenter': false }, USER)).status).toBe(403);
  expect(await inForce()).toEqual(ALL_ON);
});

it('switches those that are named, and answers with all [PAT-30]', async () => {
  const answer = await patch({ 'jira.dataCenter': false, 'confluence.wombats.licensed': false });
  const expected = { ...ALL_ON, 'jira.dataCenter': false, 'confluence.wombats.licensed': false };
  expect([answer.status, JSON.parse(answer.text)]).toEqual([200, expected]);
  expect(await inForce()).toEqual(expected);
});

it('shows what a token system’s own resource has switched, and switches it too [EXT-44]', async () => {
  await node.ask({ method: 'POST', path: '/jira/rest/extender/1.0/tokenTools/set', as: ADMIN, json: { collectUsageDetails: false } });
  expect(await inForce()).toEqual({ ...ALL_ON, 'extender.collectUsageDetails': false });
  await patch({ 'extender.collectUsageDetails': true, 'extender.addAuditRecord': false });
  expect(await inForce()).toEqual({ ...ALL_ON, 'extender.addAuditRecord': false });
});

it('is in force at once, for a credential that was accepted a moment before too [WOM-4]', async () => {
  const token = await makeWombatsToken();
  const use = async () => (await node.ask({ path: '/jira/rest/api/2/myself', as: ['user', token] })).status;
  expect(await use()).toBe(200);
  await patch({ 'jira.wombats.licensed': false });
  expect(await use()).toBe(401);
  await patch({ 'jira.wombats.licensed': true });
  expect(await use()).toBe(200);
});

it('is kept in the database: another node that starts has it, whatever its setting says [WOM-4]', async () => {
  await patch({ 'jira.wombats.licensed': false });
  const other = await runPostern({
    beside: node,
    settings: {
      POSTERN_JIRA_WOMBATS_LICENSED: 'true',
      POSTERN_CONFLUENCE_DATA_CENTER: 'false',
      POSTERN_EXTENDER_ADD_AUDIT_RECORD: 'false',
    },
  });
  try {
    const answer = await other.ask({ path: SWITCHES, as: ADMIN });
    expect(JSON.parse(answer.text)).toEqual({
      ...ALL_ON,
      'jira.wombats.licensed': false,
      'confluence.dataCenter': false,
      'extender.addAuditRecord': false,
    });
  } finally {
    await other.close();
  }
});

it('records each change as an act, with the new values [AUD-1]', async () => {
  await patch({ 'jira.dataCenter': false });
  await patch({});
  const { text } = await node.ask({ path: '/api/v1/audit.jsonl', as: ADMIN });
  const acts = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]));
  expect(acts.filter(({ kind, action }) => kind === 'act' && action === 'switch.changed')).toMatchObject([
    { action: 'switch.changed', actor: 'admin', detail: { 'jira.dataCenter': false }, outcome: 'done' },
  ]);
});

it.each([
  [{ 'jira.datacenter': false }, 'Did you mean \\"jira.dataCenter\\"?', 'a misspelt name'],
  [{ addAuditRecord: false }, 'Unknown property', 'a switch of a token system’s own'],
  [{ 'jira.dataCenter': 'false' }, 'must be true or false', 'a text'],
  [{ 'jira.dataCenter': null }, 'must be true or false', 'null'],
  [{ 'jira.dataCenter': false, 'confluence.dataCenter': 1 }, 'must be true or false', 'one of two'],
  [[], 'must be a JSON object', 'a list'],
])('refuses %j and switches nothing: %s (%s)', async (json, words, _reason) => {
  const answer = await patch(json);
  expect([answer.status, answer.text.includes(words)]).toEqual([400, true]);
  expect(await inForce()).toEqual(ALL_ON);
});
