// Where the databases differ: placeholders, quoting, and how each reports a constraint that did not hold.
import type { Engine } from './contract.js';
import { errorCode } from './error-code.js';

/** `"name"` or `` `name` ``, case kept. */
export function quoteName(engine: Engine, name: string): string {
  return engine === 'mysql' ? `\`${name.replaceAll('`', '``')}\`` : `"${name.replaceAll('"', '""')}"`;
}

// What may hold a question mark that is no placeholder: a quoted text or name.
const QUOTED_OR_MARK = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\?/g;

/** The statement with `?` as the database spells it: `$1`, `$2` … on PostgreSQL. */
export function placeholders(engine: Engine, sql: string): string {
  if (engine !== 'postgres') return sql;
  let count = 0;
  return sql.replace(QUOTED_OR_MARK, (piece) => {
    if (piece !== '?') return piece;
    count += 1;
    return `$${count}`;
  });
}

/** A timestamp as servers write it, `2026-01-31 10:00:00.5`, with all three digits of its milliseconds, as SQLite keeps it. */
export function withMilliseconds(text: string): string {
  return text.includes('.') ? text.padEnd('2026-01-31 10:00:00.000'.length, '0') : `${text}.000`;
}

// Found on TypeORM's error too, which copies the driver's fields: SQLite's extended result codes, PostgreSQL's SQLSTATE, MySQL's error names.
const UNIQUE_CODES = new Set([
  'SQLITE_CONSTRAINT_UNIQUE',
  'SQLITE_CONSTRAINT_PRIMARYKEY',
  'SQLITE_CONSTRAINT_ROWID',
  '23505',
  'ER_DUP_ENTRY',
]);
// A text that is too long and a number that is none are of this kind too: SQLite takes both.
const CONSTRAINT_CODES = new Set([
  'ER_BAD_NULL_ERROR',
  'ER_CHECK_CONSTRAINT_VIOLATED',
  'ER_CONSTRAINT_FAILED',
  'ER_DATA_TOO_LONG',
  'ER_NO_REFERENCED_ROW_2',
  'ER_ROW_IS_REFERENCED_2',
  'ER_TRUNCATED_WRONG_VALUE_FOR_FIELD',
  'ER_WARN_DATA_OUT_OF_RANGE',
]);

/** True when the statement would have put a second row where only one may be. */
export function isUniqueViolation(error: unknown): boolean {
  return UNIQUE_CODES.has(errorCode(error));
}

/** True when a constraint of any kind did not hold: the statement's content was at fault, the database is well. */
export function isConstraintViolation(error: unknown): boolean {
  const code = errorCode(error);
  return UNIQUE_CODES.has(code) || CONSTRAINT_CODES.has(code) || code.startsWith('SQLITE_CONSTRAINT') || /^2[23][\dA-Z]{3}$/.test(code);
}
