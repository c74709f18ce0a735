// What the database's index alone costs: the statement that finds a token and the one that finds its user, on as many rows as a gate has,
// with nothing of Postern around them. Median microseconds of one look-up.
import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { median } from './table.mjs';

const LOOK_UPS = 2_000;

/** On the database in `folder`. */
export function lookUpUs(folder) {
  const database = new Database(join(folder, 'postern.sqlite'), { readonly: true });
  const digests = database
    .prepare('SELECT digest FROM extender_token LIMIT 100000')
    .all()
    .map(({ digest }) => digest);
  const find = database.prepare('SELECT * FROM extender_token WHERE digest = ?');
  const findUser = database.prepare('SELECT * FROM cwd_user WHERE lower_user_name = ?');
  const times = [];
  for (let turn = 0; turn < 2 * LOOK_UPS; turn += 1) {
    const digest = digests[createHash('md5').update(String(turn)).digest().readUInt32BE() % digests.length];
    const begun = process.hrtime.bigint();
    find.get(digest);
    findUser.get(`user${turn}`);
    const took = Number(process.hrtime.bigint() - begun) / 1_000;
    if (turn >= LOOK_UPS) times.push(took);
  }
  database.close();
  return median(times);
}
