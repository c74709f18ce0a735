// Third-party packages as the tests load them: each one file. A test file has module registry and compiled code of its own, so that typeorm's
// seven hundred files were found, read and compiled again for each of some two hundred test files. Made once for a lock file, by jest.config.js.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What src/ and the tests import. Not better-sqlite3, which is compiled code, and not pg, which is asked for by `require`. */
const PACKAGES = [
  'commander',
  'croner',
  'express',
  'fast-check',
  'helmet',
  'ipaddr.js',
  'jose',
  'lru-cache',
  'micromatch',
  'mysql2',
  'mysql2/promise',
  'nodemailer',
  'passport',
  'passport-http',
  'passport-http-bearer',
  'pino',
  're2js',
  'smtp-server',
  'typeorm',
  'undici',
  'uuid',
  'yaml',
  'zod',
];

/** Asked for by TypeORM when no driver is given. Ours always is, and a module that is asked for by `require` must be CommonJS. */
const DRIVERS = new Set(['better-sqlite3', 'mysql2', 'pg']);

/** As dist/main.js has it: CommonJS packages ask for Node's own modules by `require`, which an ES module has not. */
const BANNER = "import { createRequire as postern } from 'node:module';\nconst require = postern(import.meta.url);";

/** A module that exports what Node finds in the package, by the same names. */
async function entryOf(name) {
  const names = Object.keys(await import(name)).filter((each) => /^[\w$]+$/.test(each));
  return `export { ${names.join(', ')} } from '${name}';\n`;
}

/** One build for all, so that what two packages share stays one instance. Names are kept: errors are told apart by those of their classes. */
async function bundleInto(folder) {
  const entries = path.join(folder, 'entries');
  for (const name of PACKAGES) {
    const file = path.join(entries, `${name}.mjs`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, await entryOf(name));
  }
  await build({
    entryPoints: PACKAGES.map((name) => path.join(entries, `${name}.mjs`)),
    outbase: entries,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minifyWhitespace: true,
    keepNames: true,
    banner: { js: BANNER },
    logLevel: 'error',
    plugins: [optionalStayOutside],
  });
}

/** What a package asks for and does without where it is not installed; and TypeORM's drivers, which it is always given. */
const optionalStayOutside = {
  name: 'optional-stay-outside',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[^./]/ }, async ({ path: name, importer, resolveDir, kind, pluginData }) => {
      if (pluginData === optionalStayOutside) return null;
      if (DRIVERS.has(name) && kind === 'require-call') return { path: name, external: true };
      const found = await resolve(name, { importer, resolveDir, kind, pluginData: optionalStayOutside });
      return found.errors.length > 0 ? { path: name, external: true } : found;
    });
  },
};

/** jest's `moduleNameMapper` from each package's name to its file. */
export async function packageFiles() {
  const made = createHash('sha256');
  for (const file of ['package-lock.json', 'test/support/packages.mjs']) made.update(readFileSync(path.join(ROOT, file)));
  const parent = path.join(ROOT, 'node_modules/.cache/postern-tests');
  const folder = path.join(parent, made.digest('hex').slice(0, 16));
  if (!existsSync(folder)) {
    mkdirSync(parent, { recursive: true });
    // Whole or not at all: two runs may begin at the same time.
    const draft = mkdtempSync(path.join(parent, 'draft-'));
    await bundleInto(draft);
    try {
      renameSync(draft, folder);
    } catch (error) {
      if (!existsSync(folder)) throw error;
      rmSync(draft, { recursive: true });
    }
  }
  return { [`^(${PACKAGES.map((name) => name.replace('.', '\\.')).join('|')})$`]: `${folder}/$1.mjs` };
}
