// One transaction from begin to commit, and what an error in it means.
import { AsyncLocalStorage } from 'node:async_hooks';
import { type DataSource, type EntityManager, QueryFailedError, type QueryRunner } from 'typeorm';
import { HostError } from '../core/index.js';
import { isConstraintViolation } from './dialect.js';

const scope = new AsyncLocalStorage<{ isOpen: boolean }>();

/** Throws when called within a transaction: on SQLite a second one would wait for the first, which waits for it. */
export function refuseNested(): void {
  if (scope.getStore()?.isOpen === true) throw new Error('A transaction within a transaction would wait for itself: pass its manager on.');
}

/** Begins, works, commits; rolls back and rethrows when anything fails. The store's own failures become HostError store.unavailable. */
export async function transact<T>(dataSource: DataSource, work: (manager: EntityManager) => Promise<T>): Promise<T> {
  const runner = dataSource.createQueryRunner();
  const own = { isOpen: true };
  try {
    await runner.startTransaction();
    const result = await scope.run(own, () => work(runner.manager));
    await runner.commitTransaction();
    return result;
  } catch (error) {
    await rollBack(dataSource, runner);
    throw readStoreError(error);
  } finally {
    own.isOpen = false;
    await runner.release();
  }
}

async function rollBack(dataSource: DataSource, runner: QueryRunner): Promise<void> {
  try {
    await runner.rollbackTransaction();
  } catch {
    // SQLite has rolled back by itself (full disk), or nothing was begun. TypeORM's one runner would take the transaction for open
    // for ever after: it makes another when this one is forgotten.
    if ('queryRunner' in dataSource.driver) dataSource.driver.queryRunner = undefined;
  }
}

/** A failed statement as the house sees it: a constraint that did not hold stays what it is, anything else means the store is unavailable. */
export function readStoreError(error: unknown): unknown {
  if (!(error instanceof QueryFailedError)) return error;
  // The bound values could reach a log with the error: digests and cipher texts have no business there [AUD-11].
  Object.assign(error, { parameters: undefined });
  return isConstraintViolation(error) ? error : new HostError('store.unavailable', { cause: error });
}
