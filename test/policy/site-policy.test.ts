// The setting `policy`, compiled: whom a statement speaks about, and what is refused at start [GW-20].
import { compileSitePolicy, type StatementText } from '../../src/policy/index.js';
import { grant, principal, view, withPassword, withToken } from './samples.js';

const SETTINGS = { passwords: 'refuse', anonymous: 'refuse' } as const;

function one(text: StatementText) {
  const [statement] = compileSitePolicy([text], SETTINGS).statements;
  if (statement === undefined) throw new Error('no statement');
  return statement;
}

describe('whom a statement speaks about [GW-20]', () => {
  const cases: readonly [text: Partial<StatementText>, isMatch: boolean, reason: string][] = [
    [{}, true, 'everything'],
    [{ rule: '.*/issue/.*' }, true, 'the path'],
    [{ rule: '.*/project/.*' }, false, 'another path'],
    [{ rule: '[post].*' }, false, 'another method'],
    [{ rule: '[post].*<br>[get].*' }, true, 'one of several rules'],
    [{ rule: '.*[QueryParam::expand==names]' }, true, 'the query'],
    [{ users: ['bob', 'ALICE'] }, true, 'the user, whatever the case'],
    [{ users: ['bob'] }, false, 'another user'],
    [{ users: ['al\u0131ce'] }, false, 'no letter outside ASCII is folded'],
    [{ systems: ['wombats', 'extender'] }, true, 'the token system'],
    [{ systems: ['Extender'] }, false, 'keys are exact'],
    [{ systems: ['password'] }, false, 'a token is no password'],
    [{ addresses: '192.0.2.0/24' }, true, 'the address'],
    [{ addresses: '10.0.0.0/8' }, false, 'another address'],
    [{ rule: '.*/issue/.*', users: ['alice'], systems: ['extender'], addresses: '192.0.2.7' }, true, 'all of them'],
    [{ rule: '.*/issue/.*', users: ['bob'], systems: ['extender'], addresses: '192.0.2.7' }, false, 'all but one'],
  ];
  it.each(cases)('%j: %j, %s', (text, isMatch) => {
    for (const effect of ['permit', 'forbid'] as const) {
      expect(one({ effect, rule: '.*', ...text }).matches(view({ query: 'expand=names' }), withToken())).toBe(isMatch);
    }
  });

  it('a password is the system `password`', () => {
    const statement = one({ effect: 'permit', rule: '.*', systems: ['password'] });
    expect(statement.matches(view(), withPassword())).toBe(true);
    expect(statement.matches(view(), withToken(grant({ system: 'wombats' })))).toBe(false);
  });

  it('folds the letters of ASCII alone, in the request’s name as in the statement’s [EXT-1]', () => {
    const statement = one({ effect: 'permit', rule: '.*', users: ['kim'] });
    expect(statement.matches(view(), withToken(grant(), principal({ username: 'KIM' })))).toBe(true);
    expect(statement.matches(view(), withToken(grant(), principal({ username: '\u212aim' })))).toBe(false);
  });

  it('a client that is not known comes from no address', () => {
    expect(one({ effect: 'forbid', rule: '.*', addresses: '0.0.0.0/0' }).matches(view({ clientAddress: null }), withToken())).toBe(false);
  });
});

describe('a condition in a permit and in a forbid', () => {
  const rule = '.*[QueryParam::expand==secret.*]';
  const cases: readonly [query: string | null, permits: boolean, forbids: boolean, reason: string][] = [
    ['expand=secret', true, true, 'matches'],
    ['expand=names', false, false, 'does not'],
    [null, false, false, 'is missing'],
    ['expand=secret&expand=names', false, true, 'a second value gets nobody round a forbid'],
    ['expand=names&expand=secret', false, true, 'in either order'],
    ['expand=secret&x=%', false, true, 'nor does a query that nobody can read'],
    ['expand=secret%C3%A9', false, true, 'nor a value no pattern is tried on'],
    [`expand=secret${'x'.repeat(5_000)}`, false, true, 'nor one that is too long'],
  ];
  it.each(cases)('%.40s permits %j and forbids %j: %s', (query, permits, forbids) => {
    expect(one({ effect: 'permit', rule }).matches(view({ query }), withToken())).toBe(permits);
    expect(one({ effect: 'forbid', rule }).matches(view({ query }), withToken())).toBe(forbids);
  });

  it('throws for a path that is not canonical, so that it denies', () => {
    for (const effect of ['permit', 'forbid'] as const) {
      expect(() => one({ effect, rule: '.*' }).matches(view({ path: '/a\nb' }), withToken())).toThrow('not canonical');
    }
  });
});

describe('what is compiled', () => {
  it('is one permit for everybody when nothing is written [GW-20]', () => {
    for (const absent of [undefined, null]) {
      const { statements } = compileSitePolicy(absent, SETTINGS);
      expect(statements.map(({ effect }) => effect)).toEqual(['permit']);
      expect(statements[0]?.matches(view(), withPassword())).toBe(true);
    }
  });

  it('is nothing when an empty list is written', () => {
    expect(compileSitePolicy([], SETTINGS).statements).toEqual([]);
  });

  it('keeps the settings about passwords and anonymous requests [GW-14, GW-15]', () => {
    expect(compileSitePolicy(null, { passwords: 'forward', anonymous: 'refuse' })).toMatchObject({
      passwords: 'forward',
      anonymous: 'refuse',
    });
    expect(compileSitePolicy(null, { passwords: 'refuse', anonymous: 'forward' })).toMatchObject({
      passwords: 'refuse',
      anonymous: 'forward',
    });
  });

  it('numbers its statements as they are written', () => {
    const texts: readonly StatementText[] = [
      { effect: 'permit', rule: '.*' },
      { effect: 'forbid', rule: '.*/admin.*' },
    ];
    expect(compileSitePolicy(texts, SETTINGS).statements.map(({ id }) => id)).toEqual(['policy[0]', 'policy[1]']);
  });

  const refused: readonly [text: Partial<StatementText>, says: string][] = [
    [{ rule: '.*/(?!admin)' }, 'policy[1]: rule 1, column 4: a negative look-ahead'],
    [{ rule: '.*\n[pots].*' }, 'policy[1]: rule 2, column 2: "pots" is not a method'],
    [{ rule: '' }, 'policy[1]: rule 1: the rule is empty; write .*'],
    [{ rule: ' ' }, 'policy[1]: rule 1: the text holds separators'],
    [{ rule: '.*[JsonData::a==b]' }, 'no body is read for the site’s policy'],
    [{ addresses: '10.0.0.1/8' }, 'policy[1]: "10.0.0.1/8" has bits set'],
    [{ users: [] }, 'policy[1]: users is an empty list'],
    [{ systems: [] }, 'policy[1]: systems is an empty list'],
  ];
  it.each(refused)('refuses %j, naming the statement and the reason', (text, says) => {
    const texts: readonly StatementText[] = [
      { effect: 'permit', rule: '.*' },
      { effect: 'forbid', rule: '.*', ...text },
    ];
    expect(() => compileSitePolicy(texts, SETTINGS)).toThrow(says);
    expect(() => compileSitePolicy(texts, SETTINGS)).toThrow(expect.objectContaining({ name: 'StatementError', index: 1 }));
  });
});
