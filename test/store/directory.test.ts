// The internal directory: who is found under which name, what may be stored, and who stays able to let others in.
import { createHook } from 'node:async_hooks';
import { Secret } from '../../src/core/index.js';
import { type Directory, openDirectory, type UserChangeKind } from '../../src/store/directory/directory.js';
import type { NewUser } from '../../src/store/directory/user-changes.js';
import { UserError } from '../../src/store/directory/user-error.js';
import type { OpenStore } from '../../src/store/open-store.js';
import { posternTokenTable } from '../../src/store/tables/postern-token.js';
import { eachDatabase } from '../support/databases.js';
import { testClock } from '../support/test-clock.js';
import { testRandom } from '../support/test-random.js';

const ANNA: NewUser = {
  username: 'anna',
  password: new Secret('correct horse'),
  displayName: 'Anna Maria Berg',
  emailAddress: 'Anna@Example.com',
  isAdministrator: false,
  isActive: true,
};

/** How many password hashes `work` has computed, as Node itself counts them. */
async function hashesDuring(work: () => Promise<unknown>): Promise<number> {
  let hashes = 0;
  const hook = createHook({
    init(_id, type) {
      if (type === 'PBKDF2REQUEST' || type === 'SCRYPTREQUEST') hashes += 1;
    },
  }).enable();
  try {
    await work();
  } finally {
    hook.disable();
  }
  return hashes;
}

eachDatabase((database) => {
  const clock = testClock();
  const on = (store: OpenStore) => openDirectory({ store, clock, random: testRandom(), passwordScheme: 'pkcs5s2' });
  let store: OpenStore;
  let directory: Directory;

  beforeEach(async () => {
    store = await database.open();
    directory = await on(store);
  });

  it('gives a user one key for each product, and an account id [DIR-3, CLD-6]', async () => {
    const anna = await directory.createUser(ANNA);
    expect(anna).toEqual({
      userId: 10_000,
      userKeys: { jira: 'JIRAUSER10000', confluence: expect.stringMatching(/^[0-9a-f]{32}$/) },
      username: 'anna',
      displayName: 'Anna Maria Berg',
      emailAddress: 'Anna@Example.com',
      accountId: expect.stringMatching(/^557058:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      isAdministrator: false,
      isActive: true,
    });
    expect(anna.accountId).toMatch(/^[a-zA-Z0-9_|:-]{1,128}$/);
    const mappings = await store.read('SELECT user_key, username, lower_username FROM user_mapping ORDER BY user_key DESC');
    expect(mappings).toEqual([
      { user_key: 'JIRAUSER10000', username: 'anna', lower_username: 'anna' },
      { user_key: anna.userKeys.confluence, username: 'anna', lower_username: 'anna' },
    ]);
  });

  it('reads the hash of a password where a password is checked, and nowhere else [GW-60]', async () => {
    const statements: string[] = [];
    const told: OpenStore = Object.assign(Object.create(store) as OpenStore, {
      read: (sql: string, parameters: readonly string[]) => {
        statements.push(sql);
        return store.read(sql, parameters);
      },
    });
    const anna = await directory.createUser(ANNA);
    const asked = await on(told);
    expect(await asked.findByUsername('ANNA')).toEqual(anna);
    expect(await asked.findByUserKey(anna.userKeys.jira)).toEqual(anna);
    expect(statements).toHaveLength(2);
    expect(statements.filter((sql) => sql.includes('credential'))).toEqual([]);
    expect(await asked.verifyPassword('anna', ANNA.password)).toEqual(anna);
    expect(statements.slice(2).every((sql) => sql.includes('credential'))).toBe(true);
  });

  it('fills the vendor’s columns as the vendor does [DIR-3, DIR-4]', async () => {
    const anna = await directory.createUser({ ...ANNA, username: 'Anna' });
    const [row] = await store.read('SELECT * FROM cwd_user');
    expect(row).toEqual({
      id: 10_000,
      user_name: 'Anna',
      lower_user_name: 'anna',
      active: 'T',
      created_date: '2026-01-31 10:00:00.000',
      updated_date: '2026-01-31 10:00:00.000',
      first_name: 'Anna Maria',
      lower_first_name: 'anna maria',
      last_name: 'Berg',
      lower_last_name: 'berg',
      display_name: 'Anna Maria Berg',
      lower_display_name: 'anna maria berg',
      email_address: 'Anna@Example.com',
      lower_email_address: 'anna@example.com',
      external_id: anna.accountId.slice('557058:'.length),
      directory_id: 1,
      credential: expect.stringMatching(/^\{PKCS5S2\}[A-Za-z0-9+/]{64}$/),
    });
  });

  describe('looking users up', () => {
    beforeEach(async () => {
      await directory.createUser({ ...ANNA, username: 'Kim_A%', emailAddress: 'kim@example.com' });
    });

    it.each([
      ['Kim_A%', true, 'as it is written'],
      ['KIM_a%', true, 'letters A-Z without case [EXT-1]'],
      ['\u212Aim_A%', false, 'the Kelvin sign is no K, though toLowerCase() says so'],
      ['kim_a% ', false, 'a blank counts'],
      ['kimxa%', false, '_ is no wildcard'],
      ['%', false, '% is no wildcard'],
      ['kim_a%\u0000', false, 'a NUL counts'],
      ['', false, 'nothing'],
    ])('finds %p: %p (%s)', async (username, isFound) => {
      expect((await directory.findByUsername(username)) !== null).toBe(isFound);
    });

    it('finds a user by the key of either product, exactly', async () => {
      const kim = await directory.findByUsername('kim_a%');
      expect(await directory.findByUserKey('JIRAUSER10000')).toEqual(kim);
      expect(await directory.findByUserKey(kim?.userKeys.confluence ?? '')).toEqual(kim);
      expect(await directory.findByUserKey('jirauser10000')).toBeNull();
      expect(await directory.findByUserKey('')).toBeNull();
    });

    it('finds the users that exist among many keys', async () => {
      const kim = await directory.findByUsername('kim_a%');
      const keys = [...Array.from({ length: 250 }, (_, index) => `JIRAUSER${index}`), 'JIRAUSER10000', 'JIRAUSER10000'];
      expect(await directory.findManyByUserKey(keys)).toEqual(new Map([['JIRAUSER10000', kim]]));
      expect(await directory.findManyByUserKey([])).toEqual(new Map());
    });

    it('finds by an address only the one active user who has it [EXT-1]', async () => {
      const kim = await directory.findByUsername('kim_a%');
      expect(await directory.findActiveByEmail('KIM@example.com')).toEqual(kim);
      expect(await directory.findActiveByEmail('\u212Aim@example.com')).toBeNull();
      await directory.createUser({ ...ANNA, emailAddress: 'kim@EXAMPLE.com' });
      expect(await directory.findActiveByEmail('kim@example.com')).toBeNull();
      await directory.changeUser('anna', { isActive: false });
      expect(await directory.findActiveByEmail('kim@example.com')).toEqual(kim);
      await directory.changeUser('kim_a%', { emailAddress: '' });
      expect(await directory.findActiveByEmail('')).toBeNull();
    });

    it('lists and counts users in the order of their names, inactive ones too', async () => {
      for (const username of ['Zoe', 'bert', 'Anna']) await directory.createUser({ ...ANNA, username });
      await directory.changeUser('bert', { isActive: false });
      const list = async (startAt: number, limit: number) => (await directory.listUsers({ startAt, limit })).map((user) => user.username);
      expect(await directory.countUsers()).toBe(4);
      expect(await list(0, 10)).toEqual(['Anna', 'bert', 'Kim_A%', 'Zoe']);
      expect(await list(1, 2)).toEqual(['bert', 'Kim_A%']);
      expect(await list(4, 2)).toEqual([]);
      expect(await list(-1, 1)).toEqual(['Anna']);
      expect(await list(0, -1)).toEqual([]);
    });
  });

  describe('what is refused', () => {
    it.each<[string, string, Partial<NewUser>]>([
      ['username', 'empty', { username: '' }],
      ['username', 'Basic splits there', { username: 'a:b' }],
      ['username', 'forges a line', { username: 'a\nb' }],
      ['username', 'a control character beyond ASCII', { username: 'a\u0085b' }],
      ['username', 'turns the text around', { username: 'a\u202Eb' }],
      ['username', 'looks like ab', { username: 'a\u200Bb' }],
      ['username', 'half a character', { username: 'a\uD800' }],
      ['username', 'a blank nobody sees', { username: ' a' }],
      ['username', 'another one', { username: 'a\u00A0' }],
      ['username', 'longer than the column', { username: 'a'.repeat(256) }],
      ['displayName', 'empty', { displayName: '' }],
      ['displayName', 'control character', { displayName: 'a\tb' }],
      ['displayName', 'longer than the column', { displayName: 'a'.repeat(256) }],
      ['emailAddress', 'no address', { emailAddress: 'anna' }],
      ['emailAddress', 'two', { emailAddress: 'a@b@c' }],
      ['emailAddress', 'a blank', { emailAddress: 'a b@c' }],
      ['emailAddress', 'longer than the column', { emailAddress: `${'a'.repeat(250)}@b.com` }],
      ['password', 'empty', { password: new Secret('') }],
      ['password', 'RFC 7617 has no control characters', { password: new Secret('a\u0000b') }],
      ['password', 'too long', { password: new Secret('a'.repeat(256)) }],
    ])('a %s: %s', async (field, _reason, change) => {
      await expect(directory.createUser({ ...ANNA, ...change })).rejects.toMatchObject({ name: 'UserError', field, kind: 'invalid' });
      expect(await directory.countUsers()).toBe(0);
    });

    it('takes names and passwords up to the bound, in any script', async () => {
      const longest = { ...ANNA, username: 'ü'.repeat(255), displayName: '名'.repeat(255), password: new Secret('ß'.repeat(255)) };
      await directory.createUser(longest);
      expect(await directory.verifyPassword(longest.username, longest.password)).toMatchObject({ displayName: longest.displayName });
    });

    it('never shows a password in what it says', async () => {
      const error = await directory.createUser({ ...ANNA, password: new Secret('hidden\u0000value') }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(UserError);
      expect(JSON.stringify(error) + String(error)).not.toContain('hidden');
    });

    it('a name that is taken, in any case, and at the same moment', async () => {
      const twins = await Promise.allSettled([directory.createUser(ANNA), directory.createUser({ ...ANNA, username: 'ANNA' })]);
      const refused = twins.filter((twin) => twin.status === 'rejected');
      expect(refused).toMatchObject([{ reason: { name: 'UserError', field: 'username', kind: 'conflict' } }]);
      await directory.createUser({ ...ANNA, username: 'ann\u00E4' });
      expect(await directory.countUsers()).toBe(2);
    });

    it('a change of an unknown user', async () => {
      const unknown = { name: 'UserError', field: 'username', kind: 'unknown' };
      await expect(directory.changeUser('nobody', { isActive: false })).rejects.toMatchObject(unknown);
      await expect(directory.deleteUser('nobody')).rejects.toMatchObject(unknown);
    });
  });

  describe('changes', () => {
    it('changes what is named and leaves the rest', async () => {
      const anna = await directory.createUser(ANNA);
      await clock.advance(1_000);
      const changed = await directory.changeUser('ANNA', { displayName: 'Anna Holm', isAdministrator: true });
      expect(changed).toEqual({ ...anna, displayName: 'Anna Holm', isAdministrator: true });
      expect(await directory.findByUsername('anna')).toEqual(changed);
      const [row] = await store.read<{ is_later: boolean | number }>(
        'SELECT first_name, lower_last_name, updated_date > created_date AS is_later FROM cwd_user',
      );
      expect({ ...row, is_later: Boolean(row?.is_later) }).toEqual({ first_name: 'Anna', lower_last_name: 'holm', is_later: true });
      expect(await directory.verifyPassword('anna', ANNA.password)).toEqual(changed);
    });

    it('never gives the number or key of a deleted user to another, not even after a restart', async () => {
      await directory.createUser(ANNA);
      await directory.deleteUser('anna');
      expect((await directory.createUser(ANNA)).userKeys.jira).toBe('JIRAUSER10001');
      await directory.deleteUser('anna');
      const again = await on(store);
      expect((await again.createUser(ANNA)).userId).toBe(10_002);
    });

    it('leaves nothing of a deleted user but the tokens, which stay listed without an owner [DIR-7]', async () => {
      const anna = await directory.createUser(ANNA);
      await store.transaction(async (manager) => {
        await manager.insert(posternTokenTable, {
          system_key: 's',
          token_ref: 't',
          product: 'jira',
          owner_key: anna.userKeys.jira,
          label: 'l',
          created_at: 1,
          expires_at: null,
          last_used_at: null,
          use_count: 0,
          has_limits: false,
        });
        await manager.query("INSERT INTO postern_upstream_credential VALUES (10000, 'jira', 'cipher', 0)");
      });
      await directory.deleteUser('ANNA');
      for (const name of ['cwd_user', 'user_mapping', 'postern_user', 'postern_upstream_credential']) {
        expect([name, await store.read(`SELECT * FROM ${name}`)]).toEqual([name, []]);
      }
      expect(await store.read('SELECT owner_key FROM postern_token')).toEqual([{ owner_key: anna.userKeys.jira }]);
      expect(await directory.findByUserKey(anna.userKeys.jira)).toBeNull();
    });

    it('tells listeners of a committed change before the call resolves, and of nothing that failed [DIR-7]', async () => {
      const heard: [number, UserChangeKind, Promise<boolean>][] = [];
      // Begun while the listener is told, on a connection that sees what is committed.
      const isActiveNow = async (userId: number) =>
        (await store.read<{ active: string }>('SELECT active FROM cwd_user WHERE id = ?', [userId]))[0]?.active === 'T';
      const stop = directory.onChange((userId, kind) => heard.push([userId, kind, isActiveNow(userId)]));
      // What was begun is awaited before the next change, which a busy database might make first.
      const lastHeard = async () => {
        const [userId, kind, isActive] = heard.at(-1) ?? [];
        return [userId, kind, await isActive];
      };
      await directory.createUser(ANNA);
      expect(await lastHeard()).toEqual([10_000, 'created', true]);
      await directory.changeUser('anna', { isActive: false });
      expect(await lastHeard()).toEqual([10_000, 'changed', false]);
      await expect(directory.createUser(ANNA)).rejects.toBeInstanceOf(UserError);
      await directory.deleteUser('anna');
      expect(await lastHeard()).toEqual([10_000, 'deleted', false]);
      expect(heard).toHaveLength(3);
      stop();
      await directory.createUser(ANNA);
      expect(heard).toHaveLength(3);
    });

    it('tells every listener, and the caller when one failed: something may still be cached', async () => {
      const heard: string[] = [];
      directory.onChange(() => {
        throw new Error('cannot forget');
      });
      directory.onChange((_userId, kind) => heard.push(kind));
      await expect(directory.createUser(ANNA)).rejects.toThrow('cannot forget');
      expect(heard).toEqual(['created']);
    });
  });

  describe('the last active administrator', () => {
    beforeEach(async () => {
      await directory.createUser({ ...ANNA, username: 'root', isAdministrator: true });
      await directory.createUser({ ...ANNA, username: 'asleep', isAdministrator: true, isActive: false });
      await directory.createUser(ANNA);
    });

    const acts: [string, (username: string) => Promise<unknown>][] = [
      ['deleted', (username) => directory.deleteUser(username)],
      ['deactivated', (username) => directory.changeUser(username, { isActive: false })],
      ['demoted', (username) => directory.changeUser(username, { isAdministrator: false })],
      [
        'demoted among other changes',
        (username) => directory.changeUser(username, { isActive: true, isAdministrator: false, displayName: 'x' }),
      ],
    ];

    it.each(acts)('cannot be %s', async (_what, act) => {
      const before = await directory.findByUsername('root');
      await expect(act('root')).rejects.toMatchObject({ name: 'UserError', kind: 'conflict' });
      expect(await directory.findByUsername('root')).toEqual(before);
    });

    it.each(acts)('can be %s while there is another', async (_what, act) => {
      await directory.changeUser('asleep', { isActive: true });
      await act('root');
      await expect(act('asleep')).rejects.toMatchObject({ kind: 'conflict' });
    });

    it.each(acts)('does not keep anybody else from being %s', async (_what, act) => {
      await act('anna');
      await act('asleep');
      expect(await directory.findByUsername('root')).toMatchObject({ isAdministrator: true, isActive: true });
    });
  });

  describe('passwords', () => {
    beforeEach(async () => {
      await directory.createUser(ANNA);
      await directory.createUser({ ...ANNA, username: 'gone', isActive: false });
      await directory.createUser({ ...ANNA, username: 'outside' });
      await store.transaction((manager) => manager.query("UPDATE cwd_user SET credential = NULL WHERE user_name = 'outside'"));
    });

    it.each([
      ['anna', 'correct horse', true, 'the right one'],
      ['ANNA', 'correct horse', true, 'the name in another case'],
      ['anna', 'Correct horse', false, 'a wrong one'],
      ['anna', 'correct horse ', false, 'a blank counts'],
      ['anna', '', false, 'none'],
      ['nobody', 'correct horse', false, 'no such user'],
      ['gone', 'correct horse', false, 'an inactive user'],
      ['outside', 'correct horse', false, 'a user whose password is kept elsewhere [DIR-5]'],
    ])('of %s, %p: %p (%s), for one hash [GW-12]', async (username, password, isRight) => {
      const hashes = await hashesDuring(async () => {
        expect((await directory.verifyPassword(username, new Secret(password)))?.username ?? null).toBe(isRight ? 'anna' : null);
      });
      expect(hashes).toBe(1);
    });

    it.each<[string, () => Promise<unknown>]>([
      ['deactivated', () => directory.changeUser('anna', { isActive: false })],
      ['deleted', () => directory.deleteUser('anna')],
      ['given another password', () => directory.changeUser('anna', { password: new Secret('new') })],
    ])('does not accept a user who is %s while the password is checked [DIR-7]', async (_what, act) => {
      let isFirst = true;
      const changesAfterFirstRead: OpenStore = {
        ...store,
        async read(sql, parameters) {
          const rows = await store.read<never>(sql, parameters);
          if (isFirst && sql.includes('lower_user_name = ?')) {
            isFirst = false;
            await act();
          }
          return rows;
        },
      };
      const asked = await on(changesAfterFirstRead);
      expect(await asked.verifyPassword('anna', ANNA.password)).toBeNull();
    });

    it('says nothing, neither yes nor no, about a password in a scheme it does not know [GW-11]', async () => {
      await store.transaction((manager) => manager.query("UPDATE cwd_user SET credential = '{SHA}abc' WHERE user_name = 'anna'"));
      await expect(directory.verifyPassword('anna', ANNA.password)).rejects.toMatchObject({ code: 'authn.unavailable' });
    });

    it('takes the new password and no longer the old', async () => {
      await directory.changeUser('anna', { password: new Secret('new') });
      expect(await directory.verifyPassword('anna', ANNA.password)).toBeNull();
      expect(await directory.verifyPassword('anna', new Secret('new'))).toMatchObject({ username: 'anna' });
    });
  });
});
