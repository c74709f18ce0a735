// The built server with a trail that keeps nothing: what the guarantee costs is the difference. For measuring alone.
import { loadSettings, processEnvironment } from '../../dist/config/load.js';
import { systemClock, systemRandom } from '../../dist/core/index.js';
import { plugins } from '../../dist/plugins/index.js';
import { createLogger } from '../../dist/server/logger.js';
import { startServer } from '../../dist/server/start.js';

const POSITION = { spool: 'none', segment: 1, offset: 0 };
const NOTHING = { close() {} };

const server = await startServer({
  settings: loadSettings(
    plugins.flatMap(({ manifest }) => manifest.settings),
    processEnvironment(),
    [],
  ),
  plugins,
  clock: systemClock,
  random: systemRandom,
  logger: createLogger('error'),
  timezone: 'UTC',
  print: (line) => process.stdout.write(`${line}\n`),
  openTrail: async () => ({
    spoolId: POSITION.spool,
    end: POSITION,
    open: async () => NOTHING,
    act: (_act, work) => work(),
    noteMalformed() {},
    noteLogin() {},
    async *records() {},
    async *uses() {},
    skipPast: () => false,
    holdBack() {},
    async settle() {},
    async drain() {},
    async close() {},
  }),
});
process.once('SIGTERM', () => void server.close().then(() => process.exit()));
