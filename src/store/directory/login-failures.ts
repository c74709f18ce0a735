// Counters of failed logins in the database, so that every node knows of every failure [DIR-6].
import { LessThanOrEqual } from 'typeorm';
import { LIMITS, type LoginCounter, type LoginFailures } from '../../core/index.js';
import type { Store } from '../contract.js';
import { posternLoginFailureTable } from '../tables/postern-login-failure.js';

interface CounterRow {
  readonly counter_key: string;
  readonly empty_at: number;
  readonly blocked_until: number;
}

const SUMMARY = 'SELECT COUNT(*) AS total, MIN(empty_at) AS first_empty_at FROM postern_login_failure';
const EMPTIEST_TO_KEEP = 'SELECT empty_at FROM postern_login_failure ORDER BY empty_at DESC LIMIT 1 OFFSET ?';

/** The counters on a migrated store. */
export function loginFailures(store: Store): LoginFailures {
  return {
    async read(keys) {
      const marks = keys.map(() => '?').join(', ');
      const rows = await store.read<CounterRow>(`SELECT * FROM postern_login_failure WHERE counter_key IN (${marks})`, keys);
      return new Map(rows.map((row) => [row.counter_key, asCounter(row)]));
    },

    async change(keys, next) {
      await store.transaction(async (manager) => {
        for (const counter_key of keys) {
          const row = await manager.findOneBy(posternLoginFailureTable, { counter_key });
          const { emptyAt, blockedUntil } = next(counter_key, row === null ? null : asCounter(row));
          await manager.upsert(posternLoginFailureTable, { counter_key, empty_at: emptyAt, blocked_until: blockedUntil }, ['counter_key']);
        }
      });
    },

    async forget(key) {
      await store.transaction((manager) => manager.delete(posternLoginFailureTable, { counter_key: key }));
    },

    async prune(now) {
      const [summary] = await store.read<{ total: number; first_empty_at: number | null }>(SUMMARY);
      const excess = (summary?.total ?? 0) - LIMITS.loginCountersMax;
      let limit = now;
      if (excess > 0) {
        const [row] = await store.read<{ empty_at: number }>(EMPTIEST_TO_KEEP, [LIMITS.loginCountersMax]);
        limit = Math.max(now, row?.empty_at ?? now);
      }
      // A quiet site writes nothing.
      if (summary === undefined || summary.first_empty_at === null || summary.first_empty_at > limit) return;
      await store.transaction((manager) => manager.delete(posternLoginFailureTable, { empty_at: LessThanOrEqual(limit) }));
    },
  };
}

function asCounter(row: CounterRow): LoginCounter {
  return { emptyAt: row.empty_at, blockedUntil: row.blocked_until };
}
