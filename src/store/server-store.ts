// The store on PostgreSQL, MySQL and MariaDB. Transactions take turns across all processes, as they do on SQLite, by a lock that the server
// takes back by itself when its holder is gone.
import type { QueryRunner } from 'typeorm';
import { type Clock, HostError, LIMITS } from '../core/index.js';
import { withDeadline } from './deadline.js';
import { closeAtOnce, mysqlReadPool } from './mysql-pool.js';
import { pooledReader } from './pooled-reader.js';
import { postgresReadPool } from './postgres-pool.js';
import type { ServerAddress } from './server-url.js';
import type { StoreParts } from './store-parts.js';
import type { TransactionStyle } from './transaction.js';
import { giveMysqlTurn, takeMysqlTurn, takePostgresTurn } from './turn.js';

/** What the store needs of a database server. */
export function serverParts(address: ServerAddress, clock: Clock): StoreParts {
  const reader = pooledReader(address.engine === 'postgres' ? postgresReadPool(address) : mysqlReadPool(address), clock);
  return {
    read: (sql, parameters) => reader.all(sql, parameters),
    closeReader: () => reader.close(),
    style: {
      ...(address.engine === 'postgres' ? POSTGRES : MYSQL),
      bound: (statement) => withDeadline(clock, LIMITS.databaseTimeoutMs, statement),
    },
  };
}

// READ COMMITTED, said each time: under a stricter default the first statement, which waits for the turn, would fix what the others see.
const POSTGRES: Omit<TransactionStyle, 'bound'> = {
  async begin(runner) {
    await runner.startTransaction('READ COMMITTED');
    await takePostgresTurn(runner, 'transaction');
  },
  // The lock ends with the transaction.
  end: async () => {},
  async undo(runner, isSound) {
    if (isSound && (await succeeds(() => runner.rollbackTransaction()))) return;
    // What TypeORM's runner does when it hears that its connection is lost: the pool closes it.
    await (runner as PostgresRunner).releasePostgresConnection(new Error('The state of this connection is not known.'));
  },
};

type PostgresRunner = QueryRunner & { releasePostgresConnection(error: Error): Promise<void> };

const MYSQL: Omit<TransactionStyle, 'bound'> = {
  async begin(runner) {
    await runner.startTransaction('READ COMMITTED');
    if (await takeMysqlTurn(runner, 'transaction', LIMITS.databaseTurnTimeoutMs)) return;
    throw new HostError('store.unavailable', { detail: 'A transaction of another process takes too long.' });
  },
  async end(runner) {
    if (!(await succeeds(() => giveMysqlTurn(runner, 'transaction')))) closeMysql(runner);
  },
  async undo(runner, isSound) {
    const isUndone = isSound && (await succeeds(() => runner.rollbackTransaction()));
    if (!isUndone || !(await succeeds(() => giveMysqlTurn(runner, 'transaction')))) closeMysql(runner);
  },
};

function closeMysql(runner: QueryRunner): void {
  const { databaseConnection } = runner as QueryRunner & { databaseConnection?: Parameters<typeof closeAtOnce>[0] };
  if (databaseConnection !== undefined) closeAtOnce(databaseConnection);
}

async function succeeds(step: () => Promise<void>): Promise<boolean> {
  try {
    await step();
    return true;
  } catch {
    return false;
  }
}
