// The database servers of this run, and databases on them: one for each test that wants one, gone after it.
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import type { PgModule } from '../../src/store/postgres-shape.js';
import mysql from 'mysql2/promise';

/** A server that this run may use. */
export interface TestServer {
  /** Makes an empty database and resolves with its URL. */
  create(): Promise<string>;
  /** A database as `fill` leaves one: filled once, then copied. `content` names what `fill` does. */
  createFilled(content: string, fill: (url: string) => Promise<void>): Promise<string>;
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

  async function create(options = ''): Promise<string> {
    const name = newName();
    await execute(url ?? '', `CREATE DATABASE ${name} ${options}`);
    return withName(url ?? '', name);
  }

  return {
    execute,
    create: () => create("ENCODING 'UTF8' TEMPLATE template0"),
    createFilled: filledOnce(
      async (fill) => {
        const template = await create("ENCODING 'UTF8' TEMPLATE template0");
        await fill(template);
        return template;
      },
      (template) => create(`TEMPLATE ${nameIn(template)}`),
    ),
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

  async function create(): Promise<string> {
    const name = newName();
    await execute(url ?? '', `CREATE DATABASE ${name}`);
    return withName(url ?? '', name);
  }

  return {
    execute,
    create,
    createFilled: filledOnce(
      async (fill) => {
        const template = await create();
        await fill(template);
        return template;
      },
      (template) => copyMysql(url, nameIn(template), create),
    ),
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

/** Fills one template for each content, and copies it. */
function filledOnce(make: (fill: Fill) => Promise<string>, copy: (template: string) => Promise<string>): TestServer['createFilled'] {
  const templates = new Map<string, Promise<string>>();
  return async (content, fill) => {
    const template = templates.get(content) ?? make(fill);
    templates.set(content, template);
    return await copy(await template);
  };
}

type Fill = (url: string) => Promise<void>;

/** MySQL has no templates: every table is made like the first, with its rows. */
async function copyMysql(url: string, template: string, create: () => Promise<string>): Promise<string> {
  const target = await create();
  const connection = await mysql.createConnection(forDriver(url));
  try {
    const [tables] = await connection.query<mysql.RowDataPacket[]>(
      'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ?',
      [template],
    );
    for (const { name } of tables) {
      const to = `\`${nameIn(target)}\`.\`${name}\``;
      await connection.query(`CREATE TABLE ${to} LIKE \`${template}\`.\`${name}\``);
      await connection.query(`INSERT INTO ${to} SELECT * FROM \`${template}\`.\`${name}\``);
    }
  } finally {
    await connection.end();
  }
  return target;
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
