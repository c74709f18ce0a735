// Finds where a file reaches for time, timers, randomness or the environment: what tests could not move enters by a few doors alone.
import { literalText, nameOf, type SourceFile, type SyntaxNode } from './source-tree.js';

const GLOBAL_DOORS = new Set(['performance', 'setTimeout', 'setInterval']);
const MEMBER_DOORS = new Set(['Date.now', 'Math.random', 'process.env', 'AbortSignal.timeout', 'crypto.getRandomValues']);
const MODULE_DOORS = new Set(['timers', 'timers/promises', 'perf_hooks', 'uuid']);

/** Types do nothing at run time, and a property's name is not the global of that name. */
function isExpression(node: SyntaxNode): boolean {
  return !node.type.startsWith('Ts') || 'expression' in node;
}

/** Every use of time, timers, randomness and the environment, once for each line. */
export function doorsUsed(file: SourceFile): { line: number; name: string }[] {
  const found = new Map<string, { line: number; name: string }>();
  const add = (node: SyntaxNode, name: string): void => {
    const line = file.lineOf(node.span?.start ?? 1);
    found.set(`${line} ${name}`, { line, name });
  };
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    if (Array.isArray(value) || typeof value !== 'object' || value === null) return;
    const node = value as SyntaxNode;
    if (typeof node.type === 'string' && !isExpression(node)) return;
    for (const name of doorsAt(node)) add(node, name);
    for (const [field, child] of Object.entries(node)) if (!isPropertyName(node, field)) visit(child);
  };
  visit(file.tree);
  return [...found.values()];
}

function isPropertyName(node: SyntaxNode, field: string): boolean {
  const name = node[field] as SyntaxNode | undefined;
  return (field === 'property' || field === 'key') && name?.type === 'Identifier';
}

function doorsAt(node: SyntaxNode): string[] {
  if (node.type === 'ImportDeclaration') return node['typeOnly'] === true ? [] : importedDoors(node);
  if (node.type === 'Identifier') return GLOBAL_DOORS.has(String(node['value'])) ? [String(node['value'])] : [];
  if (node.type === 'NewExpression' || node.type === 'CallExpression') {
    const isDate = (node['callee'] as SyntaxNode)['value'] === 'Date';
    const isBare = ((node['arguments'] as readonly unknown[] | null) ?? []).length === 0;
    return isDate && (isBare || node.type === 'CallExpression') ? ['new Date()'] : [];
  }
  if (node.type === 'VariableDeclarator') return destructuredDoors(node);
  return node.type === 'MemberExpression' ? memberDoor(textOf(node['object']), propertyOf(node)) : [];
}

function importedDoors(node: SyntaxNode): string[] {
  const module = (literalText(node['source']) ?? '').replace(/^node:/, '');
  if (MODULE_DOORS.has(module)) return [module];
  const specifiers = node['specifiers'] as readonly SyntaxNode[];
  return specifiers.flatMap((each) => {
    if (each.type !== 'ImportSpecifier') return module === 'crypto' ? ['crypto as a whole'] : [];
    const [name] = nameOf(each['imported'] ?? each['local']);
    return each['isTypeOnly'] === true ? [] : memberDoor(module, name ?? '');
  });
}

/** `const { env } = process`. */
function destructuredDoors(node: SyntaxNode): string[] {
  const pattern = node['id'] as SyntaxNode;
  if (pattern.type !== 'ObjectPattern') return [];
  return (pattern['properties'] as readonly SyntaxNode[]).flatMap((each) => memberDoor(textOf(node['init']), nameOf(each['key'])[0] ?? ''));
}

function memberDoor(object: string, property: string): string[] {
  if ((object === 'globalThis' || object === 'global') && GLOBAL_DOORS.has(property)) return [property];
  const name = `${object.replace(/^(globalThis|global|webcrypto)\./, '')}.${property}`;
  return MEMBER_DOORS.has(name) || name.startsWith('crypto.random') ? [name] : [];
}

/** `process` or `globalThis.process`; empty for what is neither. */
function textOf(node: unknown): string {
  const expression = node as SyntaxNode | null | undefined;
  if (expression?.type === 'Identifier') return String(expression['value']);
  return expression?.type === 'MemberExpression' ? `${textOf(expression['object'])}.${propertyOf(expression)}` : '';
}

function propertyOf(node: SyntaxNode): string {
  const property = node['property'] as SyntaxNode;
  return property.type === 'Computed' ? (literalText(property['expression']) ?? '') : String(property['value']);
}
