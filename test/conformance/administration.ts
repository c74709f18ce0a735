// The host lists and revokes tokens of a kind it knows nothing of, and its own list says the same as the system's.
import type { TokenSummary } from '../../src/plugin-kit/contract.js';
import { passwordOf } from '../support/samples.js';
import type { Guarantee, Subject } from './subject.js';

const byRef = (left: TokenSummary, right: TokenSummary): number => (left.tokenRef < right.tokenRef ? -1 : 1);

async function registered(subject: Subject): Promise<readonly TokenSummary[]> {
  const { tokens, total } = await subject.world.registry.list({ startAt: 0, limit: 1000 }, { system: subject.kind.plugin.manifest.key });
  expect(total).toBe(tokens.length);
  return tokens.map(({ system: _system, ...token }) => token).sort(byRef);
}

async function pageRefs(subject: Subject, page: { startAt: number; limit: number; owner?: string }): Promise<readonly string[]> {
  return (await subject.world.active.tokens.list(page)).tokens.map(({ tokenRef }) => tokenRef);
}

export const administration: readonly Guarantee[] = [
  {
    test: 'lists the same tokens as the host’s own list, field by field',
    async holds(subject) {
      const plain = await subject.make({ label: 'plain' });
      await subject.world.clock.advance(1000);
      const ending = await subject.make({ label: 'ending', isEnding: true });
      const own = [...(await subject.list())].sort(byRef);
      expect(own).toEqual(await registered(subject));
      const now = subject.world.clock.now();
      const shown = Object.fromEntries(own.map((token) => [token.tokenRef, token]));
      const { listedAs: product } = subject.kind;
      expect(shown[plain.tokenRef]).toMatchObject({ label: 'plain', createdAt: now - 1000, lastUsedAt: null, useCount: 0, product });
      expect(shown[ending.tokenRef]).toMatchObject({ label: 'ending', createdAt: now, expiresAt: now + subject.kind.lastsMs });
      expect([own.length, shown[plain.tokenRef]?.tokenRef === ending.tokenRef]).toEqual([2, false]);
    },
  },
  {
    test: 'is gone from both lists when it is revoked, once; a second time, and for an unknown name, there is none',
    async holds(subject) {
      const { tokenRef } = await subject.make();
      const stays = await subject.make({ label: 'stays' });
      const { tokens } = subject.world.active;
      const other = tokenRef.replace(/[a-z0-9]/i, (character) => (character === 'b' ? 'c' : 'b'));
      for (const unknown of [other, '', '0', `${tokenRef}0`, tokenRef.slice(1)])
        expect(await tokens.revoke(unknown, null, null)).toBe(false);
      expect(await subject.list()).toHaveLength(2);
      expect([await tokens.revoke(tokenRef, null, null), await tokens.revoke(tokenRef, null, null)]).toEqual([true, false]);
      expect((await subject.list()).map((token) => token.tokenRef)).toEqual([stays.tokenRef]);
      expect((await registered(subject)).map((token) => token.tokenRef)).toEqual([stays.tokenRef]);
    },
  },
  {
    test: 'is gone from both lists when it is deleted over REST',
    async holds(subject) {
      const token = await subject.make();
      await subject.world.send(subject.kind.deletes(token, passwordOf(subject.kind.owner)));
      expect([await subject.list(), await registered(subject)]).toEqual([[], []]);
    },
  },
  {
    test: 'lists in pages that join without a gap, and an empty one past the end',
    async holds(subject) {
      for (let made = 0; made < 5; made += 1) {
        await subject.make({ label: `token ${made}` });
        await subject.world.clock.advance(1);
      }
      const all = await pageRefs(subject, { startAt: 0, limit: 1000 });
      const pages = [];
      for (const startAt of [0, 2, 4]) pages.push(...(await pageRefs(subject, { startAt, limit: 2 })));
      expect([new Set(all).size, pages]).toEqual([5, all]);
      for (const startAt of [5, 6, Number.MAX_SAFE_INTEGER]) {
        expect(await subject.world.active.tokens.list({ startAt, limit: 2 })).toEqual({ total: 5, tokens: [] });
      }
    },
  },
  {
    test: 'lists the tokens of one owner alone when asked',
    async holds(subject) {
      await subject.make({ label: 'his' });
      const [{ owner } = { owner: null }] = await subject.list();
      if (owner === null) throw new Error('the token has no owner: skip this guarantee and say so');
      const { tokens } = subject.world.active;
      expect(await tokens.list({ startAt: 0, limit: 10, owner })).toMatchObject({ total: 1, tokens: [{ label: 'his', owner }] });
      expect(await tokens.list({ startAt: 0, limit: 10, owner: 'nobody' })).toEqual({ total: 0, tokens: [] });
    },
  },
  {
    test: 'is inspected as it would be accepted, with its limits, and as it would be rejected once it has ended; not a use [GW-25]',
    async holds(subject) {
      const { world, kind } = subject;
      const made = await subject.make({ isEnding: true });
      const identity = await subject.identify(made.login);
      if (identity.kind !== 'authenticated' || identity.grant === null) throw new Error('the token is not accepted');
      const username = identity.principal.username;
      const inspect = async (at: number) => world.active.tokens.inspect(made.tokenRef, { at, username });
      const now = await inspect(world.clock.now());
      expect(JSON.stringify(now?.grant)).toBe(JSON.stringify(identity.grant));
      expect([now?.principal, now?.rejection]).toEqual([identity.principal, null]);
      expect(now?.opens).toContain(kind.product);
      const end = identity.grant.validUntil ?? 0;
      expect([(await inspect(end - 1))?.rejection, (await inspect(end))?.rejection]).toEqual([null, 'expired']);
      expect(await world.active.tokens.inspect(`${made.tokenRef}0`, { at: end, username })).toBeNull();
      expect((await subject.list()).map(({ useCount }) => useCount)).toEqual([0]);
    },
  },
  {
    test: 'shows every settled use, added up, with the latest time',
    async holds(subject) {
      const { tokenRef } = await subject.make();
      const other = await subject.make({ label: 'unused' });
      const { world } = subject;
      const latest = world.clock.now() + 5000;
      world.use({ tokenRef, permitted: 2, lastUsedAt: latest });
      await world.settleUses();
      world.use({ tokenRef, permitted: 3, lastUsedAt: latest - 1 });
      world.use({ tokenRef: 'gone meanwhile', permitted: 1 });
      await world.settleUses();
      const shown = Object.fromEntries((await subject.list()).map((token) => [token.tokenRef, [token.useCount, token.lastUsedAt]]));
      expect(shown).toEqual({ [tokenRef]: [5, latest], [other.tokenRef]: [0, null] });
    },
  },
];
