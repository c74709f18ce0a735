// Lists the files that are kept in the repository, and finds in them what belongs to one machine or one moment.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './source-tree.js';

/** Every file that is kept, by the names in .gitignore: those that git tracks, and those that it soon will. */
export function keptFiles(folder = ''): string[] {
  const ignored = new Set([
    '.git',
    ...readFileSync(join(ROOT, '.gitignore'), 'utf8')
      .split('\n')
      .map((line) => line.replace(/\/$/, '')),
  ]);
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (ignored.has(entry.name) || entry.name.endsWith('.log')) return [];
    return entry.isDirectory() ? keptFiles(path) : [path];
  });
}

/** What must not stand in a file that is kept, spelt so that this table does not find itself. */
const STRAY_TEXTS: readonly { readonly name: string; readonly pattern: RegExp }[] = [
  { name: 'a note to oneself', pattern: /\b(TO[D]O|FIX[M]E)\b/ },
  { name: 'a path of one machine', pattern: /(?<![\w.:/-])\/(home|Users|root|work|tmp)\/[\w.-]+|\b[A-Z]:\\Users\\/ },
  { name: 'the host of a package registry', pattern: /\b(registry|npm)\.[a-z0-9-]+\.[a-z]{2,}\b/ },
];

/** Each line that holds one of them, as `path:line what`. */
export function strayTexts(path: string, text: string): string[] {
  return STRAY_TEXTS.flatMap(({ name, pattern }) =>
    text.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1} ${name}`] : [])),
  );
}
