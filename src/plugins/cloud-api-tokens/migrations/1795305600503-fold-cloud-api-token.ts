// Two columns by which tokens are searched [CLD-8]. Frozen: a later change is a migration of its own.
import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';
import { engineOf, typeOn } from '../../../plugin-kit/column-type.js';

const TABLE = 'cloud_api_token';
const COLUMNS = ['lower_label', 'lower_username'] as const;
const PAGE = 1_000;

interface Row {
  readonly id: number | string;
  readonly label: string;
  readonly username: string;
  readonly lower_label: string;
  readonly lower_username: string;
}

/** Adds what is searched to `cloud_api_token`, and fills it for the tokens that are there. */
export class FoldCloudApiToken1795305600503 implements MigrationInterface {
  readonly name = 'FoldCloudApiToken1795305600503';

  async up(runner: QueryRunner): Promise<void> {
    const { driver, options } = runner.dataSource;
    const found = typeOn(engineOf(options.type), 'varchar', false);
    const type = { ...found, type: driver.normalizeType({ type: found.type }) };
    for (const name of COLUMNS) {
      // MySQL commits at every statement: what a start that was cut short has done stays done.
      if (await runner.hasColumn(TABLE, name)) continue;
      await runner.addColumn(TABLE, new TableColumn({ name, ...type, length: '510', isNullable: true }));
    }
    await runner.query(`UPDATE ${TABLE} SET lower_label = LOWER(label), lower_username = LOWER(username)`);
    await refold(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of COLUMNS) await runner.dropColumn(TABLE, name);
  }
}

/** The database's own LOWER is right for A-Z. */
async function refold(runner: QueryRunner): Promise<void> {
  for (let after = 0; ; ) {
    const rows = (await runner.query(
      `SELECT id, label, username, lower_label, lower_username FROM ${TABLE} WHERE id > ${after} ORDER BY id LIMIT ${PAGE}`,
    )) as readonly Row[];
    for (const { id, label, username, ...folded } of rows) {
      const right = { lower_label: label.toLowerCase(), lower_username: username.toLowerCase() };
      if (folded.lower_label === right.lower_label && folded.lower_username === right.lower_username) continue;
      await runner.manager.createQueryBuilder().update(TABLE).set(right).where('id = :id', { id }).execute();
    }
    const last = rows.at(-1);
    if (last === undefined) return;
    after = Number(last.id);
  }
}
