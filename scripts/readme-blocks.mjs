// Reads the commands of a page and what it says they print, and compares that with what they did print. Pure.

/** A line that starts a server and does not end. */
const START = /^(\w+=\S*\s+)*(npm (run )?start|npx postern( start)?|postern start|node dist\/main\.js)\b/;

/**
 * The `sh` blocks of a page, in order: `line` (of the fence, from 1), `text`, `server` (its last command, where that starts a server, or
 * null) and `commands` (what comes before it), `expected` (the `text`, `http` or `json` block that comes next, or null) and `skipped` (the
 * reason of a `<!-- not run: reason -->` right above it, or null).
 */
export function readBlocks(markdown) {
  const fences = fencesOf(markdown.split(/\r?\n/));
  return fences.flatMap((fence, index) => {
    if (fence.kind !== 'sh') return [];
    const next = fences[index + 1];
    const expected = ['text', 'http', 'json'].includes(next?.kind) ? { kind: next.kind, text: next.text } : null;
    return [{ line: fence.line, text: fence.text, ...splitServer(fence.text), expected, skipped: fence.skipped }];
  });
}

function splitServer(text) {
  const lines = text
    .replace(/\\\n\s*/g, ' ')
    .trimEnd()
    .split('\n');
  // `npm ci && npm start` is two commands to us: the first ends, the second does not.
  const last = lines
    .at(-1)
    .trim()
    .split(/\s+&&\s+/);
  const server = last.pop();
  if (!START.test(server)) return { commands: text, server: null };
  return { commands: [...lines.slice(0, -1), ...(last.length > 0 ? [last.join(' && ')] : [])].join('\n'), server };
}

function fencesOf(lines) {
  const fences = [];
  let open = null;
  let above = '';
  for (const [index, line] of lines.entries()) {
    if (open !== null) {
      if (line.trim() === open.fence) {
        fences.push({ ...open, text: open.lines.join('\n') });
        open = null;
      } else open.lines.push(line.slice(open.indent));
      continue;
    }
    const [, indent, fence, kind] = /^( *)(`{3,})(\w*)/.exec(line) ?? [];
    if (fence !== undefined) {
      const skipped = /^<!-- not run: (\S.*?) *-->$/.exec(above.trim())?.[1] ?? null;
      open = { kind, fence, indent: indent.length, line: index + 1, lines: [], skipped };
    }
    if (line.trim() !== '') above = line;
  }
  return fences;
}

/** Whether what was printed is what the page says. `…` stands for anything within its line, or for any lines where it stands alone. */
export function isAsExpected(expected, printed) {
  if (expected.kind === 'json') return new RegExp(`^${escapeAround(compactJson(expected.text), '[^]*?')}$`).test(compactJson(printed));
  return new RegExp(`^${linesPattern(expected.text)}$`).test(tidyText(printed));
}

/** Whether the lines stand somewhere in what was printed, one after the other: a server has printed something before and goes on. */
export function isWithin(expected, printed) {
  return new RegExp(`(^|\\n)${linesPattern(expected.text)}(\\n|$)`).test(tidyText(printed));
}

function linesPattern(text) {
  const lines = tidyText(text).split('\n');
  return lines.map((line, index) => linePattern(line.trim(), line, index === lines.length - 1)).join('');
}

function linePattern(trimmed, line, isLast) {
  if (trimmed === '…') return isLast ? '[^]*' : '(.*\\n)*?';
  return escapeAround(line, '.*') + (isLast ? '' : '\\n');
}

/** Blanks at the ends of lines, empty lines at the end and carriage returns are not seen in a page. */
function tidyText(text) {
  return text.replace(/[ \t\r]+$/gm, '').replace(/^\n+|\n+$/g, '');
}

/** Without the blanks between its tokens: a page shows JSON indented, a server sends it in one line. The order of the keys stays. */
function compactJson(text) {
  return text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1');
}

function escapeAround(text, anything) {
  return text
    .split('…')
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join(anything);
}
