// Every token system held to the whole contract once more, all of them on one PostgreSQL database.
import { plugins } from '../../src/plugins/index.js';
import { postgresServer } from '../support/database-servers.js';
import { postgresWorlds } from '../support/postgres-worlds.js';
import { runPluginSuite } from './plugin-suite.js';
import { SUITES } from './suites.js';

const server = await postgresServer();

(server === null ? describe.skip : describe)('on PostgreSQL', () => {
  const database = server === null ? null : postgresWorlds(server, plugins);
  afterAll(() => database?.close());

  it('is every system that is carried', () => {
    expect(Object.keys(SUITES).toSorted()).toEqual(plugins.map(({ manifest }) => manifest.key).toSorted());
  });

  for (const suite of Object.values(SUITES).flat()) runPluginSuite({ ...suite, ...(database === null ? {} : { database }) });
});
