// Every token system held to the whole contract once more, all of them on one PostgreSQL database.
import { plugins } from '../../src/plugins/index.js';
import { postgresServer } from '../support/database-servers.js';
import { postgresWorlds } from '../support/postgres-worlds.js';
import { type PluginSuite, runPluginSuite } from './plugin-suite.js';
import { SUITES } from './suites.js';

const server = await postgresServer();

(server === null ? describe.skip : describe)('on PostgreSQL', () => {
  const database = server === null ? null : postgresWorlds(server, plugins);
  afterAll(() => database?.close());

  it('is every system that is carried', () => {
    expect(Object.keys(SUITES).toSorted()).toEqual(plugins.map(({ manifest }) => manifest.key).toSorted());
  });

  // Every kind that is held to the whole contract; what differs in variants of a kind does not differ in the database.
  const whole = Object.values(SUITES).flatMap((suites: readonly PluginSuite[]) =>
    suites.filter(({ guarantees }) => guarantees === undefined),
  );
  for (const suite of whole) runPluginSuite({ ...suite, ...(database === null ? {} : { database }) });
});
