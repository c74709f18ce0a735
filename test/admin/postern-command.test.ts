// The commands of `postern`: which there are, and what each runs.
import { createProgram } from '../../src/cli/program.js';

/** Runs `postern …` and tells what it ran, what it wrote and with which code it ended. */
async function run(...words: readonly string[]) {
  const ran: string[] = [];
  const written: string[] = [];
  const program = createProgram({
    version: '1.2.3',
    start: async (flags) => void ran.push(['start', ...flags].join(' ')),
    rotateKeys: async (flags) => {
      ran.push(['rotateKeys', ...flags].join(' '));
      return 1;
    },
    user: async (command, flags) => {
      ran.push([JSON.stringify(command), ...flags].join(' '));
      return 0;
    },
    explain: async (method, url, options, flags) => {
      ran.push([method, url, JSON.stringify(options), ...flags].join(' '));
      return 2;
    },
    audit: {
      tail: async (options, flags) => {
        ran.push(['audit tail', JSON.stringify(options), ...flags].join(' '));
        return 0;
      },
      verify: async (options, flags) => {
        ran.push(['verify', JSON.stringify(options), ...flags].join(' '));
        return 1;
      },
      publicKeys: async (flags) => {
        ran.push(['publicKeys', ...flags].join(' '));
        return 0;
      },
      findToken: async (options, flags) => {
        ran.push(['findToken', JSON.stringify(options), ...flags].join(' '));
        return 0;
      },
    },
    exit: (code) => void ran.push(`exit ${code}`),
  });
  const write = (text: string): void => void written.push(text);
  for (const command of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)]) {
    command.exitOverride().configureOutput({ writeOut: write, writeErr: write });
  }
  const ended = await program.parseAsync(words, { from: 'user' }).then(
    () => null,
    (error: unknown) => (error as { exitCode: number }).exitCode,
  );
  return { ran, written: written.join(''), ended };
}

it.each([[[]], [['--port=80', '-Ddata=elsewhere']]])('start serves, with settings as flags: %j', async (flags) => {
  expect(await run('start', ...flags)).toEqual({ ran: [['start', ...flags].join(' ')], written: '', ended: null });
});

it('keys rotate takes the settings that start takes, and ends with the exit code of the rotation [GW-13]', async () => {
  const ran = ['rotateKeys --data=elsewhere', 'exit 1'];
  expect(await run('keys', 'rotate', '--data=elsewhere')).toEqual({ ran, written: '', ended: null });
});

it('explain takes a request, what it is about, and the settings that start takes, and ends with the exit code of the answer [GW-25]', async () => {
  const words = ['GET', '/jira/rest/x', '--token', 'extender/a/b', '--address', '192.0.2.1', '--json', '--port=80'];
  const options = { login: 'admin', token: 'extender/a/b', address: '192.0.2.1', json: true };
  const { ran, written } = await run('explain', ...words);
  expect([ran, written]).toEqual([[`GET /jira/rest/x ${JSON.stringify(options)} --port=80`, 'exit 2'], '']);
});

it.each([
  [['verify', '--json', '--data=elsewhere'], 'verify {"json":true} --data=elsewhere', 1],
  [
    ['verify', '--anchor', 'kept', '--folder', 'copy', '--public-keys', 'p'],
    'verify {"anchor":["kept"],"folder":"copy","publicKeys":"p"}',
    1,
  ],
  [['public-keys', '--data=elsewhere'], 'publicKeys --data=elsewhere', 0],
  [['find-token', '--newest', '5', '--data=elsewhere'], 'findToken {"newest":5} --data=elsewhere', 0],
])('audit %j takes the settings that start takes, and ends with the exit code of its work [AUD-4, AUD-10]', async (words, ran, code) => {
  expect((await run('audit', ...words)).ran).toEqual([ran, `exit ${code}`]);
});

it('audit find-token takes no value on the command line: what stands there is a setting, or a number [AUD-10]', async () => {
  expect((await run('audit', 'find-token', '--newest', 'all')).written).toContain('whole number');
});

it.each([
  [['list'], { name: 'list' }],
  [['add', 'ada'], { name: 'add', username: 'ada', options: {} }],
  [
    ['add', 'ada', '--display-name', 'Ada Lovelace', '--email', 'ada@example.com', '--administrator'],
    { name: 'add', username: 'ada', options: { displayName: 'Ada Lovelace', email: 'ada@example.com', administrator: true } },
  ],
  [
    ['set', 'ada', '--no-administrator', '--no-active', '--password'],
    { name: 'set', username: 'ada', options: { administrator: false, active: false, password: true } },
  ],
  [['set', 'ada', '--active'], { name: 'set', username: 'ada', options: { active: true } }],
  [['remove', 'ada'], { name: 'remove', username: 'ada' }],
])('user %j takes the settings that start takes behind its own words', async (words, command) => {
  const { ran, written } = await run('user', ...words, '--data=elsewhere', '-Dport=0');
  expect([ran, written]).toEqual([[`${JSON.stringify(command)} --data=elsewhere -Dport=0`, 'exit 0'], '']);
});

it.each([
  [[['user', 'add']], 'missing required argument'],
  [[['user', 'set', 'ada', '--email']], 'argument missing'],
])('user without what it needs says so and runs nothing: %j', async ([words], text) => {
  const { ran, written, ended } = await run(...(words ?? []));
  expect([ran, ended, written.includes(text)]).toEqual([[], 1, true]);
});

it.each([
  [['--help'], 0, 'start'],
  [['keys', '--help'], 0, 'rotate'],
  [['--version'], 0, '1.2.3'],
  [[], 1, 'Usage: postern'],
  [['strat'], 1, 'Did you mean start?'],
])('%j runs nothing, ends with %i and says: %s', async (words, code, text) => {
  const { ran, written, ended } = await run(...words);
  expect(ran).toEqual([]);
  expect(ended).toBe(code);
  expect(written).toContain(text);
});
