// The host's own rows: the list of tokens, their counters, switches, and users' upstream credentials.
import { Secret, silentLogger } from '../../src/core/index.js';
import { isUniqueViolation } from '../../src/store/dialect.js';
import type { OpenStore } from '../../src/store/open-store.js';
import { openSiteKeys, rotateKeys } from '../../src/store/site-keys.js';
import { openSwitches } from '../../src/store/switches.js';
import { tokenList } from '../../src/store/token-registry.js';
import { upstreamCredentials } from '../../src/store/upstream-credentials.js';
import { usageStore } from '../../src/store/usage-store.js';
import { eachDatabase } from '../support/databases.js';
import { testClock } from '../support/test-clock.js';
import { testRandom } from '../support/test-random.js';

const TOKEN = {
  system: 'a.system',
  tokenRef: 'one',
  product: 'jira',
  label: 'One',
  owner: 'JIRAUSER10000',
  createdAt: 1_000,
  expiresAt: null,
  hasLimits: false,
} as const;

eachDatabase((database) => {
  const clock = testClock();
  let store: OpenStore;
  beforeEach(async () => {
    store = await database.open();
  });

  describe('the list of tokens', () => {
    const FRESH = { lastUsedAt: null, useCount: 0 };

    it('holds a token from the transaction that makes it to the one that ends it', async () => {
      const tokens = tokenList(store);
      await store.transaction((manager) => tokens.add(manager, { ...TOKEN, expiresAt: 9_000, hasLimits: true }));
      expect(await tokens.find('a.system', 'one')).toEqual({ ...TOKEN, ...FRESH, expiresAt: 9_000, hasLimits: true });
      expect([await tokens.find('a.system', 'one '), await tokens.find('a.system ', 'one'), await tokens.find('a.system', 'ONE')]).toEqual([
        null,
        null,
        null,
      ]);
      await store.transaction((manager) => tokens.remove(manager, 'another.system', 'one'));
      expect(await tokens.find('a.system', 'one')).not.toBeNull();
      await store.transaction((manager) => tokens.remove(manager, 'a.system', 'one'));
      expect(await tokens.find('a.system', 'one')).toBeNull();
    });

    it('keeps the last use and the last distinct addresses, moved with the counters and gone with the token [GW-51]', async () => {
      const tokens = tokenList(store);
      const counters = usageStore(store, clock);
      await store.transaction((manager) => tokens.add(manager, TOKEN));
      const place = (offset: number) => ({ spool: 's', segment: 1, offset });
      let from: ReturnType<typeof place> | null = null;
      const use = async (at: number, addresses: readonly string[], tokenRef = 'one'): Promise<void> => {
        const used = addresses.map((address) => ({ address, lastUsedAt: at, userAgent: 'curl', count: 2 }));
        const common = { system: 'a.system', tokenRef, authenticated: 1, permitted: 1, lastUsedAt: at };
        const to = place((from?.offset ?? 0) + 1);
        const uses = [{ ...common, clientAddress: addresses[0] ?? null, userAgent: 'curl', addresses: used }];
        await counters.apply({ from, to, uses }, async () => undefined);
        from = to;
      };
      expect(await tokens.lastUse('a.system', 'one')).toBeNull();
      for (let number = 1; number <= 12; number += 1) await use(number, [`192.0.2.${number}`]);
      await use(20, ['192.0.2.5']);
      // Late, as from another node: it is among the last, and not the last.
      await use(15, ['2001:db8::1']);
      await use(30, ['192.0.2.99'], 'gone');
      const last = await tokens.lastUse('a.system', 'one');
      expect(last).toMatchObject({ usedAt: 20, clientAddress: '192.0.2.5', userAgent: 'curl' });
      expect(last?.addresses.map(({ address, count }) => `${address} ${count}`)).toEqual([
        '192.0.2.5 4',
        '2001:db8::1 2',
        ...[12, 11, 10, 9, 8, 7, 6, 4].map((number) => `192.0.2.${number} 2`),
      ]);
      expect(await tokens.lastUse('a.system', 'gone')).toBeNull();
      await store.transaction((manager) => tokens.remove(manager, 'a.system', 'one'));
      expect(await tokens.lastUse('a.system', 'one')).toBeNull();
    });

    it('is not changed by a transaction that is rolled back', async () => {
      const tokens = tokenList(store);
      const attempt = store.transaction(async (manager) => {
        await tokens.add(manager, TOKEN);
        throw new Error('no');
      });
      await expect(attempt).rejects.toThrow('no');
      expect(await tokens.list({ startAt: 0, limit: 10 })).toEqual({ total: 0, tokens: [] });
    });

    it('is paged, newest first, and narrowed by system and owner', async () => {
      const tokens = tokenList(store);
      await store.transaction(async (manager) => {
        for (const [index, tokenRef] of ['a', 'b', 'c', 'd', 'e'].entries()) {
          const [system, owner] = [index % 2 === 0 ? 'even' : 'odd', index < 3 ? 'KEY1' : null];
          await tokens.add(manager, { ...TOKEN, tokenRef, system, owner, createdAt: index });
        }
        await tokens.add(manager, { ...TOKEN, tokenRef: 'z', system: 'odd', owner: null, createdAt: 4 });
      });
      const list = async (startAt: number, limit: number, filter?: { system?: string; owner?: string }) => {
        const page = await tokens.list({ startAt, limit }, filter);
        return [page.total, page.tokens.map((token) => token.tokenRef).join('')];
      };
      expect(await list(0, 10)).toEqual([6, 'zedcba']);
      expect(await list(1, 2)).toEqual([6, 'ed']);
      expect(await list(6, 2)).toEqual([6, '']);
      expect(await list(0, -1)).toEqual([6, '']);
      expect(await list(0, 10, { system: 'even' })).toEqual([3, 'eca']);
      expect(await list(0, 10, { owner: 'KEY1' })).toEqual([3, 'cba']);
      expect(await list(0, 10, { system: 'odd', owner: 'KEY1' })).toEqual([1, 'b']);
    });
  });

  describe('totals', () => {
    const add = (...refs: readonly (readonly [system: string, tokenRef: string])[]) =>
      store.transaction(async (manager) => {
        for (const [index, [system, tokenRef]] of refs.entries())
          await tokenList(store).add(manager, { ...TOKEN, system, tokenRef, createdAt: index });
      });
    const totals = async () => {
      const total = async (filter?: { system: string }) => (await tokenList(store).list({ startAt: 0, limit: 0 }, filter)).total;
      return [await total(), await total({ system: 'a' }), await total({ system: 'b' })];
    };

    it('are exact after everything that comes and goes, and what is rolled back or not there changes none', async () => {
      expect(await totals()).toEqual([0, 0, 0]);
      await add(['a', '1'], ['a', '2'], ['b', '1']);
      expect(await totals()).toEqual([3, 2, 1]);
      const remove = (system: string, tokenRef: string) =>
        store.transaction((manager) => tokenList(store).remove(manager, system, tokenRef));
      await remove('a', '1');
      await remove('a', '1');
      await remove('c', '1');
      expect(await totals()).toEqual([2, 1, 1]);
      await expect(add(['b', '2'], ['b', '2'])).rejects.toThrow(/unique|duplicate/i);
      expect(await totals()).toEqual([2, 1, 1]);
    });

    it('are counted where none are kept yet, and then kept', async () => {
      await add(['a', '1'], ['b', '1']);
      const forget = () => store.transaction((manager) => manager.query('DELETE FROM postern_token_total'));
      await forget();
      expect(await totals()).toEqual([2, 1, 1]);
      await add(['a', '2']);
      expect(await totals()).toEqual([3, 2, 1]);
      await forget();
      await store.transaction((manager) => tokenList(store).remove(manager, 'b', '1'));
      expect(await totals()).toEqual([2, 2, 0]);
      expect(await store.read('SELECT scope FROM postern_token_total ORDER BY scope')).toEqual([{ scope: '*' }, { scope: 'b' }]);
    });

    it('lead to every page, from whichever end it is read', async () => {
      const refs = Array.from({ length: 11 }, (_, index) => `${index}`.padStart(2, '0'));
      await add(...refs.map((ref) => ['a', ref] as const));
      for (let startAt = 0; startAt <= 13; startAt += 1) {
        for (const limit of [0, 1, 3, 20]) {
          const page = await tokenList(store).list({ startAt, limit }, { system: 'a' });
          expect(page.tokens.map(({ tokenRef }) => tokenRef)).toEqual(refs.toReversed().slice(startAt, startAt + limit));
          expect(page.total).toBe(11);
        }
      }
    });
  });

  describe('uses', () => {
    const use = (tokenRef: string, permitted: number, lastUsedAt: number) => ({
      system: 'a.system',
      tokenRef,
      authenticated: permitted + 1,
      permitted,
      lastUsedAt,
      clientAddress: null,
      userAgent: null,
    });
    const at = (offset: number, spool = 'node-1') => ({ spool, segment: 1, offset });
    const nothing = async () => {};

    beforeEach(async () => {
      await store.transaction(async (manager) => {
        for (const tokenRef of ['one', 'two']) await tokenList(store).add(manager, { ...TOKEN, tokenRef });
      });
    });

    const counters = async (tokenRef: string) => {
      const token = await tokenList(store).find('a.system', tokenRef);
      return [token?.useCount, token?.lastUsedAt];
    };

    it('are added to the counters with the position, and the last use only moves forward [EXT-45, GW-51]', async () => {
      const usage = usageStore(store, clock);
      expect(await usage.position('node-1')).toBeNull();
      await usage.apply({ from: null, to: at(100), uses: [use('one', 3, 5_000), use('two', 0, 6_000), use('gone', 1, 1)] }, nothing);
      expect(await usage.position('node-1')).toEqual(at(100));
      expect(await usage.position('node-2')).toBeNull();
      expect([await counters('one'), await counters('two')]).toEqual([
        [3, 5_000],
        [0, 6_000],
      ]);
      await usage.apply({ from: at(100), to: at(200), uses: [use('one', 2, 4_000)] }, nothing);
      expect(await counters('one')).toEqual([5, 5_000]);
      await usage.apply({ from: at(200), to: at(300), uses: [use('one', 1, 7_000)] }, nothing);
      expect(await counters('one')).toEqual([6, 7_000]);
    });

    it.each([
      ['first', null],
      ['later', at(100)],
    ])('of a %s batch are counted once, however often it is offered', async (_which, from) => {
      const usage = usageStore(store, clock);
      if (from !== null) await usage.apply({ from: null, to: from, uses: [] }, nothing);
      const batch = { from, to: at(200), uses: [use('one', 1, 5_000)] };
      await usage.apply(batch, nothing);
      let isAsked = false;
      const again = usage.apply(batch, async () => {
        isAsked = true;
      });
      const error: unknown = await again.catch((thrown: unknown) => thrown);
      if (from === null) expect(isUniqueViolation(error)).toBe(true);
      else expect(String(error)).toContain('counted already');
      expect(isAsked).toBe(false);
      expect(await counters('one')).toEqual([1, 5_000]);
    });

    it('are counted in the registry and by the plugin, or in neither', async () => {
      const usage = usageStore(store, clock);
      const fails = usage.apply({ from: null, to: at(100), uses: [use('one', 1, 5_000)] }, () => Promise.reject(new Error('plugin')));
      await expect(fails).rejects.toThrow('plugin');
      expect(await usage.position('node-1')).toBeNull();
      expect(await counters('one')).toEqual([0, null]);
      await usage.apply({ from: null, to: at(100), uses: [use('one', 1, 5_000)] }, async (manager) => {
        await manager.query("INSERT INTO postern_switch VALUES ('from the plugin', TRUE)");
      });
      expect(await store.read('SELECT switch_name FROM postern_switch')).toEqual([{ switch_name: 'from the plugin' }]);
    });
  });

  describe('switches', () => {
    it('are what was said last, after a restart too, and the fallback before', async () => {
      const switches = await openSwitches(store);
      expect([switches.get('a', true), switches.get('a', false)]).toEqual([true, false]);
      for (const value of [true, false]) {
        const change = await store.transaction((manager) => switches.set(manager, 'a', value));
        change.commit();
        expect([switches.get('a', true), switches.get('a', false)]).toEqual([value, value]);
        expect((await openSwitches(store)).get('a', !value)).toBe(value);
      }
    });

    it('stay as they are until the change is committed', async () => {
      const switches = await openSwitches(store);
      const attempt = store.transaction(async (manager) => {
        await switches.set(manager, 'a', true);
        throw new Error('no');
      });
      await expect(attempt).rejects.toThrow('no');
      expect(switches.get('a', false)).toBe(false);
      expect((await openSwitches(store)).get('a', false)).toBe(false);
    });
  });

  describe('upstream credentials', () => {
    const open = async () => {
      const random = testRandom();
      const keyFile = (await database.folder()).file('site-key.json');
      const reopen = () => openSiteKeys({ keyFile, store, clock, random, logger: silentLogger });
      return {
        credentials: upstreamCredentials({ store, keys: await reopen(), clock }),
        reopen,
        rotate: () => rotateKeys(keyFile, clock, random),
      };
    };
    const ANNAS = new Secret('Basic YW5uYTpoaWRkZW4=');

    it('come back as they were stored, one for each user and product, and are replaced and deleted', async () => {
      const { credentials } = await open();
      expect(await credentials.get(1, 'jira')).toBeNull();
      await credentials.set(1, 'jira', new Secret('old'));
      await credentials.set(1, 'jira', ANNAS);
      await credentials.set(1, 'confluence', new Secret('Bearer other'));
      expect((await credentials.get(1, 'jira'))?.reveal()).toBe(ANNAS.reveal());
      expect((await credentials.get(1, 'confluence'))?.reveal()).toBe('Bearer other');
      expect(await credentials.get(2, 'jira')).toBeNull();
      expect([await credentials.delete(1, 'jira'), await credentials.delete(1, 'jira')]).toEqual([true, false]);
      expect(await credentials.get(1, 'jira')).toBeNull();
      expect(await credentials.get(1, 'confluence')).not.toBeNull();
    });

    it('are not in the database in a form that anybody could use [GW-42]', async () => {
      const { credentials } = await open();
      await credentials.set(1, 'jira', ANNAS);
      expect(JSON.stringify(await store.read('SELECT * FROM postern_upstream_credential'))).not.toMatch(/Basic|YW5uYTpoaWRkZW4/);
    });

    it.each([
      ['to another user', 'user_id = 2', 2, 'jira'],
      ['to another product', "product = 'confluence'", 1, 'confluence'],
    ] as const)('that were copied %s are refused, not taken for none', async (_where, change, userId, product) => {
      const { credentials } = await open();
      await credentials.set(1, 'jira', ANNAS);
      await store.transaction((manager) => manager.query(`UPDATE postern_upstream_credential SET ${change}`));
      await expect(credentials.get(userId, product)).rejects.toMatchObject({ code: 'store.unavailable' });
    });

    it('are read under a retired key', async () => {
      const { credentials, reopen, rotate } = await open();
      await credentials.set(1, 'jira', ANNAS);
      await rotate();
      const rotated = upstreamCredentials({ store, keys: await reopen(), clock });
      expect((await rotated.get(1, 'jira'))?.reveal()).toBe(ANNAS.reveal());
    });
  });
});
