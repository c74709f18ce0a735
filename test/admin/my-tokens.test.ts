// One's own tokens of every system in one list, made and ended without knowing any kind; administrators make them for others [PAT-70, CLD-9].
import { type Asked, type RunningPostern, runPostern } from '../directory/running-postern.js';

const ADMIN = ['admin', 'admin'] as const;
const USER = ['user', 'user'] as const;
const MINE = '/api/v1/my/tokens';
const SYSTEMS = [
  ['extender', '/jira/rest/api/2/myself'],
  ['wombats-jira', '/jira/rest/api/2/myself'],
  ['wombats-confluence', '/confluence/rest/api/user/current'],
  ['personal-access-tokens-jira', '/jira/rest/api/2/myself'],
  ['personal-access-tokens-confluence', '/confluence/rest/api/user/current'],
  ['cloud-api-tokens', '/jira/rest/api/2/myself'],
] as const;

interface Made {
  readonly system: string;
  readonly tokenRef: string;
  readonly value: string;
  readonly scheme: 'basic' | 'bearer';
  readonly username: string | null;
  readonly examplePath: string;
}

interface Listed {
  readonly total: number;
  readonly tokens: readonly Record<string, unknown>[];
}

let node: RunningPostern;

beforeAll(async () => {
  // An ended bearer token would be anonymous otherwise, and anonymous requests are answered too.
  node = await runPostern({ settings: { POSTERN_WRONG_BEARER: 'refuse' } });
});

afterAll(() => node.close());

async function ask<T>(asked: Asked, status: number): Promise<T> {
  const answer = await node.ask(asked);
  expect([answer.status, answer.text]).toEqual([status, expect.any(String)]);
  return (answer.text === '' ? undefined : JSON.parse(answer.text)) as T;
}

function make(json: object, as: readonly [string, string] = USER, path = MINE): Promise<Made> {
  return ask<Made>({ method: 'POST', path, as, json }, 201);
}

async function use({ scheme, username, value, examplePath }: Made): Promise<number> {
  const answer =
    scheme === 'basic'
      ? await node.ask({ path: examplePath, as: [username ?? '', value] })
      : await node.ask({ path: examplePath, headers: { Authorization: `Bearer ${value}` } });
  return answer.status;
}

function revoke({ system, tokenRef }: Pick<Made, 'system' | 'tokenRef'>, as: readonly [string, string]): Promise<number> {
  const path = `${MINE}/${system}?tokenRef=${encodeURIComponent(tokenRef)}`;
  return node.ask({ method: 'DELETE', path, as }).then(({ status }) => status);
}

it('says of every system that is carried what can be made there', async () => {
  const systems = await ask<{ system: string; terms: object; places: { product: string }[] }[]>(
    { path: '/api/v1/token-systems', as: USER },
    200,
  );
  expect(systems.map(({ system }) => system).sort()).toEqual(SYSTEMS.map(([system]) => system).sort());
  const of = (wanted: string) => systems.find(({ system }) => system === wanted);
  expect(of('personal-access-tokens-jira')?.terms).toEqual({
    labelLengthMax: 40,
    daysMax: 365,
    daysDefault: 90,
    mayBeEternal: true,
    mayBeLimited: false,
  });
  expect(of('cloud-api-tokens')?.terms).toMatchObject({ daysMax: 365, mayBeEternal: false, mayBeLimited: true });
  expect(of('cloud-api-tokens')?.places.map(({ product }) => product)).toEqual(['jira', 'confluence']);
});

it.each(SYSTEMS)('makes a token of %s that works as it is told, is listed, and is ended at once', async (system, examplePath) => {
  const made = await make({ system, label: `of ${system}`, expiresInDays: 3 });
  expect(made).toMatchObject({ system, examplePath });
  expect(await use(made)).toBe(200);
  const { tokens } = await ask<Listed>({ path: MINE, as: USER }, 200);
  const [listed] = tokens.filter(({ tokenRef }) => tokenRef === made.tokenRef);
  expect(listed).toMatchObject({ system, label: `of ${system}`, owner: 'user', useCount: 1, status: 'expires-soon' });
  expect(JSON.stringify(tokens)).not.toContain(made.value);
  expect(await revoke(made, USER)).toBe(204);
  expect(await use(made)).toBe(401);
  expect(await revoke(made, USER)).toBe(404);
});

it('limits a token to rules and addresses', async () => {
  const limitTo = '[get]/jira/rest/api/2/myself\n[post]/jira/rest/api/2/issue(/.*)?';
  const made = await make({ system: 'extender', label: 'limited', limitTo, ip: '127.0.0.1' });
  expect(await use(made)).toBe(200);
  expect((await node.ask({ path: '/jira/rest/api/2/serverInfo', as: ['user', made.value] })).status).toBe(403);
  const elsewhere = await make({ system: 'extender', label: 'elsewhere', ip: '192.0.2.1' });
  expect(await use(elsewhere)).toBe(403);
});

it('shows a token as expired once it has ended', async () => {
  const { tokenRef } = await make({ system: 'wombats-jira', label: 'short', expiresInDays: 1 });
  await node.clock.skip(86_400_000);
  const { tokens } = await ask<Listed>({ path: MINE, as: USER }, 200);
  expect(tokens.find((token) => token['tokenRef'] === tokenRef)).toMatchObject({ status: 'expired' });
});

it('never ends another’s token, and never lists it', async () => {
  const made = await make({ system: 'wombats-jira', label: 'of admin' }, ADMIN);
  expect(await revoke(made, USER)).toBe(404);
  expect(JSON.stringify(await ask({ path: MINE, as: USER }, 200))).not.toContain('of admin');
  expect(await revoke(made, ADMIN)).toBe(204);
});

it('lets administrators make a token for a user: it is the user’s, and the record says who made it', async () => {
  for (const [system] of SYSTEMS) {
    const made = await make({ system, label: 'from admin', expiresInDays: 30 }, ADMIN, '/api/v1/users/user/tokens');
    expect(await use(made)).toBe(200);
    expect(await revoke(made, ADMIN)).toBe(404);
    expect(await revoke(made, USER)).toBe(204);
  }
  const { text } = await node.ask({ path: '/api/v1/audit.jsonl', as: ADMIN });
  const created = text.split('\n').filter((line) => line.includes('"token.created"') && line.includes('from admin'));
  expect(created.map((line) => (JSON.parse(line) as { actor: string }).actor)).toEqual(SYSTEMS.map(() => 'admin'));
});

it('makes none for an inactive user, nor for anybody when no administrator asks', async () => {
  const path = '/api/v1/users/jankowalski/tokens';
  await ask({ method: 'POST', path, as: USER, json: { system: 'extender', label: 'x' } }, 403);
  await ask({ method: 'PATCH', path: '/api/v1/users/jankowalski', as: ADMIN, json: { active: false } }, 200);
  const answer = await node.ask({ method: 'POST', path, as: ADMIN, json: { system: 'extender', label: 'x' } });
  expect(answer.status).toBe(409);
});

it.each([
  [{ system: 'nothing', label: 'x' }, 'system must be one of:'],
  [{ system: 'extender' }, 'label is required.'],
  [{ system: 'extender', label: 'x', expiresInDays: 0 }, 'expiresInDays must be a whole number'],
  [{ system: 'extender', label: 'x', limitTo: '(' }, 'limitTo:'],
  [{ system: 'extender', label: 'x', limitto: '.*' }, 'Did you mean "limitTo"?'],
  [{ system: 'cloud-api-tokens', label: 'x', expiresInDays: null }, 'expiresInDays must be a whole number'],
  [{ system: 'personal-access-tokens-jira', label: 'x', limitTo: '.*' }, 'cannot be limited'],
  [{ system: 'personal-access-tokens-jira', label: 'x', expiresInDays: 400 }, 'at most 365 days'],
])('refuses %j', async (json, message) => {
  const answer = await ask<{ message: string }>({ method: 'POST', path: MINE, as: USER, json }, 400);
  expect(answer.message).toContain(message);
});

it('shows every setting with where its value comes from, and no secret', async () => {
  const secret = 'smtp://postern:mail-secret@localhost:25';
  const other = await runPostern({ settings: { POSTERN_MAIL_URL: secret, POSTERN_LOG_LEVEL: 'warn' } });
  try {
    const answer = await other.ask({ path: '/api/v1/settings', as: ADMIN });
    expect(answer.status).toBe(200);
    expect(answer.text).not.toContain('mail-secret');
    const settings = JSON.parse(answer.text) as Record<string, unknown>[];
    const of = (name: string) => settings.find((setting) => setting['name'] === name);
    expect(of('mail.url')).toMatchObject({ value: '[redacted]', origin: 'environment', variable: 'POSTERN_MAIL_URL' });
    expect(of('log.level')).toMatchObject({ value: 'warn', origin: 'environment' });
    expect(of('jira.context')).toMatchObject({ value: '/jira', origin: 'default' });
    expect(of('database')).toMatchObject({ value: null });
    expect(of('extender.auth')).toMatchObject({ value: 'basic', origin: 'default' });
    await other.ask({ method: 'PATCH', path: '/api/v1/switches', as: ADMIN, json: { 'jira.dataCenter': false } });
    const after = JSON.parse((await other.ask({ path: '/api/v1/settings', as: ADMIN })).text) as Record<string, unknown>[];
    expect(after.find(({ name }) => name === 'jira.dataCenter')).toMatchObject({ value: 'false', origin: 'switched', isSwitch: true });
    expect((await other.ask({ path: '/api/v1/settings', as: USER })).status).toBe(403);
  } finally {
    await other.close();
  }
});
