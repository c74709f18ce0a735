// The measuring instrument itself: what the other files here conclude is worth no more than what is read here.
import { packageOf, parseFiles } from './source-tree.js';

const text = [
  '// é: a comment with two bytes in one character',
  "import type { A } from './a.js';",
  "import { type B } from './b.js';",
  "export * from '../floor/c.js';",
  "export type { D } from './d.js';",
  "type E = import('typeorm').EntityManager;",
  'const page = await import(`./${name}.js`);',
  "const late = await import('./f.js');",
  "const old = require('express');",
  "const older = createRequire(import.meta.url)('typeorm');",
  "const worker = new URL('./g.js', import.meta.url);",
  'const quoted = "import { h } from \'./h.js\'";',
  "// import { i } from './i.js';",
].join('\n');

describe('the reading of source files', () => {
  const [file] = parseFiles({ 'src/room/x.ts': text, 'src/room/a.ts': '', 'src/room/f.tsx': '', 'src/floor/c.ts': '' });

  it('finds every way to import, and nothing in strings and comments', () => {
    expect(file?.imports.map((each) => [each.line, each.specifier, each.isTypeOnly])).toEqual([
      [2, './a.js', true],
      [3, './b.js', false],
      [4, '../floor/c.js', false],
      [5, './d.js', true],
      [6, 'typeorm', true],
      [7, null, false],
      [8, './f.js', false],
      [9, 'express', false],
      [10, 'typeorm', false],
      [11, './g.js', false],
    ]);
  });

  it('leads from a compiled name to the file it was compiled from', () => {
    const targets = file?.imports.map((each) => each.target) ?? [];
    expect(targets).toEqual([
      'src/room/a.ts',
      'src/room/b.js',
      'src/floor/c.ts',
      'src/room/d.js',
      null,
      null,
      'src/room/f.tsx',
      null,
      null,
      'src/room/g.js',
    ]);
  });

  it.each([
    ['express', 'express'],
    ['@scope/name/part', '@scope/name'],
    ['lru-cache/min', 'lru-cache'],
    ['node:fs', null],
    ['./near.js', null],
  ])('reads the package of %s', (specifier, name) => {
    expect(packageOf(specifier)).toBe(name);
  });
});
