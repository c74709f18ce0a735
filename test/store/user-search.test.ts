// Users are found by a part of a name or an address, letters without case, on each database.
import { Secret } from '../../src/core/index.js';
import { type Directory, openDirectory } from '../../src/store/directory/directory.js';
import { RefoldDisplayNames1795305600011 } from '../../src/store/migrations/1795305600011-refold-display-names.js';
import type { OpenStore } from '../../src/store/open-store.js';
import { eachDatabase } from '../support/databases.js';
import { testClock } from '../support/test-clock.js';
import { testRandom } from '../support/test-random.js';

eachDatabase((database) => {
  let store: OpenStore;
  let directory: Directory;

  beforeEach(async () => {
    store = await database.open();
    directory = await openDirectory({ store, clock: testClock(), random: testRandom(), passwordScheme: 'pkcs5s2' });
    await directory.createUser({
      username: 'anna',
      password: new Secret('correct horse'),
      displayName: 'ZOË 100% İ',
      emailAddress: 'Anna@Example.com',
      isAdministrator: false,
      isActive: true,
    });
  });

  const found = async (text: string) => (await directory.findContaining(text, 10)).map(({ username }) => username);

  it.each([
    ['zoë', true, 'a display name without case, in every script'],
    ['100%', true, 'as it stands'],
    ['0% i̇', true, 'as JavaScript folds it'],
    ['anna@EXAMPLE', true, 'an address, A-Z without case'],
    ['ZOE', false, 'an accent counts'],
    ['100_', false, 'no wildcard'],
    ['\0', false, 'a NUL is in no text'],
  ])('by %p: %p (%s) [PAT-28]', async (text, isFound) => {
    expect(await found(text)).toEqual(isFound ? ['anna'] : []);
  });

  it('by a display name that grows when it is folded, up to the bound', async () => {
    await directory.changeUser('anna', { displayName: 'İ'.repeat(255) });
    expect(await found('İ')).toEqual(['anna']);
  });

  it('by display names that were stored when they lost the case of A-Z alone', async () => {
    const folded = () => store.read('SELECT lower_display_name FROM cwd_user');
    const runner = store.dataSource.createQueryRunner();
    await new RefoldDisplayNames1795305600011().down(runner);
    expect(await folded()).toEqual([{ lower_display_name: 'zoË 100% İ' }]);
    await new RefoldDisplayNames1795305600011().up(runner);
    await runner.release();
    expect(await folded()).toEqual([{ lower_display_name: 'zoë 100% i̇' }]);
  });
});
