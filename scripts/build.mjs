// Compiles src/ into dist/, the programs as bundles and the pages of src/ui into dist/ui. Run by `npm ci` (prepare), `npm run build` and before every test. The old
// dist/ stays until the new one is whole, so that a build that fails leaves what ran before.
import { spawn } from 'node:child_process';
import { renameSync, rmSync } from 'node:fs';
import { bundlePrograms } from './bundle.mjs';

const fresh = `dist-${process.pid}`;

function run(program, ...flags) {
  const child = spawn(process.execPath, [program, ...flags], { stdio: 'inherit' });
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

const codes = await Promise.all([
  run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', fresh),
  run('node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn', '--outDir', `../../${fresh}/ui`),
]);
// In place of what the compiler made of the two.
if (codes.every((code) => code === 0))
  codes.push(
    await bundlePrograms(fresh).then(
      () => 0,
      () => 1,
    ),
  );
const failed = codes.find((code) => code !== 0);
if (failed === undefined) {
  rmSync('dist', { recursive: true, force: true });
  renameSync(fresh, 'dist');
} else {
  rmSync(fresh, { recursive: true, force: true });
}
process.exit(failed ?? 0);
