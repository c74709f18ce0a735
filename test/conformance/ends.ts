// How a token ends: by time, with its owner, by a switch, on request; and that nothing remembered outlives it [DIR-7, EXT-52].
import { Secret } from '../../src/core/index.js';
import { passwordOf } from '../support/samples.js';
import type { Guarantee, Subject } from './subject.js';

function isAccepted(identity: Awaited<ReturnType<Subject['identify']>>): boolean {
  return identity.kind === 'authenticated';
}

/** Whose deletion or deactivation ends the token: nobody's where a token has no owner. */
async function hasOwner(subject: Subject): Promise<boolean> {
  return (await subject.list())[0]?.owner !== null;
}

export const ends: readonly Guarantee[] = [
  {
    test: 'rejects an expired token as its own, from the instant on at which it ends',
    async holds(subject) {
      const { login, tokenRef } = await subject.make({ isEnding: true });
      await subject.world.clock.advance(subject.kind.lastsMs - 1);
      expect(await subject.judge(login)).toBe('permit');
      await subject.world.clock.advance(1);
      expect(await subject.judge(login)).toBe('authn.refused');
      subject.world.host.forget(tokenRef);
      expect(await subject.identify(login)).toMatchObject({ kind: 'unaccepted', fault: 'expired', tokenRef });
      expect((await subject.list()).map((token) => token.tokenRef)).toEqual([tokenRef]);
    },
  },
  {
    test: 'rejects every token as its own while the kind is switched off',
    async holds(subject) {
      const { login, tokenRef } = await subject.make();
      const { disabling } = subject.kind;
      if (disabling === null) throw new Error('nothing switches this kind off: skip this guarantee and say so');
      subject.world = await disabling.disable(subject.world);
      expect(await subject.identify(login)).toMatchObject({ kind: 'unaccepted', fault: disabling.fault, tokenRef });
    },
  },
  {
    test: 'stops at once when the owner is deactivated, and works again when he is back',
    async holds(subject) {
      const { login, tokenRef } = await subject.make();
      const { owner } = subject.kind;
      expect(await hasOwner(subject)).toBe(true);
      expect(isAccepted(await subject.identify(login))).toBe(true);
      await subject.world.directory.changeUser(owner, { isActive: false });
      expect(await subject.identify(login)).toMatchObject({ kind: 'unaccepted', fault: 'owner-inactive', tokenRef });
      await subject.world.directory.changeUser(owner, { isActive: true });
      expect(isAccepted(await subject.identify(login))).toBe(true);
    },
  },
  {
    test: 'rejects the token of a deleted owner as its own, also when somebody of his name comes',
    async holds(subject) {
      const { login, tokenRef } = await subject.make();
      const { owner } = subject.kind;
      expect(isAccepted(await subject.identify(login))).toBe(true);
      const { displayName, emailAddress, isAdministrator } = (await subject.world.directory.findByUsername(owner)) ?? {};
      await subject.world.directory.deleteUser(owner);
      expect(await subject.identify(login)).toMatchObject({ kind: 'unaccepted', fault: 'owner-inactive', tokenRef });
      await subject.world.directory.createUser({
        username: owner,
        password: new Secret('another-password'),
        displayName: displayName ?? '',
        emailAddress: emailAddress ?? '',
        isAdministrator: isAdministrator ?? false,
        isActive: true,
      });
      expect(isAccepted(await subject.identify(login))).toBe(false);
    },
  },
  {
    test: 'ends at once when its owner deletes it over REST',
    async holds(subject) {
      const token = await subject.make();
      const { login } = token;
      const other = await subject.make({ label: 'stays' });
      expect(isAccepted(await subject.identify(login))).toBe(true);
      const answer = await subject.world.send(subject.kind.deletes(token, passwordOf(subject.kind.owner)));
      expect([200, 204]).toContain(answer.status);
      expect(await subject.identify(login)).toMatchObject({ kind: 'unaccepted', fault: 'unknown', tokenRef: null });
      expect(isAccepted(await subject.identify(other.login))).toBe(true);
    },
  },
  {
    test: 'ends at once when the host revokes it',
    async holds(subject) {
      const { login, tokenRef } = await subject.make();
      expect(isAccepted(await subject.identify(login))).toBe(true);
      expect(await subject.world.active.tokens.revoke(tokenRef, null, null)).toBe(true);
      expect(await subject.identify(login)).toMatchObject({ kind: 'unaccepted', fault: 'unknown', tokenRef: null });
    },
  },
  {
    test: 'is not remembered by a look-up that was under way when it was revoked',
    async holds(subject) {
      const { login, tokenRef } = await subject.make();
      const held = subject.gate.hold();
      const early = subject.identify(login);
      await held;
      expect(await subject.world.active.tokens.revoke(tokenRef, null, null)).toBe(true);
      // Asked while the early look-up still waits: it must not be shared.
      expect(isAccepted(await subject.identify(login))).toBe(false);
      subject.gate.release();
      await early;
      expect(isAccepted(await subject.identify(login))).toBe(false);
    },
  },
  {
    test: 'is not remembered by a look-up that was under way when the owner was deactivated',
    async holds(subject) {
      const { login } = await subject.make();
      const held = subject.gate.hold();
      const early = subject.identify(login);
      await held;
      await subject.world.directory.changeUser(subject.kind.owner, { isActive: false });
      subject.gate.release();
      await early;
      expect(isAccepted(await subject.identify(login))).toBe(false);
    },
  },
];
