// Times mean the same whatever zone the machine is in: TypeORM and the drivers would store some of them in local time.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { eachDatabase } from '../support/databases.js';

const run = promisify(execFile);
const CHILD = path.join(import.meta.dirname, 'time-zone.child.mjs');

eachDatabase((database) => {
  it.each(['America/New_York', 'Asia/Tokyo'])('stores the same text and reads the same instant in %s [DIR-2]', async (zone) => {
    const parameters = ['--no-warnings', CHILD, await database.emptyUrl()];
    const { stdout } = await run(process.execPath, parameters, { env: { ...process.env, TZ: zone } });
    const texts = ['2026-03-08 02:30:00.123', '2026-11-01 05:30:00.000', '9999-12-31 00:00:00.000'];
    expect(JSON.parse(stdout)).toEqual({ zone, stored: texts, isReadBack: true });
  });
});
