// Times mean the same whatever zone the machine is in: TypeORM would store some of them in local time.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

it.each(['America/New_York', 'Asia/Tokyo'])('stores the same text and reads the same instant in %s [DIR-2]', async (zone) => {
  const child = path.join(import.meta.dirname, 'time-zone.child.ts');
  const { stdout } = await run(process.execPath, ['--no-warnings', '--import', 'tsx', child], { env: { ...process.env, TZ: zone } });
  expect(JSON.parse(stdout)).toEqual({
    zone,
    stored: ['2026-03-08 02:30:00.123', '2026-11-01 05:30:00.000', '9999-12-31 00:00:00.000'],
    isReadBack: true,
  });
});
