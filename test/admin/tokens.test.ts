// `/api/v1/tokens`: every token of every system for administrators, without knowing any kind.
import { makeToken, runPostern, type RunningPostern } from '../directory/running-postern.js';

const ADMIN = ['admin', 'admin'] as const;
const USER = ['user', 'user'] as const;
const TOKENS = '/api/v1/tokens';
const MYSELF = '/jira/rest/api/2/myself';

interface Listed {
  readonly system: string;
  readonly tokenRef: string;
  readonly [name: string]: unknown;
}

let node: RunningPostern;

beforeEach(async () => {
  node = await runPostern();
});

afterEach(() => node.close());

async function list(query = ''): Promise<{ total: number; startAt: number; maxResults: number; tokens: readonly Listed[] }> {
  const answer = await node.ask({ path: `${TOKENS}${query}`, as: ADMIN });
  expect(answer.status).toBe(200);
  return JSON.parse(answer.text) as Awaited<ReturnType<typeof list>>;
}

async function wombatsToken(product: 'jira' | 'confluence', label: string): Promise<string> {
  await node.clock.advance(1_000);
  const answer = await node.ask({ method: 'POST', path: `/${product}/rest/api-tokens/latest/`, as: USER, json: { label } });
  return (JSON.parse(answer.text) as { passwordValue: string }).passwordValue;
}

it('lists tokens of every system, newest first, with counters that are settled [EXT-45, WOM-15]', async () => {
  const extender = await makeToken(node, ADMIN, { userName: 'user', label: 'one', limitTo: '[get].*', daysUntilExpiry: 1 });
  const wombats = await wombatsToken('jira', 'two');
  await wombatsToken('confluence', 'three');
  await node.ask({ path: MYSELF, as: ['user', extender] });
  await node.ask({ path: MYSELF, as: ['user', wombats] });
  const { total, startAt, maxResults, tokens } = await list();
  expect([total, startAt, maxResults]).toEqual([3, 0, 1_000]);
  expect(tokens.map(({ label, system, product }) => [label, system, product])).toEqual([
    ['three', 'wombats-confluence', 'confluence'],
    ['two', 'wombats-jira', 'jira'],
    ['one', 'extender', 'jira'],
  ]);
  expect(tokens[2]).toEqual({
    system: 'extender',
    tokenRef: expect.any(String),
    product: 'jira',
    label: 'one',
    owner: 'user',
    ownerKey: expect.stringMatching(/^JIRAUSER/),
    createdAt: '2026-01-31T10:00:00.000Z',
    expiresAt: '2026-02-01T10:00:00.000Z',
    lastUsedAt: '2026-01-31T10:00:02.000Z',
    useCount: 1,
    hasLimits: true,
    status: 'expires-soon',
  });
  expect(JSON.stringify(tokens)).not.toContain(extender);
});

it('narrows to a system, to a user in both products, to one key, and to a page', async () => {
  await makeToken(node, ADMIN, { label: 'of admin' });
  await wombatsToken('jira', 'a');
  await wombatsToken('confluence', 'b');
  const labels = async (query: string) => (await list(query)).tokens.map(({ label }) => label);
  expect(await labels('?owner=USER')).toEqual(['b', 'a']);
  expect(await labels('?owner=user&system=wombats-jira')).toEqual(['a']);
  expect(await labels('?system=extender')).toEqual(['of admin']);
  expect(await labels('?owner=nobody')).toEqual([]);
  expect(await labels('?startAt=1&maxResults=1')).toEqual(['a']);
  const [confluence] = (await list('?system=wombats-confluence')).tokens;
  expect(await labels(`?owner=${String(confluence?.['ownerKey'])}`)).toEqual(['b']);
});

it('keeps listing the tokens of a deleted user, by the key [DIR-7]', async () => {
  await wombatsToken('jira', 'left behind');
  const [before] = (await list()).tokens;
  await node.ask({ method: 'DELETE', path: '/api/v1/users/user', as: ADMIN });
  const { tokens } = await list(`?owner=${String(before?.['ownerKey'])}`);
  expect(tokens).toEqual([{ ...before, owner: null }]);
});

it('ends a token of any system at once, and says 404 of one that is not there', async () => {
  const secrets = [await makeToken(node, ADMIN, { userName: 'user' }), await wombatsToken('jira', 'two')];
  const use = async () => Promise.all(secrets.map(async (secret) => (await node.ask({ path: MYSELF, as: ['user', secret] })).status));
  expect(await use()).toEqual([200, 200]);
  for (const { system, tokenRef } of (await list()).tokens) {
    const path = `${TOKENS}/${system}?tokenRef=${encodeURIComponent(tokenRef)}`;
    expect((await node.ask({ method: 'DELETE', path, as: ADMIN })).status).toBe(204);
    expect((await node.ask({ method: 'DELETE', path, as: ADMIN })).status).toBe(404);
  }
  expect(await use()).toEqual([401, 401]);
  expect((await list()).total).toBe(0);
  const { text } = await node.ask({ path: '/api/v1/audit.jsonl', as: ADMIN });
  const ended = text.split('\n').filter((line) => line.includes('"action":"token.deleted"') || line.includes('"action":"token.revoked"'));
  expect(ended).toHaveLength(2);
});

it.each([
  ['GET', TOKENS, undefined, 401],
  ['GET', TOKENS, USER, 403],
  ['DELETE', `${TOKENS}/extender?tokenRef=x`, USER, 403],
  ['DELETE', `${TOKENS}/extender?tokenRef=x`, ADMIN, 404],
  ['DELETE', `${TOKENS}/nothing?tokenRef=x`, ADMIN, 404],
  ['DELETE', `${TOKENS}/extender`, ADMIN, 400],
  ['GET', `${TOKENS}?startAt=x`, ADMIN, 400],
] as const)('%s %s as %j is %i', async (method, path, as, status) => {
  expect((await node.ask({ method, path, ...(as === undefined ? {} : { as }) })).status).toBe(status);
});
