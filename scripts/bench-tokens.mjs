// How much slower is a system with 100,000 tokens than with 100? Lists, searches and authentication of every token system, on what was
// compiled, in this process, on SQLite; medians of interleaved runs. Prints a table, and with --json the same as JSON alone.
// It ends by itself; nothing is listened on and nothing leaves the machine.
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { plugins } = await import('../dist/plugins/index.js');
const { call, openWorld } = await import('./bench-world.mjs');

const SIZES = [100, 100_000];
const RUNS = { page: 60, uncached: 300, cached: 2_000 };
const basic = (name, value) => `Basic ${Buffer.from(`${name}:${value}`).toString('base64')}`;

const ORGANIZATION = '/admin/api-access/v1/orgs/:orgId/api-tokens';
const OF_ORGANIZATION = { parameters: { orgId: '0b1d5c0e-6a7f-4c53-9f0a-2f6d6f0c7e11' }, isKey: true };

/** How each system makes a token, how that is presented, and which of its lists and searches are measured. */
const SYSTEMS = {
  extender: {
    make: { path: '/rest/extender/1.0/tokenTools/set', json: { label: 'measured' } },
    present: (json) => basic('alice', json.token),
    lists: {
      'list, first page of 50': ['admin', 'GET', '/rest/extender/1.0/tokenTools/get', { query: 'maxResults=50' }],
      'list, last page of 50': ['admin', 'GET', '/rest/extender/1.0/tokenTools/get', { query: 'maxResults=50&startAt=-50' }],
      'list, one user’s': ['alice', 'GET', '/rest/extender/1.0/tokenTools/get', {}],
    },
  },
  'wombats-jira': wombats(),
  'wombats-confluence': wombats(),
  'personal-access-tokens-jira': {
    make: { path: '/rest/pat/latest/tokens', json: { name: 'measured' } },
    present: (json) => `Bearer ${json.rawToken}`,
    lists: {
      'list, one user’s': ['alice', 'GET', '/rest/pat/latest/tokens', {}],
      'search, first page of 100': ['admin', 'POST', '/rest/pat/latest/tokens/search', { json: {} }],
      'search, by name': ['admin', 'POST', '/rest/pat/latest/tokens/search', { json: { name: 'MEASURED' } }],
      'search, newest first': ['admin', 'POST', '/rest/pat/latest/tokens/search', { json: { sortBy: 'createdAt', orderBy: 'desc' } }],
    },
  },
  'cloud-api-tokens': {
    make: { path: '/api/v1/cloud-api-tokens', json: { label: 'measured' } },
    key: { path: '/api/v1/organization-keys', json: { label: 'measuring' } },
    present: (json) => basic('alice@example.com', json.token),
    lists: {
      'list, one user’s': ['alice', 'GET', '/api/v1/cloud-api-tokens', {}],
      'list, first page of 50': ['admin', 'GET', ORGANIZATION, { ...OF_ORGANIZATION, query: 'pageSize=50' }],
      'search, by label': ['admin', 'GET', ORGANIZATION, { ...OF_ORGANIZATION, query: 'pageSize=50&q=measured' }],
      'search, by owner’s name': ['admin', 'GET', ORGANIZATION, { ...OF_ORGANIZATION, query: 'pageSize=50&q=number' }],
      'count by label': ['admin', 'GET', `${ORGANIZATION}/count`, { ...OF_ORGANIZATION, query: 'q=measured' }],
    },
  },
};

function wombats() {
  return {
    make: { path: '/rest/api-tokens/latest/', json: { label: 'measured' } },
    present: (json) => basic('alice', json.passwordValue),
    lists: { 'list, one user’s': ['alice', 'GET', '/rest/api-tokens/latest/', {}] },
  };
}

/** What is measured on each world, in the order of the table. */
function operations(plugin, { lists }, tokens) {
  const product = plugin.manifest.products.find((each) => each !== 'cloud');
  const view = { method: 'GET', path: '/rest/api/2/myself', query: null, product, contextPath: '', peer: '127.0.0.1' };
  const request = { ...view, clientAddress: '127.0.0.1', userAgent: null, receivedAt: Date.now() };
  const authenticate = async (world) => {
    const identity = await world.authentication.authenticate(request, world.login);
    if (identity.kind !== 'authenticated') throw new Error(`${plugin.manifest.key}: ${identity.kind} ${identity.fault}`);
  };
  const atEnd = (query) => query?.replace('startAt=-50', `startAt=${tokens - 50}`);
  return [
    ...Object.entries(lists).map(([name, [user, method, path, sent]]) => ({
      name,
      runs: sent.runs ?? RUNS.page,
      run: (world) => call(world, user, method, path, { ...sent, query: atEnd(sent.query) }),
    })),
    ...hostLists(plugin.manifest.key, tokens),
    {
      name: 'authenticate, looked up',
      runs: RUNS.uncached,
      async run(world) {
        world.authentication.cache.clear();
        await authenticate(world);
      },
    },
    { name: 'authenticate, remembered', runs: RUNS.cached, run: authenticate },
  ];
}

/** The host's own list, which is the administrators' of all systems. */
function hostLists(system, tokens) {
  const page = (startAt, filter) => (world) => world.registry.list({ startAt, limit: 50 }, filter);
  return [
    { name: 'host: first page of 50', runs: RUNS.page, run: page(0, { system }) },
    { name: 'host: page in the middle', runs: RUNS.page, run: page(tokens / 2 - 25, { system }) },
    { name: 'host: last page of 50', runs: RUNS.page, run: page(tokens - 50, { system }) },
    { name: 'host: first page, all systems', runs: RUNS.page, run: page(0, {}) },
    {
      name: 'host: search by owner',
      runs: RUNS.page,
      run: (world) => page(0, { owners: Object.values(world.users.alice.userKeys) })(world),
    },
    { name: 'system: first page of 50', runs: RUNS.page, run: (world) => world.active.tokens.list({ startAt: 0, limit: 50 }) },
  ];
}

/** Median microseconds of each operation on each world, the worlds taking turns. */
async function measure(worlds, operationsOf) {
  const rows = [];
  for (const [index, { name, runs }] of operationsOf[0].entries()) {
    const times = worlds.map(() => []);
    for (let run = -Math.ceil(runs / 10); run < runs; run += 1) {
      for (const [at, world] of worlds.entries()) {
        const begun = performance.now();
        await operationsOf[at][index].run(world);
        if (run >= 0) times[at].push((performance.now() - begun) * 1000);
      }
    }
    const [small, large] = times.map(median);
    rows.push({ operation: name, small, large, ratio: large / small });
  }
  return rows;
}

function median(values) {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)];
}

/** Manifests whose tables the plugin shares: it reads their settings. */
function lenders(plugin) {
  const shared = new Set((plugin.manifest.sharedSettings ?? []).map(({ name }) => name));
  return plugins.map(({ manifest }) => manifest).filter(({ settings }) => settings.some(({ name }) => shared.has(name)));
}

const isJson = process.argv.includes('--json');
const results = [];
for (const plugin of plugins) {
  const { key } = plugin.manifest;
  const system = SYSTEMS[key];
  // Over the table of the other installation, which is measured.
  if (system === undefined && lenders(plugin).length > 0) continue;
  if (system === undefined) throw new Error(`${key} is not measured: add it to SYSTEMS`);
  const worlds = [];
  for (const tokens of SIZES) worlds.push(await openWorld(plugin, lenders(plugin), system, tokens));
  const rows = await measure(
    worlds,
    SIZES.map((tokens) => operations(plugin, system, tokens)),
  );
  for (const world of worlds) await world.close();
  results.push(...rows.map((row) => ({ system: key, ...row })));
  if (!isJson) print(key, rows);
}
if (isJson) console.log(JSON.stringify({ sizes: SIZES, unit: 'microseconds, median', results }, null, 2));

function print(key, rows) {
  const cell = (value) => value.toFixed(value < 100 ? 1 : 0).padStart(10);
  console.log(`\n${key.padEnd(34)}${SIZES.map((size) => `${size.toLocaleString('en')} µs`.padStart(12)).join('')}     ratio`);
  for (const { operation, small, large, ratio } of rows) {
    console.log(`  ${operation.padEnd(32)}  ${cell(small)}  ${cell(large)}${ratio.toFixed(2).padStart(10)}`);
  }
}
