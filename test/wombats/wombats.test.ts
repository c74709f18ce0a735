// Wombats "API Tokens", both installations, over real HTTP on a real database.
import { PASSWORDS, type PluginWorld, startPluginWorld } from '../support/plugin-host.js';
import { wombatsConfluence, wombatsJira } from '../../src/plugins/wombats/index.js';

const ADMIN = ['admin', PASSWORDS.admin] as const;
const ALICE = ['alice', PASSWORDS.alice] as const;
const BOB = ['bob', PASSWORDS.bob] as const;

const INSTALLATIONS = [
  { name: 'Jira', plugin: wombatsJira, context: '/jira', table: 'AO_5D4005_TOKEN', setting: 'jira.wombats' },
  { name: 'Confluence', plugin: wombatsConfluence, context: '/confluence', table: 'AO_2DF51C_TOKEN', setting: 'confluence.wombats' },
] as const;

describe.each(INSTALLATIONS)('API Tokens for $name', ({ plugin, context, table, setting }) => {
  const base = `${context}/rest/api-tokens/latest`;
  const view = {
    product: context === '/jira' ? 'jira' : 'confluence',
    contextPath: context,
    path: `${context}/rest/api/latest/configuration`,
  } as const;
  let world: PluginWorld;
  beforeEach(async () => {
    world = await startPluginWorld({ plugin });
  });
  afterEach(() => world.close());

  const make = async (as: readonly [string, string], json: object = { label: 'New token' }): Promise<string> => {
    const answer = await world.send({ method: 'POST', path: `${base}/`, as, json });
    if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
    return (JSON.parse(answer.text) as { passwordValue: string }).passwordValue;
  };
  const own = async (as: readonly [string, string]) =>
    JSON.parse((await world.send({ path: `${base}/`, as })).text) as {
      label: string;
      createdAt: number;
      lastAccessed: number | null;
      id: string;
    }[];
  const all = async () =>
    JSON.parse((await world.send({ path: `${base}/all`, as: ADMIN })).text) as {
      username: string;
      count: number;
      tokens: Record<string, unknown>[];
    }[];

  it('makes a token from the documented payload and answers with its value alone, 35 alphanumerics [WOM-11]', async () => {
    const answer = await world.send({ method: 'POST', path: `${base}/`, as: ALICE, json: { label: 'New token' } });
    expect(answer.status).toBe(200);
    expect(answer.text).toMatch(/^\{"passwordValue":"[A-Za-z0-9]{35}"\}$/);
    expect(answer.headers['content-type']).toBe('application/json;charset=UTF-8');
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('lists the caller’s tokens with exactly the documented keys, with and without the slash [WOM-10]', async () => {
    await make(ALICE, { label: 'Test Token' });
    await world.clock.advance(5);
    await make(ALICE, { label: 'Second' });
    await make(BOB);
    for (const path of [base, `${base}/`]) {
      const answer = await world.send({ path, as: ALICE });
      expect(answer.text).toMatch(
        /^\[\{"label":"Test Token","createdAt":\d{13},"lastAccessed":null,"id":"asp_[A-Za-z0-9]{16}"\},\{"label":"Second",/,
      );
      expect(JSON.parse(answer.text)).toHaveLength(2);
    }
  });

  it.each([
    [{}, 'no label'],
    [{ label: ' ' }, 'blank'],
    [{ label: 'x'.repeat(256) }, 'too long'],
    [{ label: 7 }, 'not a text'],
    [{ label: 'x', expirationDate: '2020-01-01T00:00:00' }, 'in the past'],
    [{ label: 'x', expirationDate: 'soon' }, 'not a time'],
    [{ label: 'x', expirationDate: '2027-13-01T00:00:00Z' }, 'no such month'],
    [{ label: 'x', expirationDate: 1.5 }, 'not whole'],
    [{ label: 'x', limitTo: '(?!x)' }, 'a rule that does not compile'],
    [{ label: 'x', ip: '010.0.0.1' }, 'an octal address'],
    [{ label: 'x', expiration: 1 }, 'an unknown property'],
  ])('refuses %j with 400 and stores nothing: %s [WOM-11, WOM-16, WOM-17]', async (json: object, _why: string) => {
    const answer = await world.send({ method: 'POST', path: `${base}/`, as: ALICE, json });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toEqual({ message: expect.any(String) as string, 'status-code': 400 });
    expect(await own(ALICE)).toEqual([]);
  });

  it('answers a request without a login with the framework’s 401 [WOM-16, EXT-60]', async () => {
    const answer = await world.send({ path: `${base}/` });
    expect([answer.status, answer.text]).toEqual([
      401,
      '{"message":"Client must be authenticated to access this resource.","status-code":401}',
    ]);
  });

  it('accepts a token as Basic for its user in its product, and nowhere else [WOM-1]', async () => {
    const token = await make(ALICE);
    const [{ id } = { id: '' }] = await own(ALICE);
    expect(await world.identify({ as: ['alice', token] }, view)).toMatchObject({
      kind: 'authenticated',
      principal: { username: 'alice' },
      grant: { tokenRef: id, system: plugin.manifest.key },
    });
    expect((await world.identify({ as: ['ALICE', token] }, view)).kind).toBe('authenticated');
    for (const [what, sent, request] of [
      ['another user', { as: ['bob', token] }, view],
      ['by e-mail', { as: ['alice@example.com', token] }, view],
      ['as Bearer', { bearer: token }, view],
      ['the other product', { as: ['alice', token] }, { ...view, product: view.product === 'jira' ? 'confluence' : 'jira' }],
      ['outside /rest', { as: ['alice', token] }, { ...view, path: `${context}/secure/x` }],
      ['another value', { as: ['alice', `${token.slice(0, -1)}${token.endsWith('x') ? 'y' : 'x'}`] }, view],
    ] as const) {
      // What is remembered of a credential is who, per product; the gateway asks about /rest/* alone.
      world.host.forget(id);
      expect([what, (await world.identify(sent as never, request as never)).kind]).toEqual([what, 'unaccepted']);
    }
  });

  it('keeps a value salted and hashed: neither it nor its plain hash is in the table [WOM-3]', async () => {
    const token = await make(ALICE);
    const second = await make(ALICE);
    const rows = await world.store.read<Record<string, unknown>>(`SELECT * FROM "${table}"`);
    expect(rows).toHaveLength(2);
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(JSON.stringify(rows)).not.toContain(second);
    expect(rows[0]?.['SALT']).not.toBe(rows[1]?.['SALT']);
    expect(rows[0]?.['HASH']).toMatch(/^[0-9a-f]{64}$/);
  });

  it('does not accept a row whose salted hash is another’s [WOM-3]', async () => {
    const token = await make(ALICE);
    await world.store.transaction((manager) => manager.query(`UPDATE "${table}" SET "SALT" = '00000000000000000000000000000000'`));
    expect((await world.identify({ as: ['alice', token] }, view)).kind).toBe('unaccepted');
  });

  it('writes the documented line for every use [WOM-2]', async () => {
    const token = await make(ALICE);
    const identity = await world.identify({ as: ['alice', token] }, view);
    if (identity.kind !== 'authenticated' || identity.grant === null) throw new Error('not accepted');
    const before = world.logged.length;
    for (let use = 0; use < 2; use += 1) world.active.authenticators[0]?.noticeUse?.(identity.principal, identity.grant);
    expect(world.logged.slice(before)).toEqual(Array(2).fill(`alice has been authenticated via API Token (${identity.grant.tokenRef}) {}`));
  });

  it('escapes control characters in the line [WOM-2, AUD-11]', async () => {
    const token = await make(ALICE);
    const identity = await world.identify({ as: ['alice', token] }, view);
    if (identity.kind !== 'authenticated' || identity.grant === null) throw new Error('not accepted');
    world.active.authenticators[0]?.noticeUse?.({ ...identity.principal, username: 'a\nb\u2028c' }, identity.grant);
    expect(world.logged.at(-1)).toMatch(/^a\\u000ab\\u2028c has been/);
  });

  it('manages tokens without a licence and accepts none; switched on again they work at once [WOM-4]', async () => {
    const token = await make(ALICE);
    const setLicence = (value: boolean) =>
      world.store.transaction(async (manager) => (await world.host.switches.set(manager, `${setting}.licensed`, value)).commit());
    await setLicence(false);
    expect(await world.identify({ as: ['alice', token] }, view)).toMatchObject({ kind: 'unaccepted', fault: 'unlicensed' });
    await make(ALICE);
    expect(await own(ALICE)).toHaveLength(2);
    await setLicence(true);
    world.host.forget('anything');
    expect((await world.identify({ as: ['alice', token] }, view)).kind).toBe('authenticated');
  });

  it('refuses passwords on /rest/* when told to, and tokens go on working [WOM-6, WOM-5]', async () => {
    const token = await make(ALICE);
    world = await world.restart({ settings: { [`${setting}.blockPasswordBasic`]: true } });
    expect((await world.identify({ as: ALICE }, view)).kind).toBe('unaccepted');
    expect((await world.identify({ as: ['alice', token] }, view)).kind).toBe('authenticated');
  });

  it('ends a token at its expiration: 401, nothing counted [WOM-7]', async () => {
    const expirationDate = new Date(world.clock.now() + 60_000).toISOString().replace('Z', '');
    const token = await make(ALICE, { label: 'short', expirationDate });
    expect((await world.identify({ as: ['alice', token] }, view)).kind).toBe('authenticated');
    world.host.forget('anything');
    await world.clock.advance(60_000);
    expect(await world.identify({ as: ['alice', token] }, view)).toMatchObject({ kind: 'unaccepted', fault: 'expired' });
    expect((await all())[0]?.tokens[0]).toMatchObject({ usageCount: 0, lastAccessed: null, expirationDate });
  });

  it('deletes by either id, for the owner or an administrator; everything else is the same 404 [WOM-12]', async () => {
    const token = await make(ALICE);
    const [{ id } = { id: '' }] = await own(ALICE);
    const answers = [];
    for (const path of [`${base}/${id}`, `${base}/asp_0000000000000000`, `${base}/999`, `${base}/x`])
      answers.push(await world.send({ method: 'DELETE', path, as: BOB }));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(
      new Set(['404 {"message":"There is no such token.","status-code":404}']),
    );
    const done = await world.send({ method: 'DELETE', path: `${base}/${id}`, as: ALICE });
    expect([done.status, done.text]).toEqual([204, '']);
    expect((await world.identify({ as: ['alice', token] }, view)).kind).toBe('unaccepted');
    await make(ALICE);
    const integer = (await all())[0]?.tokens[0]?.['id'];
    expect((await world.send({ method: 'DELETE', path: `${base}/${String(integer)}`, as: ADMIN })).status).toBe(204);
    expect(await own(ALICE)).toEqual([]);
  });

  it('deletes all of the caller’s own, also for an administrator and when there are none [WOM-13]', async () => {
    await make(ALICE);
    await make(ALICE);
    await make(BOB);
    await make(ADMIN);
    expect((await world.send({ method: 'DELETE', path: `${base}/all`, as: ADMIN })).status).toBe(204);
    expect((await world.send({ method: 'DELETE', path: `${base}/all`, as: ALICE })).status).toBe(204);
    expect((await world.send({ method: 'DELETE', path: `${base}/all`, as: ALICE })).status).toBe(204);
    expect((await all()).map(({ username, count }) => [username, count])).toEqual([['bob', 1]]);
  });

  it('shows administrators everybody’s in the documented shape; users by name, tokens by id [WOM-14]', async () => {
    await make(BOB, { label: 'Jenkins' });
    await make(ALICE, { label: 'Python script' });
    await make(BOB, { label: 'Second', expirationDate: '2027-06-04T17:15:10.415' });
    expect((await world.send({ path: `${base}/all`, as: ALICE })).status).toBe(403);
    const text = (await world.send({ path: `${base}/all`, as: ADMIN })).text;
    const time = '"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}"';
    expect(text).toMatch(
      new RegExp(
        `^\\[\\{"username":"alice","count":1,"tokens":\\[\\{"id":2,"label":"Python script","usageCount":0,"createdAt":${time},"lastAccessed":null,"expirationDate":null\\}\\]\\},` +
          `\\{"username":"bob","count":2,"tokens":\\[\\{"id":1,"label":"Jenkins",.*\\},\\{"id":3,"label":"Second","usageCount":0,"createdAt":${time},"lastAccessed":null,"expirationDate":"2027-06-04T17:15:10\\.415"\\}\\]\\}\\]$`,
      ),
    );
  });

  it('counts every authentication, permitted or not, together with the last use [WOM-15]', async () => {
    await make(ALICE);
    const [{ id } = { id: '' }] = await own(ALICE);
    world.use({ tokenRef: id, permitted: 1, authenticated: 3 });
    expect((await own(ALICE))[0]?.lastAccessed).toBe(world.clock.now());
    expect((await all())[0]?.tokens[0]).toMatchObject({
      usageCount: 3,
      lastAccessed: new Date(world.clock.now()).toISOString().replace('Z', ''),
    });
  });

  it('carries rules and addresses as an extension, and hands them on to a token made with it [WOM-17, GW-26]', async () => {
    const parent = await make(ALICE, { label: 'limited', limitTo: '[get].*/rest/.*', ip: '192.0.2.0/24' });
    const child = JSON.parse(
      (await world.send({ method: 'POST', path: `${base}/`, as: ['alice', parent], json: { label: 'child', limitTo: '.*/myself' } })).text,
    ) as { passwordValue: string };
    const identity = await world.identify({ as: ['alice', child.passwordValue] }, view);
    if (identity.kind !== 'authenticated') throw new Error('not accepted');
    expect(identity.grant?.limits.map(({ rules, addresses }) => [rules?.text ?? null, addresses?.text ?? null])).toEqual([
      ['.*/myself', null],
      ['[get].*/rest/.*', '192.0.2.0/24'],
    ]);
    world = await world.restart({ tokensMakeTokens: 'refuse' });
    expect((await world.send({ method: 'POST', path: `${base}/`, as: ['alice', parent], json: { label: 'x' } })).status).toBe(403);
  });

  it('stops the tokens of a deactivated or deleted user at once, and keeps them listed [DIR-7]', async () => {
    const token = await make(ALICE);
    expect((await world.identify({ as: ['alice', token] }, view)).kind).toBe('authenticated');
    await world.directory.changeUser('alice', { isActive: false });
    expect(await world.identify({ as: ['alice', token] }, view)).toMatchObject({ kind: 'unaccepted', fault: 'owner-inactive' });
    await world.directory.deleteUser('alice');
    expect(await world.identify({ as: ['alice', token] }, view)).toMatchObject({ kind: 'unaccepted', fault: 'owner-inactive' });
    expect((await all()).map(({ username }) => username)).toEqual(['alice']);
  });

  it('does nothing that cannot be recorded first [AUD-2]', async () => {
    await make(ALICE);
    const [{ id } = { id: '' }] = await own(ALICE);
    world.isAuditDown = true;
    expect((await world.send({ method: 'POST', path: `${base}/`, as: ALICE, json: { label: 'x' } })).status).toBe(503);
    expect((await world.send({ method: 'DELETE', path: `${base}/${id}`, as: ALICE })).status).toBe(503);
    expect(await own(ALICE)).toHaveLength(1);
    expect(world.acts.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual(['token.created done']);
  });

  it('stands in the host’s list and can be revoked there without the host knowing the system', async () => {
    const token = await make(ALICE);
    const [summary] = (await world.active.tokens.list({ startAt: 0, limit: 10 })).tokens;
    expect((await world.registry.list({ startAt: 0, limit: 10 })).tokens.map(({ tokenRef, system }) => [tokenRef, system])).toEqual([
      [summary?.tokenRef, plugin.manifest.key],
    ]);
    expect(await world.active.tokens.revoke(summary?.tokenRef ?? '', null, null)).toBe(true);
    expect((await world.identify({ as: ['alice', token] }, view)).kind).toBe('unaccepted');
    expect((await world.registry.list({ startAt: 0, limit: 10 })).total).toBe(0);
  });
});
