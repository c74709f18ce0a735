// Why the database could not be opened, and what the operator does next. Neither names a user's password nor quotes a row.
import { StartError } from '../core/start-error.js';
import type { DatabaseAddress } from './database-url.js';
import { bareError } from './statement-error.js';

const NEXT_STEPS: readonly { readonly codes: readonly string[]; readonly step: string }[] = [
  {
    codes: ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'ENOENT', '57P03'],
    step: 'Check that the database server runs, and that POSTERN_DATABASE has its host and port.',
  },
  {
    codes: ['28P01', '28000', 'ER_ACCESS_DENIED_ERROR', 'ER_ACCESS_DENIED_NO_PASSWORD_ERROR'],
    step: 'Check the user name and the password in POSTERN_DATABASE.',
  },
  { codes: ['3D000', 'ER_BAD_DB_ERROR'], step: 'Make the database (CREATE DATABASE …), or mend its name in POSTERN_DATABASE.' },
  {
    codes: ['42501', 'ER_DBACCESS_DENIED_ERROR', 'ER_TABLEACCESS_DENIED_ERROR'],
    step: 'Let the user make tables in this database: on PostgreSQL it should own it, on MySQL it needs all privileges on it.',
  },
  {
    codes: ['42P07', 'ER_TABLE_EXISTS_ERROR'],
    step: 'Use a database of Postern’s own: this one has a table of that name already.',
  },
];

const FILE_STEP = 'Check that the file is a database of Postern, that its folder can be written to, and that the disk is not full.';
const SERVER_STEP = 'Check POSTERN_DATABASE, and that the database is one of Postern.';

/** The StartError for what went wrong while opening. */
export function cannotOpen(address: DatabaseAddress, thrown: unknown): StartError {
  const cause = bareError(thrown);
  const known = NEXT_STEPS.find(({ codes }) => codesOf(thrown).some((code) => codes.includes(code)));
  const step = address.engine === 'sqlite' ? FILE_STEP : (known?.step ?? SERVER_STEP);
  return new StartError(`The database ${address.location} could not be opened or brought up to date: ${cause.message}`, step, cause);
}

/** An AggregateError, as of a name with two addresses, may have its codes within. */
function codesOf(error: unknown): readonly string[] {
  const own = typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  return error instanceof AggregateError ? [...own, ...error.errors.flatMap(codesOf)] : own;
}
