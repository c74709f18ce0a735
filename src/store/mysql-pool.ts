// Connections to MySQL and MariaDB: how long they may take, in which zone times are read and written, and how strict the server is.
import mysql from 'mysql2';
import { LIMITS } from '../core/index.js';
import { withMilliseconds } from './dialect.js';
import type { ReadPool } from './pooled-reader.js';
import type { SessionBounds } from './postgres-pool.js';
import type { ServerAddress } from './server-url.js';

/** Options of a pool, TypeORM's or the reader's. */
export function mysqlOptions(address: ServerAddress, connectionLimit: number) {
  return {
    ...(address.host.startsWith('/') ? { socketPath: address.host } : { host: address.host, port: address.port }),
    database: address.database,
    ...(address.username === null ? {} : { user: address.username }),
    ...(address.password === null ? {} : { password: address.password.reveal() }),
    ...(address.tls === null ? {} : { ssl: { ...address.tls, verifyIdentity: address.tls.rejectUnauthorized } }),
    connectionLimit,
    connectTimeout: LIMITS.databaseConnectTimeoutMs,
    enableKeepAlive: true,
    charset: 'utf8mb4',
    // A Date is written and read in UTC, whatever zone the process runs in.
    timezone: 'Z',
    // BIGINT as a number; as text past 2^53, where a number would be another one.
    supportBigNumbers: true,
    bigNumberStrings: false,
  };
}

/** The driver as TypeORM calls it: every connection is prepared before its first statement. */
export function mysqlDriver(bounds: SessionBounds) {
  return { createPool: (options: mysql.PoolOptions) => preparedPool(options, bounds) };
}

/** A pool for prepared reads. Unlike TypeORM's, its connections cannot write. */
export function mysqlReadPool(address: ServerAddress): ReadPool {
  const pool = preparedPool(
    {
      ...mysqlOptions(address, LIMITS.databaseReadConnectionsMax),
      dateStrings: true,
      typeCast: fullTimestamp,
      maxPreparedStatements: LIMITS.preparedStatementsMax,
    },
    { statementMs: LIMITS.databaseTimeoutMs, isReader: true },
  ).promise();
  return {
    async connect() {
      const connection = await pool.getConnection();
      return {
        async all(sql, parameters) {
          const [rows] = await connection.execute<mysql.RowDataPacket[]>(sql, parameters.map(exactNumber));
          return rows;
        },
        release: () => connection.release(),
        discard: () => closeAtOnce(connection.connection),
      };
    },
    end: () => pool.end(),
  };
}

/** Closes without waiting for the other end, which may be gone: `destroy` alone waits for it. */
export function closeAtOnce(connection: { destroy(): void; readonly stream?: { destroy(): void } }): void {
  connection.destroy();
  connection.stream?.destroy();
}

function fullTimestamp(field: { readonly type: string }, next: () => unknown): unknown {
  const value = next();
  return field.type === 'DATETIME' && typeof value === 'string' ? withMilliseconds(value) : value;
}

/** mysql2 sends every number as a DOUBLE, which MySQL refuses in LIMIT. */
function exactNumber(value: string | number | null) {
  return Number.isSafeInteger(value) ? mysql.TypedParameter.BIGINT(value) : value;
}

function preparedPool(options: mysql.PoolOptions, bounds: SessionBounds): mysql.Pool {
  const pool = mysql.createPool(options);
  const statements = sessionStatements(bounds);
  pool.on('connection', (connection) => {
    // A connection that is lost fails its statement; the event besides would end the process where nobody listens.
    connection.on('error', () => {});
    // Sent before anything that the pool gives the connection out for; one on which it fails is not used.
    for (const statement of statements) {
      connection.query(statement, (error) => {
        if (error !== null) closeAtOnce(connection);
      });
    }
  });
  return pool;
}

/**
 * Strict, for MySQL may otherwise cut a text that is too long; and with nothing else, for NO_BACKSLASH_ESCAPES would let a value end its
 * quotes (mysql2 escapes by backslash where it does not prepare). The two servers name the time of a statement differently: each reads
 * the other's part as a comment.
 */
function sessionStatements({ statementMs, isReader }: SessionBounds): readonly string[] {
  const times =
    statementMs === null
      ? ''
      : `, innodb_lock_wait_timeout = ${LIMITS.databaseTurnTimeoutMs / 1_000}` +
        ` /*M! , max_statement_time = ${statementMs / 1_000} */ /*!50708 , max_execution_time = ${statementMs} */`;
  return [
    `SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00'${times}`,
    ...(isReader ? ['SET SESSION TRANSACTION READ ONLY'] : []),
  ];
}
