// `GET /api/v1/managed-accounts.csv`: the file that the cloud's scripts read [CLD-6].
import { HostError, LIMITS } from '../../src/core/index.js';
import { cwdUserTable } from '../../src/store/tables/cwd-user.js';
import { posternUserTable } from '../../src/store/tables/postern-user.js';
import { type AdminWorld, startAdminWorld } from '../admin/admin-world.js';

const PATH = '/api/v1/managed-accounts.csv';

let world: AdminWorld;
beforeEach(async () => {
  world = await startAdminWorld();
});
afterEach(() => world.close());

const lines = async () => (await world.send({ path: PATH, as: 'admin' })).text.split('\r\n');
const accountOf = async (username: string) => (await world.directory.findByUsername(username))?.accountId ?? '';

it('has a header row with the account id first, and a row for every user, inactive ones too [CLD-6]', async () => {
  const answer = await world.send({ path: PATH, as: 'admin' });
  expect([answer.status, answer.headers['content-type'], answer.headers['cache-control']]).toEqual([
    200,
    'text/csv; charset=utf-8',
    'no-store',
  ]);
  expect(answer.headers['content-disposition']).toBe('attachment; filename="managed_accounts.csv"');
  expect(answer.text.split('\r\n')).toEqual([
    'Account ID,Username,Name,Email,Status',
    `${await accountOf('admin')},admin,admin,admin@example.com,Active`,
    `${await accountOf('alice')},alice,alice,alice@example.com,Active`,
    `${await accountOf('gone')},gone,gone,gone@example.com,Inactive`,
    '',
  ]);
  for (const name of ['admin', 'alice', 'gone']) expect(await accountOf(name)).toMatch(/^[a-zA-Z0-9_|:-]{1,128}$/);
});

it.each([
  ['Smith, John', '"Smith, John"', 'a comma'],
  ['John "Jack" Smith', '"John ""Jack"" Smith"', 'quotes'],
  ['=HYPERLINK("http://evil.example")', `"'=HYPERLINK(""http://evil.example"")"`, 'a formula'],
  ['+1-234', "'+1-234", 'a sum'],
  ['-2+3', "'-2+3", 'a difference'],
  ['@SUM(A1)', "'@SUM(A1)", 'a function'],
  ['＝1+1', "'＝1+1", 'a wide equals sign'],
  ['Żółć Ünïcode 漢字', 'Żółć Ünïcode 漢字', 'letters of any kind'],
])('writes the name %j as %j: %s [CLD-6]', async (displayName, field, _what) => {
  await world.directory.changeUser('alice', { displayName });
  expect((await lines())[2]).toBe(`${await accountOf('alice')},alice,${field},alice@example.com,Active`);
});

it('holds every user, however many there are [CLD-6]', async () => {
  const added = LIMITS.pageMax * 2;
  await addUsers(added);
  const accounts = (await lines()).slice(1, -1).map((line) => line.split(',')[0]);
  expect(accounts).toHaveLength(added + 3);
  expect(new Set(accounts).size).toBe(added + 3);
});

it.each([
  ['nobody', {}, 401],
  ['a wrong password', { as: ['admin', 'wrong'] as const }, 401],
  ['a user', { as: 'alice' as const }, 403],
  ['another method', { as: 'admin' as const, method: 'POST' }, 405],
])('is not for %s [CLD-6]', async (_who, sent, status) => {
  const answer = await world.send({ path: PATH, ...sent });
  expect([answer.status, answer.text.includes('557058')]).toEqual([status, false]);
});

it('tells its head alone when asked for that [CLD-6]', async () => {
  const answer = await world.send({ path: PATH, method: 'HEAD', as: 'admin' });
  expect([answer.status, answer.headers['content-type'], answer.text]).toEqual([200, 'text/csv; charset=utf-8', '']);
});

it('answers 503 when the users cannot be read [CLD-6]', async () => {
  await world.close();
  world = await startAdminWorld(({ directory }) => ({
    directory: {
      ...directory,
      allUsers() {
        throw new HostError('store.unavailable');
      },
    },
  }));
  expect((await world.send({ path: PATH, as: 'admin' })).status).toBe(503);
});

/** Rows as the directory writes them, without the slow hash of a password for each. */
async function addUsers(count: number): Promise<void> {
  const at = world.clock.now();
  const numbers = Array.from({ length: count }, (_, index) => 50_000 + index);
  await world.store.transaction(async (manager) => {
    for (let start = 0; start < count; start += 50) {
      const some = numbers.slice(start, start + 50);
      await manager.insert(
        cwdUserTable,
        some.map((id) => ({
          id,
          user_name: `User${id}`,
          lower_user_name: `user${id}`,
          active: 'T',
          created_date: at,
          updated_date: at,
          first_name: '',
          lower_first_name: '',
          last_name: '',
          lower_last_name: '',
          display_name: '',
          lower_display_name: '',
          email_address: '',
          lower_email_address: '',
          external_id: null,
          directory_id: 1,
          credential: null,
        })),
      );
      await manager.insert(
        posternUserTable,
        some.map((id) => ({
          user_id: id,
          jira_key: `J${id}`,
          confluence_key: `C${id}`,
          account_id: `557058:${id}`,
          is_administrator: false,
        })),
      );
    }
  });
}
