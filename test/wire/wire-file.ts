// Reads a wire file: what is set up, what is sent, and what must come back, as text that somebody who knows the product can review.

/** What is done before a request is sent. */
export type Step =
  | { readonly kind: 'clock'; readonly at: number }
  | { readonly kind: 'user'; readonly username: string; readonly displayName: string }
  /** `token` is its public name, or its label. */
  | { readonly kind: 'use'; readonly token: string; readonly count: number }
  | { readonly kind: 'audit'; readonly isDown: boolean };

/** One request and its answer. Texts may hold placeholders, see `wire-pattern.ts`. */
export interface WireExchange {
  readonly steps: readonly Step[];
  /** How often the request is sent; each answer must fit. */
  readonly times: number;
  /** `user` with the password, or `user:token`, as curl's `--user` takes it; null: without. */
  readonly login: string | null;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly status: number;
  readonly expectedHeaders: Readonly<Record<string, string>>;
  readonly expectedBody: string;
}

/** A whole file. */
export interface WireFile {
  /** When its world begins; null: when every world does. */
  readonly startsAt: number | null;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly exchanges: readonly WireExchange[];
}

/** Throws with the line at fault. */
export function parseWireFile(text: string): WireFile {
  const settings: Record<string, unknown> = {};
  let startsAt: number | null = null;
  const exchanges = text
    .split(/^={3,}\n/m)
    .filter((part) => part.trim() !== '')
    .map((part, index) =>
      parseExchange(part, (name, value) => {
        if (index > 0) throw new Error(`@${name} stands at the beginning of a file or nowhere`);
        if (name === 'starts') startsAt = instantOf(value);
        else Object.assign(settings, settingOf(value));
      }),
    );
  return { startsAt, settings, exchanges };
}

function parseExchange(text: string, ofFile: (name: 'starts' | 'setting', value: string) => void): WireExchange {
  const halves = text.split(/^-{3,}\n/m);
  const [sent, answered] = halves;
  if (sent === undefined || answered === undefined || halves.length > 2) throw new Error(`not one line of dashes in:\n${text}`);
  const lines = sent
    .split('\n')
    .filter((line, index, all) => !line.startsWith('#') && (line !== '' || all.slice(0, index).some(isRequestLine)));
  const first = lines.findIndex(isRequestLine);
  if (first < 0) throw new Error(`no request line in:\n${text}`);
  const marks = readMarks(lines.slice(0, first), ofFile);
  const [method = '', path = ''] = (lines[first] ?? '').split(' ');
  const { headers, body } = splitHead(lines.slice(first + 1));
  const [status = '', ...rest] = answered.split('\n');
  if (!/^\d{3}$/.test(status)) throw new Error(`no status below the dashes in:\n${text}`);
  const expected = splitHead(rest);
  return { ...marks, method, path, headers, body, status: Number(status), expectedHeaders: expected.headers, expectedBody: expected.body };
}

function isRequestLine(line: string): boolean {
  return /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \/\S*$/.test(line);
}

function readMarks(lines: readonly string[], ofFile: (name: 'starts' | 'setting', value: string) => void) {
  const steps: Step[] = [];
  let login: string | null = null;
  let times = 1;
  for (const line of lines) {
    const [, name, value = ''] = /^@(\w+) (.+)$/.exec(line) ?? [];
    if (name === 'as') login = value;
    else if (name === 'times') times = Number(value);
    else if (name === 'starts' || name === 'setting') ofFile(name, value);
    else steps.push(stepOf(name, value, line));
  }
  return { steps, login, times };
}

function stepOf(name: string | undefined, value: string, line: string): Step {
  const [first = '', ...rest] = value.split(' ');
  switch (name) {
    case 'clock':
      return { kind: 'clock', at: instantOf(value) };
    case 'user':
      return { kind: 'user', username: first, displayName: rest.join(' ') };
    case 'use':
      return { kind: 'use', token: [first, ...rest.slice(0, -1)].join(' '), count: Number(rest.at(-1)) };
    case 'audit':
      return { kind: 'audit', isDown: value === 'down' };
    default:
      throw new Error(`not understood: ${line}`);
  }
}

function instantOf(text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new Error(`not a time: ${text}`);
  return at;
}

function settingOf(text: string): Record<string, unknown> {
  const [name = '', value = ''] = text.split('=', 2);
  return { [name]: JSON.parse(value) as unknown };
}

/** Header lines up to the first empty one, then the body without the line end of the file. */
function splitHead(lines: readonly string[]): { headers: Record<string, string>; body: string } {
  const end = lines.indexOf('');
  const head = end < 0 ? lines : lines.slice(0, end);
  const headers = Object.fromEntries(
    head.map((line) => {
      const colon = line.indexOf(': ');
      if (colon < 0) throw new Error(`not a header: ${line}`);
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
  return {
    headers,
    body:
      end < 0
        ? ''
        : lines
            .slice(end + 1)
            .join('\n')
            .replace(/\n+$/, ''),
  };
}
