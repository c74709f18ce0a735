// One transaction from begin to commit, and what an error in it means.
import { AsyncLocalStorage } from 'node:async_hooks';
import { type DataSource, type EntityManager, QueryFailedError, type QueryRunner } from 'typeorm';
import { readStatementError } from './statement-error.js';

/** Where the engines differ. */
export interface TransactionStyle {
  /** Begins, and waits until no transaction of another process is at work. */
  begin(runner: QueryRunner): Promise<void>;
  /** After the commit: lets the next one in. Never throws. */
  end(runner: QueryRunner): Promise<void>;
  /** Takes back what was not committed, and lets the next one in. Unless `isSound`, the connection may be gone. Never throws. */
  undo(runner: QueryRunner, isSound: boolean): Promise<void>;
  /** Runs one statement, for no longer than a statement may take. */
  bound<T>(statement: () => Promise<T>): Promise<T>;
}

const scope = new AsyncLocalStorage<{ isOpen: boolean }>();

/** Throws when called within a transaction: a second one would wait for the first, which waits for it. */
export function refuseNested(): void {
  if (scope.getStore()?.isOpen === true) throw new Error('A transaction within a transaction would wait for itself: pass its manager on.');
}

/** Begins, works, commits; rolls back and rethrows when anything fails. The store's own failures become HostError store.unavailable. */
export async function transact<T>(
  dataSource: DataSource,
  style: TransactionStyle,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  const statements = new WatchedStatements(runner, style);
  const own = { isOpen: true };
  try {
    await connect(runner);
    await style.begin(runner);
    const result = await scope.run(own, () => work(runner.manager));
    // PostgreSQL would answer the commit of such a transaction with a rollback, and call that a success.
    if (statements.failure !== null) throw statements.failure;
    await runner.commitTransaction();
    await style.end(runner);
    return result;
  } catch (error) {
    await style.undo(runner, statements.isSound);
    throw error;
  } finally {
    own.isOpen = false;
    // Transactions take turns, so none is open now; a scope that stays enabled puts hooks on every promise and callback of the process.
    scope.disable();
    statements.unwatch();
    await runner.release();
  }
}

/** Drivers bound this by themselves. A bound of our own would leave behind a connection that comes late, taken and never given back. */
async function connect(runner: QueryRunner): Promise<void> {
  try {
    await runner.connect();
  } catch (error) {
    throw readStatementError(error);
  }
}

/** Everything that TypeORM does comes through `runner.query`: there each statement gets its bound, and its error the house's form. */
class WatchedStatements {
  /** The first statement that failed. */
  failure: Error | null = null;
  /** False once one failed for another reason than its content. */
  isSound = true;
  readonly #runner: QueryRunner;

  constructor(runner: QueryRunner, style: TransactionStyle) {
    this.#runner = runner;
    const query = runner.query.bind(runner) as (...call: readonly unknown[]) => Promise<unknown>;
    const watched = async (...call: readonly unknown[]): Promise<unknown> => {
      try {
        return await style.bound(() => query(...call));
      } catch (thrown) {
        const error = readStatementError(thrown);
        this.failure ??= error;
        this.isSound &&= error instanceof QueryFailedError;
        throw error;
      }
    };
    runner.query = watched as QueryRunner['query'];
  }

  /** On SQLite there is one runner for all transactions: what was put on it is taken off again. */
  unwatch(): void {
    delete (this.#runner as { query?: unknown }).query;
  }
}
