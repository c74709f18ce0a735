// The portable words a table is written in. Entities and migrations use the same ones, so that both mean the same column on every database;
// the drift test holds them together. There is no database default, trigger or NOW(): the database has no clock.
import { EntitySchema, type ValueTransformer } from 'typeorm';
import type { Instant } from '../core/index.js';
import type { PortableType } from './column-type.js';

/** One column. `Value` is what a row's field holds in TypeScript. */
export interface Column<Value = unknown> {
  readonly type: PortableType;
  readonly length: number | null;
  readonly precision: number | null;
  readonly isNullable: boolean;
  readonly isPrimary: boolean;
  readonly isGenerated: boolean;
  readonly transformer: ValueTransformer | null;
  /** Never there at run time: carries the type. */
  readonly value?: Value;
}

export type Columns = Readonly<Record<string, Column>>;

/** The row of a table, its fields spelled as the columns are. */
export type RowOf<C extends Columns> = { readonly [Name in keyof C]: C[Name] extends Column<infer Value> ? Value : never };

export interface Index {
  readonly columns: readonly string[];
  readonly isUnique?: boolean;
  /** Left out: made from the names of the table and the columns. */
  readonly name?: string;
}

/** One table: the source of its EntitySchema, or of its migration, never of both (a migration is frozen when released). */
export interface TableSpec<C extends Columns = Columns> {
  readonly name: string;
  readonly columns: C;
  readonly indices?: readonly Index[];
}

const PLAIN = { length: null, precision: null, isNullable: false, isPrimary: false, isGenerated: false, transformer: null };

// TypeORM makes a text of BIGINT on PostgreSQL and MySQL.
const wholeNumber: ValueTransformer = {
  to: (value: unknown) => value,
  from: (value: unknown) => (value === null || value === undefined ? value : Number(value)),
};

const dateAsInstant: ValueTransformer = {
  to: (value: unknown) => (typeof value === 'number' ? new Date(value) : value),
  from: (value: unknown) => (value instanceof Date ? value.getTime() : value),
};

/** Primary key that the database counts up, never giving a number out twice. 64 bits. */
export function id(): Column<number> {
  return { ...PLAIN, type: Number, isPrimary: true, isGenerated: true, transformer: wholeNumber };
}

/** Text of a bounded length in characters, compared exactly; may be indexed. */
export function key(length = 255): Column<string> {
  return { ...PLAIN, type: 'varchar', length };
}

/** Text without a bound; never indexed. */
export function text(): Column<string> {
  return { ...PLAIN, type: 'text' };
}

/** One character, such as the vendor's `T` and `F`. */
export function letter(): Column<string> {
  return { ...PLAIN, type: 'character', length: 1 };
}

/** Epoch milliseconds. */
export function instant(): Column<Instant> {
  return { ...PLAIN, type: 'bigint', transformer: wholeNumber };
}

/** True or false; `read` gives 0 and 1 on SQLite and MySQL: use `Boolean(…)`. */
export function flag(): Column<boolean> {
  return { ...PLAIN, type: Boolean };
}

/** A whole number up to 2^53. `read` may give text on PostgreSQL and MySQL: use `Number(…)`, for instants too. */
export function count(): Column<number> {
  return { ...PLAIN, type: 'bigint', transformer: wholeNumber };
}

/** A SHA-256 or HMAC-SHA-256 in lower-case hex: what a secret is looked up by, since MySQL compares other text without case. */
export function digest(): Column<string> {
  return key(64);
}

/** A vendor's timestamp without a zone, UTC, milliseconds: `timestamp(3)`, `datetime(3)`; text on SQLite. The row holds an instant [DIR-2]. */
export function vendorTimestamp(): Column<Instant> {
  return { ...PLAIN, type: Date, precision: 3, transformer: dateAsInstant };
}

/** The same column, NULL allowed. */
export function nullable<Value>(column: Column<Value>): Column<Value | null> {
  return { ...column, isNullable: true };
}

/** The same column as the primary key or a part of it. */
export function primary<Value>(column: Column<Value>): Column<Value> {
  return { ...column, isPrimary: true };
}

/** The form in which a raw statement compares a vendor's timestamp: `2026-01-31 10:00:00.000`. */
export function vendorTimestampText(at: Instant): string {
  return new Date(at).toISOString().replace('T', ' ').replace('Z', '');
}

/** What a raw statement gave for a vendor's timestamp, as an instant: text is UTC, whatever zone the process runs in. */
export function readVendorTimestamp(value: string | Date): Instant {
  return value instanceof Date ? value.getTime() : Date.parse(`${value.replace(' ', 'T')}Z`);
}

/** The table's EntitySchema, for the manifest and for `manager.insert(…)`. Its row type follows from the columns. */
export function table<const C extends Columns>(spec: TableSpec<C>): EntitySchema<RowOf<C>> {
  return new EntitySchema<RowOf<C>>({
    name: spec.name,
    tableName: spec.name,
    columns: Object.fromEntries(Object.entries(spec.columns).map(([name, column]) => [name, entityColumn(column)])) as never,
    indices: (spec.indices ?? []).map((index) => ({
      name: indexName(spec.name, index),
      columns: [...index.columns],
      unique: index.isUnique ?? false,
    })),
  });
}

/** `ix_{table}_{columns}`. Throws past 63 characters, which is PostgreSQL's bound: give a name then. */
export function indexName(tableName: string, index: Index): string {
  const name = index.name ?? ['ix', tableName, ...index.columns].join('_');
  if (name.length > 63) throw new Error(`The index name ${name} is longer than 63 characters: give a shorter one.`);
  return name;
}

function entityColumn(column: Column) {
  return {
    type: column.type,
    primary: column.isPrimary,
    nullable: column.isNullable,
    ...(column.isGenerated ? { generated: 'increment' as const } : {}),
    ...(column.length === null ? {} : { length: column.length }),
    ...(column.precision === null ? {} : { precision: column.precision }),
    ...(column.transformer === null ? {} : { transformer: column.transformer }),
  };
}
