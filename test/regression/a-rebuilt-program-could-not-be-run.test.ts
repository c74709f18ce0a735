// `npx postern` links the program and makes it executable once; after the next `npm ci` in the same folder it was refused with
// "Permission denied", since the compiler and the bundler write files that nobody may run.
import { accessSync, constants, readFileSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const program = 'dist/cli/postern.js';

it('runs as a program of its own right after a build, whether or not npx has linked it before', async () => {
  accessSync(program, constants.X_OK);
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const { stdout } = await promisify(execFile)(program, ['--version']);
  expect(stdout.trim()).toBe(version);
});
