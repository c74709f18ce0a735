// Whose token it is, and that nobody else's is taken for one: only who recognised a token may reject it.
import { PASSWORDS } from '../support/plugin-host.js';
import { PRODUCT_VIEWS, presentations } from '../support/samples.js';
import type { Guarantee } from './subject.js';

const UNKNOWN = { kind: 'unaccepted', fault: 'unknown', tokenRef: null, system: null };

/** The value with one character changed for another of its own kind. */
function altered(value: string, at: number): string {
  const index = at < 0 ? value.length + at : at;
  const character = value.charAt(index);
  return `${value.slice(0, index)}${character === 'a' ? 'b' : 'a'}${value.slice(index + 1)}`;
}

export const recognition: readonly Guarantee[] = [
  {
    test: 'accepts a token for its owner, and says which token it was',
    async holds(subject) {
      const { login, tokenRef } = await subject.make();
      for (const _asked of ['looked up', 'remembered']) {
        expect(await subject.identify(login)).toMatchObject({
          kind: 'authenticated',
          principal: { username: subject.kind.owner, isActive: true },
          grant: { tokenRef, system: subject.kind.plugin.manifest.key },
        });
      }
    },
  },
  {
    test: 'does not know what it never made: unaccepted, and no token is named',
    async holds(subject) {
      const { value } = await subject.make();
      const strange = [
        altered(value, 0),
        altered(value, -1),
        altered(value, 14),
        `${value}a`,
        value.slice(0, -1),
        value.toUpperCase(),
        'x',
      ];
      for (const wrong of strange.filter((each) => each !== value)) {
        expect([wrong === value, await subject.identify(subject.kind.presents(wrong))]).toMatchObject([false, UNKNOWN]);
      }
    },
  },
  {
    test: 'does not take a password for a token, nor the token’s own name',
    async holds(subject) {
      const { tokenRef } = await subject.make();
      const { owner } = subject.kind;
      expect(await subject.identify(subject.kind.presents(tokenRef))).toMatchObject(UNKNOWN);
      const identity = await subject.identify({ as: [owner, PASSWORDS[owner]] });
      expect(identity.kind === 'authenticated' ? identity.grant : null).toBeNull();
    },
  },
  {
    test: 'opens its own product in its own ways, and in every other is not known',
    async holds(subject) {
      const { value } = await subject.make();
      const opened = [];
      for (const product of ['jira', 'confluence', 'cloud'] as const) {
        for (const [how, present] of Object.entries(presentations)) {
          const view = product === subject.kind.product ? {} : PRODUCT_VIEWS[product];
          const identity = await subject.identify(present(value), view);
          if (identity.kind === 'authenticated') opened.push(`${product} ${how}`);
          else expect([how, identity]).toMatchObject([how, { kind: 'unaccepted', tokenRef: null }]);
        }
      }
      expect(opened.toSorted()).toEqual([...subject.kind.opens].toSorted());
    },
  },
  {
    test: 'says that it does not know when its tables cannot be asked, which is neither yes nor no',
    async holds(subject) {
      const { login } = await subject.make();
      const { world } = subject;
      const names = subject.kind.plugin.manifest.tables.map(({ options }) => options.name);
      const rename = (from: string, to: string) =>
        world.store.transaction((manager) => manager.query(`ALTER TABLE "${from}" RENAME TO "${to}"`));
      for (const name of names) await rename(name, `gone_${name}`);
      const { kind } = await subject.identify(login);
      // Others may be tried on the same database.
      for (const name of names) await rename(`gone_${name}`, name);
      expect(kind).toBe('unknown');
    },
  },
];
