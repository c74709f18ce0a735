// What a token may be used for: rules and addresses hold wherever it is presented, and are handed on [GW-21, GW-26].
import type { Guarantee, Subject } from './subject.js';
import type { Method, RequestView } from '../../src/core/index.js';

interface Occasion {
  readonly why: string;
  readonly request: Partial<RequestView>;
  readonly expected: string;
}

function occasions({ path }: Subject['kind']): readonly Occasion[] {
  const occasion = (why: string, expected: string, request: Partial<RequestView> & { method?: Method } = {}): Occasion => ({
    why,
    request,
    expected,
  });
  return [
    occasion('within everything', 'permit'),
    occasion('the query is no part of the rule’s subject', 'permit', { query: 'x=1' }),
    occasion('an address in the second range', 'permit', { clientAddress: '2001:db8::1' }),
    occasion('another method', 'policy.limits', { method: 'POST' }),
    occasion('HEAD is not GET', 'policy.limits', { method: 'HEAD' }),
    occasion('a longer path', 'policy.limits', { path: `${path}/x` }),
    occasion('a path that ends alike', 'policy.limits', { path: path.replace(/\/rest\//, '/rest/x/') }),
    occasion('the rule’s path in the query alone', 'policy.limits', { path: path.replace(/\/[^/]*$/, '/other'), query: `x=${path}` }),
    occasion('another address', 'policy.address', { clientAddress: '198.51.100.7' }),
    occasion('an address nobody can tell', 'policy.address-unknown', { clientAddress: null }),
  ];
}

const limitsOf = (subject: Subject): { limitTo: string; ip: string } => ({
  limitTo: `[get]${subject.kind.path}`,
  ip: '192.0.2.0/24, 2001:db8::/32',
});

export const limits: readonly Guarantee[] = [
  {
    test: 'holds a token to its methods, paths and addresses, looked up and remembered',
    async holds(subject) {
      const { login } = await subject.make(limitsOf(subject));
      for (const { why, request, expected } of [...occasions(subject.kind), ...occasions(subject.kind)]) {
        expect([why, await subject.judge(login, request)]).toEqual([why, expected]);
      }
    },
  },
  {
    test: 'says in the lists of the host which tokens are restricted',
    async holds(subject) {
      await subject.make({ label: 'free' });
      await subject.make({ label: 'by rule', limitTo: '.*' });
      await subject.make({ label: 'by address', ip: '192.0.2.7' });
      const told = (await subject.list()).map(({ label, hasLimits }) => [label, hasLimits]);
      expect(Object.fromEntries(told)).toEqual({ free: false, 'by rule': true, 'by address': true });
    },
  },
  {
    test: 'stores nothing when a rule or an address cannot be read',
    async holds(subject) {
      for (const wish of [{ limitTo: '(?!x)' }, { ip: '010.0.0.1' }]) {
        await expect(subject.make(wish)).rejects.toThrow(/ 400 /);
      }
      expect([await subject.list(), subject.world.acts]).toEqual([[], []]);
    },
  },
  {
    test: 'hands its limits on to a token that is made with it, whatever that one asks for',
    async holds(subject) {
      const parent = await subject.make({ label: 'parent', ...limitsOf(subject) });
      const child = await subject.make({ label: 'child', limitTo: '.*', ip: '0.0.0.0/0, ::/0' }, parent.login);
      const grandchild = await subject.make({ label: 'grandchild' }, child.login);
      for (const { why, request, expected } of occasions(subject.kind)) {
        expect([why, await subject.judge(grandchild.login, request)]).toEqual([why, expected]);
      }
      expect((await subject.list()).every(({ hasLimits }) => hasLimits)).toBe(true);
    },
  },
];
