// The data plane starts at the socket: neither Express nor the ORM is on a request's way [GW-60]. Checked in the source, and by running it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow, packageOf, parseFiles, parseSource, ROOT, type SourceFile } from './source-tree.js';

const DATA_PLANE = ['gateway', 'authn', 'policy', 'audit'];
const KEPT_OUT = ['express', 'typeorm'];

/** How a file of the data plane comes by a package that is kept out, one way for each file and package: `a → b → express`. */
function waysTo(files: readonly SourceFile[], starts: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const found: string[] = [];
  const visit = (file: SourceFile, way: readonly string[], seen: Set<string>): void => {
    if (seen.has(file.path)) return;
    seen.add(file.path);
    for (const { specifier, target, isTypeOnly } of file.imports) {
      if (isTypeOnly || specifier === null) continue;
      if (KEPT_OUT.includes(packageOf(specifier) ?? '')) found.push([...way, file.path, specifier].join(' → '));
      const next = byPath.get(target ?? '');
      if (next !== undefined) visit(next, [...way, file.path], seen);
    }
  };
  for (const start of starts) visit(start, [], new Set());
  return found;
}

function isDataPlane(path: string): boolean {
  return DATA_PLANE.includes(path.split('/')[1] ?? '');
}

/** The packages that a fresh process holds after importing these modules. */
function loadedBy(modules: readonly string[]): string[] {
  const child = spawnSync(process.execPath, ['test/architecture/loaded-packages.mjs', ...modules], { cwd: ROOT, encoding: 'utf8' });
  if (child.status !== 0) throw new Error(`the modules cannot be loaded: ${child.stderr}`);
  return JSON.parse(child.stdout) as string[];
}

describe('the data plane', () => {
  const files = parseSource();

  it.each(DATA_PLANE)('%s leads to neither express nor typeorm by any import that is left after compiling', (room) => {
    const starts = files.filter((file) => file.path.startsWith(`src/${room}/`));
    expect(starts.length).toBeGreaterThan(0);
    expect(waysTo(files, starts)).toEqual([]);
  });

  it('loads neither when it is run', () => {
    if (!existsSync(join(ROOT, 'dist'))) throw new Error('dist is not there: npm run build makes it');
    const modules = DATA_PLANE.flatMap((room) => filesBelow(`dist/${room}`, ['.js'])).map((path) => `./${path}`);
    expect(modules.length).toBe(files.filter((file) => isDataPlane(file.path)).length);
    expect(loadedBy(modules).filter((name) => KEPT_OUT.includes(name))).toEqual([]);
  });
});

describe('the rules about the data plane bite', () => {
  it('on a package that is reached by way of others, and not on a type', () => {
    const files = parseFiles({
      'src/gateway/a.ts': "import { b } from '../policy/b.js'; import type { Router } from 'express';",
      'src/policy/b.ts': "export { c } from '../core/c.js';",
      'src/core/c.ts': "import { type EntityManager } from 'typeorm';",
      'src/admin/d.ts': "import express from 'express';",
    });
    expect(
      waysTo(
        files,
        files.filter((file) => isDataPlane(file.path)),
      ),
    ).toEqual(['src/gateway/a.ts → src/policy/b.ts → src/core/c.ts → typeorm', 'src/policy/b.ts → src/core/c.ts → typeorm']);
  });

  it.each([...KEPT_OUT, 'lru-cache'])('on %s, which a process that loads it is seen to hold', (name) => {
    expect(loadedBy([name])).toContain(name);
  });
});
