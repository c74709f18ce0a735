// `postern user`: users in the database itself, with the settings that the server is started with.
import { existsSync, writeFileSync } from 'node:fs';
import { PASSWORD_VARIABLE, runUserCommand, type UserCommand } from '../../src/cli/users.js';
import { Secret } from '../../src/core/index.js';
import { silentLogger } from '../../src/core/index.js';
import { openDirectory } from '../../src/store/directory/directory.js';
import { runPostern } from '../directory/running-postern.js';
import { openDatabase } from '../../src/server/database.js';
import { plugins } from '../../src/plugins/index.js';
import { loadSettings } from '../../src/config/load.js';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.js';
import { testClock } from '../support/test-clock.js';
import { testRandom } from '../support/test-random.js';

let folder: TemporaryFolder;
let runs = 0;

beforeEach(async () => {
  folder = await temporaryFolder();
});

afterEach(() => folder.remove());

interface Ran {
  readonly code: number;
  readonly printed: string;
  readonly complained: string;
}

async function run(
  command: UserCommand,
  {
    environment = {},
    flags = [],
    input = null,
  }: { environment?: Record<string, string>; flags?: readonly string[]; input?: string | null } = {},
): Promise<Ran> {
  const printed: string[] = [];
  const complained: string[] = [];
  const code = await runUserCommand(command, {
    environment: { POSTERN_DATA: folder.path, ...environment },
    flags,
    clock: testClock(),
    random: testRandom(`run ${(runs += 1)}`),
    readInput: async () => input,
    print: (line) => printed.push(line),
    complain: (line) => complained.push(line),
  });
  return { code, printed: printed.join('\n'), complained: complained.join('\n') };
}

const add = (username: string, options = {}, from: Parameters<typeof run>[1] = { input: `${username}-password` }) =>
  run({ name: 'add', username, options }, from);

/** Whether it is the user's password, as the server finds it. */
async function isPassword(username: string, password: string): Promise<boolean> {
  const settings = loadSettings(
    plugins.flatMap(({ manifest }) => manifest.settings),
    { POSTERN_DATA: folder.path },
  );
  const { store } = await openDatabase({ settings, plugins, logger: silentLogger });
  try {
    const directory = await openDirectory({ store, clock: testClock(), random: testRandom(), passwordScheme: 'pkcs5s2' });
    return (await directory.verifyPassword(username, new Secret(password))) !== null;
  } finally {
    await store.close();
  }
}

describe('add and list', () => {
  it('make users, also before the first start, and show them by name', async () => {
    const root = await add('root', { administrator: true, displayName: 'Root User', email: 'root@example.com' });
    expect(root).toEqual({ code: 0, printed: 'Added root (Root User, root@example.com), administrator', complained: '' });
    expect((await add('ada', { active: false })).code).toBe(0);
    const { code, printed } = await run({ name: 'list' });
    expect([code, printed.split('\n')]).toEqual([0, ['ada (ada), inactive', 'root (Root User, root@example.com), administrator']]);
  });

  it.each([
    ['standard input', { input: 'from-input' }, 'from-input'],
    ['standard input with the end of a line', { input: 'from-input\n' }, 'from-input'],
    ['standard input, blanks and all', { input: ' a b \r\n' }, ' a b '],
    ['the environment, which comes first', { environment: { [PASSWORD_VARIABLE]: 'from-environment' }, input: 'x' }, 'from-environment'],
  ])('take the password from %s [DIR-4]', async (_name, from, password) => {
    expect(await add('ada', {}, from)).toMatchObject({ code: 0, complained: '' });
    expect(await isPassword('ada', password)).toBe(true);
  });

  it.each([
    ['a terminal, where nobody is asked', { input: null }, 'There is no password'],
    ['nothing', { input: '' }, 'There is no password'],
    ['an empty line', { input: '\n' }, 'There is no password'],
    ['a password that is too short for the profile', { input: 'short', flags: ['--profile=gateway'] }, 'at least 8 characters'],
    ['a password of two lines', { input: 'a\nb' }, 'control or invisible characters'],
  ])('make nobody where the password comes from %s', async (_name, from, words) => {
    expect(await add('ada', {}, from)).toMatchObject({ code: 1, printed: '', complained: expect.stringContaining(words) });
    if (existsSync(folder.file('postern.sqlite'))) expect((await run({ name: 'list' })).printed).toBe('');
  });

  it.each([
    ['a/b', {}, 'username'],
    ['ada', { email: 'x' }, 'e-mail address'],
  ])('refuse what our API refuses: %s %j', async (username, options, words) => {
    expect(await add(username, options)).toMatchObject({ code: 1, complained: expect.stringContaining(words) });
  });

  it('refuse a name that is taken', async () => {
    await add('ada');
    expect(await add('ADA')).toMatchObject({ code: 1, complained: 'There is a user of this name already.' });
  });
});

describe('set and remove', () => {
  beforeEach(async () => {
    await add('root', { administrator: true });
    await add('ada');
  });

  it('change what is said and nothing else', async () => {
    const changed = await run({ name: 'set', username: 'ada', options: { displayName: 'Ada King', administrator: true } });
    expect(changed.printed).toMatch(/^Changed ada \(Ada King\), administrator\n.*60 seconds/);
    expect(await isPassword('ada', 'ada-password')).toBe(true);
  });

  it('change a password only where it is asked for', async () => {
    const options = { environment: { [PASSWORD_VARIABLE]: 'another-password' } };
    await run({ name: 'set', username: 'ada', options: { active: true } }, options);
    expect(await isPassword('ada', 'ada-password')).toBe(true);
    await run({ name: 'set', username: 'ada', options: { password: true } }, options);
    expect([await isPassword('ada', 'ada-password'), await isPassword('ada', 'another-password')]).toEqual([false, true]);
  });

  it('delete a user', async () => {
    expect((await run({ name: 'remove', username: 'ada' })).printed).toContain('Removed ada.');
    expect((await run({ name: 'list' })).printed).toBe('root (root), administrator');
  });

  it.each([
    [{ name: 'set', username: 'nobody', options: { active: true } }, 'There is no user of this name.'],
    [{ name: 'set', username: 'ada', options: {} }, 'Nothing is to be changed.'],
    [{ name: 'set', username: 'root', options: { administrator: false } }, 'This is the last active administrator.'],
    [{ name: 'remove', username: 'root' }, 'This is the last active administrator.'],
    [{ name: 'remove', username: 'nobody' }, 'There is no user of this name.'],
  ] as [UserCommand, string][])('refuse %j: %s', async (command, words) => {
    expect(await run(command)).toMatchObject({ code: 1, printed: '', complained: expect.stringContaining(words) });
  });
});

describe('the database', () => {
  it.each([[{ name: 'list' }], [{ name: 'set', username: 'ada', options: { active: false } }], [{ name: 'remove', username: 'ada' }]] as [
    UserCommand,
  ][])('that is not there is not made by %j: a misspelt folder would seem empty', async (command) => {
    const data = folder.file('elsewhere');
    const { code, complained } = await run(command, { flags: [`--data=${data}`] });
    expect([code, complained.includes('There is no database at'), complained.includes('POSTERN_DATA')]).toEqual([1, true, true]);
    expect(existsSync(data)).toBe(false);
  });

  it('that cannot be opened is left alone, with the reason', async () => {
    writeFileSync(folder.file('postern.sqlite'), 'this is no database at all, but a text that somebody wrote there');
    const { code, complained } = await run({ name: 'list' });
    expect([code, /could not be opened/.test(complained), complained.includes('Next: ')]).toEqual([1, true, true]);
  });

  it('is not looked for while a setting is wrong', async () => {
    const { code, complained } = await run({ name: 'list' }, { environment: { POSTERN_DATABSE: 'x' } });
    expect([code, complained.includes('did you mean POSTERN_DATABASE?')]).toEqual([1, true]);
  });

  it('may be a running server’s: it knows the user at once', async () => {
    const server = await runPostern();
    try {
      const flags = [`--data=${server.folder.path}`];
      expect((await run({ name: 'add', username: 'ada', options: {} }, { flags, input: 'ada-password' })).code).toBe(0);
      expect((await server.ask({ path: '/jira/rest/api/2/myself', as: ['ada', 'ada-password'] })).status).toBe(200);
    } finally {
      await server.close();
    }
  });
});
