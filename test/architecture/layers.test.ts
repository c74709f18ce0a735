// Imports run one way, from the top floor down, and never in a circle.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseFiles, parseSource, ROOT, type SourceFile } from './source-tree.js';

/** The rooms of the house from the top down. A room may import the rooms of every floor below its own, and itself; rooms of one floor are strangers. */
const FLOORS: readonly (readonly string[])[] = [
  ['cli', 'testing', 'express'],
  ['main'],
  ['server'],
  ['gateway', 'admin', 'sample-product', 'ui'],
  ['plugins'],
  ['host'],
  ['authn', 'audit', 'store', 'mail', 'config'],
  ['plugin-kit'],
  ['policy'],
  ['core'],
];

/** Rooms that may import less than their floor would let them, and why. */
const NARROWER: Readonly<Record<string, { readonly only: readonly string[]; readonly reason: string }>> = {
  plugins: { only: ['plugin-kit', 'policy', 'core'], reason: 'whatever else a token system needs is handed to it by activate(host)' },
  'sample-product': { only: ['core'], reason: 'it stands for a product, which knows nothing of its gate' },
  ui: { only: [], reason: 'it runs in a browser; types of admin/api-types.ts are the one exception' },
};

/** Imports whose target is computed at run time, so that nothing here can follow them, and why. */
const COMPUTED_IMPORTS: Readonly<Record<string, string>> = {};

/** `src/plugins/extender/tokens.ts` stands in `plugins`, `src/main.ts` in `main`. */
function roomOf(path: string): string {
  return (path.split('/')[1] ?? '').replace(/\.tsx?$/, '');
}

/** `extender` for `src/plugins/extender/tokens.ts`; null for the list `src/plugins/index.ts` and for every other room. */
function pluginOf(path: string): string | null {
  const [, room, plugin, ...rest] = path.split('/');
  return room === 'plugins' && plugin !== undefined && rest.length > 0 ? plugin : null;
}

function floorOf(room: string): number {
  return FLOORS.findIndex((rooms) => rooms.includes(room));
}

/** Why the one file may not import the other; null when it may. */
function objection(path: string, target: string, isTypeOnly: boolean): string | null {
  const [from, to] = [roomOf(path), roomOf(target)];
  if (floorOf(from) < 0) return `${from} stands on no floor`;
  if (floorOf(to) < 0) return `${to} stands on no floor`;
  if (from === to) {
    const [plugin, other] = [pluginOf(path), pluginOf(target)];
    return plugin !== null && plugin !== other ? 'a plugin imports nothing of another, nor the list of them' : null;
  }
  if (from === 'ui') return isTypeOnly && target === 'src/admin/api-types.ts' ? null : 'ui imports only types of admin/api-types.ts';
  const narrower = NARROWER[from];
  if (narrower !== undefined && !narrower.only.includes(to)) return `${from} imports only ${narrower.only.join(', ')}: ${narrower.reason}`;
  if (floorOf(from) === floorOf(to)) return `${from} and ${to} stand on one floor and never import each other`;
  return floorOf(from) < floorOf(to) ? null : `${to} stands above ${from}`;
}

/** Not a program: a style sheet or a picture that the bundler takes into the pages. */
function isBundled(target: string): boolean {
  return /\.(css|svg)$/.test(target) && existsSync(join(ROOT, target));
}

/** Every import that breaks the order of the floors, as `file:line imports file: why`. */
function climbs(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) =>
    file.imports.flatMap(({ target, isTypeOnly, line }) => {
      const why = target === null ? null : objection(file.path, target, isTypeOnly);
      return why === null ? [] : [`${file.path}:${line} imports ${target}: ${why}`];
    }),
  );
}

/** The circles of imports, types included, each as the files on its way; a file is left alone once everything below it is known. */
function circles(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) found.push([...way.slice(way.indexOf(path)), path].join(' → '));
    if (way.includes(path) || done.has(path)) return;
    for (const { target } of byPath.get(path)?.imports ?? []) if (target !== null) visit(target, [...way, path]);
    done.add(path);
  };
  for (const file of files) visit(file.path, []);
  return found;
}

function computedImports(files: readonly SourceFile[]): string[] {
  return files.filter((file) => file.imports.some((each) => each.specifier === null)).map((file) => file.path);
}

describe('the floors', () => {
  const files = parseSource();

  it('every import leads down, or stays in its room', () => {
    expect(climbs(files)).toEqual([]);
  });

  it('no file imports itself by way of others', () => {
    expect(circles(files)).toEqual([]);
  });

  it('every import can be followed, but for those that are listed with a reason', () => {
    expect(computedImports(files)).toEqual(Object.keys(COMPUTED_IMPORTS));
  });

  it('every relative import leads to a file that is there', () => {
    const paths = new Set(files.map((file) => file.path));
    const lost = files.flatMap((file) =>
      file.imports.flatMap(({ target }) => (target === null || paths.has(target) || isBundled(target) ? [] : [`${file.path} → ${target}`])),
    );
    expect(lost).toEqual([]);
  });
});

describe('the rules about floors bite', () => {
  it.each([
    ['a climb', 'src/core/a.ts', '../policy/b.js'],
    ['a climb by type alone', 'src/policy/a.ts', 'type:../gateway/b.js'],
    ['data plane to control plane', 'src/gateway/a.ts', '../admin/b.js'],
    ['control plane to data plane', 'src/admin/a.ts', 'type:../gateway/b.js'],
    ['one sibling to the other', 'src/authn/a.ts', '../store/b.js'],
    ['one plugin to another', 'src/plugins/wombats/a.ts', '../extender/b.js'],
    ['a plugin to the list of plugins', 'src/plugins/wombats/a.ts', '../index.js'],
    ['a plugin to the host', 'src/plugins/wombats/a.ts', '../../host/b.js'],
    ['a plugin to the store', 'src/plugins/wombats/a.ts', '../../store/b.js'],
    ['the sample product behind the gate', 'src/sample-product/a.ts', '../policy/b.js'],
    ['ui to a value', 'src/ui/a.tsx', '../admin/api-types.js'],
    ['ui to a type that is not for it', 'src/ui/a.tsx', 'type:../core/b.js'],
    ['a room that nobody knows', 'src/attic/a.ts', '../core/b.js'],
    ['the front door from within', 'src/gateway/a.ts', '../main.js'],
  ])('on %s', (_name, path, specifier) => {
    const [kind, target] = specifier.startsWith('type:') ? ['import type', specifier.slice(5)] : ['import', specifier];
    expect(climbs(parseFiles({ [path]: `${kind} { a } from '${target}';` }))).toHaveLength(1);
  });

  it.each([
    ['within a room', 'src/gateway/a.ts', './b.js'],
    ['the list of plugins to a plugin', 'src/plugins/index.ts', './extender/index.js'],
    ['within one plugin', 'src/plugins/extender/migrations/a.ts', '../tables.js'],
    ['gateway to authn', 'src/gateway/a.ts', '../authn/b.js'],
    ['the front door to everything', 'src/main.ts', './core/index.js'],
  ])('and leave alone: %s', (_name, path, specifier) => {
    expect(climbs(parseFiles({ [path]: `import { a } from '${specifier}';` }))).toEqual([]);
  });

  it('on a circle, also one that only types make', () => {
    const files = parseFiles({
      'src/core/a.ts': "import type { B } from './b.js';",
      'src/core/b.ts': "export * from './c.js';",
      'src/core/c.ts': "import { a } from './a.js';",
      'src/core/d.ts': "import { a } from './a.js';",
    });
    expect(circles(files)).toEqual(['src/core/a.ts → src/core/b.ts → src/core/c.ts → src/core/a.ts']);
  });

  it('on an import that cannot be followed', () => {
    expect(computedImports(parseFiles({ 'src/core/a.ts': 'await import(name);' }))).toEqual(['src/core/a.ts']);
  });
});
