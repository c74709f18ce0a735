// `GET /api/v1/my/tokens/{system}/calls`: what one's own token was used for, call by call, and nobody else's [EXT-46].
import type { TokenCallPage } from '../../src/admin/api-types.js';
import { runPostern, type RunningPostern } from '../directory/running-postern.js';

const ADMIN = ['admin', 'admin'] as const;
const USER = ['user', 'user'] as const;
const MINE = '/api/v1/my/tokens';
const MYSELF = '/jira/rest/api/2/myself';

interface Made {
  readonly system: string;
  readonly tokenRef: string;
  readonly value: string;
}

let node: RunningPostern;

beforeAll(async () => {
  node = await runPostern();
});

afterAll(() => node.close());

async function make(json: object, as: readonly [string, string] = USER): Promise<Made> {
  const answer = await node.ask({ method: 'POST', path: MINE, as, json });
  if (answer.status !== 201) throw new Error(answer.text);
  return JSON.parse(answer.text) as Made;
}

async function use(
  made: Made,
  path: string,
  more: { method?: string; headers?: Record<string, string>; user?: string } = {},
): Promise<number> {
  const { user = 'user', ...sent } = more;
  return (await node.ask({ path, as: [user, made.value], ...sent })).status;
}

function ask({ system, tokenRef }: Pick<Made, 'system' | 'tokenRef'>, as: readonly [string, string] | null, paging = '') {
  const path = `${MINE}/${system}/calls?tokenRef=${encodeURIComponent(tokenRef)}${paging}`;
  return node.ask(as === null ? { path } : { path, as });
}

async function callsOf(made: Made, as: readonly [string, string] = USER, paging = ''): Promise<TokenCallPage> {
  const answer = await ask(made, as, paging);
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  return JSON.parse(answer.text) as TokenCallPage;
}

async function switchCollecting(isOn: boolean): Promise<void> {
  const json = { 'extender.collectUsageDetails': isOn };
  expect((await node.ask({ method: 'PATCH', path: '/api/v1/switches', as: ADMIN, json })).status).toBe(200);
}

it('has one row a call, newest first, with its rule, permitted or refused, and never its query [EXT-46]', async () => {
  const made = await make({ system: 'extender', label: 'mine', limitTo: '[get]/jira/rest/api/2/myself' });
  const agent = '<img src=x onerror=alert(1)>';
  expect(await use(made, `${MYSELF}?expand=secret-of-the-query`, { headers: { 'User-Agent': 'ci/1.0' } })).toBe(200);
  await node.clock.advance(1_000);
  expect(await use(made, '/jira/rest/api/2/issue', { method: 'POST', headers: { 'User-Agent': agent } })).toBe(403);
  const { token, calls, ...page } = await callsOf(made);
  expect(page).toEqual({ collecting: 'on', total: 2, startAt: 0, maxResults: 1000 });
  // Extender counts what was let through [EXT-45]; the list has every call.
  expect(token).toMatchObject({ tokenRef: made.tokenRef, label: 'mine', owner: 'user', useCount: 1 });
  const clientAddress = expect.stringContaining('127.0.0.1');
  expect(calls).toEqual([
    {
      time: new Date(node.clock.now()).toISOString(),
      method: 'POST',
      path: '/jira/rest/api/2/issue',
      status: 403,
      decision: 'deny',
      clientAddress,
      userAgent: agent,
      rule: null,
    },
    {
      time: new Date(node.clock.now() - 1_000).toISOString(),
      method: 'GET',
      path: MYSELF,
      status: 200,
      decision: 'permit',
      clientAddress,
      userAgent: 'ci/1.0',
      rule: '[get]/jira/rest/api/2/myself',
    },
  ]);
  expect(JSON.stringify(calls)).not.toContain('secret-of-the-query');
});

it('is paged by startAt and maxResults; past the end there is nothing', async () => {
  const made = await make({ system: 'extender', label: 'paged' });
  for (let number = 1; number <= 5; number += 1) await use(made, `${MYSELF}/${number}`);
  const numbersOf = async (paging: string) => (await callsOf(made, USER, paging)).calls.map(({ path }) => path.slice(MYSELF.length + 1));
  expect(await numbersOf('')).toEqual(['5', '4', '3', '2', '1']);
  expect(await numbersOf('&maxResults=2')).toEqual(['5', '4']);
  expect(await numbersOf('&startAt=2&maxResults=2')).toEqual(['3', '2']);
  expect(await numbersOf('&startAt=5')).toEqual([]);
  expect((await callsOf(made, USER, '&startAt=9&maxResults=2')).total).toBe(5);
  expect((await ask(made, USER, '&maxResults=many')).status).toBe(400);
});

it('is one’s own alone: another’s answers as one that was never there, to administrators too [EXT-46, EXT-51]', async () => {
  const mine = await make({ system: 'extender', label: 'of user' });
  const admins = await make({ system: 'extender', label: 'of admin' }, ADMIN);
  await use(mine, MYSELF);
  await use(admins, '/jira/rest/api/2/serverInfo', { user: 'admin' });
  const never = await ask({ system: 'extender', tokenRef: 'never-there' }, USER);
  expect(never.status).toBe(404);
  for (const [token, as] of [
    [admins, USER],
    [mine, ADMIN],
    [{ ...mine, system: 'wombats-jira' }, USER],
    [{ ...mine, system: 'nothing' }, USER],
  ] as const) {
    const answer = await ask(token, as);
    expect([answer.status, answer.text]).toEqual([404, never.text]);
  }
  expect((await ask(mine, null)).status).toBe(401);
  expect((await node.ask({ path: `${MINE}/extender/calls`, as: USER })).status).toBe(400);
  // A token opens nothing of the control plane, not even its own calls.
  expect((await ask(mine, ['user', mine.value])).status).toBe(401);
  expect((await callsOf(mine)).calls.map(({ path }) => path)).toEqual([MYSELF]);
  expect((await callsOf(admins, ADMIN)).calls.map(({ path }) => path)).toEqual(['/jira/rest/api/2/serverInfo']);
});

it('is gone with the token', async () => {
  const made = await make({ system: 'extender', label: 'short-lived' });
  await use(made, MYSELF);
  await node.ask({ method: 'DELETE', path: `${MINE}/extender?tokenRef=${encodeURIComponent(made.tokenRef)}`, as: USER });
  expect((await ask(made, USER)).status).toBe(404);
});

it('says that calls are switched off, keeps those from before, and leaves out those from meanwhile [EXT-44, EXT-46]', async () => {
  const made = await make({ system: 'extender', label: 'switched' });
  await use(made, `${MYSELF}/before`);
  await switchCollecting(false);
  try {
    await use(made, `${MYSELF}/meanwhile`);
    const { collecting, total, calls } = await callsOf(made);
    expect([collecting, total, calls.map(({ path }) => path)]).toEqual(['off', 1, [`${MYSELF}/before`]]);
  } finally {
    await switchCollecting(true);
  }
  await use(made, `${MYSELF}/after`);
  const { collecting, calls } = await callsOf(made);
  expect([collecting, calls.map(({ path }) => path)]).toEqual(['on', [`${MYSELF}/after`, `${MYSELF}/before`]]);
});

it.each(['wombats-jira', 'personal-access-tokens-jira', 'cloud-api-tokens'])('says that %s never collects calls', async (system) => {
  const made = await make({ system, label: 'without', expiresInDays: 3 });
  const { collecting, total, calls } = await callsOf(made);
  expect([collecting, total, calls]).toEqual(['never', 0, []]);
});
