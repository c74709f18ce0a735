// Brings the tables up to date, one process at a time: two that start at once would both find the same migrations due.
import { MigrationExecutor, type QueryRunner } from 'typeorm';
import { LIMITS, type Logger } from '../core/index.js';
import { StartError } from '../core/start-error.js';
import { buildDataSource, type Schema } from './data-source.js';
import type { DatabaseAddress } from './database-url.js';
import { takeMysqlTurn, takePostgresTurn } from './turn.js';

/** Runs the migrations that are due, on a connection of its own that may take its time. Throws the driver's error. */
export async function migrate(address: DatabaseAddress, migrations: Schema['migrations'], logger: Logger): Promise<void> {
  const dataSource = await buildDataSource(address, { entities: [], migrations }, 'migrate');
  await dataSource.initialize();
  try {
    const runner = dataSource.createQueryRunner();
    await takeTurn(address, runner);
    const executor = new MigrationExecutor(dataSource, runner);
    // Within the transaction that is open; MySQL commits at every CREATE TABLE by itself.
    executor.transaction = 'none';
    const done = await executor.executePendingMigrations();
    await runner.commitTransaction();
    await runner.release();
    for (const { name } of done) logger.info({ migration: name }, 'Migrated the database.');
  } finally {
    // Ends the turn with the connection, and rolls back what was not committed.
    await dataSource.destroy();
  }
}

/** Begins the transaction with the lock in it; what is due is asked only then. */
async function takeTurn(address: DatabaseAddress, runner: QueryRunner): Promise<void> {
  switch (address.engine) {
    case 'sqlite':
      // Takes the write lock: see sqlite-driver.ts.
      return await runner.startTransaction();
    case 'postgres':
      await runner.startTransaction('READ COMMITTED');
      await runner.query(`SET LOCAL lock_timeout = ${LIMITS.migrationTurnMs}`);
      await takePostgresTurn(runner, 'migration');
      return await refuseOtherEncodings(runner);
    case 'mysql':
      await runner.startTransaction('READ COMMITTED');
      if (await takeMysqlTurn(runner, 'migration', LIMITS.migrationTurnMs)) return;
      throw new StartError('Another process has been changing the tables for too long.', 'See whether it still runs; then start again.');
    default:
      return address satisfies never;
  }
}

/** A name in another script could not be stored, and would be found out on the day somebody has one. */
async function refuseOtherEncodings(runner: QueryRunner): Promise<void> {
  const [row] = (await runner.query('SHOW server_encoding')) as { server_encoding: string }[];
  if (row?.server_encoding === 'UTF8') return;
  throw new StartError(
    `The database's encoding is ${row?.server_encoding}, in which not every name can be stored.`,
    "Make it anew: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0.",
  );
}
