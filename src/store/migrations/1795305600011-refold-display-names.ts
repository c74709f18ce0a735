// `lower_display_name` loses the case of every script, as the vendor's does; it used to lose that of A-Z alone. Frozen.
import type { MigrationInterface, QueryRunner } from 'typeorm';

const PAGE = 1_000;
const LENGTH = 255;

/** Folds the display names of the users who are there. */
export class RefoldDisplayNames1795305600011 implements MigrationInterface {
  readonly name = 'RefoldDisplayNames1795305600011';

  up(runner: QueryRunner): Promise<void> {
    return refold(runner, (text) => text.toLowerCase().slice(0, LENGTH));
  }

  down(runner: QueryRunner): Promise<void> {
    return refold(runner, (text) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()));
  }
}

async function refold(runner: QueryRunner, fold: (text: string) => string): Promise<void> {
  for (let after = 0; ; ) {
    const rows = (await runner.query(
      `SELECT id, display_name, lower_display_name FROM cwd_user WHERE id > ${after} ORDER BY id LIMIT ${PAGE}`,
    )) as readonly { id: number | string; display_name: string; lower_display_name: string }[];
    for (const { id, display_name, lower_display_name } of rows) {
      const right = { lower_display_name: fold(display_name) };
      if (lower_display_name === right.lower_display_name) continue;
      await runner.manager.createQueryBuilder().update('cwd_user').set(right).where('id = :id', { id }).execute();
    }
    const last = rows.at(-1);
    if (last === undefined) return;
    after = Number(last.id);
  }
}
