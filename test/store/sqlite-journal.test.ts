// Two processes that make the same new file at the same moment: the one that comes second to change its journal waits.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { loadSqliteDriver } from '../../src/store/sqlite-driver.js';
import { newFolder } from '../support/postern-process.js';

it('a journal that another process writes to is waited for, not given up at once', async () => {
  const file = join(newFolder(), 'new.sqlite');
  const holder = fork(new URL('journal-holder.child.mjs', import.meta.url).pathname, [file]);
  await once(holder, 'message');
  const database = new (loadSqliteDriver())(file, { timeout: 2_000 });
  database.pragma('journal_mode = WAL');
  expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
  database.close();
});
