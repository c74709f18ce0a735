// What the rest of the house may ask of the database.
import type { EntityManager } from 'typeorm';

export type Engine = 'sqlite' | 'postgres' | 'mysql';

export interface Store {
  readonly engine: Engine;
  /** One prepared statement outside any transaction, on committed data only; `?` for each parameter. Throws HostError store.unavailable. */
  read<Row extends object>(sql: string, parameters?: readonly (string | number | null)[]): Promise<readonly Row[]>;
  /** Runs `work` in one transaction; transactions of this process do not interleave on SQLite. */
  transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T>;
  /** `"name"` or `` `name` ``, case kept. */
  quote(name: string): string;
  close(): Promise<void>;
}
