// Recorded first, then done: no record, no act [AUD-2].
import { passwordOf } from '../support/samples.js';
import type { Guarantee, Subject } from './subject.js';

const told = (subject: Subject): readonly unknown[] =>
  subject.world.acts.map(({ action, outcome, system, tokenRef, actor, clientAddress }) => [
    `${action} ${outcome}`,
    system,
    tokenRef,
    actor?.username ?? null,
    clientAddress,
  ]);

export const records: readonly Guarantee[] = [
  {
    test: 'records who made and who deleted a token, from where',
    async holds(subject) {
      const token = await subject.make();
      const { owner, plugin, acts } = subject.kind;
      await subject.world.send(subject.kind.deletes(token, passwordOf(owner)));
      const system = plugin.manifest.key;
      expect(told(subject)).toEqual([
        [`${acts.created} done`, system, token.tokenRef, owner, '192.0.2.7'],
        [`${acts.ended} done`, system, token.tokenRef, owner, '192.0.2.7'],
      ]);
    },
  },
  {
    test: 'records on whose behalf the host revoked a token',
    async holds(subject) {
      const { tokenRef } = await subject.make();
      const root = await subject.world.directory.findByUsername('root');
      await subject.world.active.tokens.revoke(tokenRef, root, '198.51.100.7');
      const system = subject.kind.plugin.manifest.key;
      expect(told(subject).slice(1)).toEqual([[`${subject.kind.acts.ended} done`, system, tokenRef, 'root', '198.51.100.7']]);
    },
  },
  {
    test: 'makes nothing that cannot be recorded: 503, no row, no value',
    async holds(subject) {
      const { kind, world } = subject;
      world.isAuditDown = true;
      const answer = await world.send(kind.makes({ label: 'unrecorded' }, passwordOf(kind.owner), world.clock.now()));
      expect(answer.status).toBe(503);
      expect(answer.text).not.toContain('unrecorded');
      world.isAuditDown = false;
      const { total } = await world.registry.list({ startAt: 0, limit: 10 });
      expect([await subject.list(), total, world.acts]).toEqual([[], 0, []]);
    },
  },
  {
    test: 'ends nothing that cannot be recorded: the token goes on working',
    async holds(subject) {
      const { kind, world } = subject;
      const token = await subject.make();
      const { tokenRef, login } = token;
      world.isAuditDown = true;
      expect((await world.send(kind.deletes(token, passwordOf(kind.owner)))).status).toBe(503);
      await expect(world.active.tokens.revoke(tokenRef, null, null)).rejects.toMatchObject({ code: 'audit.unavailable' });
      world.host.forget(tokenRef);
      expect((await subject.identify(login)).kind).toBe('authenticated');
      expect((await subject.list()).map((listed) => listed.tokenRef)).toEqual([tokenRef]);
    },
  },
  {
    test: 'records nothing of a token that was refused',
    async holds(subject) {
      const { kind, world } = subject;
      const answer = await world.send(kind.makes({ label: '' }, passwordOf(kind.owner), world.clock.now()));
      expect([answer.status, world.acts, await subject.list()]).toEqual([400, [], []]);
    },
  },
];
