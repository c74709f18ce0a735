// Two nodes that start at the same moment on one empty database: both find nobody there, and both go on with the users that one of them makes.
import { Secret, silentLogger } from '../../src/core/index.js';
import { ensureFirstUsers, type FirstUsersNeeds } from '../../src/server/first-users.js';
import { type Directory, openDirectory } from '../../src/store/directory/directory.js';
import { storeMigrations } from '../../src/store/migrations/index.js';
import { openStore } from '../../src/store/open-store.js';
import { storeTables } from '../../src/store/tables/index.js';
import { eachDatabase } from '../support/databases.js';
import { testClock } from '../support/test-clock.js';
import { testRandom } from '../support/test-random.js';

/** Resolves for everybody once `count` have come. */
function meeting(count: number): () => Promise<void> {
  let open = (): void => undefined;
  const all = new Promise<void>((resolve) => {
    open = resolve;
  });
  let come = 0;
  return () => {
    come += 1;
    if (come === count) open();
    return all;
  };
}

/** Directories that hear each other's first questions answered before any of them goes on. */
function inStep(directories: readonly Directory[]): readonly Directory[] {
  const [counted, looked] = [meeting(directories.length), meeting(directories.length)];
  return directories.map((directory) => ({
    ...directory,
    async countUsers() {
      const users = await directory.countUsers();
      await counted();
      return users;
    },
    async findByUsername(username) {
      const user = await directory.findByUsername(username);
      await looked();
      return user;
    },
  }));
}

eachDatabase(
  (database) => {
    it.each<[string, Pick<FirstUsersNeeds, 'profile' | 'bootstrapAdmin'>, readonly string[]]>([
      ['demo users', { profile: 'emulator', bootstrapAdmin: null }, ['admin', 'jankowalski', 'user']],
      [
        'bootstrap administrator',
        { profile: 'gateway', bootstrapAdmin: { username: 'root', password: new Secret('a-password') } },
        ['root'],
      ],
    ])('makes the %s once, and neither node fails', async (_who, needs, names) => {
      const [url, folder] = [await database.emptyUrl(), await database.folder()];
      const open = () =>
        openStore({ url, dataFolder: folder.path, entities: storeTables, migrations: storeMigrations, logger: silentLogger });
      const stores = [await open(), await open()];
      try {
        const directories: Directory[] = [];
        for (const [node, store] of stores.entries())
          directories.push(
            await openDirectory({ store, clock: testClock(), random: testRandom(`node ${node}`), passwordScheme: 'pkcs5s2' }),
          );
        const told = await Promise.all(inStep(directories).map((directory) => ensureFirstUsers({ ...needs, directory, isLoopback: true })));
        expect(told[1]).toEqual(told[0]);
        for (const directory of directories)
          expect((await directory.listUsers({ startAt: 0, limit: 10 })).map(({ username }) => username)).toEqual(names);
      } finally {
        for (const store of stores) await store.close();
      }
    });
  },
  ['postgres', 'mariadb'],
);
