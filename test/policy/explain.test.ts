// Explain says what the decision says, and its parts say the same: nothing in it is a second opinion [GW-20, GW-25].
import fc from 'fast-check';
import { LIMITS, type Identity, METHODS } from '../../src/core/index.js';
import {
  compileLimitTo,
  compileSitePolicy,
  compileStoredLimitTo,
  decide,
  explainDecision,
  lintAddresses,
  lintRules,
  narrowestRule,
  parseAddressList,
  type Explanation,
  type StatementText,
} from '../../src/policy/index.js';
import { compiledTexts } from '../../src/policy/limit-to.js';
import { grant, json, limits, NOW, principal, view, withToken } from './samples.js';

const UPSTREAM = { destination: 'upstream', now: NOW } as const;
const OPEN = compileSitePolicy(null, { passwords: 'refuse', anonymous: 'refuse' });

const ruleText = fc.constantFrom(
  '.*',
  '.*',
  '.*',
  'glob:/rest/**',
  '[get] glob:/rest/api/*/issue/KANBAN-*',
  '[get].*/issue/KANBAN-[0-9]+',
  '[post,put].*/issue/.*',
  '.*[QueryParam::a==[0-9]+]',
  '.*/issue/.*[JsonData::a==b]',
  '(((',
);
const addressText = fc.constantFrom('192.0.2.0/24', '192.0.2.0/24', '192.0.2.0/24', '10.0.0.0/8', '2001:db8::/32');
const statement: fc.Arbitrary<StatementText> = fc.record(
  {
    effect: fc.constantFrom('permit' as const, 'permit' as const, 'forbid' as const),
    rule: fc.constantFrom('.*', 'glob:/rest/api/2/**', '[get].*/issue/.*', '.*[QueryParam::a==1]'),
    users: fc.constantFrom(['alice'], ['bob']),
    systems: fc.constantFrom(['extender'], ['password']),
    addresses: addressText,
  },
  { requiredKeys: ['effect', 'rule'] },
);
const request = fc
  .record({
    method: fc.constantFrom(...METHODS),
    path: fc.constantFrom(
      '/jira/rest/api/2/issue/KANBAN-1',
      '/jira/rest/api/2/issue/OTHER-1',
      '/jira/rest/agile/1.0/board',
      `/jira/rest/${'a'.repeat(2_100)}`,
    ),
    query: fc.constantFrom(null, 'a=1', 'a=x', 'a=%'),
    clientAddress: fc.constantFrom('192.0.2.7', '192.0.2.7', '192.0.2.7', '192.0.2.7', '10.1.1.1', '2001:db8::1', null),
  })
  .map((changes) => view({ ...changes, contextPath: '/jira' }));
const statementTexts = fc.option(
  fc.array(
    fc.oneof({ arbitrary: statement, weight: 1 }, { arbitrary: fc.constant<StatementText>({ effect: 'permit', rule: '.*' }), weight: 2 }),
    {
      maxLength: 3,
    },
  ),
  { freq: 2 },
);
const holder = fc
  .record({
    limits: fc.array(
      fc
        .record({
          rules: fc.option(fc.array(ruleText, { minLength: 1, maxLength: 3 })),
          addresses: fc.option(addressText),
          isInherited: fc.boolean(),
        })
        .map(({ rules, addresses, isInherited }) => ({
          rules: compileStoredLimitTo(rules?.join('\n')),
          addresses: parseAddressList(addresses),
          isInherited,
        })),
      { maxLength: 2 },
    ),
    validUntil: fc.constantFrom(null, null, null, NOW + 1, NOW),
    isActive: fc.constantFrom(true, true, true, true, false),
    isAccepted: fc.constantFrom(true, true, true, false),
  })
  .map(({ limits: bundles, validUntil, isActive, isAccepted }) => ({
    principal: principal({ isActive }),
    grant: grant({ limits: bundles, validUntil }),
    isAccepted,
  }));

/** The effect as it follows from the parts alone. */
function effectOf({ isJudgedLength, limits: bundles, statements }: Explanation): 'permit' | 'deny' {
  const isForbidden = statements.some(({ effect, isMatch, failed }) => failed === 'error' || (effect === 'forbid' && isMatch));
  const isPermitted = statements.some(({ effect, isMatch }) => effect === 'permit' && isMatch);
  return isJudgedLength && bundles.every(({ holds }) => holds) && isPermitted && !isForbidden ? 'permit' : 'deny';
}

it('always has the effect of the decision, and its parts say why [GW-25]', () => {
  const seen = { permit: 0, deny: 0 };
  fc.assert(
    fc.property(
      request,
      holder,
      statementTexts,
      fc.constantFrom(null, json('{"a":"b"}')),
      (asked, { isAccepted, ...token }, texts, body) => {
        const policy = compileSitePolicy(texts, { passwords: 'refuse', anonymous: 'refuse' });
        const identity: Identity = isAccepted
          ? withToken(token.grant, token.principal)
          : { kind: 'unaccepted', fault: 'expired', scheme: null, tokenRef: null, system: null, credentialDigest: null };
        const explanation = explainDecision(asked, identity, token, body, policy, UPSTREAM);
        const decision = decide(asked, identity, body, policy, UPSTREAM);
        expect(explanation.decision).toEqual(decision);
        seen[decision.effect]++;
        const isUsable = isAccepted && token.principal.isActive && asked.clientAddress !== null && !(token.grant.validUntil === NOW);
        expect(isUsable ? effectOf(explanation) : 'deny').toBe(decision.effect);
      },
    ),
    { numRuns: 800, seed: 20_261_122 },
  );
  expect(Math.min(seen.permit, seen.deny)).toBeGreaterThan(100);
});

it('names a narrowest rule only when it can be stored and permits the request, and no other method or path [GW-23]', () => {
  let told = 0;
  fc.assert(
    fc.property(request, holder, statementTexts, (asked, token, texts) => {
      const policy = compileSitePolicy(texts, { passwords: 'refuse', anonymous: 'refuse' });
      const rule = narrowestRule(asked, withToken(token.grant, token.principal), null, policy, UPSTREAM);
      const own = token.grant.limits.find(({ isInherited }) => !isInherited);
      const inherited = token.grant.limits.filter(({ isInherited }) => isInherited);
      const withRule = (text: string) => [{ rules: compileLimitTo(text), addresses: own?.addresses ?? null }, ...inherited];
      if (rule === null) {
        // Then even a rule for everything would not do.
        if (asked.path.length > LIMITS.judgedPathBytesMax) return;
        const wide = withToken({ ...token.grant, limits: withRule('.*') }, token.principal);
        expect(decide(asked, wide, null, policy, UPSTREAM).effect).toBe('deny');
        return;
      }
      told++;
      const narrowed = withToken({ ...token.grant, limits: withRule(rule) }, token.principal);
      expect(decide(asked, narrowed, null, policy, UPSTREAM)).toMatchObject({ effect: 'permit', rule });
      const others = [
        { ...asked, path: `${asked.path}1` },
        { ...asked, path: asked.path.replace('rest', 'resT') },
      ];
      for (const method of METHODS) if (method !== asked.method) others.push({ ...asked, method });
      for (const other of others) expect(decide(other, narrowed, null, policy, UPSTREAM).effect).toBe('deny');
    }),
    { numRuns: 400, seed: 20_261_122 },
  );
  expect(told).toBeGreaterThan(60);
});

it('names it for every character a path may hold, and none for a path that no rule can hold [EXT-17]', () => {
  const odd = view({ path: "/jira/rest/a-b.c_d~e!f$g&h'i(j)k*l+m,n=o:p@q%20%C3%A9", contextPath: '/jira' });
  const token = withToken(grant({ limits: [limits({ rules: compileLimitTo('/none') })] }));
  const rule = narrowestRule(odd, token, null, OPEN, UPSTREAM);
  expect(rule).toBe("[get]/jira/rest/a-b\\.c_d~e!f\\$g&h'i\\(j\\)k\\*l\\+m,n=o:p@q%20%C3%A9");
  expect(compileLimitTo(rule)?.text).toBe(rule);
  expect(narrowestRule({ ...odd, path: `/jira/rest/${'a'.repeat(1_000)}` }, token, null, OPEN, UPSTREAM)).toBeNull();
});

it('keeps nothing of what was asked about: rules in use stay compiled [GW-52]', () => {
  compiledTexts.clear();
  const token = withToken(grant({ limits: [limits({ rules: compileStoredLimitTo('/kept') })] }));
  for (let index = 0; index < 20; index++) narrowestRule(view({ path: `/rest/${index}` }), token, null, OPEN, UPSTREAM);
  decide(view(), token, null, OPEN, UPSTREAM);
  expect([...compiledTexts.keys()]).toEqual(['/kept']);
});

it('tells of each rule, address list and statement why it does not match [GW-20]', () => {
  const policy = compileSitePolicy(
    [
      { effect: 'permit', rule: '.*', systems: ['password'] },
      { effect: 'permit', rule: '.*', users: ['bob'] },
      { effect: 'forbid', rule: '.*', addresses: '10.0.0.0/8' },
      { effect: 'permit', rule: '[get]/none<br>/rest/.*' },
    ],
    { passwords: 'refuse', anonymous: 'refuse' },
  );
  const own = limits({ rules: compileStoredLimitTo('[post].*<br>glob:/none<br>.*[QueryParam::a==1]<br>.*[JsonData::a==b]<br>.*') });
  const taken = { ...limits({ addresses: parseAddressList('10.0.0.0/8'), rules: compileStoredLimitTo('((') }), isInherited: true };
  const token = withToken(grant({ limits: [own, taken] }));
  const {
    decision,
    limits: bundles,
    statements,
  } = explainDecision(view(), token, { principal: token.principal, grant: token.grant ?? grant() }, null, policy, UPSTREAM);
  expect(decision).toMatchObject({ effect: 'deny', code: 'policy.address' });
  expect(bundles.map(({ isInherited, holds }) => [isInherited, holds])).toEqual([
    [false, true],
    [true, false],
  ]);
  expect(bundles[0]?.rules?.map(({ failed }) => failed)).toEqual(['method', 'path', 'query', 'body', null]);
  expect(bundles[1]).toMatchObject({ addresses: { text: '10.0.0.0/8', isMatch: false }, rules: [{ rule: '((', failed: 'broken' }] });
  expect(statements.map(({ id, effect, failed }) => [id, effect, failed])).toEqual([
    ['policy[0]', 'permit', 'system'],
    ['policy[1]', 'permit', 'user'],
    ['policy[2]', 'forbid', 'address'],
    ['policy[3]', 'permit', null],
  ]);
  expect(statements[3]?.rules.map(({ failed }) => failed)).toEqual(['path', null]);
});

it('shows a statement that cannot be asked as the error that denies', () => {
  const broken = {
    id: 'policy[7]',
    effect: 'permit',
    matches(): never {
      throw new Error('broken');
    },
    trace: () => ({ failed: null, rules: [] }),
  } as const;
  const token = withToken();
  const policy = { ...OPEN, statements: [...OPEN.statements, broken] };
  const explanation = explainDecision(view(), token, { principal: token.principal, grant: grant() }, null, policy, UPSTREAM);
  expect(explanation.decision).toMatchObject({ effect: 'deny', statement: 'policy[7]' });
  expect(explanation.statements.at(-1)).toEqual({ id: 'policy[7]', effect: 'permit', isMatch: false, failed: 'error', rules: [] });
});

describe('what is warned of [GW-22, GW-25]', () => {
  const cases: readonly [rule: string, codes: readonly string[]][] = [
    ['.*', ['any-method', 'any-path']],
    ['[get].*', ['any-path']],
    ['[get].*/rest/.*', ['any-path']],
    ['[get] glob:/**', ['any-path']],
    ['[get] glob:/rest/**', ['any-path']],
    ['[get]/jira/rest/.+', ['any-path']],
    ['[get].*[QueryParam::a==1]', []],
    ['[get].*/rest/api/2/issue/KANBAN-1.*', ['open-end']],
    ['[get].*/rest/api/2/issue/KANBAN-1', []],
    ['[get].*/rest/api/2/issue/KANBAN-1(/.*)?', []],
    ['glob:/rest/api/2/issue/KANBAN-*', ['any-method']],
    ['[get] glob:/jira/rest/api/2/myself', ['context-in-glob']],
    ['[get] glob:/rest/api/2/myself', []],
  ];
  it.each(cases)('%s: %j', (rule, codes) => {
    expect(lintRules(rule, ['/jira', '/confluence']).map(({ code }) => code)).toEqual(codes);
  });

  it('no rules, no addresses, and every address of a kind', () => {
    expect(lintRules(null, [])).toMatchObject([{ code: 'no-rules', about: null }]);
    expect(lintAddresses(null)).toMatchObject([{ code: 'no-addresses', about: null }]);
    expect(lintAddresses('192.0.2.1, 0.0.0.0/0 ::/0')).toMatchObject([
      { code: 'any-address', about: '0.0.0.0/0' },
      { code: 'any-address', about: '::/0' },
    ]);
    expect(lintAddresses('192.0.2.0/24')).toEqual([]);
  });
});
