// A migration for one table. One table each, because MySQL commits at every DDL statement: a migration there is atomic only as one CREATE TABLE.
import { type MigrationInterface, type QueryRunner, Table, TableIndex } from 'typeorm';
import { engineOf, typeOn } from './column-type.js';
import { type Column, type Columns, indexName, type TableSpec } from './table.js';

/**
 * A migration that makes the table with its indices, and on the way down drops it. `name` ends in the 13 digits by which TypeORM sorts the
 * migrations of all plugins. The table is written out here again in the vocabulary: history must not move with the live EntitySchema.
 */
export function tableMigration<C extends Columns>(name: string, table: TableSpec<C>): new () => MigrationInterface {
  if (!/^[A-Z][A-Za-z0-9]*[A-Za-z]\d{13}$/.test(name)) throw new Error(`The migration name ${name} must be words and then 13 digits.`);
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

function tableFor(queryRunner: QueryRunner, spec: TableSpec): Table {
  return new Table({
    name: spec.name,
    columns: Object.entries(spec.columns).map(([name, column]) => ({
      name,
      ...typeFor(queryRunner, column),
      isPrimary: column.isPrimary,
      isNullable: column.isNullable,
      ...(column.isGenerated ? { isGenerated: true, generationStrategy: 'increment' as const } : {}),
      ...(column.length === null ? {} : { length: String(column.length) }),
      ...(column.precision === null ? {} : { precision: column.precision }),
    })),
    indices: (spec.indices ?? []).map(
      (index) => new TableIndex({ name: indexName(spec.name, index), columnNames: [...index.columns], isUnique: index.isUnique ?? false }),
    ),
  });
}

/** The type in the driver's own words, the same that it compares an entity with. */
function typeFor(queryRunner: QueryRunner, column: Column) {
  const { driver, options } = queryRunner.dataSource;
  const found = typeOn(engineOf(options.type), column.type, column.isGenerated);
  return { ...found, type: driver.normalizeType({ type: found.type }) };
}
