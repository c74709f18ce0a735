// The small rules that keep a house readable: sizes, names, doors to the outside, nothing dead, nothing of the machine it was written on.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { doorsUsed } from './doors.js';
import { keptFiles, strayTexts } from './kept-files.js';
import { emptyNames, hasDefaultExport } from './names.js';
import { nodesOf, parseFiles, parseSource, ROOT, type SourceFile } from './source-tree.js';

const FILE_LINES_MAX = 400;
const FUNCTION_LINES_MAX = 70;

/** File names and exported names that hold such a word all the same, and why. */
const ALLOWED_NAMES: Readonly<Record<string, string>> = {
  'src/gateway/handle.ts': 'the one handle: the straight line',
  'src/gateway/handle.ts#handle': 'the one handle: the straight line',
  'src/plugin-kit/site-switches.ts#dataCenterSetting': 'Data Center is the vendor’s word for the licence [PAT-30]',
  'src/sample-product/jira/server-info.ts': 'serverInfo is the name of the vendor’s resource [PRD-1]',
  'src/sample-product/jira/server-info.ts#serverInfoRoutes': 'serverInfo is the name of the vendor’s resource [PRD-1]',
  'src/store/data-source.ts': 'DataSource is TypeORM’s own word',
  'src/store/data-source.ts#DataSourceUse': 'DataSource is TypeORM’s own word',
  'src/store/data-source.ts#buildDataSource': 'DataSource is TypeORM’s own word',
};

/** Files through which time, randomness and the environment enter, what each may use, and why. */
const DOORS: Readonly<Record<string, { readonly uses: readonly string[]; readonly reason: string }>> = {
  'src/core/clock.ts': { uses: ['Date.now', 'performance', 'setInterval', 'setTimeout'], reason: 'the door to time' },
  'src/core/random.ts': { uses: ['crypto.randomFillSync'], reason: 'the door to randomness' },
  'src/core/zone.ts': { uses: ['process.env'], reason: 'sets the process to UTC, before anything loads that would read its zone' },
  'src/core/uuid.ts': { uses: ['uuid'], reason: 'gives the package both time and randomness from the doors' },
  'src/store/directory/user-changes.ts': { uses: ['uuid'], reason: 'gives the package the randomness of the door' },
  'src/ui/later.ts': { uses: ['Date.now', 'setTimeout'], reason: 'the clock of the pages, whose time is the browser’s' },
  'src/config/load.ts': { uses: ['process.env'], reason: 'the door to the environment' },
};

const FUNCTIONS = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ClassMethod',
  'PrivateMethod',
  'Constructor',
  'MethodProperty',
  'GetterProperty',
  'SetterProperty',
]);

function lineCount(text: string): number {
  return text.replace(/\n$/, '').split('\n').length;
}

/** Functions longer than fits on a screen, from the line of their name to their last; what stands within one counts for both. */
function longFunctions(file: SourceFile): string[] {
  return [...nodesOf(file.tree)].flatMap((node) => {
    if (!FUNCTIONS.has(node.type) || node.span === undefined) return [];
    const [first, last] = [file.lineOf(node.span.start), file.lineOf(node.span.end)];
    const lines = last - first + 1;
    return lines > FUNCTION_LINES_MAX ? [`${file.path}:${first} ${lines} lines`] : [];
  });
}

/** What the package offers to the outside, as source files: package.json names the compiled ones. */
function entryFiles(): string[] {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    main: string;
    bin: Record<string, string>;
    exports?: unknown;
  };
  const compiled = [manifest.main, ...Object.values(manifest.bin), ...textsIn(manifest.exports)].filter((path) => path.endsWith('.js'));
  return [...new Set(compiled.map((path) => path.replace(/^(\.\/)?dist\//, 'src/').replace(/\.js$/, '.ts')))];
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function unreachable(files: readonly SourceFile[], entries: readonly string[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const reached = new Set<string>();
  const waiting = [...entries];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    waiting.push(...(byPath.get(path)?.imports ?? []).flatMap(({ target }) => target ?? []));
  }
  return files.map((file) => file.path).filter((path) => path.startsWith('src/') && !reached.has(path));
}

const files = parseSource();
const kept = keptFiles().map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
const others = kept.filter(({ path }) => /\.(ts|tsx|mjs|js)$/.test(path) && !files.some((file) => file.path === path));
const programs = [...files, ...parseFiles(Object.fromEntries(others.map(({ path, text }) => [path, text])))];

describe('sizes', () => {
  it('no program file is longer than 400 lines', () => {
    const long = programs
      .filter((file) => lineCount(file.text) > FILE_LINES_MAX)
      .map((file) => `${file.path} ${lineCount(file.text)} lines`);
    expect(long).toEqual([]);
  });

  it('no function outside of tests is longer than 70 lines', () => {
    expect(programs.filter((file) => !file.path.startsWith('test/')).flatMap(longFunctions)).toEqual([]);
  });
});

describe('names', () => {
  it('no file and no export is called by a word that says nothing', () => {
    expect(files.flatMap(emptyNames).filter((name) => !(name in ALLOWED_NAMES))).toEqual([]);
  });

  it('every exception is in use', () => {
    expect(Object.keys(ALLOWED_NAMES).filter((name) => !files.flatMap(emptyNames).includes(name))).toEqual([]);
  });

  it('nothing is exported as default', () => {
    expect(files.filter(hasDefaultExport).map((file) => file.path)).toEqual([]);
  });
});

describe('the doors', () => {
  it('time, randomness and the environment enter by the doors alone', () => {
    const loose = files.flatMap((file) =>
      doorsUsed(file)
        .filter(({ name }) => DOORS[file.path]?.uses.includes(name) !== true)
        .map(({ line, name }) => `${file.path}:${line} ${name}`),
    );
    expect(loose).toEqual([]);
  });

  it('every door is in use', () => {
    const used = new Map(files.map((file) => [file.path, new Set(doorsUsed(file).map(({ name }) => name))]));
    const idle = Object.entries(DOORS).flatMap(([path, { uses }]) =>
      uses.filter((name) => used.get(path)?.has(name) !== true).map((name) => `${path} ${name}`),
    );
    expect(idle).toEqual([]);
  });
});

describe('what is kept', () => {
  it('every source file says at its beginning what it is for', () => {
    expect(files.filter((file) => !/^(#!.*\n)?\/[/*]/.test(file.text)).map((file) => file.path)).toEqual([]);
  });

  it('every entry that package.json names is there', () => {
    expect(entryFiles().filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('every source file is reached from an entry', () => {
    // index.html names the entry of the pages.
    const entries = [...entryFiles(), 'ormconfig.ts', 'src/testing/index.ts', 'src/ui/main.tsx'];
    expect(unreachable(programs, entries)).toEqual([]);
  });

  it('nothing speaks of work left in a comment, of one machine, or of a package registry', () => {
    expect(kept.flatMap(({ path, text }) => strayTexts(path, text))).toEqual([]);
  });
});

describe('the rules bite', () => {
  const parse = (text: string, path = 'src/core/a.ts'): SourceFile => parseFiles({ [path]: text })[0] as SourceFile;
  const lines = (count: number): string => 'a();\n'.repeat(count);

  it.each([
    ['a declaration', `function f() {\n${lines(69)}}`],
    ['an arrow', `const f = () => {\n${lines(69)}};`],
    ['a method', `class A { m() {\n${lines(69)}} }`],
    ['an object’s method', `const o = { m() {\n${lines(69)}} };`],
  ])('on a function of 71 lines: %s', (_name, text) => {
    expect(longFunctions(parse(`// é\n${text}`))).toEqual(['src/core/a.ts:2 71 lines']);
    expect(longFunctions(parse(text.replace('a();\n', '')))).toEqual([]);
  });

  it.each([
    ['export class TokenManager {}', true],
    ['export const parseUtils = 1;', true],
    ['export interface UserInfo {}', true],
    ['export function handleRequest() {}', true],
    ['export type Handler = () => void;', true],
    ['export const { rowData } = rows;', true],
    ['const a = 1; export { a as myService };', true],
    ["export { tokenHelper } from './b.js';", true],
    ['const localData = 1;', false],
    ['export const metadata = 1;', false],
    ['export const informed = 1;', false],
  ])('on the name in `%s`: %s', (text, isBanned) => {
    expect(emptyNames(parse(text))).toHaveLength(isBanned ? 1 : 0);
  });

  it('on the name of a file', () => {
    expect(emptyNames(parse('', 'src/core/string-utils.ts'))).toEqual(['src/core/string-utils.ts']);
  });

  it.each([
    ['const t = Date.now();', 'Date.now'],
    ['const t = new Date();', 'new Date()'],
    ['const t = new Date;', 'new Date()'],
    ['const t = Date();', 'new Date()'],
    ['const t = performance.now();', 'performance'],
    ['const t = globalThis.performance.now();', 'performance'],
    ['setTimeout(f, 1);', 'setTimeout'],
    ['globalThis.setTimeout(f, 1);', 'setTimeout'],
    ['const clock = { setInterval };', 'setInterval'],
    ['f(setInterval as unknown);', 'setInterval'],
    ["import { setTimeout as wait } from 'node:timers/promises';", 'timers/promises'],
    ['AbortSignal.timeout(5);', 'AbortSignal.timeout'],
    ['Math.random();', 'Math.random'],
    ['crypto.randomUUID();', 'crypto.randomUUID'],
    ['crypto.getRandomValues(a);', 'crypto.getRandomValues'],
    ["import { randomBytes as bytes } from 'node:crypto';", 'crypto.randomBytes'],
    ["import crypto from 'node:crypto';", 'crypto as a whole'],
    ["import { v4 } from 'uuid';", 'uuid'],
    ["process.env['A'];", 'process.env'],
    ["process['env'];", 'process.env'],
    ['const { env } = process;', 'process.env'],
    ["import { env } from 'node:process';", 'process.env'],
  ])('on a way round the doors: `%s`', (text, name) => {
    expect(doorsUsed(parse(text)).map((used) => used.name)).toContain(name);
  });

  it.each([
    ['formatting an instant', 'new Date(instant).toISOString();'],
    ['a socket’s own method', 'socket.setTimeout(1);'],
    ['a property of that name', 'const a = { performance: 1, setTimeout: f };'],
    ['a type', 'type A = typeof setTimeout;'],
    ['another part of crypto', "import { createHmac } from 'node:crypto';"],
    ['a comment', '// Date.now()'],
  ])('and leave alone: %s', (_name, text) => {
    expect(doorsUsed(parse(text))).toEqual([]);
  });

  it.each(['export default 1;', 'export default class {}', 'const a = 1; export { a as default };', "export { default } from './b.js';"])(
    'on `%s`',
    (text) => {
      expect(hasDefaultExport(parse(text))).toBe(true);
    },
  );

  it('on a file that nothing leads to, also when its own neighbours lead to it', () => {
    const tree = parseFiles({
      'src/main.ts': "import './core/a.js';",
      'src/core/a.ts': '',
      'src/core/b.ts': "import './c.js';",
      'src/core/c.ts': "import './b.js';",
    });
    expect(unreachable(tree, ['src/main.ts'])).toEqual(['src/core/b.ts', 'src/core/c.ts']);
  });

  it.each([
    [['// TO', 'DO: later'].join(''), 1],
    [["const path = '/ho", "me/someone/project';"].join(''), 1],
    [['see /ro', 'ot/.npmrc'].join(''), 1],
    [['"resolved": "https://regis', 'try.example.org/a.tgz"'].join(''), 1],
    ['https://example.com/home/page and /rest/work/items', 0],
    ['a to-do list', 0],
  ])('on `%s`', (text, count) => {
    expect(strayTexts('a.md', text)).toHaveLength(count);
  });
});
