// The decision, row by row [GW-20, GW-21].
import { type Decision, type Grant, type Identity, LIMITS, type Principal, type RequestView, type RuleSet } from '../../src/core/index.js';
import {
  compileLimitTo,
  compileSitePolicy,
  compileStoredLimitTo,
  decide,
  needsJudgedBody,
  parseAddressList,
  type SitePolicy,
  type StatementText,
} from '../../src/policy/index.js';
import { grant, json, limits, NOW, principal, view, withPassword, withToken } from './samples.js';

const STRICT: SitePolicy = compileSitePolicy(null, { passwords: 'refuse', anonymous: 'refuse' });
const OPEN: SitePolicy = compileSitePolicy(null, { passwords: 'forward', anonymous: 'forward' });
const UPSTREAM = { destination: 'upstream', now: NOW } as const;
const OWN = { destination: 'own', now: NOW } as const;

const ANONYMOUS: Identity = { kind: 'anonymous', because: 'no-credential', credentialDigest: null };
const WRONG_BEARER: Identity = { kind: 'anonymous', because: 'wrong-bearer', credentialDigest: 'digest' };
const UNACCEPTED: Identity = {
  kind: 'unaccepted',
  fault: 'unknown',
  scheme: 'basic',
  tokenRef: null,
  system: null,
  credentialDigest: 'digest',
};
const UNKNOWN: Identity = { kind: 'unknown', credentialDigest: null };

const rules = (text: string): RuleSet | null => compileLimitTo(text, { allowBody: true });
const codeOf = (decision: Decision): string => (decision.effect === 'permit' ? 'permit' : decision.code);
const site = (...statements: readonly StatementText[]): SitePolicy =>
  compileSitePolicy(statements, { passwords: 'refuse', anonymous: 'refuse' });

describe('who may ask at all', () => {
  const cases: readonly [who: string, identity: Identity, policy: SitePolicy, upstream: string, own: string, reason: string][] = [
    ['nobody', ANONYMOUS, STRICT, 'authn.required', 'authn.required', 'anonymous: refuse [GW-15]'],
    ['nobody', ANONYMOUS, OPEN, 'permit', 'permit', 'anonymous: forward; own resources answer for themselves [GW-15]'],
    ['a wrong bearer', WRONG_BEARER, STRICT, 'authn.required', 'authn.required', 'read as nobody [GW-15]'],
    ['a wrong bearer', WRONG_BEARER, OPEN, 'permit', 'permit', 'read as nobody [GW-15]'],
    ['a wrong credential', UNACCEPTED, STRICT, 'authn.refused', 'authn.refused', 'never turned into none [GW-15]'],
    ['a wrong credential', UNACCEPTED, OPEN, 'authn.refused', 'authn.refused', 'never turned into none [GW-15]'],
    ['a credential nobody could check', UNKNOWN, OPEN, 'authn.unavailable', 'authn.unavailable', 'neither yes nor no [GW-11]'],
    ['a password', withPassword(), STRICT, 'authn.password', 'permit', 'passwords: refuse is about forwarding [GW-14]'],
    ['a password', withPassword(), OPEN, 'permit', 'permit', 'passwords: forward [GW-14]'],
    ['a token', withToken(), STRICT, 'permit', 'permit', 'a token without limits'],
    ['an inactive user’s token', withToken(grant(), principal({ isActive: false })), OPEN, 'authn.refused', 'authn.refused', '[GW-21]'],
    ['an inactive user’s password', withPassword(principal({ isActive: false })), OPEN, 'authn.refused', 'authn.refused', '[GW-21]'],
  ];
  it.each(cases)('%s: upstream %5$s', (_who, identity, policy, upstream, own) => {
    expect(codeOf(decide(view(), identity, null, policy, UPSTREAM))).toBe(upstream);
    expect(codeOf(decide(view(), identity, null, policy, OWN))).toBe(own);
  });

  it.each([ANONYMOUS, WRONG_BEARER, UNACCEPTED, UNKNOWN, withPassword(), withToken()])(
    'denies $kind when the client’s address cannot be told [GW-22]',
    (identity) => {
      for (const occasion of [UPSTREAM, OWN]) {
        expect(codeOf(decide(view({ clientAddress: null }), identity, null, OPEN, occasion))).toBe('policy.address-unknown');
      }
    },
  );
});

describe('what a token may [GW-21]', () => {
  const cases: readonly [granted: Partial<Grant>, request: Partial<RequestView>, expected: string, reason: string][] = [
    [{ validUntil: NOW + 1 }, {}, 'permit', 'its last millisecond'],
    [{ validUntil: NOW }, {}, 'authn.refused', 'half-open: over at the instant it ends'],
    [{ validUntil: NOW - 1 }, {}, 'authn.refused', 'over'],
    [{ validUntil: Number.NaN }, {}, 'authn.refused', 'nobody knows when it ends'],
    [{ validUntil: null }, {}, 'permit', 'never ends'],
    [{ limits: [limits({ rules: rules('.*/issue/KANBAN-.*') })] }, {}, 'permit', 'a rule matches'],
    [{ limits: [limits({ rules: rules('.*/project/.*') })] }, {}, 'policy.limits', 'none does'],
    [{ limits: [limits({ rules: compileStoredLimitTo('.*(?!x)') })] }, {}, 'policy.limits', 'rules that no longer compile [EXT-18]'],
    [{ limits: [limits({ rules: compileStoredLimitTo(' \n') })] }, {}, 'policy.limits', 'rules that are none [EXT-18]'],
    [{ limits: [limits({ addresses: parseAddressList('192.0.2.0/24') })] }, {}, 'permit', 'from an allowed address'],
    [{ limits: [limits({ addresses: parseAddressList('10.0.0.0/8') })] }, {}, 'policy.address', 'from another'],
    [
      { limits: [limits({ rules: rules('.*/project/.*'), addresses: parseAddressList('10.0.0.0/8') })] },
      {},
      'policy.address',
      'the address comes first',
    ],
    [
      { limits: [limits({ rules: rules('.*') }), limits({ rules: rules('.*/project/.*') })] },
      {},
      'policy.limits',
      'every bundle must hold [GW-26]',
    ],
    [
      { limits: [limits({ rules: rules('.*/project/.*') }), limits({ rules: rules('.*') })] },
      {},
      'policy.limits',
      'in either order [GW-26]',
    ],
    [{ limits: [limits(), limits({ addresses: parseAddressList('10.0.0.0/8') })] }, {}, 'policy.address', 'addresses too [GW-26]'],
    [{ limits: [limits()] }, {}, 'permit', 'a bundle that limits nothing'],
    [
      { limits: [limits({ rules: rules('.*') })] },
      { path: `/${'a'.repeat(LIMITS.judgedPathBytesMax - 1)}` },
      'permit',
      'as long as may be judged',
    ],
    [
      { limits: [limits({ rules: rules('.*') })] },
      { path: `/${'a'.repeat(LIMITS.judgedPathBytesMax)}` },
      'request.too-long',
      'longer [EXT-17]',
    ],
    [{ limits: [limits()] }, { path: `/${'a'.repeat(LIMITS.judgedPathBytesMax)}` }, 'permit', 'no rules, no such bound'],
  ];
  it.each(cases)('%# %s', (granted, request, expected, reason) => {
    expect([reason, codeOf(decide(view(request), withToken(grant(granted)), null, STRICT, UPSTREAM))]).toEqual([reason, expected]);
  });

  it('denies when a limit throws', () => {
    const throwing = (): never => {
      throw new Error('broken');
    };
    const brokenRules: RuleSet = { text: '', match: throwing, needsBody: throwing, trace: throwing };
    expect(codeOf(decide(view(), withToken(grant({ limits: [limits({ rules: brokenRules })] })), null, STRICT, UPSTREAM))).toBe(
      'policy.limits',
    );
    const brokenAddresses = { text: '', includes: throwing };
    expect(codeOf(decide(view(), withToken(grant({ limits: [limits({ addresses: brokenAddresses })] })), null, STRICT, UPSTREAM))).toBe(
      'policy.address',
    );
  });

  it('judges the body it is given, and denies without one [EXT-15]', () => {
    const identity = withToken(grant({ limits: [limits({ rules: rules('[post].*[JsonData::a==b]') })] }));
    const request = view({ method: 'POST' });
    expect(codeOf(decide(request, identity, json('{"a":"b"}'), STRICT, UPSTREAM))).toBe('permit');
    expect(codeOf(decide(request, identity, json('{"a":"c"}'), STRICT, UPSTREAM))).toBe('policy.limits');
    expect(codeOf(decide(request, identity, null, STRICT, UPSTREAM))).toBe('policy.limits');
  });

  it('denies with what kept the body from being read, and only a token that could be used at all [EXT-15]', () => {
    const fault = { fault: 'request.body-too-large' } as const;
    const limited = (over: Partial<Grant>) => withToken(grant({ limits: [limits({ rules: rules('.*') })], ...over }));
    expect(codeOf(decide(view(), limited({}), fault, STRICT, UPSTREAM))).toBe('request.body-too-large');
    expect(codeOf(decide(view(), limited({ validUntil: NOW }), fault, STRICT, UPSTREAM))).toBe('authn.refused');
    expect(codeOf(decide(view(), UNACCEPTED, fault, STRICT, UPSTREAM))).toBe('authn.refused');
  });
});

describe('what the site’s policy says [GW-20]', () => {
  const forbidden: StatementText = { effect: 'forbid', rule: '.*/issue/KANBAN-1' };
  const everything: StatementText = { effect: 'permit', rule: '.*' };
  const cases: readonly [name: string, policy: SitePolicy, expected: string, statement: string | null][] = [
    ['a permit', site(everything), 'permit', 'policy[0]'],
    ['no statement', site(), 'policy.site', null],
    ['no statement that matches', site({ effect: 'permit', rule: '.*/project' }), 'policy.site', null],
    ['a forbid alone that does not match', site({ effect: 'forbid', rule: '.*/project' }), 'policy.site', null],
    ['a forbid after a permit', site(everything, forbidden), 'policy.site', 'policy[1]'],
    ['a forbid before a permit', site(forbidden, everything), 'policy.site', 'policy[0]'],
    ['the first permit that matches', site({ effect: 'permit', rule: '.*/project' }, everything, everything), 'permit', 'policy[1]'],
  ];
  it.each(cases)('%s', (_name, policy, expected, statement) => {
    const decision = decide(view(), withToken(), null, policy, UPSTREAM);
    expect([codeOf(decision), decision.statement]).toEqual([expected, statement]);
  });

  it('denies when a statement throws, wherever it stands', () => {
    const broken = {
      id: 'policy[9]',
      effect: 'permit',
      matches: (): never => {
        throw new Error('broken');
      },
      trace: () => ({ failed: null, rules: [] }),
    } as const;
    for (const statements of [
      [broken, ...STRICT.statements],
      [...STRICT.statements, broken],
    ]) {
      expect(decide(view(), withToken(), null, { ...STRICT, statements }, UPSTREAM)).toEqual({
        effect: 'deny',
        code: 'policy.site',
        rule: null,
        statement: 'policy[9]',
      });
    }
  });

  it('is asked about passwords too, and about own resources', () => {
    const policy = { ...site(everything, forbidden), passwords: 'forward' } as const;
    expect(codeOf(decide(view(), withPassword(), null, policy, UPSTREAM))).toBe('policy.site');
    expect(codeOf(decide(view(), withPassword(), null, policy, OWN))).toBe('policy.site');
  });

  it('does not speak about anonymous requests: they are a setting of their own [GW-15]', () => {
    expect(codeOf(decide(view(), ANONYMOUS, null, { ...site(everything, forbidden), anonymous: 'forward' }, UPSTREAM))).toBe('permit');
  });
});

describe('what a permit carries', () => {
  it('is the rule that decided, the statement, and no obligation', () => {
    const identity = withToken(
      grant({ limits: [limits({ rules: rules('[post].*<br>.*/issue/.*<br>.*') }), limits({ rules: rules('.*') })] }),
    );
    expect(decide(view(), identity, null, STRICT, UPSTREAM)).toEqual({
      effect: 'permit',
      rule: '.*/issue/.*',
      statement: 'policy',
      obligations: [],
    });
  });

  it('is no rule where the token has none, and no statement where nobody is logged in', () => {
    expect(decide(view(), withToken(), null, STRICT, UPSTREAM)).toMatchObject({ rule: null, statement: 'policy' });
    expect(decide(view(), ANONYMOUS, null, OPEN, UPSTREAM)).toEqual({ effect: 'permit', rule: null, statement: null, obligations: [] });
  });

  it('is a flag for a token that belongs to nobody [EXT-5]', () => {
    expect(decide(view(), withToken(grant({ isAnyone: true })), null, STRICT, UPSTREAM)).toMatchObject({
      obligations: [{ kind: 'flag-anyone' }],
    });
  });
});

describe('whether a body is read before the decision [EXT-15]', () => {
  const bound = (text: string): Identity => withToken(grant({ limits: [limits(), limits({ rules: rules(text) })] }));
  const bodyBound = (over: Partial<Grant> = {}, who: Partial<Principal> = {}, ip?: string): Identity => {
    const bundle = limits({ rules: rules('.*[JsonData::a==b]'), ...(ip === undefined ? {} : { addresses: parseAddressList(ip) }) });
    const identity = withToken(grant({ limits: [bundle], ...over }));
    return identity.kind === 'authenticated' ? { ...identity, principal: { ...identity.principal, ...who } } : identity;
  };
  const post = view({ method: 'POST' });
  const cases: readonly [identity: Identity, request: RequestView, needed: boolean, reason: string][] = [
    [bound('[post].*/issue/.*[JsonData::a==b]'), post, true, 'a rule asks for it'],
    [bound('[post].*/issue/.*[JsonData::a==b]'), view(), false, 'for another method'],
    [bound('[post].*/project/.*[JsonData::a==b]'), post, false, 'for another path'],
    [bound('.*<br>.*[JsonData::a==b]'), post, false, 'another rule decides already'],
    [bound('.*'), post, false, 'no rule asks'],
    [bound('.*[JsonData::a==b]'), view({ path: `/${'a'.repeat(LIMITS.judgedPathBytesMax)}` }), false, 'too long to be judged'],
    [withToken(), post, false, 'no limits'],
    [bodyBound({ validUntil: NOW }), post, false, 'the token is over'],
    [bodyBound({}, { isActive: false }), post, false, 'the user is not active'],
    [bodyBound(), { ...post, clientAddress: null }, false, 'the client is unknown'],
    [bodyBound({}, {}, '10.9.9.9'), post, false, 'from another address'],
    [withPassword(), post, false, 'no token'],
    [ANONYMOUS, post, false, 'nobody'],
    [UNACCEPTED, post, false, 'a wrong credential'],
  ];
  it.each(cases)('%# %s', (identity, request, needed, reason) => {
    expect([reason, needsJudgedBody(request, identity, NOW)]).toEqual([reason, needed]);
  });
});
