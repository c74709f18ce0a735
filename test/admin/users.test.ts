// `/api/v1/users`: the directory, for administrators.
import { HostError, LIMITS, Secret } from '../../src/core/index.js';
import { type AdminWorld, PASSWORDS, startAdminWorld } from './admin-world.js';

interface ShownUser {
  readonly username: string;
  readonly displayName: string;
  readonly emailAddress: string;
  readonly administrator: boolean;
  readonly active: boolean;
  readonly userKeys: { readonly jira: string; readonly confluence: string };
  readonly accountId: string;
}

interface ShownPage {
  readonly total: number;
  readonly startAt: number;
  readonly maxResults: number;
  readonly users: readonly ShownUser[];
}

let world: AdminWorld;

/** A world for each test of the block: they change it. */
function eachInItsOwnWorld(): void {
  beforeEach(async () => {
    world = await startAdminWorld();
  });
  afterEach(() => world.close());
}

/** One world for the whole block: nothing in it changes anything. */
function allInOneWorld(): void {
  beforeAll(async () => {
    world = await startAdminWorld();
  });
  afterAll(() => world.close());
}

const send = (method: string, path: string, json?: unknown) =>
  world.send({ method, path: `/api/v1${path}`, as: 'admin', ...(json === undefined ? {} : { json }) });

async function acts() {
  const records = await world.records();
  return records.filter(({ kind }) => kind === 'act').map(({ action, actor, outcome, detail }) => ({ action, actor, outcome, detail }));
}

/** A world whose trail takes no act. */
const startMuteWorld = () =>
  startAdminWorld(({ trail }) => ({
    trail: {
      act: () => Promise.reject(new HostError('audit.unavailable')),
      noteLogin: (login) => trail.noteLogin(login),
      records: (range) => trail.records(range),
    },
  }));

describe('GET /users', () => {
  allInOneWorld();

  it('lists every user in the order of names, with keys and never with a password', async () => {
    const answer = await send('GET', '/users');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json;charset=UTF-8');
    const { users, ...page } = answer.json<ShownPage>();
    expect(page).toEqual({ total: 3, startAt: 0, maxResults: LIMITS.pageMax });
    expect(users.map(({ username }) => username)).toEqual(['admin', 'alice', 'gone']);
    const alice = await world.directory.findByUsername('alice');
    expect(users[1]).toEqual({
      username: 'alice',
      displayName: 'alice',
      emailAddress: 'alice@example.com',
      administrator: false,
      active: true,
      userKeys: alice?.userKeys,
      accountId: alice?.accountId,
    });
    expect(users[2]?.active).toBe(false);
  });

  it.each([
    ['?maxResults=1', 0, 1, ['admin'], 'the first page'],
    ['?startAt=1&maxResults=1', 1, 1, ['alice'], 'the second'],
    ['?startAt=2&maxResults=50', 2, 50, ['gone'], 'the last, not full'],
    ['?startAt=3', 3, LIMITS.pageMax, [], 'behind the end'],
    ['?startAt=-1&maxResults=0', 0, LIMITS.pageMax, ['admin', 'alice', 'gone'], 'brought within bounds'],
    ['?maxResults=100000', 0, LIMITS.pageMax, ['admin', 'alice', 'gone'], 'no more than the limit [GW-52]'],
  ])('pages with %s', async (query, startAt, maxResults, names, _reason) => {
    const page = (await send('GET', `/users${query}`)).json<ShownPage>();
    expect({ ...page, users: page.users.map(({ username }) => username) }).toEqual({ total: 3, startAt, maxResults, users: names });
  });

  it.each(['startAt', 'maxResults'])('refuses a %s that is no whole number, naming it', async (name) => {
    const answer = await send('GET', `/users?${name}=ten`);
    expect(answer.status).toBe(400);
    expect(answer.json()['message']).toContain(name);
  });
});

describe('POST /users', () => {
  eachInItsOwnWorld();

  it('makes a user who can log in, and answers without the password', async () => {
    const bob = {
      username: 'bob',
      password: 'bob-password',
      displayName: 'Bob Example',
      emailAddress: 'bob@example.com',
      administrator: true,
      active: true,
    };
    const answer = await send('POST', '/users', bob);
    expect(answer.status).toBe(201);
    expect(answer.headers['location']).toBe('/api/v1/users/bob');
    const stored = await world.directory.findByUsername('bob');
    const { password, ...rest } = bob;
    expect(answer.json()).toEqual({ ...rest, userKeys: stored?.userKeys, accountId: stored?.accountId });
    expect(answer.text).not.toContain(password);
    expect((await world.send({ path: '/api/v1/users/bob', as: ['bob', password] })).status).toBe(200);
  });

  it('fills in what is left out: the name as display name, no address, no administrator, active', async () => {
    const answer = await send('POST', '/users', { username: 'Bob', password: 'x' });
    expect(answer.json()).toMatchObject({ username: 'Bob', displayName: 'Bob', emailAddress: '', administrator: false, active: true });
  });

  it('keeps a name that must be escaped, and its address leads to it', async () => {
    const answer = await send('POST', '/users', { username: 'żółw @home', password: 'x' });
    expect(answer.status).toBe(201);
    const location = String(answer.headers['location']);
    const found = await world.send({ path: location, as: 'admin' });
    expect(found.json()['username']).toBe('żółw @home');
  });

  it('wants eight characters of a password in the gateway profile, counted as a person counts', async () => {
    const gateway = await startAdminWorld(() => ({ profile: 'gateway' }));
    try {
      const post = async (password: string) =>
        (await gateway.send({ method: 'POST', path: '/api/v1/users', as: 'admin', json: { username: 'bob', password } })).status;
      expect(await post('seven77')).toBe(400);
      expect(await post('😀😀😀😀')).toBe(400);
      expect(await post('eight888')).toBe(201);
      const patch = { method: 'PATCH', path: '/api/v1/users/bob', as: 'admin', json: { password: 'short' } } as const;
      expect((await gateway.send(patch)).status).toBe(400);
    } finally {
      await gateway.close();
    }
  });
});

describe('POST /users, refused', () => {
  allInOneWorld();

  it.each([
    [{}, 'username is missing.', 'required'],
    [{ username: 'bob' }, 'password is missing.', 'required'],
    [{ username: 7, password: 'x' }, 'username must be a string.', 'type'],
    [{ username: 'bob', password: null }, 'password must be a string.', 'null is not left out'],
    [{ username: 'bob', password: 'x', displayName: ['a'] }, 'displayName must be a string.', 'type'],
    [{ username: 'bob', password: 'x', emailAddress: false }, 'emailAddress must be a string.', 'type'],
    [{ username: 'bob', password: 'x', administrator: 'true' }, 'administrator must be true or false.', 'a text is no boolean'],
    [{ username: 'bob', password: 'x', administrator: null }, 'administrator must be true or false.', 'nor is null'],
    [{ username: 'bob', password: 'x', active: 1 }, 'active must be true or false.', 'nor is a number'],
    [{ username: 'bob', password: 'x', admin: true }, 'Unknown property "admin".', 'unknown'],
    [{ username: 'bob', password: 'x', adminstrator: true }, 'Unknown property "adminstrator". Did you mean "administrator"?', 'misspelt'],
    [{ username: 'bob', password: 'x', Active: false }, 'Unknown property "Active". Did you mean "active"?', 'case counts'],
    [{ username: '', password: 'x' }, 'username: ', 'the directory’s own rule, with the field named'],
    [{ username: 'a:b', password: 'x' }, 'username: ', 'could not log in by Basic'],
    [{ username: 'a/b', password: 'x' }, 'username: ', 'could never be addressed again [GW-2]'],
    [{ username: 'a%b', password: 'x' }, 'username: ', 'could never be addressed again [GW-2]'],
    [{ username: '..', password: 'x' }, 'username: ', 'could never be addressed again [GW-2]'],
    [{ username: 'bob', password: '' }, 'password: ', 'empty'],
    [{ username: 'bob', password: 'x'.repeat(256) }, 'password: ', 'longer than the vendor’s column'],
    [{ username: 'bob', password: 'a\nb' }, 'password: ', 'could not be sent by Basic'],
    [{ username: 'bob', password: 'x', emailAddress: 'nowhere' }, 'emailAddress: ', 'no address'],
    [['bob'], 'The body must be a JSON object.', 'no object'],
    ['bob', 'The body must be a JSON object.', 'no object'],
  ])('refuses %j with 400 and makes nobody', async (json, message, _reason) => {
    const answer = await send('POST', '/users', json);
    expect(answer.status).toBe(400);
    expect(answer.json()['status-code']).toBe(400);
    expect(answer.json()['message']).toContain(message);
    expect(await world.directory.countUsers()).toBe(3);
  });

  it('does not repeat a password in its refusal', async () => {
    const answer = await send('POST', '/users', { username: 'bob', password: 'se\ncret', pasword: 'other-secret' });
    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain('secret');
  });

  it.each(['alice', 'ALICE'])('refuses a name that is taken with 409: %s [EXT-1]', async (username) => {
    const answer = await send('POST', '/users', { username, password: 'x' });
    expect(answer.status).toBe(409);
    expect(answer.json()['status-code']).toBe(409);
  });
});

describe('GET /users/{username}', () => {
  allInOneWorld();

  it.each(['alice', 'ALICE'])('shows one user: %s [EXT-1]', async (username) => {
    const answer = await send('GET', `/users/${username}`);
    expect(answer.status).toBe(200);
    expect(answer.json()['username']).toBe('alice');
  });

  it.each(['GET', 'PATCH', 'DELETE'])('answers %s for an unknown user with 404', async (method) => {
    const answer = await send(method, '/users/nobody', method === 'PATCH' ? { active: true } : undefined);
    expect(answer.status).toBe(404);
    expect(answer.json()).toEqual({ message: 'There is no user of this name.', 'status-code': 404 });
  });
});

describe('PATCH /users/{username}', () => {
  eachInItsOwnWorld();

  it.each([
    [{ displayName: 'Alice Example' }],
    [{ emailAddress: '' }],
    [{ administrator: true }],
    [{ active: false }],
    [{ displayName: 'A', emailAddress: 'a@example.com', administrator: true, active: false }],
    [{}],
  ])('changes %j and nothing else', async (json) => {
    const before = (await send('GET', '/users/alice')).json();
    const answer = await send('PATCH', '/users/alice', json);
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({ ...before, ...json });
    expect((await send('GET', '/users/alice')).json()).toEqual({ ...before, ...json });
  });

  it('changes a password: the old one ends, the new one works', async () => {
    await send('PATCH', '/users/alice', { password: 'other' });
    expect(await world.directory.verifyPassword('alice', new Secret(PASSWORDS.alice))).toBeNull();
    expect((await world.directory.verifyPassword('alice', new Secret('other')))?.username).toBe('alice');
  });

  it('with another administrator the first may go, and is one no more on the next request', async () => {
    await send('PATCH', '/users/alice', { administrator: true });
    expect((await send('PATCH', '/users/admin', { administrator: false })).status).toBe(200);
    expect((await send('GET', '/users')).status).toBe(403);
  });
});

describe('PATCH and DELETE /users/{username}, refused', () => {
  allInOneWorld();

  it.each([
    [{ username: 'alicia' }, 'username cannot be changed.'],
    [{ displayName: '' }, 'displayName: '],
    [{ displayName: null }, 'displayName must be a string.'],
    [{ active: 'false' }, 'active must be true or false.'],
    [{ activ: false }, 'Did you mean "active"?'],
    [{ userKeys: {} }, 'Unknown property "userKeys".'],
  ])('refuses %j with 400 and changes nothing', async (json, message) => {
    const before = (await send('GET', '/users/alice')).json();
    const answer = await send('PATCH', '/users/alice', json);
    expect(answer.status).toBe(400);
    expect(answer.json()['message']).toContain(message);
    expect((await send('GET', '/users/alice')).json()).toEqual(before);
  });

  it.each([
    ['demoted', 'PATCH', { administrator: false }],
    ['deactivated', 'PATCH', { active: false }],
    ['deleted', 'DELETE', undefined],
  ])('the last active administrator is not %s: 409', async (_name, method, json) => {
    const answer = await send(method, '/users/admin', json);
    expect(answer.status).toBe(409);
    expect(answer.json()['message']).toContain('last active administrator');
    expect((await world.directory.findByUsername('admin'))?.isActive).toBe(true);
    expect((await world.directory.findByUsername('admin'))?.isAdministrator).toBe(true);
  });
});

describe('DELETE /users/{username}', () => {
  eachInItsOwnWorld();

  it('deletes the user, who cannot log in again', async () => {
    const answer = await send('DELETE', '/users/alice');
    expect(answer.status).toBe(204);
    expect(answer.text).toBe('');
    expect(answer.headers['content-type']).toBeUndefined();
    expect(await world.directory.findByUsername('alice')).toBeNull();
    expect((await world.send({ path: '/api/v1/upstream-credentials/jira', as: 'alice' })).status).toBe(401);
  });
});

describe('administrators alone', () => {
  allInOneWorld();

  it.each([
    ['GET', '/users', undefined],
    ['POST', '/users', { username: 'bob', password: 'x', administrator: true }],
    ['GET', '/users/alice', undefined],
    ['PATCH', '/users/alice', { administrator: true }],
    ['DELETE', '/users/alice', undefined],
  ])('%s %s is 403 for a user, 401 for nobody, and changes nothing', async (method, path, json) => {
    const sent = { method, path: `/api/v1${path}`, ...(json === undefined ? {} : { json }) };
    expect((await world.send({ ...sent, as: 'alice' })).status).toBe(403);
    expect((await world.send(sent)).status).toBe(401);
    expect(await world.directory.countUsers()).toBe(3);
    expect((await world.directory.findByUsername('alice'))?.isAdministrator).toBe(false);
    expect(await acts()).toEqual([]);
  });
});

describe('the record', () => {
  eachInItsOwnWorld();

  it('holds every change with its actor and without a secret or an address [AUD-1, AUD-11]', async () => {
    await send('POST', '/users', { username: 'bob', password: 'bob-secret', emailAddress: 'bob@private.example' });
    await send('PATCH', '/users/bob', { password: 'new-secret', emailAddress: 'b@private.example', administrator: true });
    await send('DELETE', '/users/bob');
    const done = { actor: 'admin', outcome: 'done' };
    expect(await acts()).toEqual([
      { ...done, action: 'user.created', detail: { username: 'bob', administrator: false, active: true } },
      {
        ...done,
        action: 'user.changed',
        detail: { username: 'bob', changed: 'password, emailAddress, administrator', administrator: true },
      },
      { ...done, action: 'user.deleted', detail: { username: 'bob' } },
    ]);
    const written = JSON.stringify(await world.records()) + world.logged.join('\n');
    for (const secret of ['bob-secret', 'new-secret', 'private.example']) expect(written).not.toContain(secret);
  });

  it('tells of an act that was refused', async () => {
    await send('DELETE', '/users/admin');
    expect(await acts()).toMatchObject([{ action: 'user.deleted', actor: 'admin', outcome: 'refused', detail: { username: 'admin' } }]);
  });

  it('holds nothing for reading, nor for a change that changes nothing', async () => {
    await send('GET', '/users');
    await send('PATCH', '/users/alice', {});
    expect(await acts()).toEqual([]);
  });

  it.each([
    ['POST', '/users', { username: 'bob', password: 'x' }],
    ['PATCH', '/users/alice', { administrator: true }],
    ['DELETE', '/users/alice', undefined],
  ])('comes first: without it %s %s is 503 and nothing happens [AUD-2]', async (method, path, json) => {
    const mute = await startMuteWorld();
    try {
      const answer = await mute.send({ method, path: `/api/v1${path}`, as: 'admin', ...(json === undefined ? {} : { json }) });
      expect(answer.status).toBe(503);
      expect(await mute.directory.countUsers()).toBe(3);
      expect((await mute.directory.findByUsername('alice'))?.isAdministrator).toBe(false);
    } finally {
      await mute.close();
    }
  });
});
