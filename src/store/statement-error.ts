// What a failed statement means to the house, and what of it may be told: drivers put the values of a row into their errors, and a digest
// or a cipher text has no business in a log [AUD-11].
import { QueryFailedError } from 'typeorm';
import { HostError } from '../core/index.js';
import { isConstraintViolation } from './dialect.js';
import { errorCode } from './error-code.js';

/** A constraint that did not hold is the statement's fault and stays a QueryFailedError; anything else: HostError store.unavailable. */
export function readStatementError(error: unknown): Error {
  if (error instanceof HostError) return error;
  const isStatementsFault = error instanceof QueryFailedError && isConstraintViolation(error);
  return isStatementsFault ? new QueryFailedError(error.query, undefined, bareError(error)) : databaseFailure(error);
}

/** HostError store.unavailable with what the database said, as far as an operator may see it. */
export function databaseFailure(error: unknown): HostError {
  const cause = bareError(error);
  return new HostError('store.unavailable', { detail: `The database: ${cause.message}`, cause });
}

const SAFE_FIELDS = ['code', 'errno', 'sqlState', 'syscall', 'severity', 'constraint', 'table', 'column'] as const;

/** The same error without anything that a row or a parameter could have put into it. */
export function bareError(thrown: unknown): Error {
  const error: unknown = thrown instanceof QueryFailedError ? thrown.driverError : thrown;
  const bare = new Error(withoutValues(error));
  bare.name = error instanceof Error ? error.name : 'Error';
  for (const name of SAFE_FIELDS) {
    const value = fieldOf(error, name);
    if (typeof value === 'string' || typeof value === 'number') Object.assign(bare, { [name]: value });
  }
  return bare;
}

/** MySQL quotes values and names alike; PostgreSQL quotes values in its class 22, of values that are none of their type. */
function withoutValues(error: unknown): string {
  const message = messageOf(error);
  if (fieldOf(error, 'sqlState') !== undefined) return message.replace(/'.*'/gs, '…');
  return errorCode(error).startsWith('22') ? message.replace(/".*"/gs, '…') : message;
}

/** An AggregateError, as of a name with two addresses, has no message of its own. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

function fieldOf(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[name] : undefined;
}
