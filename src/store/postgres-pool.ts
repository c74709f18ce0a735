// Connections to PostgreSQL: how long they may take, in which zone times are read and written, and which types come as what.
import { createRequire } from 'node:module';
import { LIMITS } from '../core/index.js';
import { vendorTimestampText } from '../plugin-kit/table.js';
import { placeholders, withMilliseconds } from './dialect.js';
import type { ReadPool } from './pooled-reader.js';
import type { PgClient, PgModule, PgStatement, PgTypes } from './postgres-shape.js';
import type { ServerAddress } from './server-url.js';

const { Pool, Client, types } = createRequire(import.meta.url)('pg') as PgModule;

// pg_type.dat: BIGINT, and a timestamp without a zone.
const INT8 = 20;
const TIMESTAMP = 1114;

export interface SessionBounds {
  /** What the server allows one statement; null: its own bounds hold. */
  readonly statementMs: number | null;
  /** A reader cannot write. */
  readonly isReader: boolean;
}

/** Options of a pool, TypeORM's or the reader's. */
export function postgresOptions(address: ServerAddress, bounds: SessionBounds) {
  return {
    host: address.host,
    port: address.port,
    database: address.database,
    user: address.username ?? undefined,
    password: address.password?.reveal(),
    // Said in any case: PGSSLMODE would speak otherwise.
    ssl: address.tls ?? false,
    max: bounds.isReader ? LIMITS.databaseReadConnectionsMax : LIMITS.databaseWriteConnectionsMax,
    connectionTimeoutMillis: LIMITS.databaseConnectTimeoutMs,
    // For what the pool itself asks of a new connection; all else has its own bound, ours, which passes first.
    ...(bounds.statementMs === null ? {} : { query_timeout: 2 * bounds.statementMs }),
    keepAlive: true,
    application_name: 'postern',
    Client: UtcClient,
    types: bounds.isReader ? READ_TYPES : ORM_TYPES,
    onConnect: (client: PgClient) => client.query(sessionStatement(bounds)),
  };
}

/** A pool for prepared reads. Unlike TypeORM's, its connections cannot write. */
export function postgresReadPool(address: ServerAddress): ReadPool {
  const pool = new Pool(postgresOptions(address, { statementMs: LIMITS.databaseTimeoutMs, isReader: true }));
  // An idle connection that the server closed is gone from the pool already; whoever reads next opens another.
  pool.on('error', () => {});
  const statements = new Map<string, Omit<PgStatement, 'values'>>();

  function prepared(sql: string): Omit<PgStatement, 'values'> {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const text = placeholders('postgres', sql);
    // A name lasts as long as its connection, and takes memory on the server: past the bound a statement has none.
    if (statements.size >= LIMITS.preparedStatementsMax) return { text };
    const statement = { text, name: `postern_${statements.size}` };
    statements.set(sql, statement);
    return statement;
  }

  return {
    async connect() {
      const client = await pool.connect();
      return {
        async all(sql, parameters) {
          return (await client.query({ ...prepared(sql), values: parameters.map(withoutNul) })).rows;
        },
        release: () => client.release(),
        discard: () => client.release(true),
      };
    },
    end: () => pool.end(),
  };
}

/** PostgreSQL's text cannot hold a NUL, so nothing is equal to one that does: as with NULL. */
function withoutNul(value: string | number | null): string | number | null {
  return typeof value === 'string' && value.includes('\0') ? null : value;
}

/** `pg` writes a Date in the zone of the process, and a column without a zone keeps the hour and forgets the zone. */
class UtcClient extends Client {
  constructor(options: object) {
    super(options);
    // A connection that is lost fails its statement; the event besides would end the process where nobody listens.
    this.on('error', () => {});
  }

  override query(statement: PgStatement | string, ...rest: unknown[]): ReturnType<PgClient['query']> {
    const [values, ...more] = rest;
    return super.query(statement, ...(Array.isArray(values) ? [values.map(dateAsText), ...more] : rest));
  }
}

function dateAsText(value: unknown): unknown {
  return value instanceof Date ? vendorTimestampText(value.getTime()) : value;
}

const READ_TYPES = typesWith({ [INT8]: wholeNumber, [TIMESTAMP]: withMilliseconds });
const ORM_TYPES = typesWith({ [INT8]: wholeNumber, [TIMESTAMP]: (text) => new Date(`${text.replace(' ', 'T')}Z`) });

function typesWith(own: Readonly<Record<number, (text: string) => unknown>>): PgTypes {
  return { getTypeParser: (oid, format) => own[oid] ?? types.getTypeParser(oid, format) };
}

/** As text past 2^53, where a number would be another one. */
function wholeNumber(text: string): number | string {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
}

function sessionStatement({ statementMs, isReader }: SessionBounds): string {
  return [
    "SET timezone = 'UTC'",
    ...(statementMs === null
      ? []
      : [
          `SET statement_timeout = ${statementMs}`,
          `SET lock_timeout = ${LIMITS.databaseTurnTimeoutMs}`,
          `SET idle_in_transaction_session_timeout = ${LIMITS.databaseIdleTransactionMs}`,
        ]),
    ...(isReader ? ['SET default_transaction_read_only = on'] : []),
  ].join('; ');
}
