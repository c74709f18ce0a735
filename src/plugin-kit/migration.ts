// Migrations of one statement each, because MySQL commits at every DDL statement: one CREATE TABLE, one column, one index.
import { type MigrationInterface, type QueryRunner, Table, TableColumn, TableIndex } from 'typeorm';
import { engineOf, typeOn } from './column-type.js';
import { type Column, type Columns, type Index, indexName, type TableSpec } from './table.js';

/**
 * A migration that makes the table with its indices, and on the way down drops it. `name` ends in the 13 digits by which TypeORM sorts the
 * migrations of all plugins. The table is written out here again in the vocabulary: history must not move with the live EntitySchema.
 */
export function tableMigration<C extends Columns>(name: string, table: TableSpec<C>): new () => MigrationInterface {
  checkName(name);
  return class implements MigrationInterface {
    readonly name = name;

    async up(queryRunner: QueryRunner): Promise<void> {
      await queryRunner.createTable(tableFor(queryRunner, table));
    }

    async down(queryRunner: QueryRunner): Promise<void> {
      await queryRunner.dropTable(table.name);
    }
  };
}

/** A migration that adds one column, which must be nullable: rows are there already. */
export function columnMigration(name: string, tableName: string, columnName: string, column: Column): new () => MigrationInterface {
  checkName(name);
  if (!column.isNullable) throw new Error(`The column ${columnName} of the migration ${name} must be nullable.`);
  return class implements MigrationInterface {
    readonly name = name;

    async up(queryRunner: QueryRunner): Promise<void> {
      await queryRunner.addColumn(tableName, new TableColumn(columnFor(queryRunner, columnName, column)));
    }

    async down(queryRunner: QueryRunner): Promise<void> {
      await queryRunner.dropColumn(tableName, columnName);
    }
  };
}

/** A migration that adds one index. */
export function indexMigration(name: string, tableName: string, index: Index): new () => MigrationInterface {
  checkName(name);
  return class implements MigrationInterface {
    readonly name = name;

    async up(queryRunner: QueryRunner): Promise<void> {
      await queryRunner.createIndex(tableName, indexFor(tableName, index));
    }

    async down(queryRunner: QueryRunner): Promise<void> {
      await queryRunner.dropIndex(tableName, indexName(tableName, index));
    }
  };
}

function checkName(name: string): void {
  if (!/^[A-Z][A-Za-z0-9]*[A-Za-z]\d{13}$/.test(name)) throw new Error(`The migration name ${name} must be words and then 13 digits.`);
}

function tableFor(queryRunner: QueryRunner, spec: TableSpec): Table {
  return new Table({
    name: spec.name,
    columns: Object.entries(spec.columns).map(([name, column]) => columnFor(queryRunner, name, column)),
    indices: (spec.indices ?? []).map((index) => indexFor(spec.name, index)),
  });
}

function columnFor(queryRunner: QueryRunner, name: string, column: Column) {
  return {
    name,
    ...typeFor(queryRunner, column),
    isPrimary: column.isPrimary,
    isNullable: column.isNullable,
    ...(column.isGenerated ? { isGenerated: true, generationStrategy: 'increment' as const } : {}),
    ...(column.length === null ? {} : { length: String(column.length) }),
    ...(column.precision === null ? {} : { precision: column.precision }),
  };
}

function indexFor(tableName: string, index: Index): TableIndex {
  return new TableIndex({ name: indexName(tableName, index), columnNames: [...index.columns], isUnique: index.isUnique ?? false });
}

/** The type in the driver's own words, the same that it compares an entity with. */
function typeFor(queryRunner: QueryRunner, column: Column) {
  const { driver, options } = queryRunner.dataSource;
  const found = typeOn(engineOf(options.type), column.type, column.isGenerated);
  return { ...found, type: driver.normalizeType({ type: found.type }) };
}
