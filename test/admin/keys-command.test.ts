// `postern keys rotate`: a new site key, and nothing lost [GW-13].
import { readFile, stat, writeFile } from 'node:fs/promises';
import { rotateSiteKeys } from '../../src/cli/keys.js';
import type { Environment } from '../../src/config/load.js';
import { silentLogger } from '../../src/core/index.js';
import { storeMigrations } from '../../src/store/migrations/index.js';
import { openStore } from '../../src/store/open-store.js';
import { openSiteKeys } from '../../src/store/site-keys.js';
import { storeTables } from '../../src/store/tables/index.js';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.js';
import { testClock } from '../support/test-clock.js';
import { testRandom } from '../support/test-random.js';

interface KeyFile {
  readonly keys: readonly { readonly id: string; readonly secret: string }[];
}

let folder: TemporaryFolder;
const clock = testClock();

beforeEach(async () => {
  folder = await temporaryFolder();
});

afterEach(() => folder.remove());

async function rotate(environment: Environment, flags: readonly string[] = []) {
  const printed: string[] = [];
  const complained: string[] = [];
  const code = await rotateSiteKeys({
    environment,
    flags,
    clock,
    random: testRandom('rotated'),
    print: (line) => printed.push(line),
    complain: (line) => complained.push(line),
  });
  return { code, printed: printed.join('\n'), complained: complained.join('\n') };
}

/** What a start of the server does with its keys. */
async function startOnce<T>(keyFile: string, seed: string, use: (keys: Awaited<ReturnType<typeof openSiteKeys>>) => T): Promise<T> {
  const schema = { entities: storeTables, migrations: storeMigrations };
  const store = await openStore({ url: 'sqlite:postern.sqlite', dataFolder: folder.path, logger: silentLogger, ...schema });
  try {
    return use(await openSiteKeys({ keyFile, store, clock, random: testRandom(seed), logger: silentLogger }));
  } finally {
    await store.close();
  }
}

async function readKeys(keyFile: string): Promise<KeyFile['keys']> {
  return (JSON.parse(await readFile(keyFile, 'utf8')) as KeyFile).keys;
}

it.each([
  ['the default file in the data folder', 'site-key.json', (): Environment => ({ POSTERN_DATA: folder.path })],
  ['the file that POSTERN_KEY_FILE names', 'other.json', (): Environment => ({ POSTERN_KEY_FILE: folder.file('other.json') })],
])('puts a new key in front of %s, and says that a server must be restarted', async (_name, file, environment) => {
  const keyFile = folder.file(file);
  const before = await startOnce(keyFile, 'first', (keys) => keys.digest('token', 'abc'));
  const [oldKey] = await readKeys(keyFile);
  const { code, printed, complained } = await rotate(environment());
  expect([code, complained]).toEqual([0, '']);
  const keys = await readKeys(keyFile);
  expect(keys).toHaveLength(2);
  expect(keys[1]).toEqual(oldKey);
  expect(printed).toContain(`The new site key is ${keys[0]?.id}`);
  expect(printed).toContain(keyFile);
  expect(printed).toContain('restart');
  expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
  for (const { secret } of keys) expect(printed).not.toContain(secret);
  await startOnce(keyFile, 'second', (ring) => {
    expect(ring.digest('token', 'abc').keyId).toBe(keys[0]?.id);
    expect(ring.digests('token', 'abc')).toContainEqual(before);
  });
});

it('finds the file that a start with the same flags uses, and not another', async () => {
  await startOnce(folder.file('site-key.json'), 'first', () => undefined);
  const [flagged, other] = [folder.file('site-key.json'), folder.file('other.json')];
  await writeFile(other, await readFile(flagged));
  expect(await rotate({ POSTERN_KEY_FILE: other }, [`--keyFile=${flagged}`])).toMatchObject({ code: 0, complained: '' });
  expect([await readKeys(flagged), await readKeys(other)].map(({ length }) => length)).toEqual([2, 1]);
});

it('refuses a word that is no setting, and rotates nothing', async () => {
  await startOnce(folder.file('site-key.json'), 'first', () => undefined);
  expect((await rotate({ POSTERN_DATA: folder.path }, ['now'])).code).toBe(1);
  expect(await readKeys(folder.file('site-key.json'))).toHaveLength(1);
});

it('accepts the settings of the token systems beside its own, as a start does', async () => {
  await startOnce(folder.file('site-key.json'), 'first', () => undefined);
  const environment = { POSTERN_DATA: folder.path, POSTERN_EXTENDER_SECURE_MODE: 'true' };
  expect(await rotate(environment)).toMatchObject({ code: 0, complained: '' });
});

it.each([
  ['there is no key file', null, {}, 'There is no key file'],
  ['the key file is damaged', '{"version":1}', {}, 'is damaged'],
  ['a setting is misspelt', null, { POSTERN_KEYFILE: 'x' }, 'POSTERN_KEY_FILE'],
])('changes nothing and says why when %s: exit code 1', async (_name, content, environment, words) => {
  const keyFile = folder.file('site-key.json');
  if (content !== null) await writeFile(keyFile, content);
  const { code, printed, complained } = await rotate({ POSTERN_DATA: folder.path, ...environment });
  expect([code, printed]).toEqual([1, '']);
  expect(complained).toContain(words);
  expect(await readFile(keyFile, 'utf8').catch(() => null)).toBe(content);
});
