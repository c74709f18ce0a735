// What no policy, token or order can change [GW-20, GW-26].
import fc from 'fast-check';
import { type Decision, type Identity, METHODS, type RequestView } from '../../src/core/index.js';
import {
  compileLimitTo,
  compileSitePolicy,
  compileStoredLimitTo,
  decide,
  parseAddressList,
  type SitePolicy,
  type StatementText,
} from '../../src/policy/index.js';
import { grant, limits, NOW, view, withPassword, withToken } from './samples.js';

const ruleText = fc.constantFrom(
  '.*',
  '.*',
  '.*/rest/.*',
  '.*/issue/.*',
  '[get].*',
  '[post,put].*/issue/KANBAN-[0-9]+',
  '/rest/api/2/project.*',
  '.*[QueryParam::a==[0-9]+]',
  '[delete]/jira/.*[QueryParam::b==x]',
  '(?i).*/ISSUE/.*',
);
const addressText = fc.constantFrom('192.0.2.0/24', '192.0.2.0/24, 10.0.0.0/8', '10.0.0.0/8', '192.0.2.7, 2001:db8::/32');
const statement: fc.Arbitrary<StatementText> = fc.record(
  {
    effect: fc.constantFrom('permit' as const, 'permit' as const, 'permit' as const, 'forbid' as const),
    rule: ruleText,
    users: fc.constantFrom(['alice'], ['ALICE', 'bob'], ['bob']),
    systems: fc.constantFrom(['extender'], ['extender', 'password'], ['wombats', 'password']),
    addresses: addressText,
  },
  { requiredKeys: ['effect', 'rule'] },
);
const statements = fc.array(fc.oneof({ arbitrary: statement, weight: 2 }, fc.constant<StatementText>({ effect: 'permit', rule: '.*' })), {
  maxLength: 4,
});
const settings = fc.record({
  passwords: fc.constantFrom('forward' as const, 'refuse' as const),
  anonymous: fc.constantFrom('forward' as const, 'refuse' as const),
});

const request: fc.Arbitrary<RequestView> = fc
  .record({
    method: fc.constantFrom(...METHODS),
    path: fc.constantFrom('/rest/api/2/issue/KANBAN-1', '/jira/rest/api/2/issue/X-1', '/rest/api/2/project/A', '/rest/api/2/Issue/x'),
    query: fc.constantFrom(null, 'a=1', 'a=1&a=x', 'b=x', 'a=%'),
    clientAddress: fc.constantFrom('192.0.2.7', '192.0.2.7', '192.0.2.7', '10.1.1.1', '2001:db8::1', null),
  })
  .map((changes) => view(changes));

const bundles = fc.array(
  fc
    .record({ rules: fc.option(fc.array(ruleText, { minLength: 1, maxLength: 3 })), addresses: fc.option(addressText) })
    .map(({ rules, addresses }) => limits({ rules: compileLimitTo(rules?.join('\n')), addresses: parseAddressList(addresses) })),
  { maxLength: 3 },
);
const token = fc
  .record({
    limits: bundles,
    validUntil: fc.constantFrom(null, null, NOW + 1, NOW + 1, NOW),
    system: fc.constantFrom('extender', 'wombats'),
    isAnyone: fc.boolean(),
  })
  .map((granted) => withToken(grant(granted)));
const identity: fc.Arbitrary<Identity> = fc.oneof(
  { arbitrary: token, weight: 6 },
  { arbitrary: fc.constant(withPassword()), weight: 2 },
  fc.constantFrom<Identity>(
    { kind: 'anonymous', because: 'no-credential', credentialDigest: null },
    { kind: 'unaccepted', fault: 'unknown', scheme: null, tokenRef: null, system: null, credentialDigest: null },
    { kind: 'unknown', credentialDigest: null },
  ),
);
const occasion = fc.record({ destination: fc.constantFrom('upstream' as const, 'own' as const), now: fc.constant(NOW) });

const isPermit = ({ effect }: Decision): boolean => effect === 'permit';
const shuffled = <T>(values: readonly T[]): fc.Arbitrary<T[]> => fc.shuffledSubarray([...values], { minLength: values.length });

/** Runs a property and makes sure that it spoke about permits as well as denials. */
function holds<T extends unknown[]>(arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> }, check: (...values: T) => boolean): void {
  let permits = 0;
  let runs = 0;
  fc.assert(
    fc.property(fc.tuple(...arbitraries), (values) => {
      runs++;
      if (check(...(values as T))) permits++;
    }),
    { numRuns: 300 },
  );
  expect(permits).toBeGreaterThan(runs / 100);
  expect(permits).toBeLessThan(runs);
}

describe('the decision', () => {
  it('never turns to permit when a forbid is added, wherever', () => {
    holds([request, identity, statements, statement, fc.nat(), settings, occasion], (asked, who, texts, added, place, site, when) => {
      const before = isPermit(decide(asked, who, null, compileSitePolicy(texts, site), when));
      const more = [...texts];
      more.splice(place % (texts.length + 1), 0, { ...added, effect: 'forbid' });
      const after = isPermit(decide(asked, who, null, compileSitePolicy(more, site), when));
      expect(after && !before).toBe(false);
      return before;
    });
  });

  it('never turns to deny when a permit is added', () => {
    holds([request, identity, statements, statement, settings, occasion], (asked, who, texts, added, site, when) => {
      const before = isPermit(decide(asked, who, null, compileSitePolicy(texts, site), when));
      const after = isPermit(decide(asked, who, null, compileSitePolicy([...texts, { ...added, effect: 'permit' }], site), when));
      expect(before && !after).toBe(false);
      return after;
    });
  });

  it('has the same effect whatever the order of statements', () => {
    const ordered = statements.chain((texts) => fc.tuple(fc.constant(texts), shuffled(texts)));
    holds([request, identity, ordered, settings, occasion], (asked, who, [texts, others], site, when) => {
      const one = decide(asked, who, null, compileSitePolicy(texts, site), when);
      expect(isPermit(decide(asked, who, null, compileSitePolicy(others, site), when))).toBe(isPermit(one));
      return isPermit(one);
    });
  });

  it('has the same effect whatever the order of a token’s rules and bundles', () => {
    const ordered = fc.array(fc.array(ruleText, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }).chain((texts) =>
      fc.tuple(
        fc.constant(texts),
        shuffled(texts).chain((moved) => fc.tuple(...moved.map(shuffled))),
      ),
    );
    const open = compileSitePolicy(null, { passwords: 'refuse', anonymous: 'refuse' });
    const decideWith = (asked: RequestView, texts: readonly (readonly string[])[]): boolean => {
      const bundle = texts.map((rules) => limits({ rules: compileLimitTo(rules.join('<br>')) }));
      return isPermit(decide(asked, withToken(grant({ limits: bundle })), null, open, { destination: 'upstream', now: NOW }));
    };
    holds([request, ordered], (asked, [texts, others]) => {
      expect(decideWith(asked, others)).toBe(decideWith(asked, texts));
      return decideWith(asked, texts);
    });
  });

  it('denies whoever is logged in when no statement permits', () => {
    fc.assert(
      fc.property(
        request,
        fc.oneof(token, fc.constant(withPassword())),
        statements,
        settings,
        occasion,
        (asked, who, texts, site, when) => {
          const forbids = texts.filter(({ effect }) => effect === 'forbid');
          expect(isPermit(decide(asked, who, null, compileSitePolicy(forbids, site), when))).toBe(false);
        },
      ),
    );
  });

  it('gives a token nothing that the site’s policy does not permit its user and system without limits', () => {
    holds([request, token, statements, settings, occasion], (asked, who, texts, site, when) => {
      const policy: SitePolicy = compileSitePolicy(texts, site);
      const limited = isPermit(decide(asked, who, null, policy, when));
      const unlimited = withToken(grant({ system: who.grant?.system ?? '' }), who.principal);
      expect(limited && !isPermit(decide(asked, unlimited, null, policy, when))).toBe(false);
      return limited;
    });
  });

  it('never turns to permit when a bundle of limits is added [GW-26]', () => {
    holds([request, token, bundles, statements, settings, occasion], (asked, who, more, texts, site, when) => {
      const policy = compileSitePolicy(texts, site);
      const before = isPermit(decide(asked, who, null, policy, when));
      const narrower = withToken(grant({ ...who.grant, limits: [...(who.grant?.limits ?? []), ...more] }), who.principal);
      expect(isPermit(decide(asked, narrower, null, policy, when)) && !before).toBe(false);
      return before;
    });
  });

  it('denies every request of a token with a stored text that does not compile [EXT-18]', () => {
    const broken = fc.constantFrom('(', '.*(?!a)', '[pots].*', ' ', '/a\\\\n/b', '.*<br>[', '*');
    fc.assert(
      fc.property(request, token, broken, occasion, (asked, who, text, when) => {
        const policy = compileSitePolicy(null, { passwords: 'forward', anonymous: 'forward' });
        const bundle = [...(who.grant?.limits ?? []), limits({ rules: compileStoredLimitTo(text) })];
        expect(isPermit(decide(asked, withToken(grant({ limits: bundle })), null, policy, when))).toBe(false);
      }),
    );
  });

  it('is the same when asked again', () => {
    fc.assert(
      fc.property(request, identity, statements, settings, occasion, (asked, who, texts, site, when) => {
        const policy = compileSitePolicy(texts, site);
        expect(decide(asked, who, null, policy, when)).toEqual(decide(asked, who, null, policy, when));
      }),
    );
  });
});
