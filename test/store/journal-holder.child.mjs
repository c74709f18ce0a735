// Holds a write transaction on a new database file in the journal it begins with, tells so, and lets go when it is told to.
import { loadSqliteDriver } from '../../dist/store/sqlite-driver.js';

const database = new (loadSqliteDriver())(process.argv[2]);
database.exec('CREATE TABLE held (a)');
database.exec('BEGIN IMMEDIATE; INSERT INTO held VALUES (1)');
process.send('holding');
// Lets go while the other waits: it stands still in its own process, so nothing it does could tell this one when.
setTimeout(() => {
  database.exec('COMMIT');
  database.close();
  process.disconnect();
}, 200);
