// What is put together on the page, held against the language itself: the text compiles, and permits what was meant and nothing else.
import { compileLimitTo } from '../../src/policy/index.js';
import { limitToOf, type ScopeRule } from '../../src/ui/scope/scope.js';
import { tooWide } from '../../src/ui/scope/too-wide.js';

function permits(rules: readonly ScopeRule[], method: string, path: string): boolean {
  const compiled = compileLimitTo(limitToOf(rules));
  return compiled === null || compiled.match({ method, path, contextPath: '/jira', query: null, body: null }) !== null;
}

const COMMENTS: ScopeRule = { methods: ['GET', 'POST'], kind: 'below', path: '/jira/rest/api/2/issue/{issueIdOrKey}/comment' };

it.each([
  ['GET', '/jira/rest/api/2/issue/KANBAN-1/comment', true],
  ['POST', '/jira/rest/api/2/issue/KANBAN-1/comment/10', true],
  ['DELETE', '/jira/rest/api/2/issue/KANBAN-1/comment', false],
  ['GET', '/jira/rest/api/2/issue/KANBAN-1', false],
  ['GET', '/jira/rest/api/2/issue/KANBAN-1/x/comment', false],
  ['GET', '/jira/rest/api/2/issue/KANBAN-1/comments', false],
  ['GET', '/jira/rest/api/2/issue//comment', false],
])('a path with a part in braces and all below it: %s %s is %s', (method, path, isPermitted) => {
  expect(permits([COMMENTS], method, path)).toBe(isPermitted);
});

it.each([
  ['/jira/rest/api/2/search', true],
  ['/jira/rest/api/2/search/x', false],
  ['/jira/rest/api/2x/search', false],
])('a path alone matches itself and nothing else: %s is %s', (path, isPermitted) => {
  expect(permits([{ methods: [], kind: 'exact', path: '/jira/rest/api/2/search' }], 'GET', path)).toBe(isPermitted);
});

it('takes what means something in a pattern for itself', () => {
  const path = '/jira/rest/x.y(z)+*$|[a]/q';
  const rule: ScopeRule = { methods: ['PUT'], kind: 'exact', path };
  expect(permits([rule], 'PUT', path)).toBe(true);
  expect(permits([rule], 'PUT', path.replace('x.y', 'xay'))).toBe(false);
});

it('joins several rules, and leaves a regular expression as it was written', () => {
  const rules: readonly ScopeRule[] = [COMMENTS, { methods: [], kind: 'regex', path: '.*/myself' }];
  expect(limitToOf(rules)).toBe('[get,post]/jira/rest/api/2/issue/[^/]+/comment(/.*)?\n.*/myself');
  expect(permits(rules, 'GET', '/jira/rest/api/2/myself')).toBe(true);
});

it('restricts nothing where there is no rule', () => {
  expect(compileLimitTo(limitToOf([]))).toBeNull();
});

describe('what is too wide', () => {
  const narrow = { rules: [COMMENTS], addresses: '10.0.0.0/8', days: 90, mayBeLimited: true } as const;
  const rule = (kind: ScopeRule['kind'], path: string, methods: ScopeRule['methods'] = ['POST']): ScopeRule => ({ kind, path, methods });

  it('is nothing of a narrow token', () => {
    expect(tooWide(narrow)).toEqual([]);
  });

  it.each([
    ['no rule', { rules: [] }, 'opens everything'],
    ['no address', { addresses: ' ' }, 'from anywhere'],
    ['any address', { addresses: '10.0.0.1, 0.0.0.0/0' }, '0.0.0.0/0 is a very large range'],
    ['half of IPv6', { addresses: '8000::/1' }, '8000::/1 is a very large range'],
    ['no end', { days: null }, 'never expires'],
    ['a pattern for anything', { rules: [rule('regex', '.*')] }, 'opens every path, for changes too'],
    ['the same for reading', { rules: [rule('regex', '/.*', ['GET'])] }, 'opens every path for reading'],
    ['the root', { rules: [rule('below', '/')] }, 'opens every path, for changes too'],
    ['a context', { rules: [rule('below', '/jira/rest/')] }, 'opens every path, for changes too'],
    ['a whole API', { rules: [rule('below', '/jira/rest/api/2')] }, 'whole API'],
    ['a loose beginning', { rules: [rule('regex', '.*/issue')] }, 'merely hold the rest'],
    ['no method', { rules: [rule('exact', '/jira/rest/api/2/issue', [])] }, 'every one is allowed'],
    ['a resource that makes tokens', { rules: [rule('below', '/jira/rest/pat/latest/tokens')] }, 'makes or ends tokens'],
  ])('is said of %s', (_name, changes, text) => {
    expect(tooWide({ ...narrow, ...changes })).toEqual([expect.stringContaining(text)]);
  });

  it('is not said of rules where none can be given', () => {
    expect(tooWide({ rules: [], addresses: '', days: 30, mayBeLimited: false })).toEqual([]);
  });
});
