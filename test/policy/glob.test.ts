// Globs as rules: what they mean, what is refused when one is written, and that they are held to the same caps [GW-24].
import { LIMITS } from '../../src/core/index.js';
import { compileLimitTo, compileSitePolicy, compileStoredLimitTo, decide, RuleError } from '../../src/policy/index.js';
import { json, NOW, principal, subject, view, withToken, grant, limits } from './samples.js';

function matches(rule: string, method: string, target: string): boolean {
  const rules = compileLimitTo(rule, { allowBody: true });
  if (rules === null) throw new Error('no rule');
  return rules.match(subject(method, target)) !== null;
}

describe('a glob [GW-24]', () => {
  const cases: readonly [glob: string, path: string, isMatch: boolean, reason: string][] = [
    ['/rest/api/2/myself', '/rest/api/2/myself', true, 'plain text'],
    ['/rest/api/2/myself', '/rest/api/2/myself/', false, 'and nothing more'],
    ['/rest/api/2/myself', '/rest/api/2/Myself', false, 'in these letters'],
    ['/rest/api/2/issue/KANBAN-*', '/rest/api/2/issue/KANBAN-1', true, 'a star within a segment'],
    ['/rest/api/2/issue/KANBAN-*', '/rest/api/2/issue/KANBAN-1/comment', false, 'never across a slash'],
    ['/rest/api/2/issue/KANBAN-*', '/rest/api/2/issue/KANBAN-', true, 'a star may stand for nothing'],
    ['/rest/api/2/issue/*', '/rest/api/2/issue/', false, 'but not for a whole segment'],
    ['/rest/api/2/issue/*', '/rest/api/2/issue/X-1/', true, 'a slash may follow it at the end'],
    ['/rest/api/2/issue/*', '/rest/api/2/issue/.hidden', true, 'a dot is a character like others'],
    ['/rest/api/2/issue/KANBAN-*/comment/**', '/rest/api/2/issue/KANBAN-1/comment', true, 'the folder itself'],
    ['/rest/api/2/issue/KANBAN-*/comment/**', '/rest/api/2/issue/KANBAN-1/comment/2/x', true, 'all that is in it'],
    ['/rest/api/2/issue/KANBAN-*/comment/**', '/rest/api/2/issue/KANBAN-1/comments', false, 'no other folder that begins so'],
    ['/rest/api/2/issue/KANBAN-*/**', '/rest/api/2/issue/KANBAN-1', true, 'the folder itself behind a star too'],
    ['/rest/**/comment', '/rest/api/2/issue/X-1/comment', true, 'two stars across segments'],
    ['/rest/**/comment', '/rest/comment', true, 'or across none'],
    ['/rest/**/comment', '/rest/xcomment', false, 'whole ones'],
    ['/**', '/rest/api', true, 'everything'],
    ['/rest/api/?/*', '/rest/api/2/x', true, 'one character'],
    ['/rest/api/?/*', '/rest/api/22/x', false, 'not two'],
    ['/rest/api/?/*', '/rest/api///x', false, 'never a slash'],
    ['/rest/{api/2,agile/1.0}/**', '/rest/agile/1.0/board', true, 'braces, with slashes'],
    ['/rest/{api/2,agile/1.0}/**', '/rest/agile/1x0/board', false, 'a dot is a dot'],
    ['/rest/api/[23]/**', '/rest/api/3/x', true, 'a class'],
    ['/rest/api/[^23]/**', '/rest/api/3/x', false, 'a negated one'],
    ['/rest/api/[^23]x', '/rest/api//x', false, 'which is no slash either'],
    ['/rest/a%20b', '/rest/a%20b', true, 'an escape as paths are judged'],
  ];
  it.each(cases)('%s and %s: %s, %s', (glob, path, isMatch) => {
    expect(matches(`glob:${glob}`, 'GET', path)).toBe(isMatch);
  });

  it('looks at the path below the context path, where a regex looks at all of it', () => {
    expect(matches('glob:/rest/**', 'GET', '/jira/rest/x')).toBe(true);
    expect(matches('glob:/jira/rest/**', 'GET', '/jira/rest/x')).toBe(false);
    expect(matches('/rest/.*', 'GET', '/jira/rest/x')).toBe(false);
    expect(matches('/jira/rest/.*', 'GET', '/jira/rest/x')).toBe(true);
  });

  it('keeps the methods and conditions of its rule', () => {
    const rule = '[get,head] glob:/rest/api/2/search[QueryParam::jql==project=KANBAN.*]';
    expect(matches(rule, 'GET', '/rest/api/2/search?jql=project%3DKANBAN')).toBe(true);
    expect(matches(rule, 'GET', '/rest/api/2/search?jql=project%3DOTHER')).toBe(false);
    expect(matches(rule, 'GET', '/rest/api/2/search')).toBe(false);
    expect(matches(rule, 'POST', '/rest/api/2/search?jql=project%3DKANBAN')).toBe(false);
    const onBody = compileStoredLimitTo('[post] glob:/rest/api/2/issue[JsonData::fields.project.key==KANBAN]');
    const issue = (key: string) => subject('POST', '/jira/rest/api/2/issue', json(`{"fields":{"project":{"key":"${key}"}}}`));
    expect(onBody.match(issue('KANBAN'))).not.toBeNull();
    expect(onBody.match(issue('OTHER'))).toBeNull();
    expect(onBody.needsBody('POST', '/jira/rest/api/2/issue', '/jira')).toBe(true);
    expect(onBody.needsBody('POST', '/jira/rest/api/2/issue', '')).toBe(false);
  });

  it('stands beside regexes in one text, by the same separators, and the first that matches is told', () => {
    const rules = compileStoredLimitTo('/rest/a\\nglob:/rest/b/**<br>/rest/b/.*\nglob:/rest/c');
    const told = (path: string) => rules.match(subject('GET', path));
    expect([told('/rest/a'), told('/rest/b/1'), told('/rest/c'), told('/rest/d')]).toEqual([
      '/rest/a',
      'glob:/rest/b/**',
      'glob:/rest/c',
      null,
    ]);
    expect(rules.text).toBe('/rest/a<br>glob:/rest/b/**<br>/rest/b/.*<br>glob:/rest/c');
    expect(rules.trace(subject('GET', '/rest/b/1')).map(({ isMatch }) => isMatch)).toEqual([false, true, true, false]);
  });

  it('is a statement of the site’s policy like any other', () => {
    const site = { passwords: 'refuse', anonymous: 'refuse' } as const;
    const policy = compileSitePolicy(
      [
        { effect: 'permit', rule: '.*' },
        { effect: 'forbid', rule: '[delete,put] glob:/rest/api/*/issue/**' },
      ],
      site,
    );
    const asked = (method: 'GET' | 'DELETE') =>
      decide(view({ method, path: '/jira/rest/api/2/issue/X-1', contextPath: '/jira' }), withToken(), null, policy, {
        destination: 'upstream',
        now: NOW,
      }).effect;
    expect([asked('GET'), asked('DELETE')]).toEqual(['permit', 'deny']);
    expect(() => compileSitePolicy([{ effect: 'forbid', rule: 'glob:rest/**' }], site)).toThrow('policy[0]: rule 1, column 6');
  });

  it('denies where the context path is not the beginning of the path: nobody knows then what lies below it', () => {
    const rules = compileStoredLimitTo('glob:/**');
    const asked = { method: 'GET', path: '/other/rest/x', contextPath: '/jira', query: null, body: null };
    expect(rules.match(asked)).toBeNull();
    const policy = compileSitePolicy(
      [
        { effect: 'permit', rule: '.*' },
        { effect: 'forbid', rule: 'glob:/nothing' },
      ],
      {
        passwords: 'refuse',
        anonymous: 'refuse',
      },
    );
    const token = withToken(grant({ limits: [limits()] }), principal());
    const strange = view({ path: asked.path, contextPath: asked.contextPath });
    expect(decide(strange, token, null, policy, { destination: 'upstream', now: NOW })).toMatchObject({
      effect: 'deny',
      code: 'policy.site',
    });
  });
});

describe('near misses are refused when they are written, with what to mend [GW-24]', () => {
  const refused: readonly [glob: string, position: number, text: string][] = [
    ['rest/api/**', 0, 'a glob that does not begin with a slash'],
    ['./rest/**', 0, 'a glob that does not begin with a slash'],
    ['**/comment', 0, 'a glob that does not begin with a slash'],
    ['https://jira.example.com/rest/**', 0, 'a URL as a glob'],
    ['!/rest/**', 0, 'a glob that is negated'],
    ['/rest/!(api)/x', 6, 'an extended glob'],
    ['/rest/@(a|b)', 6, 'an extended glob'],
    ['/rest/+(a)', 6, 'an extended glob'],
    ['/rest/?(a)', 6, 'an extended glob'],
    ['/rest/*(a)', 6, 'an extended glob'],
    ['/rest/(a)', 6, 'a parenthesis'],
    ['/rest/a|b', 7, 'a bar'],
    ['/rest/../admin', 6, 'a dot segment'],
    ['/rest/./x', 6, 'a dot segment'],
    ['/rest/..', 6, 'a dot segment'],
    ['/rest//x', 5, 'an empty segment'],
    ['/rest/\\*', 6, 'a backslash'],
    ['/rest/a b', 7, 'write %20'],
    ['/rest/\u00e9', 6, 'write %C3%A9'],
    ['/rest/\ud800', 6, 'a character that a path holds as an escape'],
    ['/rest/a"b', 7, 'write %22'],
    ['/rest/a;b', 7, 'a request with it in its path is refused'],
    ['/rest/a#b', 7, 'a request with it in its path is refused'],
    ['/rest/%2E%2e/x', 6, 'write .'],
    ['/rest/%61', 6, 'write a'],
    ['/rest/%c3%a9', 6, 'write %C3'],
    ['/rest/%2F', 6, 'a request with it is refused'],
    ['/rest/%25', 6, 'a request with it is refused'],
    ['/rest/%00', 6, 'a request with it is refused'],
    ['/rest/%2', 6, 'a percent sign alone'],
    ['/rest/%*', 6, 'a percent sign alone'],
    ['/rest/search?jql=*', 12, 'a query'],
    ['/rest/a**', 7, '** beside other characters'],
    ['/rest/**a', 6, '** beside other characters'],
    ['/rest/***', 6, 'more than two stars'],
    ['/rest/**/**', 6, '** twice in a row'],
    ['/**/comment', 1, 'write /rest/**/'],
    ['/rest/*/**/comment', 6, 'write *? for the star'],
    ['/rest/{a/**,b}', 9, '** within braces'],
    ['/rest/{a}', 6, 'braces without a comma'],
    ['/rest/{a,b', 6, 'a brace that is not closed'],
    ['/rest/a}', 7, 'a closing brace without an opening one'],
    ['/rest/{1..3}', 8, 'a range in braces'],
    ['/rest/{a.*,b}', 9, 'a star behind a dot within braces'],
    ['/rest/*{,a}', 0, 'a star before braces that may be empty'],
    ['/rest/**/{,a}', 0, '/**/ before something that may be empty'],
    ['/rest/[ab', 6, 'a class that is not closed'],
    ['/rest/[]', 6, 'an empty class'],
    ['/rest/[!a]', 7, 'write [^…]'],
    ['/rest/[[:alpha:]]', 7, 'a bracket inside a class'],
    ['/rest/[a/b]', 8, 'such a character in a class'],
    ['/rest/[%2]', 7, 'such a character in a class'],
    ['/rest/[+-9]', 7, 'a range with a slash in it'],
    ['/rest/[b-a]', 7, 'a range in the wrong order'],
    ['/rest/[a-c-e]', 7, 'a hyphen behind a range'],
    ['/rest/[--a]', 7, 'a hyphen before another'],
    ['/rest/a]', 7, 'a closing bracket without an opening one'],
    ['/rest/[a]+', 9, 'a plus sign behind a class'],
    ['/rest/{a,b}+', 11, 'a plus sign behind a class or a brace'],
  ];
  it.each(refused)('%s at %i: %s', (glob, position, text) => {
    expect.assertions(3);
    try {
      compileLimitTo(`[get] glob:${glob}`);
    } catch (error) {
      expect(error).toBeInstanceOf(RuleError);
      expect((error as RuleError).position).toBe(position + '[get] glob:'.length);
      expect((error as RuleError).message).toContain(text);
    }
  });

  it('names the place of a fault behind which a condition stands', () => {
    expect(() => compileLimitTo('glob:/rest/..[QueryParam::a==b]')).toThrow('column 12: a dot segment');
    expect(() => compileLimitTo('glob:[QueryParam::a==b]')).toThrow('no pattern');
  });

  it('refuses a glob that would compile to too much, and too many braces in one another [EXT-17]', () => {
    expect(() => compileLimitTo(`glob:/${'{a,b}'.repeat(350)}`)).toThrow(`${LIMITS.ruleProgramMax} are allowed`);
    const deep = `glob:/${'{a,'.repeat(LIMITS.ruleNestingMax + 1)}b${'}'.repeat(LIMITS.ruleNestingMax + 1)}`;
    expect(() => compileLimitTo(deep)).toThrow(`inside more than ${LIMITS.ruleNestingMax} others`);
    expect(() => compileLimitTo(Array.from({ length: 6 }, (_, index) => `glob:/${index}${'?'.repeat(900)}`).join('\n'))).toThrow('in all');
  });
});
