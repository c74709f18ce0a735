// Compiles src/ into dist/. Run by `npm ci` (prepare), `npm run build` and before every test. The old dist/ stays until the new one is
// whole, so that a build that fails leaves what ran before.
import { spawnSync } from 'node:child_process';
import { renameSync, rmSync } from 'node:fs';

const fresh = `dist-${process.pid}`;
const compiled = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', fresh], {
  stdio: 'inherit',
});
if (compiled.status === 0) {
  rmSync('dist', { recursive: true, force: true });
  renameSync(fresh, 'dist');
} else {
  rmSync(fresh, { recursive: true, force: true });
}
process.exit(compiled.status ?? 1);
