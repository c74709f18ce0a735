// One statement for many rows: TypeORM's builder spells it once, for the database at hand, and then it is run with each row's values. To build
// it for each row costs several times as much as to run it, and the uses of a thousand tokens are counted within a second [GW-62].
import { nextTurn } from '../core/index.js';
import type { EntityManager, ObjectLiteral, UpdateQueryBuilder } from 'typeorm';

/** Stands for a value while the statement is built. No value of ours holds NUL. */
const MARK = '\0value:';

/** Rows before requests get their turn: a millisecond or two. */
const ROWS_AT_ONCE = 50;

/** A value that each row has: in place of it where the statement is built. */
export function each(name: string): string {
  return MARK + name;
}

/**
 * Runs the statement for each row. `build` names the values with `each(…)`, be it in a condition or as a parameter; `rows` have them by those
 * names. Rejects with the database's error, and then the rows behind it have not been worked on.
 */
export async function runForEach<T extends ObjectLiteral>(
  manager: EntityManager,
  build: (manager: EntityManager) => UpdateQueryBuilder<T>,
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  const [statement, parameters] = build(manager).getQueryAndParameters() as [string, readonly unknown[]];
  for (const [index, row] of rows.entries()) {
    if (index % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) await nextTurn();
    await manager.query(
      statement,
      parameters.map((value) => (isMark(value) ? row[value.slice(MARK.length)] : value)),
    );
  }
}

function isMark(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith(MARK);
}
