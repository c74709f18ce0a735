// Reads source files as syntax trees, so that the rules of the house are checked on what the code says and not on how it is laid out.
// swc parses, because TypeScript 7 has no parser to call from JavaScript.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from '@swc/core';

/** The project's folder. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Any node of the syntax tree. */
export interface SyntaxNode {
  readonly type: string;
  readonly span?: { readonly start: number; readonly end: number };
  readonly [field: string]: unknown;
}

/** One import, re-export, `import()`, `require()` or `new URL('…', import.meta.url)`. */
export interface Import {
  /** As written; null where it is computed. */
  readonly specifier: string | null;
  /** Erased by the compiler. `import { type A }` is not: `verbatimModuleSyntax` keeps its side effect. */
  readonly isTypeOnly: boolean;
  /** The file it leads to, from the project's folder; null for a package. */
  readonly target: string | null;
  readonly line: number;
}

/** One parsed file. */
export interface SourceFile {
  /** From the project's folder, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly tree: SyntaxNode;
  readonly imports: readonly Import[];
  /** The line, from 1, of an offset in the tree. */
  lineOf(offset: number): number;
}

/** Every file below `folder` whose name ends in one of `endings`, from the project's folder, sorted. */
export function filesBelow(folder: string, endings: readonly string[]): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/** Parses files given as `path: text`: those of the project, or a few made up to prove that a rule bites. */
export function parseFiles(texts: Readonly<Record<string, string>>): SourceFile[] {
  const known = new Set(Object.keys(texts));
  return Object.entries(texts).map(([path, text]) => parseFile(path, text, known));
}

/** Every TypeScript file of `src`, parsed. */
export function parseSource(): SourceFile[] {
  const paths = filesBelow('src', ['.ts', '.tsx']);
  if (paths.length < 10) throw new Error('src holds hardly any file: the rules would hold for nothing');
  return parseFiles(Object.fromEntries(paths.map((path) => [path, readFileSync(join(ROOT, path), 'utf8')])));
}

/** Every node of a tree, from the outside in. `into` says whether what is below a node is looked at too. */
export function* nodesOf(root: unknown, into: (node: SyntaxNode) => boolean = () => true): Generator<SyntaxNode> {
  // A list of what waits, the next one last: generators within generators would hand each node up through all that it stands in.
  const waiting: unknown[] = [root];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null) continue;
    const isNode = 'type' in next && typeof next.type === 'string';
    if (isNode) yield next as SyntaxNode;
    if (!isNode || into(next as SyntaxNode)) waiting.push(...Object.values(next).toReversed());
  }
}

/** The text of a string literal; null for anything else. */
export function literalText(node: unknown): string | null {
  const literal = node as SyntaxNode | null | undefined;
  return literal?.type === 'StringLiteral' ? (literal['value'] as string) : null;
}

/** The name that an identifier or a string stands for, as a list of one; of none for anything else. */
export function nameOf(node: unknown): string[] {
  const name = (node as SyntaxNode | undefined)?.['value'];
  return typeof name === 'string' ? [name] : [];
}

function parseFile(path: string, text: string, known: ReadonlySet<string>): SourceFile {
  const bytes = Buffer.from(text);
  // swc counts bytes from 1.
  const lineOf = (offset: number): number =>
    bytes
      .subarray(0, offset - 1)
      .toString('latin1')
      .split('\n').length;
  let tree: SyntaxNode | null = null;
  let imports: readonly Import[] | null = null;
  // Made when they are asked for: of many files a rule looks at the text alone.
  return {
    path,
    text,
    get tree() {
      return (tree ??= parseSync(text, { syntax: 'typescript', tsx: path.endsWith('x'), target: 'es2023' }) as unknown as SyntaxNode);
    },
    get imports() {
      return (imports ??= [...nodesOf(this.tree)].flatMap((node) => importOf(node, path, known, lineOf) ?? []));
    },
    lineOf,
  };
}

function importOf(node: SyntaxNode, path: string, known: ReadonlySet<string>, lineOf: (offset: number) => number): Import | null {
  const found = specifierOf(node);
  if (found === null) return null;
  const { specifier, isTypeOnly } = found;
  return {
    specifier,
    isTypeOnly,
    target: specifier === null ? null : targetOf(path, specifier, known),
    line: lineOf(node.span?.start ?? 1),
  };
}

function specifierOf(node: SyntaxNode): { specifier: string | null; isTypeOnly: boolean } | null {
  const first = (node['arguments'] as readonly { expression: SyntaxNode }[] | null | undefined)?.[0]?.expression;
  const callee = node['callee'] as SyntaxNode | undefined;
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration': {
      const specifier = literalText(node['source']);
      return specifier === null ? null : { specifier, isTypeOnly: node['typeOnly'] === true };
    }
    case 'TsImportType':
      return { specifier: literalText(node['argument']), isTypeOnly: true };
    case 'CallExpression':
      return isLoading(callee) ? { specifier: literalText(first), isTypeOnly: false } : null;
    case 'NewExpression': {
      const specifier = literalText(first);
      const isModule = callee?.['value'] === 'URL' && specifier !== null && /^\.{1,2}\/.*\.js$/.test(specifier);
      return isModule ? { specifier, isTypeOnly: false } : null;
    }
    default:
      return null;
  }
}

/** `import(…)`, `require(…)`, `createRequire(…)(…)`. */
function isLoading(callee: SyntaxNode | undefined): boolean {
  const isRequire = callee?.type === 'Identifier' && callee['value'] === 'require';
  const isMadeRequire = callee?.type === 'CallExpression' && (callee['callee'] as SyntaxNode)['value'] === 'createRequire';
  return callee?.type === 'Import' || isRequire || isMadeRequire;
}

function targetOf(path: string, specifier: string, known: ReadonlySet<string>): string | null {
  if (!specifier.startsWith('.')) return null;
  const written = join(dirname(path), specifier).split(sep).join('/');
  const candidates = [written.replace(/\.js$/, '.ts'), written.replace(/\.js$/, '.tsx'), written];
  return candidates.find((candidate) => known.has(candidate)) ?? written;
}

/** The name of the package that a specifier leads to; null for a relative one and for Node's own modules. */
export function packageOf(specifier: string): string | null {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return null;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
