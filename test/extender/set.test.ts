// POST tokenTools/set: what makes a token, for whom, and what is refused [EXT-40 … EXT-43].
import { LIMITS } from '../../src/core/index.js';
import { extenderTokenTable } from '../../src/plugins/extender/tables.js';
import type { Answer, PluginWorld } from '../support/plugin-host.js';
import {
  ADMIN,
  ALICE,
  BASE,
  BOB,
  insertRows,
  keyOf,
  list,
  make,
  messageOf,
  remove,
  type ShownToken,
  set,
  startExtender,
} from './extender-world.js';

const DAY = 86_400_000;
let world: PluginWorld;

beforeAll(async () => {
  world = await startExtender();
});

afterAll(() => world.close());

afterEach(async () => {
  for (const { id } of (await list(world, ADMIN)).tokens) await remove(world, ADMIN, { id });
});

function post(login: readonly [string, string], body: string, headers = {}): Promise<Answer> {
  return world.send({ method: 'POST', path: `${BASE}/set`, as: login, body, headers });
}

async function count(): Promise<number> {
  return (await list(world, ADMIN)).total;
}

describe('the examples of the vendor’s page, as they stand there', () => {
  it('makes a token with days, a user and rules; the rules come back joined with <br> [EXT-19, EXT-34]', async () => {
    const answer = await post(
      ADMIN,
      String.raw`{ "label": "Token name", "daysUntilExpiry": 90, "userName": "admin", "limitTo": "[post].*/rest/api/2/issue/KANBAN-100/comment.*\n.*/rest/api/2/issue/SCRUM-[1-2]{1}/comment.*" }`,
    );
    expect(answer.status).toBe(200);
    const token = JSON.parse(answer.text) as ShownToken;
    expect(token).toMatchObject({
      status: 'ok',
      label: 'Token name',
      user: 'admin',
      limitTo: '[post].*/rest/api/2/issue/KANBAN-100/comment.*<br>.*/rest/api/2/issue/SCRUM-[1-2]{1}/comment.*',
    });
    expect(token.validUntil - token.dateCreated).toBe(90 * DAY);
  });

  it('refuses the second, which lacks a comma, and makes the token once that is mended [EXT-60]', async () => {
    const example = '{ "label": "Token name", "daysUntilExpiry": 0 "token": "ip9ul19f8jenb92tji8lo34qt7tb1meo" }';
    const refused = await post(ADMIN, example);
    expect(refused.status).toBe(400);
    expect(messageOf(refused)).toContain('at position 46');
    expect(await count()).toBe(0);
    const made = await post(ADMIN, example.replace('0 "token"', '0, "token"'));
    expect(made.status).toBe(200);
    expect(JSON.parse(made.text)).toMatchObject({ token: 'ip9ul19f8jenb92tji8lo34qt7tb1meo', validUntil: 0 });
    expect(await count()).toBe(1);
  });

  it('makes a token for a user by name', async () => {
    const answer = await post(ADMIN, '{ "label": "Token name YXZ", "userName": "admin" }');
    expect(JSON.parse(answer.text)).toMatchObject({ status: 'ok', label: 'Token name YXZ', user: 'admin' });
  });

  it('makes a token for anyone where an administrator names nobody [EXT-4, EXT-41]', async () => {
    const answer = await post(ADMIN, '{ "label": "Token name ABC" }');
    expect(JSON.parse(answer.text)).toMatchObject({ status: 'ok', label: 'Token name ABC', user: '', userKey: '', userDisplayName: '' });
  });
});

describe('the label [EXT-40]', () => {
  it.each([
    ['Token name', 'Token name', 'as it is'],
    [' \t Token name\n', 'Token name', 'trimmed'],
    ['x'.repeat(255), 'x'.repeat(255), 'the longest'],
    ['😀'.repeat(255), '😀'.repeat(255), 'characters are counted, not halves of them'],
    ['<script>', '<script>', 'anything printable'],
  ])('%j is kept as %j (%s)', async (label, kept) => {
    expect((await make(world, ALICE, { label })).label).toBe(kept);
  });

  it.each<[unknown, string]>([
    [undefined, 'left out'],
    [null, 'null'],
    ['', 'empty'],
    [' \t ', 'blanks'],
    ['x'.repeat(256), 'too long'],
    [7, 'a number'],
    [['x'], 'a list'],
    ['a\tb', 'a tab within'],
    ['a\u0000b', 'a control character, which PostgreSQL cannot store'],
    ['a\u001b[31mb', 'an escape sequence'],
    ['a\ud800b', 'half a character'],
  ])('%j is refused with 400 (%s)', async (label) => {
    const answer = await set(world, ALICE, { label, limitTo: '.*' });
    expect(answer.status).toBe(400);
    expect(messageOf(answer)).toContain('label');
    expect(await count()).toBe(0);
  });
});

describe('daysUntilExpiry [EXT-40]', () => {
  it.each<[unknown, number, string]>([
    [undefined, 0, 'left out'],
    [null, 0, 'null'],
    [0, 0, 'zero'],
    ['0', 0, 'zero as text'],
    [1, 1, 'the fewest'],
    [36_500, 36_500, 'the most'],
    ['90', 90, 'a numeric text'],
    ['36500', 36_500, 'the most as text'],
  ])('%j means %i days (%s)', async (daysUntilExpiry, days) => {
    const { validUntil, dateCreated } = await make(world, ALICE, { label: 'x', daysUntilExpiry });
    expect(validUntil).toBe(days === 0 ? 0 : dateCreated + days * DAY);
  });

  it.each([[-1], [36_501], [1.5], ['1.5'], ['-1'], ['1e2'], [' 1'], [''], ['ninety'], ['36501'], [true], [false], [[1]], [{}], ['٣']])(
    '%j is refused with 400',
    async (daysUntilExpiry) => {
      const answer = await set(world, ALICE, { label: 'x', daysUntilExpiry });
      expect(answer.status).toBe(400);
      expect(messageOf(answer)).toContain('daysUntilExpiry');
      expect(await count()).toBe(0);
    },
  );
});

describe('userName [EXT-41]', () => {
  it.each([[undefined], [null], [''], ['alice'], ['ALICE']])('%j is a user himself', async (userName) => {
    const made = await make(world, ALICE, { label: 'x', userName });
    expect(made).toMatchObject({ user: 'alice', userKey: await keyOf(world, 'alice'), authorKey: await keyOf(world, 'alice') });
  });

  it.each([['bob'], ['admin'], ['nobody'], ['alice@example.com'], ['alıce'], ['alice '], ['a\u0000']])(
    '%j is refused to a user with the same 403, whether or not there is such a user',
    async (userName) => {
      const answer = await set(world, ALICE, { label: 'x', userName });
      expect(answer.status).toBe(403);
      expect(answer.text).toBe('{"status":"error","message":"Only administrators may make tokens for other users."}');
      expect(await count()).toBe(0);
    },
  );

  it('of any active user is taken from an administrator, in any case', async () => {
    expect(await make(world, ADMIN, { label: 'x', userName: 'Bob' })).toMatchObject({
      user: 'bob',
      userKey: await keyOf(world, 'bob'),
      authorKey: '',
    });
  });

  it.each([
    ['nobody', 'nobody of that name'],
    ['inactive', 'an inactive user'],
    ['bob@example.com', 'an address is no name'],
    ['bob\u0000', 'a name that no database can be asked for'],
    ['\ud800', 'half a character'],
  ])('%j is refused to an administrator with 400 (%s)', async (userName) => {
    if (userName === 'inactive') await deactivateBob();
    try {
      const answer = await set(world, ADMIN, { label: 'x', userName: userName === 'inactive' ? 'bob' : userName });
      expect(answer.status).toBe(400);
      expect(messageOf(answer)).toBe('userName: there is no active user of this name.');
    } finally {
      await world.directory.changeUser('bob', { isActive: true });
    }
  });

  it.each([[undefined], [null], ['']])('%j from an administrator makes a token for anyone', async (userName) => {
    expect(await make(world, ADMIN, { label: 'x', userName })).toMatchObject({ user: '', userKey: '' });
  });

  it.each([[5], [true], [['alice']]])('%j is refused with 400', async (userName) => {
    expect((await set(world, ALICE, { label: 'x', userName })).status).toBe(400);
  });

  const deactivateBob = () => world.directory.changeUser('bob', { isActive: false });
});

describe('token [EXT-42]', () => {
  it.each([[undefined], [null], ['']])('%j: 160 random bits as 32 characters 0-9a-v', async (token) => {
    const made = await make(world, ALICE, { label: 'x', token });
    expect(made.token).toMatch(/^[0-9a-v]{32}$/);
  });

  it('is another one every time', async () => {
    const values = new Set<string>();
    for (let round = 0; round < 20; round += 1) values.add((await make(world, ALICE, { label: 'x' })).token);
    expect(values.size).toBe(20);
  });

  it.each([
    ['12345678', 'the shortest'],
    ['x'.repeat(255), 'the longest'],
    ['AZaz09._~+/=-', 'every kind of character'],
  ])('%j is taken as it is (%s)', async (token) => {
    expect((await make(world, ALICE, { label: 'x', token })).token).toBe(token);
  });

  it.each<[unknown, string]>([
    ['1234567', 'too short'],
    ['x'.repeat(256), 'too long'],
    ['with blank', 'a blank'],
    ['with:colon', 'a colon'],
    [' 12345678', 'a blank before it: nothing is trimmed'],
    ['12345678\n', 'a line feed'],
    ['umläut-umläut', 'not ASCII'],
    ['12345678%', 'a percent sign'],
    [12_345_678, 'a number'],
  ])('%j is refused with 400 (%s)', async (token) => {
    const answer = await set(world, ALICE, { label: 'x', token });
    expect(answer.status).toBe(400);
    expect(messageOf(answer)).toContain('token');
    expect(await count()).toBe(0);
  });

  it('that is in use is 409, whoever asks, tells nothing of its holder, and counts as a guess [EXT-42, DIR-6]', async () => {
    const token = 'in-use-already';
    await make(world, BOB, { label: 'x', token });
    for (const login of [ALICE, BOB, ADMIN]) {
      const answer = await set(world, login, { label: 'y', token });
      expect(answer.status).toBe(409);
      expect(answer.text).toBe('{"status":"error","message":"token: this value is in use already."}');
    }
    expect(await count()).toBe(1);
    expect(world.guesses).toEqual(['alice', 'bob', 'admin']);
    expect(world.acts.at(-1)).toMatchObject({ action: 'token.created', outcome: 'failed' });
  });

  it('compares exactly: another case is another value', async () => {
    const [lower, upper] = [
      await make(world, ALICE, { label: 'x', token: 'abcdefgh' }),
      await make(world, BOB, { label: 'x', token: 'ABCDEFGH' }),
    ];
    expect(await world.identify({ as: ['alice', 'abcdefgh'] })).toMatchObject({ kind: 'authenticated', grant: { tokenRef: lower.id } });
    expect(await world.identify({ as: ['bob', 'ABCDEFGH'] })).toMatchObject({ kind: 'authenticated', grant: { tokenRef: upper.id } });
    expect(await world.identify({ as: ['alice', 'ABCDEFGH'] })).toMatchObject({ kind: 'unaccepted' });
  });

  it('that many ask for at once goes to one; the others get 409', async () => {
    const answers = await Promise.all(
      [ALICE, BOB, ADMIN, ALICE, BOB].map((login) => set(world, login, { label: 'race', token: 'raced-for-value' })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409, 409, 409]);
    expect(await count()).toBe(1);
  });

  it('is free again once its token was deleted', async () => {
    const { id } = await make(world, ALICE, { label: 'x', token: 'used-twice' });
    await remove(world, ALICE, { id });
    expect((await make(world, BOB, { label: 'x', token: 'used-twice' })).token).toBe('used-twice');
  });
});

describe('ip [EXT-40]', () => {
  it.each([
    ['192.168.1.1', 'one address'],
    ['192.0.2.0/24, 2001:db8::/32\t10.0.0.1', 'addresses and ranges, commas and blanks'],
    [' 10.0.0.1 ,', 'shown as it was given'],
  ])('%j is shown as it was given (%s)', async (ip) => {
    await make(world, ALICE, { label: 'x', ip });
    expect((await list(world, ALICE)).tokens[0]?.ip).toBe(ip);
  });

  it.each([[undefined], [null], ['']])('%j restricts nothing', async (ip) => {
    expect((await make(world, ALICE, { label: 'x', ip })).ip).toBe('');
  });

  it.each<[unknown, string]>([
    ['010.0.0.1', 'octal'],
    ['10.1', 'short'],
    ['10.0.0.1/24', 'host bits are set'],
    ['10.0.0.0/33', 'no such length'],
    ['localhost', 'a name'],
    [' , ', 'separators and no address'],
    [5, 'a number'],
  ])('%j is refused with 400 (%s)', async (ip) => {
    const answer = await set(world, ALICE, { label: 'x', ip });
    expect(answer.status).toBe(400);
    expect(messageOf(answer)).toMatch(/^ip/);
    expect(await count()).toBe(0);
  });
});

describe('everything else', () => {
  it.each([
    ['limitto', 'Did you mean "limitTo"?'],
    ['limitTO', 'Did you mean "limitTo"?'],
    ['username', 'Did you mean "userName"?'],
    ['daysUntilExpiration', 'Known are:'],
    ['id', 'Did you mean "ip"?'],
  ])('refuses the unknown property %s, which passed over would make another token than was meant', async (name, hint) => {
    const answer = await set(world, ALICE, { label: 'x', [name]: 'x' });
    expect(answer.status).toBe(400);
    expect(messageOf(answer)).toContain(`Unknown property "${name}"`);
    expect(messageOf(answer)).toContain(hint);
    expect(await count()).toBe(0);
  });

  it('records the act before it is done, and does nothing that cannot be recorded [AUD-2]', async () => {
    const made = await make(world, ALICE, { label: 'x', limitTo: '.*/x', daysUntilExpiry: 1 });
    expect(world.acts.at(-1)).toMatchObject({
      action: 'token.created',
      outcome: 'done',
      system: 'extender',
      tokenRef: made.id,
      actor: { username: 'alice' },
      clientAddress: '192.0.2.7',
      detail: { label: 'x', user: 'alice', expiresAt: made.validUntil, hasLimits: true },
    });
    world.isAuditDown = true;
    try {
      expect((await set(world, ALICE, { label: 'y' })).status).toBe(503);
    } finally {
      world.isAuditDown = false;
    }
    expect(await count()).toBe(1);
  });

  it('stands in the host’s own list of tokens as well', async () => {
    const made = await make(world, ADMIN, { label: 'x', userName: 'bob', ip: '10.0.0.1', daysUntilExpiry: 2 });
    expect(await world.registry.find('extender', made.id)).toMatchObject({
      product: 'jira',
      label: 'x',
      owner: await keyOf(world, 'bob'),
      createdAt: made.dateCreated,
      expiresAt: made.validUntil,
      hasLimits: true,
    });
  });

  it('does not give one user more tokens than limits.ts allows [GW-52]', async () => {
    const owner = await keyOf(world, 'bob');
    await fill(owner, owner);
    const answer = await set(world, BOB, { label: 'one too many' });
    expect(answer.status).toBe(403);
    expect(messageOf(answer)).toContain(`at most ${LIMITS.tokensPerUserMax} tokens`);
    expect((await set(world, ADMIN, { label: 'one too many', userName: 'bob' })).status).toBe(403);
    expect((await set(world, ALICE, { label: 'another user' })).status).toBe(200);
    await empty();
  });

  it('counts tokens for anyone on their author [GW-52]', async () => {
    await fill(await keyOf(world, 'admin'), null);
    expect((await set(world, ADMIN, { label: 'one too many' })).status).toBe(403);
    expect((await set(world, ADMIN, { label: 'his own', userName: 'admin' })).status).toBe(200);
    await empty();
  });

  it('cannot edit a token: there is no way to name one [EXT-6]', async () => {
    const { id } = await make(world, ALICE, { label: 'x' });
    expect((await set(world, ALICE, { id, label: 'y' })).status).toBe(400);
    for (const method of ['PUT', 'PATCH'] as const) {
      expect((await world.send({ method, path: `${BASE}/set`, as: ALICE, json: { id, label: 'y' } })).status).toBe(405);
    }
    expect((await list(world, ALICE)).tokens).toMatchObject([{ id, label: 'x' }]);
  });

  /** Rows up to the limit, without going through HTTP 5,000 times. */
  async function fill(author: string, owner: string | null): Promise<void> {
    const rows = Array.from({ length: LIMITS.tokensPerUserMax }, (_, index) => ({
      token_ref: `full-${index}`,
      digest: `full-${index}`,
      author_key: author,
      user_key: owner,
      label: 'full',
    }));
    await insertRows(world, rows);
  }

  async function empty(): Promise<void> {
    await world.store.transaction((manager) => manager.delete(extenderTokenTable, { label: 'full' }));
  }
});
