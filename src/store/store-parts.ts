// What an engine brings to the store: how it reads, and how its transactions begin and end.
import type { TransactionStyle } from './transaction.js';

export interface StoreParts {
  readonly style: TransactionStyle;
  /** All rows of one statement on committed data. Throws HostError store.unavailable. */
  readonly read: (sql: string, parameters: readonly (string | number | null)[]) => Promise<readonly unknown[]>;
  readonly closeReader: () => Promise<void>;
}
