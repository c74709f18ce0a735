// The tables of what works name tests that are there, for every system, and README says nothing that docs/systems.md does not.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './source-tree.js';

const LINK = /\[[^\]]+\]\(([^)]+)\)/g;

interface Cell {
  readonly row: string;
  readonly text: string;
  /** Paths from the root. */
  readonly links: readonly string[];
}

/** The five columns' cells, row by row, of the table whose head has the systems' names. */
function cellsOf(page: string): readonly (readonly Cell[])[] {
  const lines = readFileSync(join(ROOT, page), 'utf8').split('\n');
  const head = lines.findIndex((line) => line.startsWith('| | Extender |'));
  const end = lines.findIndex((line, index) => index > head && !line.startsWith('|'));
  return lines.slice(head + 2, end).map((line) => {
    const [row = '', ...cells] = line
      .slice(1, -1)
      .split('|')
      .map((text) => text.trim());
    return cells.map((text) => ({ row, text, links: [...text.matchAll(LINK)].map(([, path = '']) => join(dirname(page), path)) }));
  });
}

describe.each(['README.md', 'docs/systems.md'])('the table of what works in %s', (page) => {
  const rows = cellsOf(page);

  it('has a row for everything that works, and a cell for each of the five systems', () => {
    expect(rows.length).toBeGreaterThanOrEqual(15);
    expect(rows.filter((cells) => cells.length !== 5)).toEqual([]);
  });

  it('names tests that are there, or the reason why there is none', () => {
    const wrong = rows.flat().filter(({ text, links }) => {
      if (links.length === 0) return text.replace('–', 'not the vendor’s').length < 4;
      return links.some((path) => !/^test\/(?:.*\.test\.ts|wire\/[a-z-]+)$/.test(path) || !existsSync(join(ROOT, path)));
    });
    expect(wrong).toEqual([]);
  });
});

it('README names for a system only tests that docs/systems.md has in its column', () => {
  const known = cellsOf('docs/systems.md');
  const unknown = cellsOf('README.md').flatMap((cells) =>
    cells.flatMap(({ links }, column) =>
      links.filter((link) => !known.some((row) => row[column]?.links.includes(link) === true)).map((link) => [column, link]),
    ),
  );
  expect(unknown).toEqual([]);
});
