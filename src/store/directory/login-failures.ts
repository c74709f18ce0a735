// Counters of failed logins in the database, so that every node knows of every failure [DIR-6].
import { LessThanOrEqual, type EntityManager } from 'typeorm';
import { LIMITS, type LoginCounter, type LoginFailures } from '../../core/index.js';
import type { Store } from '../contract.js';
import { isUniqueViolation } from '../dialect.js';
import { posternLoginFailureTable } from '../tables/postern-login-failure.js';

interface CounterRow {
  readonly counter_key: string;
  readonly empty_at: number | string;
  readonly blocked_until: number | string;
}

type Next = Parameters<LoginFailures['change']>[1];

const SUMMARY = 'SELECT COUNT(*) AS total, MIN(empty_at) AS first_empty_at FROM postern_login_failure';
const EMPTIEST_TO_KEEP = 'SELECT empty_at FROM postern_login_failure ORDER BY empty_at DESC LIMIT 1 OFFSET ?';

/** The counters on a migrated store. */
export function loginFailures(store: Store): LoginFailures {
  const changeAll = (keys: readonly string[], next: Next): Promise<void> =>
    store.transaction(async (manager) => {
      for (const key of keys) await changeOne(manager, key, next);
    });
  return {
    async read(keys) {
      const marks = keys.map(() => '?').join(', ');
      const rows = await store.read<CounterRow>(`SELECT * FROM postern_login_failure WHERE counter_key IN (${marks})`, keys);
      return new Map(rows.map((row) => [row.counter_key, asCounter(row)]));
    },

    async change(keys, next) {
      // In one order, so that two transactions cannot wait for each other.
      const inOrder = keys.toSorted();
      await changeAll(inOrder, next).catch((error: unknown) => {
        // Another node made the row first; now it is there to be changed.
        if (isUniqueViolation(error)) return changeAll(inOrder, next);
        throw error;
      });
    },

    async forget(key) {
      await store.transaction((manager) => manager.delete(posternLoginFailureTable, { counter_key: key }));
    },

    async prune(now) {
      const [summary] = await store.read<{ total: number | string; first_empty_at: number | string | null }>(SUMMARY);
      const excess = Number(summary?.total) - LIMITS.loginCountersMax;
      let limit = now;
      if (excess > 0) {
        const [row] = await store.read<{ empty_at: number | string }>(EMPTIEST_TO_KEEP, [LIMITS.loginCountersMax]);
        limit = Math.max(now, Number(row?.empty_at ?? now));
      }
      // A quiet site writes nothing.
      if (summary === undefined || summary.first_empty_at === null || Number(summary.first_empty_at) > limit) return;
      await store.transaction((manager) => manager.delete(posternLoginFailureTable, { empty_at: LessThanOrEqual(limit) }));
    },
  };
}

/** Locks the row first, whatever the database: what `next` was told stays true until it is written. */
async function changeOne(manager: EntityManager, key: string, next: Next): Promise<void> {
  const where = { counter_key: key };
  const { affected } = await manager.update(posternLoginFailureTable, where, { empty_at: () => 'empty_at' });
  const row = affected === 0 ? null : await manager.findOneBy(posternLoginFailureTable, where);
  const { emptyAt, blockedUntil } = next(key, row === null ? null : asCounter(row));
  const values = { empty_at: emptyAt, blocked_until: blockedUntil };
  if (row === null) await manager.insert(posternLoginFailureTable, { ...where, ...values });
  else await manager.update(posternLoginFailureTable, where, values);
}

function asCounter(row: CounterRow): LoginCounter {
  return { emptyAt: Number(row.empty_at), blockedUntil: Number(row.blocked_until) };
}
