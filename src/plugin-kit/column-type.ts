// How a column's type is called on each database, and what a text column needs there. Entities and migrations both ask here.
import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';

/** The kinds of database; MariaDB is `mysql`. */
export type Engine = 'sqlite' | 'postgres' | 'mysql';

/** A type as TypeORM takes it; it translates `Number`, `Boolean` and `Date` for each database. */
export type PortableType = typeof Number | typeof Boolean | typeof Date | 'bigint' | 'varchar' | 'text' | 'character';

/** The type as one database has it. */
export interface EngineType {
  readonly type: PortableType | 'longtext' | 'char';
  readonly charset?: string;
  readonly collation?: string;
}

// MySQL compares without case and accents otherwise, and its `utf8` has three bytes. It still takes blanks at the end of a text for nothing.
const EXACT_TEXT = { charset: 'utf8mb4', collation: 'utf8mb4_bin' };

/** The column's type on `engine`. */
export function typeOn(engine: Engine, type: PortableType, isGenerated: boolean): EngineType {
  // SQLite counts up INTEGER alone, which has 64 bits there; elsewhere it has 32.
  if (isGenerated) return { type: engine === 'sqlite' ? Number : 'bigint' };
  if (engine !== 'mysql') return { type };
  switch (type) {
    case 'varchar':
      return { type, ...EXACT_TEXT };
    case 'text':
      // MySQL's own TEXT ends at 64 KiB.
      return { type: 'longtext', ...EXACT_TEXT };
    case 'character':
      return { type: 'char', ...EXACT_TEXT };
    default:
      return { type };
  }
}

/** The table as it is on `engine`. TypeORM finds it by its name, also when it is asked with the schema that was given. */
export function tableOn(engine: Engine, schema: EntitySchema): EntitySchema {
  const columns = Object.entries(schema.options.columns as Record<string, EntitySchemaColumnOptions>);
  const typed = columns.map(([name, column]) => [
    name,
    { ...column, ...typeOn(engine, column.type as PortableType, column.generated !== undefined) },
  ]);
  return new EntitySchema(Object.assign({}, schema.options, { columns: Object.fromEntries(typed) as never }));
}

/** The engine of a TypeORM data source, by the type in its options. */
export function engineOf(type: string): Engine {
  if (type === 'mariadb') return 'mysql';
  return type === 'postgres' || type === 'mysql' ? type : 'sqlite';
}
