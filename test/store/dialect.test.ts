// Where the databases differ, as far as it can be told without one.
import path from 'node:path';
import { StartError } from '../../src/core/start-error.js';
import { readDatabaseUrl } from '../../src/store/database-url.js';
import { isConstraintViolation, isUniqueViolation, placeholders, quoteName } from '../../src/store/dialect.js';

describe('placeholders', () => {
  it.each([
    ['SELECT a FROM b WHERE c = ? AND d = ?', 'SELECT a FROM b WHERE c = $1 AND d = $2', 'in order'],
    ["SELECT '?' FROM b WHERE c = ?", "SELECT '?' FROM b WHERE c = $1", 'a text may hold a question mark'],
    ["SELECT 'it''s ?', ?", "SELECT 'it''s ?', $1", 'a doubled quote does not end a text'],
    ['SELECT "a?" FROM b WHERE c = ?', 'SELECT "a?" FROM b WHERE c = $1', 'a name may hold one too'],
    ['SELECT 1', 'SELECT 1', 'none at all'],
  ])('writes %s as PostgreSQL does (%#)', (sql, expected) => {
    expect(placeholders('postgres', sql)).toBe(expected);
    expect(placeholders('sqlite', sql)).toBe(sql);
    expect(placeholders('mysql', sql)).toBe(sql);
  });
});

it.each([
  ['sqlite', 'AO_81F455_PERSONAL_TOKEN', '"AO_81F455_PERSONAL_TOKEN"'],
  ['postgres', 'a"b', '"a""b"'],
  ['mysql', 'AO_81F455_PERSONAL_TOKEN', '`AO_81F455_PERSONAL_TOKEN`'],
  ['mysql', 'a`b', '`a``b`'],
] as const)('quotes for %s the name %s, case kept', (engine, name, expected) => {
  expect(quoteName(engine, name)).toBe(expected);
});

it.each([
  ['SQLITE_CONSTRAINT_UNIQUE', true, true],
  ['SQLITE_CONSTRAINT_PRIMARYKEY', true, true],
  ['SQLITE_CONSTRAINT_NOTNULL', false, true],
  ['SQLITE_BUSY', false, false],
  ['23505', true, true],
  ['23502', false, true],
  ['22001', false, true],
  ['22P02', false, true],
  ['40001', false, false],
  ['57P01', false, false],
  ['ER_DUP_ENTRY', true, true],
  ['ER_BAD_NULL_ERROR', false, true],
  ['ER_DATA_TOO_LONG', false, true],
  ['ER_LOCK_WAIT_TIMEOUT', false, false],
  ['ECONNREFUSED', false, false],
])('reads the code %s: unique violation %s, constraint %s', (code, isUnique, isConstraint) => {
  const error = Object.assign(new Error('from the driver'), { code });
  expect(isUniqueViolation(error)).toBe(isUnique);
  expect(isConstraintViolation(error)).toBe(isConstraint);
});

it.each([[null], [undefined], ['SQLITE_CONSTRAINT_UNIQUE'], [new Error('no code')], [{ code: 23505 }]])(
  'reads no violation into %p',
  (error) => {
    expect(isUniqueViolation(error)).toBe(false);
    expect(isConstraintViolation(error)).toBe(false);
  },
);

describe('database URLs', () => {
  const data = path.resolve('/var/lib/postern');

  it.each([
    ['sqlite:postern.sqlite', path.join(data, 'postern.sqlite'), 'relative to the data folder'],
    ['sqlite:/srv/a b.sqlite', '/srv/a b.sqlite', 'a path as it is'],
    ['file:x/y.db', path.join(data, 'x/y.db'), 'the other scheme'],
    ['file:///srv/a%20b.sqlite', '/srv/a b.sqlite', 'a real file URL has escapes'],
    ['sqlite:///srv/a.sqlite', '/srv/a.sqlite', 'as other tools write it'],
  ])('reads %s (%#)', (url, location) => {
    expect(readDatabaseUrl(url, data)).toEqual({ engine: 'sqlite', location });
  });

  it.each([
    ['sqlite:', 'no file'],
    ['sqlite::memory:', 'a second connection would see another database'],
    ['file:x?mode=memory', 'options would be part of the name'],
    ['sqlite://host/x', 'a file on another machine'],
    ['oracle://x', 'not known'],
    ['postern.sqlite', 'no scheme'],
    ['', 'nothing'],
  ])('refuses %p (%s)', (url) => {
    expect(() => readDatabaseUrl(url, data)).toThrow(StartError);
  });
});
