// One at a time across every process that works on a database server: transactions, and the migrations at a start.
import type { QueryRunner } from 'typeorm';

type Turn = 'transaction' | 'migration';

// Any two numbers; PostgreSQL knows them within one database only.
const POSTGRES_KEYS: Readonly<Record<Turn, number>> = { transaction: 7_678_367_101, migration: 7_678_367_102 };

/** Waits for the turn, until the transaction ends. Throws when the session's lock_timeout passes first. */
export async function takePostgresTurn(runner: QueryRunner, turn: Turn): Promise<void> {
  await runner.query(`SELECT pg_advisory_xact_lock(${POSTGRES_KEYS[turn]})`);
}

/** Waits for the turn. False when `waitMs` passed first. The turn is the connection's: it ends with it, or when it is given back. */
export async function takeMysqlTurn(runner: QueryRunner, turn: Turn, waitMs: number): Promise<boolean> {
  const rows = (await runner.query(`SELECT GET_LOCK(${mysqlName(turn)}, ${waitMs / 1_000}) AS is_taken`)) as { is_taken: unknown }[];
  return Number(rows[0]?.is_taken) === 1;
}

/** Gives the turn back. */
export async function giveMysqlTurn(runner: QueryRunner, turn: Turn): Promise<void> {
  await runner.query(`DO RELEASE_LOCK(${mysqlName(turn)})`);
}

/** MySQL's locks have 64 characters at most, and are the whole server's: the database is part of the name. */
function mysqlName(turn: Turn): string {
  return `CONCAT('postern.${turn}.', SHA1(DATABASE()))`;
}
