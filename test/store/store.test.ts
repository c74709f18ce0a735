// What the store promises: reads see committed data only, transactions take turns, and its own failures are told from a statement's.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { stat, writeFile } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { inspect } from 'node:util';
import { QueryFailedError } from 'typeorm';
import { HostError, LIMITS, silentLogger } from '../../src/core/index.js';
import { StartError } from '../../src/core/start-error.js';
import { DEFAULT_DATABASE_URL } from '../../src/store/database-url.js';
import { isConstraintViolation, isUniqueViolation, placeholders } from '../../src/store/dialect.js';
import { storeMigrations } from '../../src/store/migrations/index.js';
import { type OpenStore, openStore } from '../../src/store/open-store.js';
import { loadSqliteDriver } from '../../src/store/sqlite-driver.js';
import { posternCursorTable } from '../../src/store/tables/postern-cursor.js';
import { posternSwitchTable } from '../../src/store/tables/postern-switch.js';
import { storeTables } from '../../src/store/tables/index.js';
import { eachDatabase } from '../support/databases.js';
import { deferred } from '../support/deferred.js';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.js';

const row = (switch_name: string, is_on = true) => ({ switch_name, is_on });

async function names(store: OpenStore): Promise<string[]> {
  const rows = await store.read<{ switch_name: string }>('SELECT switch_name FROM postern_switch ORDER BY switch_name');
  return rows.map((found) => found.switch_name);
}

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: unknown) => error,
  );

eachDatabase((database) => {
  it('never shows a read what a running transaction has written, nor what was rolled back', async () => {
    const store = await database.open();
    const rolledBack = store.transaction(async (manager) => {
      await manager.insert(posternSwitchTable, row('a'));
      expect(await manager.count(posternSwitchTable)).toBe(1);
      expect(await names(store)).toEqual([]);
      throw new Error('changed my mind');
    });
    await expect(rolledBack).rejects.toThrow('changed my mind');
    expect(await names(store)).toEqual([]);
  });

  it('shows the next read what a transaction has committed', async () => {
    const store = await database.open();
    expect(await names(store)).toEqual([]);
    await store.transaction((manager) => manager.insert(posternSwitchTable, row('a')));
    expect(await names(store)).toEqual(['a']);
  });

  it('does not interleave transactions: none sees another’s half, and no update is lost', async () => {
    const store = await database.open();
    await store.transaction((manager) => manager.query("INSERT INTO postern_cursor VALUES ('s', 0, 0, 0)"));
    const failed = new Set([3, 11]);
    const addOne = (turn: number) =>
      store.transaction(async (manager) => {
        const before = await manager.findOneByOrFail(posternCursorTable, { spool_id: 's' });
        expect(before.segment).toBe(before.byte_offset);
        await manager.update(posternCursorTable, { spool_id: 's' }, { segment: before.segment + 1 });
        await nextTurn();
        if (failed.has(turn)) throw new Error('rolled back');
        await manager.update(posternCursorTable, { spool_id: 's' }, { byte_offset: before.byte_offset + 1 });
      });
    const results = await Promise.allSettled(Array.from({ length: 20 }, (_, turn) => addOne(turn)));
    expect(results.map((result) => result.status === 'rejected')).toEqual(results.map((_, turn) => failed.has(turn)));
    expect(await store.read('SELECT segment, byte_offset FROM postern_cursor')).toEqual([{ segment: 18, byte_offset: 18 }]);
  });

  it('refuses a transaction within a transaction, which would wait for itself', async () => {
    const store = await database.open();
    await expect(store.transaction(() => store.transaction(async () => {}))).rejects.toThrow('pass its manager on');
    await store.transaction((manager) => manager.insert(posternSwitchTable, row('a')));
    expect(await names(store)).toEqual(['a']);
  });

  it('refuses a transaction when too many wait, and takes them again afterwards [GW-52]', async () => {
    const store = await database.open();
    const { promise: isBegun, resolve: begun } = deferred();
    const { promise: isReleased, resolve: release } = deferred();
    const first = store.transaction(() => {
      begun();
      return isReleased;
    });
    await isBegun;
    const waiting = Array.from({ length: LIMITS.transactionQueueMax }, () => store.transaction(async () => {}));
    await expect(store.transaction(async () => {})).rejects.toMatchObject({ code: 'store.unavailable' });
    release();
    await Promise.all([first, ...waiting]);
    await store.transaction(async () => {});
  });

  it('tells a value that is there already from every other failure, and keeps bound values out of the error [AUD-11]', async () => {
    const store = await database.open();
    const twice = await failure(
      store.transaction(async (manager) => {
        await manager.insert(posternSwitchTable, row('hidden-value'));
        await manager.insert(posternSwitchTable, row('hidden-value'));
      }),
    );
    expect(twice).toBeInstanceOf(QueryFailedError);
    expect(isUniqueViolation(twice)).toBe(true);
    expect(inspect(twice, { depth: 10, showHidden: true })).not.toContain('hidden-value');

    const missing = await failure(
      store.transaction((manager) => manager.query("INSERT INTO postern_switch (switch_name, is_on) VALUES ('hidden-value', NULL)")),
    );
    expect(isConstraintViolation(missing)).toBe(true);
    expect(isUniqueViolation(missing)).toBe(false);

    const select = placeholders(store.engine, 'SELECT * FROM nowhere WHERE a = ?');
    const broken = await failure(store.transaction((manager) => manager.query(select, ['hidden-value'])));
    expect(broken).toMatchObject({ code: 'store.unavailable', status: 503 });
    expect(isConstraintViolation(broken)).toBe(false);
    expect(inspect(broken, { depth: 10, showHidden: true })).not.toContain('hidden-value');
    expect(await names(store)).toEqual([]);
  });

  it('rolls back a transaction in which a statement failed, though the work goes on: PostgreSQL would call its rollback a commit', async () => {
    const store = await database.open();
    const swallowing = store.transaction(async (manager) => {
      await manager.insert(posternSwitchTable, row('a'));
      await manager.insert(posternSwitchTable, row('a')).catch(() => {});
    });
    expect(isUniqueViolation(await failure(swallowing))).toBe(true);
    expect(await names(store)).toEqual([]);
    await store.transaction((manager) => manager.insert(posternSwitchTable, row('b')));
    expect(await names(store)).toEqual(['b']);
  });

  it('tells texts apart that differ in case, accents or script alone', async () => {
    const store = await database.open();
    const texts = ['a', 'A', 'á', 'ａ', 'ss', 'ß', '😀', '😁'];
    await store.transaction((manager) =>
      manager.insert(
        posternSwitchTable,
        texts.map((text) => row(text)),
      ),
    );
    for (const text of texts) {
      expect(await store.read('SELECT switch_name FROM postern_switch WHERE switch_name = ?', [text])).toEqual([{ switch_name: text }]);
    }
    expect(await store.read('SELECT switch_name FROM postern_switch WHERE switch_name = ?', ['a\u0000'])).toEqual([]);
  });

  it('gives whole numbers as numbers, those in LIMIT too', async () => {
    const store = await database.open();
    const largest = Number.MAX_SAFE_INTEGER;
    await store.transaction((manager) =>
      manager.insert(
        posternCursorTable,
        [1, 2, 3].map((segment) => ({ spool_id: String(segment), segment, byte_offset: largest, updated_at: -1 })),
      ),
    );
    const page = 'SELECT segment, byte_offset, updated_at FROM postern_cursor WHERE byte_offset = ? ORDER BY segment LIMIT ? OFFSET ?';
    expect(await store.read(page, [largest, 1, 1])).toEqual([{ segment: 2, byte_offset: largest, updated_at: -1 }]);
    expect(await store.read('SELECT COUNT(*) AS total FROM postern_cursor')).toEqual([{ total: 3 }]);
  });

  it('cannot write through a read', async () => {
    const store = await database.open();
    const write = store.read("INSERT INTO postern_switch (switch_name, is_on) VALUES ('a', TRUE) RETURNING switch_name");
    await expect(write).rejects.toMatchObject({ code: 'store.unavailable' });
    expect(await names(store)).toEqual([]);
  });

  it('reads by more statements than it keeps prepared', async () => {
    const store = await database.open();
    for (let index = 0; index <= LIMITS.preparedStatementsMax; index += 1) await store.read(`SELECT ${index} AS n`);
    expect(await store.read('SELECT 0 AS n')).toEqual([{ n: 0 }]);
  });

  it('lets an error of the caller’s own through as it is', async () => {
    const store = await database.open();
    const own = new RangeError('mine');
    expect(await failure(store.transaction(() => Promise.reject(own)))).toBe(own);
  });

  it('answers a read that fails with store.unavailable, never with no rows [GW-11]', async () => {
    const store = await database.open();
    await expect(store.read('SELECT * FROM nowhere')).rejects.toMatchObject({ code: 'store.unavailable' });
    await store.close();
    await expect(store.read('SELECT 1')).rejects.toBeInstanceOf(HostError);
    await expect(store.transaction((manager) => manager.query('SELECT 1'))).rejects.toMatchObject({ code: 'store.unavailable' });
  });

  it('finishes the transactions that were begun before it closes', async () => {
    const store = await database.open();
    const insert = store.transaction(async (manager) => {
      await nextTurn();
      await manager.insert(posternSwitchTable, row('a'));
    });
    await Promise.all([insert, store.close()]);
    await expect(insert).resolves.toBeUndefined();
  });
});

describe('on SQLite', () => {
  let folder: TemporaryFolder;
  let store: OpenStore;
  const open = (url = DEFAULT_DATABASE_URL) =>
    openStore({ url, dataFolder: folder.file('data'), entities: storeTables, migrations: storeMigrations, logger: silentLogger });

  beforeEach(async () => {
    folder = await temporaryFolder();
    store = await open();
  });
  afterEach(async () => {
    if (store.dataSource.isInitialized) await store.close();
    await folder.remove();
  });

  it('asks the disk at every commit, so that an answered revocation survives a power cut', async () => {
    const FULL = 2;
    expect(await store.dataSource.query('PRAGMA synchronous')).toEqual([{ synchronous: FULL }]);
    expect(await store.dataSource.query('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }]);
    expect(await store.dataSource.query('PRAGMA foreign_keys')).toEqual([{ foreign_keys: 1 }]);
    expect(await store.dataSource.query('PRAGMA busy_timeout')).toEqual([{ timeout: LIMITS.databaseLockTimeoutMs }]);
  });

  it('keeps the database and its side files from other users of the machine', async () => {
    await store.transaction((manager) => manager.insert(posternSwitchTable, row('a')));
    for (const name of ['postern.sqlite', 'postern.sqlite-wal', 'postern.sqlite-shm']) {
      expect((await stat(folder.file(`data/${name}`))).mode & 0o777).toBe(0o600);
    }
  });

  it('takes the write lock when a transaction begins, before it has read anything that another process could change', async () => {
    const Database = loadSqliteDriver();
    const other = new Database(folder.file('data/postern.sqlite'), { timeout: 0 });
    await store.transaction(async (manager) => {
      await manager.count(posternSwitchTable);
      expect(() => other.exec("INSERT INTO postern_switch VALUES ('other', 1)")).toThrow(expect.objectContaining({ code: 'SQLITE_BUSY' }));
    });
    other.exec("INSERT INTO postern_switch VALUES ('other', 1)");
    other.close();
    expect(await names(store)).toEqual(['other']);
  });

  it('works on after SQLite has rolled a transaction back by itself', async () => {
    const rolledBack = store.transaction(async (manager) => {
      await manager.insert(posternSwitchTable, row('a'));
      await manager.query("INSERT OR ROLLBACK INTO postern_switch VALUES ('a', 1)");
    });
    await expect(rolledBack).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT_PRIMARYKEY' });
    const alsoRolledBack = store.transaction(async (manager) => {
      await manager.insert(posternSwitchTable, row('b'));
      throw new Error('no');
    });
    await expect(alsoRolledBack).rejects.toThrow('no');
    await store.transaction((manager) => manager.insert(posternSwitchTable, row('c')));
    expect(await names(store)).toEqual(['c']);
  });

  it('answers store.unavailable on a full disk, keeps what was committed, and works on when there is room', async () => {
    await store.transaction((manager) => manager.insert(posternSwitchTable, row('a')));
    const [{ page_count: pages }] = await store.dataSource.query('PRAGMA page_count');
    await store.dataSource.query(`PRAGMA max_page_count = ${pages}`);
    const big = store.transaction(async (manager) => {
      for (let index = 0; index < 2_000; index += 1) await manager.insert(posternSwitchTable, row(`big-${'x'.repeat(60)}-${index}`));
    });
    await expect(big).rejects.toMatchObject({ code: 'store.unavailable', cause: { code: 'SQLITE_FULL' } });
    await store.dataSource.query('PRAGMA max_page_count = 1000000');
    await store.transaction((manager) => manager.insert(posternSwitchTable, row('b')));
    expect(await names(store)).toEqual(['a', 'b']);
  });

  it('finds its data again after a restart', async () => {
    await store.transaction((manager) => manager.insert(posternSwitchTable, row('a')));
    await store.close();
    store = await open();
    expect(await names(store)).toEqual(['a']);
  });

  it('does not start on a file that is no database, and says what to do', async () => {
    await writeFile(folder.file('letter.txt'), 'Dear reader, '.repeat(100));
    const error = await failure(open(`sqlite:${folder.file('letter.txt')}`));
    expect(error).toBeInstanceOf(StartError);
    expect(error).toMatchObject({ message: expect.stringContaining('letter.txt'), nextStep: expect.stringContaining('database') });
  });

  it('does not start when a migration fails, and leaves the database to be tried again', async () => {
    await store.close();
    class Broken1795305600999 {
      readonly name = 'Broken1795305600999';
      async up(): Promise<void> {
        throw new Error('cannot');
      }
      async down(): Promise<void> {}
    }
    const attempt = openStore({
      url: DEFAULT_DATABASE_URL,
      dataFolder: folder.file('data'),
      entities: storeTables,
      migrations: [...storeMigrations, Broken1795305600999],
      logger: silentLogger,
    });
    await expect(attempt).rejects.toBeInstanceOf(StartError);
    store = await open();
    expect(await names(store)).toEqual([]);
  });
});

it('leaves no hook on the promises of the process behind: after one transaction each request cost a third more [GW-60]', async () => {
  const folder = await temporaryFolder();
  const script = fileURLToPath(new URL('hooks.child.mjs', import.meta.url));
  expect(execFileSync(process.execPath, [script, folder.path], { encoding: 'utf8' }).trim()).toBe('1');
  await folder.remove();
});
