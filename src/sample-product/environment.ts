// What both sample products stand on: given once at the start, nothing is imported from the house but core.
import type { Clock, RandomSource } from '../core/index.js';
import type { Budget } from './budget.js';
import type { SampleUsers } from './caller.js';

export interface SampleEnvironment {
  readonly users: SampleUsers;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly identityHeader: string | null;
  /** The public address without a context path; it may change while the sample runs. */
  baseUrl(): string;
  readonly budget: Budget;
}
