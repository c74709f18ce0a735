// Compiles src/ into dist/, bundles the programs there, and builds the pages of src/ui into dist/ui. Run by `npm ci` (prepare), `npm run
// build` and before every test. The old dist/ stays until the new one is whole, so that a build that fails leaves what ran before.
import { spawn } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundlePrograms } from './bundle.mjs';

const fresh = `dist-${process.pid}`;

function run(program, ...flags) {
  const child = spawn(process.execPath, [program, ...flags], { stdio: 'inherit' });
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** Each file of the pages once more, compressed: a server would do it at every start. */
function compressPages(folder) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile()) writeFileSync(`${file}.gz`, gzipSync(readFileSync(file)));
  }
}

const codes = await Promise.all([
  run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', fresh),
  run('node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn', '--outDir', `../../${fresh}/ui`),
]);
const failed = codes.find((code) => code !== 0);
try {
  if (failed === undefined) {
    // In place of what the compiler made of the two programs.
    await bundlePrograms(fresh);
    // npx makes a program executable when it first links it, and never again: a build over it must not take that away.
    chmodSync(`${fresh}/cli/postern.js`, 0o755);
    compressPages(`${fresh}/ui`);
    rmSync('dist', { recursive: true, force: true });
    renameSync(fresh, 'dist');
  }
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
process.exit(failed ?? 0);
