// What a wire file writes for a value that differs from run to run: `«name:regex»` where it is seen first, `«name»` wherever it must be the
// same again, `«×1000 x»` for a text that is too long to be written out.

/** The values that were seen so far, by name. */
export type Seen = Map<string, string>;

const PLACEHOLDER = /«(?:×(\d+) ([^»]+)|(\w+)(?::([^»]+))?)»/g;

/** The text that is sent. Throws for a name that was not seen. */
export function fillIn(text: string, seen: Seen): string {
  return text.replaceAll(PLACEHOLDER, (_all, count: string | undefined, repeated: string | undefined, name: string | undefined) =>
    count === undefined ? valueOf(name ?? '', seen) : (repeated ?? '').repeat(Number(count)),
  );
}

/** Whether `text` is what was expected; what the placeholders stand for is noted. */
export function fits(expected: string, text: string, seen: Seen): boolean {
  const names: string[] = [];
  let at = 0;
  let source = '';
  for (const match of expected.matchAll(PLACEHOLDER)) {
    const [all, count, repeated, name = '', regex] = match;
    source += escapeRegex(expected.slice(at, match.index));
    at = match.index + all.length;
    if (count !== undefined) source += escapeRegex((repeated ?? '').repeat(Number(count)));
    else if (regex === undefined) source += names.includes(name) ? `\\k<${name}>` : escapeRegex(valueOf(name, seen));
    else {
      names.push(name);
      source += `(?<${name}>${regex})`;
    }
  }
  const found = new RegExp(`^${source}${escapeRegex(expected.slice(at))}$`, 's').exec(text);
  for (const name of names) if (found?.groups?.[name] !== undefined) seen.set(name, found.groups[name]);
  return found !== null;
}

/** The same JSON without blanks between its tokens: a wire file may be laid out for reading. */
export function withoutBlanks(text: string): string {
  return text.replaceAll(/(«[^»]*»|"(?:«[^»]*»|[^"\\]|\\.)*")|\s+/g, (_all, kept: string | undefined) => kept ?? '');
}

function valueOf(name: string, seen: Seen): string {
  const value = seen.get(name);
  if (value === undefined) throw new Error(`«${name}» was not seen before: say what it looks like, as «${name}:\\d+»`);
  return value;
}

function escapeRegex(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
