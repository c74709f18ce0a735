// What the rest of the house may ask of the database.
import type { EntityManager } from 'typeorm';
import type { Engine } from '../plugin-kit/column-type.js';

export type { Engine };

export interface Store {
  readonly engine: Engine;
  /**
   * One prepared statement outside any transaction, on committed data only; `?` for each parameter. Whole numbers come as numbers, true and
   * false as 1 and 0 but on PostgreSQL, a vendor's timestamp as text in UTC. Throws HostError store.unavailable, within
   * LIMITS.databaseTimeoutMs where the database is a server.
   */
  read<Row extends object>(sql: string, parameters?: readonly (string | number | null)[]): Promise<readonly Row[]>;
  /**
   * Runs `work` in one transaction. Transactions take turns on every database, those of other processes too: what one has checked stays
   * true until it ends. One in which a statement failed is rolled back, whatever `work` makes of the error.
   */
  transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T>;
  /** `"name"` or `` `name` ``, case kept. */
  quote(name: string): string;
  close(): Promise<void>;
}
