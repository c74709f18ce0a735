// Finds files and exports called by words that say nothing, and default exports, which have no name at all.
import { nameOf, nodesOf, type SourceFile, type SyntaxNode } from './source-tree.js';

/** Words that say nothing about what a thing is; each with its plural. Everything that begins with `handle` is banned too. */
const EMPTY_WORDS = new Set([
  'manager',
  'managers',
  'helper',
  'helpers',
  'util',
  'utils',
  'service',
  'services',
  'impl',
  'impls',
  'data',
  'info',
  'infos',
]);

function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
}

function isEmptyName(name: string): boolean {
  return wordsOf(name).some((word) => EMPTY_WORDS.has(word) || word.startsWith('handle'));
}

/** The names a file exports, those of destructured constants included. */
function exportedNames(file: SourceFile): string[] {
  return (file.tree['body'] as readonly SyntaxNode[]).flatMap((statement) => {
    if (statement.type === 'ExportNamedDeclaration') {
      return (statement['specifiers'] as readonly SyntaxNode[]).flatMap((each) => nameOf(each['exported'] ?? each['orig'] ?? each['name']));
    }
    if (statement.type !== 'ExportDeclaration') return [];
    const declaration = statement['declaration'] as SyntaxNode;
    const declared = (declaration['declarations'] as readonly SyntaxNode[] | undefined) ?? [declaration];
    return declared.flatMap((each) => namesIn(each['id'] ?? each['identifier']));
  });
}

function namesIn(pattern: unknown): string[] {
  return [...nodesOf(pattern, (node) => !node.type.startsWith('Ts'))].flatMap((node) => (node.type === 'Identifier' ? nameOf(node) : []));
}

/** The file, as `path`, and its exports, as `path#name`, that are called by such a word. */
export function emptyNames(file: SourceFile): string[] {
  const fileName =
    file.path
      .split('/')
      .at(-1)
      ?.replace(/\.tsx?$/, '') ?? '';
  const names = exportedNames(file).filter(isEmptyName);
  return [...(isEmptyName(fileName) ? [file.path] : []), ...names.map((name) => `${file.path}#${name}`)];
}

/** Whether a file exports a thing without a name. */
export function hasDefaultExport(file: SourceFile): boolean {
  const body = file.tree['body'] as readonly SyntaxNode[];
  return body.some((statement) => statement.type.startsWith('ExportDefault')) || exportedNames(file).includes('default');
}
