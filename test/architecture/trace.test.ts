// Every numbered statement of the specification is proved by a test that cites it, or stands in pending.json as work left to do.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow, literalText, nodesOf, parseFiles, ROOT, type SourceFile, type SyntaxNode } from './source-tree.js';

const CITATION = /\b(?:EXT|WOM|PAT|CLD|DIR|GW|AUD|PRD)-\d+\b/g;

/** A reason that begins so is of a statement that is built and proved in part: the rest of the reason says what is left. */
const IN_PART = 'in part: ';

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The numbers that the specification defines: those in bold. */
function definedNumbers(): string[] {
  const text = filesBelow('docs/specification', ['.md']).map(read).join('\n');
  return [...text.matchAll(/\*\*([A-Z]+-\d+)\*\*/g)].map((match) => match[1] ?? '');
}

/** The titles of a file's tests and of what they stand in; a test that is skipped proves nothing, and neither does what it stands in. */
function titlesOf(file: SourceFile): string[] {
  return [...nodesOf(file.tree, (node) => !isSkipped(node))].flatMap((node) => {
    if (node.type !== 'CallExpression' || isSkipped(node) || !['it', 'test', 'describe'].includes(calleeWords(node)[0] ?? '')) return [];
    return textOf((node['arguments'] as readonly { expression: SyntaxNode }[])[0]?.expression) ?? [];
  });
}

/** `it.each(rows)('…', …)` is `it`, `each`. */
function calleeWords(node: SyntaxNode): string[] {
  const callee = (node['callee'] ?? node['tag']) as SyntaxNode | undefined;
  if (callee?.type === 'CallExpression' || callee?.type === 'TaggedTemplateExpression') return calleeWords(callee);
  if (callee?.type === 'Identifier') return [String(callee['value'])];
  if (callee?.type !== 'MemberExpression') return [];
  const property = (callee['property'] as SyntaxNode)['value'];
  return [...calleeWords({ type: 'MemberExpression', callee: callee['object'] }), String(property)];
}

function isSkipped(node: SyntaxNode): boolean {
  if (node.type !== 'CallExpression') return false;
  const words = calleeWords(node);
  return ['xit', 'xtest', 'xdescribe'].includes(words[0] ?? '') || words.includes('skip') || words.includes('todo');
}

function textOf(node: SyntaxNode | undefined): string | null {
  if (node?.type !== 'TemplateLiteral') return literalText(node);
  return (node['quasis'] as readonly { raw: string }[]).map(({ raw }) => raw).join(' ');
}

function citedIn(files: readonly SourceFile[]): Set<string> {
  return new Set(files.flatMap(titlesOf).flatMap((title) => title.match(CITATION) ?? []));
}

describe('the specification', () => {
  const paths = filesBelow('test', ['.test.ts']);
  const cited = citedIn(parseFiles(Object.fromEntries(paths.map((path) => [path, read(path)]))));
  const defined = definedNumbers();
  const pending = JSON.parse(read('docs/specification/pending.json')) as Readonly<Record<string, string>>;
  const isInPart = (number: string): boolean => pending[number]?.startsWith(IN_PART) === true;

  it('gives every statement a number of its own', () => {
    expect(defined.length).toBeGreaterThan(100);
    expect(defined.filter((number, index) => defined.indexOf(number) !== index)).toEqual([]);
  });

  it('is proved: each statement is cited by a test, or is pending', () => {
    expect(defined.filter((number) => !cited.has(number) && (!(number in pending) || isInPart(number)))).toEqual([]);
  });

  it('what is pending is pending: no test cites it, and it is there', () => {
    expect(Object.keys(pending).filter((number) => (cited.has(number) && !isInPart(number)) || !defined.includes(number))).toEqual([]);
  });

  it('what is pending has a reason', () => {
    expect(Object.entries(pending).filter(([, reason]) => !/^(issue not yet begun|in part): .{3}/.test(reason))).toEqual([]);
  });

  it.each(['src', 'test', 'docs', 'scripts'])('is cited truly: every number in %s is defined', (folder) => {
    const texts = filesBelow(folder, ['.ts', '.tsx', '.mjs', '.md', '.json']);
    const wrong = texts.flatMap((path) =>
      (read(path).match(CITATION) ?? []).filter((number) => !defined.includes(number)).map((number) => `${path} ${number}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('the reading of titles', () => {
  it.each([
    ["it('refuses a dot segment [GW-2]', () => {});", ['GW-2']],
    ['test(`refuses ${name} [GW-2, GW-3]`, () => {});', ['GW-2', 'GW-3']],
    ["describe('framing [GW-6]', () => { it('is strict', () => {}); });", ['GW-6']],
    ["it.each([['a']])('%s [GW-4]', () => {});", ['GW-4']],
    ["it.each`a\n${1}`('$a [GW-4]', () => {});", ['GW-4']],
    ["describe.each(rows)('%s', () => { it('b [GW-5]', () => {}); });", ['GW-5']],
    ["it('a number of another [XGW-2] [GW-22x]', () => {});", []],
    ["// it('in a comment [GW-2]')", []],
    ["expect(text).toBe('GW-2');", []],
    ["it('without one', () => { f('[GW-2]'); });", []],
    ["it.skip('skipped [GW-2]', () => {});", []],
    ["xit('skipped [GW-2]', () => {});", []],
    ["it.todo('not written [GW-2]');", []],
    ["describe.skip('skipped [GW-2]', () => { it('with it [GW-3]', () => {}); });", []],
    ["it.skip.each(rows)('skipped [GW-2]', () => {});", []],
  ])('%s', (text, numbers) => {
    expect([...citedIn(parseFiles({ 'test/a.test.ts': text }))]).toEqual(numbers);
  });
});
