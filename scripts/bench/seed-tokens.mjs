// Fills the database of a server that was started once, and has one token, with as many as wanted: bulk rows in the store's own tables, with
// digests made by the product's own keys. Ten tokens to a user, as Jira's installations have them at most. In a process of its own.
//   node seed-tokens.mjs <data folder> <tokens> <name of the user whose ten tokens are measured>
// Writes files of logins, one a line: `cached.txt`, ten tokens; `uncached.txt`, the same in more spellings of the user's name than the cache
// remembers; `in-turn.txt`, as many credentials of tokens from all over the table.
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { LIMITS, silentLogger, systemClock, systemRandom } from '../../dist/core/index.js';
import { posternMailTable } from '../../dist/mail/postern-mail.js';
import { openStore } from '../../dist/store/open-store.js';
import { openSiteKeys } from '../../dist/store/site-keys.js';
import { storeTables } from '../../dist/store/tables/index.js';
import { shown } from './names.mjs';
import { spelling } from './spelling.mjs';

const [folder, countText, measuredUser] = process.argv.slice(2);
const count = Number(countText);
const PER_USER = 10;
const ROWS_AT_ONCE = 50_000;
/** Credentials that are used in turn: when the first comes again, the cache has forgotten it. */
const CYCLE = Math.ceil(LIMITS.credentialCacheMax * 1.2);

/** On one line, again and again. */
function tell(text) {
  process.stderr.write(`\r${text.padEnd(50)}`);
}

/** Of the form that Extender makes: 32 characters of 0-9 and a-v. */
const valueOf = (index) => createHash('sha256').update(`measured token ${index}`).digest('hex').slice(0, 32);
/** The ten that are measured stand all over the table. */
const measured = Array.from({ length: PER_USER }, (_, index) => Math.floor((index * count) / PER_USER));
const ownerOf = (index) => Math.floor(index / PER_USER);

/** `i` is the number of the row; every column that is not named is as in the token that is there. */
const COLUMNS = {
  id: () => '1000 + i',
  token_ref: (name) => `substr("${name}", 1, 4) || printf('%012d', i)`,
  digest: () => 'digest_of(i)',
  user_key: (name) => `CASE WHEN is_measured(i) THEN "${name}" ELSE 'JIRAUSER' || (900000 + i / ${PER_USER}) END`,
  owner_key: (name) => COLUMNS.user_key(name),
  label: () => "'token ' || i",
  created_at: (name) => `"${name}" - i * 1000`,
};

const digestOf = await keyedDigest();
const database = new Database(join(folder, 'postern.sqlite'));
// A folder that goes away: what a crash would cost is another run.
database.pragma('synchronous = OFF');
database.pragma('cache_size = -1048576');
database.pragma('foreign_keys = OFF');
database.function('digest_of', digestOf);
database.function('is_measured', (index) => (measured.includes(index) ? 1 : 0));
const begun = Date.now();
copyUsers(Math.ceil(count / PER_USER));
for (const table of ['extender_token', 'postern_token']) copyRows(table);
database.pragma('wal_checkpoint(TRUNCATE)');
database.close();
settle();
writeLogins();
tell(`${shown(count)} tokens in ${((Date.now() - begun) / 1_000).toFixed(1)} s`);
process.stderr.write('\n');

/** To the disk: the system would write it during what is measured, and the trail would wait for that. */
function settle() {
  const file = openSync(join(folder, 'postern.sqlite'), 'r+');
  fsyncSync(file);
  closeSync(file);
}

async function keyedDigest() {
  const store = await openStore({
    url: 'sqlite:postern.sqlite',
    dataFolder: folder,
    logger: silentLogger,
    entities: [...storeTables, posternMailTable],
    migrations: [],
  });
  const options = { keyFile: join(folder, 'site-key.json'), store, clock: systemClock, random: systemRandom, logger: silentLogger };
  const keys = await openSiteKeys(options);
  await store.close();
  return (index) => keys.digest('token', valueOf(index)).digest;
}

function columnsOf(table) {
  return database.pragma(`table_info("${table}")`).map(({ name }) => name);
}

/** The rows take the place of the one that is there. */
function copyRows(table) {
  const columns = columnsOf(table);
  const { place } = database.prepare(`SELECT rowid AS place FROM "${table}" LIMIT 1`).get();
  const insert = database.prepare(
    `WITH RECURSIVE n(i) AS (SELECT CAST(? AS INTEGER) UNION ALL SELECT i + 1 FROM n WHERE i < ?)
     INSERT INTO "${table}" (${columns.map((name) => `"${name}"`).join(', ')})
     SELECT ${columns.map((name) => COLUMNS[name]?.(name) ?? `"${name}"`).join(', ')} FROM "${table}", n WHERE "${table}".rowid = ${place}`,
  );
  for (let from = 0; from < count; from += ROWS_AT_ONCE) {
    insert.run(from, Math.min(from + ROWS_AT_ONCE, count) - 1);
    if (count > ROWS_AT_ONCE) tell(`${table}: ${shown(Math.min(from + ROWS_AT_ONCE, count))} of ${shown(count)}`);
  }
  database.prepare(`DELETE FROM "${table}" WHERE rowid = ?`).run(place);
  if (table === 'postern_token') database.prepare('UPDATE postern_token_total SET total = ?').run(count);
}

/** The owners of the others; nobody can log in as one with a password. */
function copyUsers(users) {
  const other = { id: '900000 + i', user_name: "'user' || i", lower_user_name: "'user' || i", credential: 'NULL' };
  for (const name of ['display_name', 'lower_display_name']) other[name] = "'user number ' || i";
  for (const name of ['email_address', 'lower_email_address']) other[name] = "'user' || i || '@example.com'";
  const n = `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${users - 1})`;
  const columns = columnsOf('cwd_user');
  database.exec(`${n} INSERT INTO cwd_user (${columns.join(', ')})
    SELECT ${columns.map((name) => other[name] ?? name).join(', ')} FROM cwd_user, n WHERE lower_user_name = '${measuredUser}'`);
  database.exec(`${n} INSERT INTO postern_user (user_id, jira_key, confluence_key, account_id, is_administrator)
    SELECT 900000 + i, 'JIRAUSER' || (900000 + i), lower(hex(randomblob(16))), '557058:' || (900000 + i), 0 FROM n`);
  database.exec(`${n} INSERT INTO user_mapping (user_key, username, lower_username)
    SELECT 'JIRAUSER' || (900000 + i), 'user' || i, 'user' || i FROM n`);
}

function writeLogins() {
  const login = (index, turn) => {
    const user = measured.includes(index) ? measuredUser : `user${ownerOf(index)}`;
    return `Basic ${Buffer.from(`${spelling(user, turn)}:${valueOf(index)}`).toString('base64')}`;
  };
  const write = (name, length, lineOf) =>
    writeFileSync(join(folder, name), `${Array.from({ length }, (_, turn) => lineOf(turn)).join('\n')}\n`);
  write('cached.txt', PER_USER, (turn) => login(measured[turn], 0));
  write('uncached.txt', CYCLE, (turn) => login(measured[turn % PER_USER], Math.floor(turn / PER_USER)));
  const inTurn = Math.min(count, CYCLE);
  write('in-turn.txt', CYCLE, (turn) => login(Math.floor(((turn % inTurn) * count) / inTurn), Math.floor(turn / inTurn)));
}
