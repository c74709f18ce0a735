// Writes docs/errors.md, docs/limits.md and docs/settings.md from what is declared; with --check it writes nothing and fails when they are not current.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderErrors, renderLimits, renderSettings } from './render-docs.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { ERROR_CODES } = await import('../dist/core/error-codes.js');
const { HOUSE_SETTINGS } = await import('../dist/config/schema.js');
const { environmentName } = await import('../dist/config/environment-name.js');
const { plugins } = await import('../dist/plugins/index.js');

const pages = {
  'docs/errors.md': renderErrors(ERROR_CODES),
  'docs/limits.md': renderLimits(readFileSync('src/core/limits.ts', 'utf8')),
  'docs/settings.md': renderSettings(Object.values(HOUSE_SETTINGS), plugins, environmentName),
};

const isCheck = process.argv.includes('--check');
const stale = Object.entries(pages).filter(([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text);
if (!isCheck) {
  mkdirSync('docs', { recursive: true });
  for (const [path, text] of stale) writeFileSync(path, text);
}
for (const [path] of stale) console.log(`${path} ${isCheck ? 'is not current: npm run docs' : 'written'}`);
if (stale.length === 0) console.log(`${Object.keys(pages).join(' and ')} are current`);
process.exit(isCheck && stale.length > 0 ? 1 : 0);
