// The database servers of this run, and databases on them: one for each test that wants one, gone after it.
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import type { PgModule } from '../../src/store/postgres-shape.js';
import mysql from 'mysql2/promise';

/** A server that this run may use. */
export interface TestServer {
  /** Makes an empty database and resolves with its URL. */
  create(): Promise<string>;
  drop(url: string): Promise<void>;
  /** Runs statements as the user who may do everything, on one database. */
  execute(url: string, ...statements: readonly string[]): Promise<void>;
}

/** Databases of this process only: others of the run make their own at the same time. */
const prefix = `${process.env['POSTERN_TEST_RUN'] ?? 'postern_test'}_${process.env['JEST_WORKER_ID'] ?? '0'}_${process.pid}`;

let made = 0;

function newName(): string {
  made += 1;
  // Several test files of one process count from the start.
  return `${prefix}_${createHash('sha256')
    .update(import.meta.url + process.hrtime.bigint())
    .digest('hex')
    .slice(0, 8)}_${made}`;
}

/** The PostgreSQL of this run, started when it is first asked for; null where there is none. */
export async function postgresServer(): Promise<TestServer | null> {
  const url = await serverUrl('postgres');
  if (url === null) return null;
  const { Client } = createRequire(import.meta.url)('pg') as PgModule;

  async function execute(target: string, ...statements: readonly string[]): Promise<void> {
    const client = new Client({ connectionString: target }) as InstanceType<PgModule['Client']> & Connected;
    await client.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  }

  return {
    execute,
    async create() {
      const name = newName();
      await execute(url, `CREATE DATABASE ${name} ENCODING 'UTF8' TEMPLATE template0`);
      return withName(url, name);
    },
    drop: (target) => execute(url, `DROP DATABASE IF EXISTS ${nameIn(target)} WITH (FORCE)`),
  };
}

/** The MariaDB of this run, started when it is first asked for; null where there is none. */
export async function mariadbServer(): Promise<TestServer | null> {
  const url = await serverUrl('mariadb');
  if (url === null) return null;

  async function execute(target: string, ...statements: readonly string[]): Promise<void> {
    const connection = await mysql.createConnection(forDriver(target));
    try {
      for (const statement of statements) await connection.query(statement);
    } finally {
      await connection.end();
    }
  }

  return {
    execute,
    async create() {
      const name = newName();
      await execute(url, `CREATE DATABASE ${name}`);
      return withName(url, name);
    },
    drop: (target) => execute(url, `DROP DATABASE IF EXISTS ${nameIn(target)}`),
  };
}

interface Connected {
  connect(): Promise<void>;
  end(): Promise<void>;
}

/** Asks the door of global-setup.mjs. Throws where none is there and there must be one. */
async function serverUrl(kind: 'postgres' | 'mariadb'): Promise<string | null> {
  const answer = await fetch(`${process.env['POSTERN_TEST_DOOR']}/${kind}`);
  if (!answer.ok) throw new Error(await answer.text());
  const { url } = (await answer.json()) as { url: string | null };
  if (url === null && process.env['POSTERN_REQUIRE_ALL'] === '1') throw new Error(`POSTERN_REQUIRE_ALL=1, and there is no ${kind}.`);
  return url;
}

/** The driver knows one scheme. */
function forDriver(url: string): string {
  return url.replace(/^mariadb:/, 'mysql:');
}

function withName(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

function nameIn(url: string): string {
  return new URL(url).pathname.slice(1);
}
