// Does a page of the audit trail stay as fast with a million records as with ten thousand, and what does copying a record cost? On what was
// compiled, in this process, on SQLite, in a folder that goes away. Prints the plans, medians and ratios, and fails when a plan scans the
// table. `--records=100000` for a short run. Nothing is listened on.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { openStore } = await import('../dist/store/open-store.js');
const { storeTables } = await import('../dist/store/tables/index.js');
const { storeMigrations } = await import('../dist/store/migrations/index.js');
const { auditCopy } = await import('../dist/store/audit/copy.js');
const { searchRecords, statement } = await import('../dist/store/audit/search.js');
const { logStatement, readProductLog } = await import('../dist/store/audit/product-events.js');
const { readUsageDetails } = await import('../dist/store/audit/usage-details.js');
const { readSteps, totalRecords } = await import('../dist/store/audit/totals.js');
const { copyTarget, productEvents } = await import('../dist/server/copy-trail.js');
const { recordOf } = await import('../dist/admin/copied-records.js');
const { plugins } = await import('../dist/plugins/index.js');
const { silentLogger, systemClock, LIMITS } = await import('../dist/core/index.js');

const SIZES = [10_000, Number(/--records=(\d+)/.exec(process.argv.join(' '))?.[1] ?? 1_000_000)];
const RUNS = 15;
const START = Date.UTC(2026, 0, 1);
const NODE = '019c0000-0000-7000-8000-00000000000a';

/** One request in 97 is refused, 50 users, 1,000 tokens, one act in 100, a request each second. */
function linesOf(number) {
  const id = `019c0000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;
  const at = START + number * 1_000;
  const [user, token, isDenied] = [`user${number % 50}`, `token-${number % 1_000}`, number % 97 === 0];
  const seq = 2 * number + 1;
  const opened =
    number % 100 === 0
      ? {
          v: 1,
          seq,
          e: 'act',
          id,
          at,
          action: 'token.created',
          actor: user,
          userKey: `JIRAUSER${number % 50}`,
          system: SYSTEM,
          tokenRef: token,
          clientAddress: '192.0.2.1',
          detail: { label: 'x', user, userKey: `JIRAUSER${number % 50}` },
        }
      : {
          v: 1,
          seq,
          e: 'open',
          id,
          at,
          decision: isDenied ? 'deny' : 'permit',
          actor: user,
          userKey: `JIRAUSER${number % 50}`,
          system: 'extender',
          tokenRef: token,
          counts: true,
          credentialDigest: 'c0ffee'.repeat(10),
          method: 'GET',
          path: `/jira/rest/api/2/issue/KANBAN-${number}`,
          queryNames: ['expand'],
          clientAddress: `192.0.2.${number % 200}`,
          peer: '127.0.0.1',
          userAgent: 'curl/8.5.0',
          rule: '[get]/jira/rest/api/2/issue/.*',
          statement: 'policy',
        };
  const closed = {
    v: 1,
    seq: seq + 1,
    e: 'close',
    id,
    of: seq,
    at: at + 12,
    outcome: opened.e === 'act' ? 'done' : 'forwarded',
    ...(opened.e === 'act' ? {} : { status: isDenied ? 403 : 200 }),
    durationMs: 12.5,
    bytesIn: 0,
    bytesOut: 17,
  };
  return [opened, closed].map((entry) => ({ entry, line: JSON.stringify(entry), node: NODE }));
}
const SYSTEM = 'personal-access-tokens-jira';

async function fill(store, from, to) {
  const target = copyTarget(auditCopy(store, systemClock, productEvents(new Map(plugins.map(({ manifest }) => [manifest.key, manifest])))));
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  let cursor = await target.position(NODE);
  const half = LIMITS.auditShipLines / 2;
  for (let number = from; number < to; number += half) {
    const next = { spool: NODE, segment: 1, offset: number + half };
    const numbers = Array.from({ length: Math.min(half, to - number) }, (_, index) => number + index);
    await target.take({ from: cursor, to: next, lines: numbers.flatMap(linesOf) });
    cursor = next;
  }
  const used = process.cpuUsage(cpu);
  return { rowsPerSecond: (to - from) / ((performance.now() - began) / 1_000), microseconds: (used.user + used.system) / (to - from) };
}

const ALL = { from: null, to: null, behind: null, limit: 100, equals: {}, matches: () => true };
const page = (changes) => (store) => searchRecords(store, { ...ALL, ...changes });
const log = (changes) => (store) =>
  readProductLog(store, {
    product: 'jira',
    from: null,
    to: null,
    below: null,
    offset: 0,
    limit: 200,
    authors: [],
    categories: [],
    actions: [],
    affected: [],
    matches: null,
    scanMax: LIMITS.auditScanMax,
    ...changes,
  });

/** Each is measured on each size. */
const READS = {
  'newest 100': page({}),
  'a day': page({ from: START + 3_600_000, to: START + 2 * 3_600_000 }),
  'by user': page({ equals: { actor: 'user7' } }),
  'by token': page({ equals: { token_ref: 'token-7' } }),
  'by decision': page({ equals: { decision: 'deny' } }),
  'by system': page({ equals: { system_key: SYSTEM } }),
  'by status': page({ equals: { status: 403 } }),
  'by address': page({ equals: { client_address: '192.0.2.7' } }),
  'by kind': page({ equals: { kind: 'act' } }),
  'token and decision': page({ equals: { token_ref: 'token-0', decision: 'deny' }, matches: (row) => recordOf(row).decision === 'deny' }),
  'page 50 by cursor': page({ equals: { actor: 'user7' }, behind: { at: START + 5_000 * 1_000, id: 5_000 } }),
  'search without a find (bounded)': page({ matches: (row) => row.opened.includes('nowhere') }),
  'product log, newest 200': log({}),
  'product log, offset 5,000': log({ offset: 5_000 }),
  'product log, an hour': log({ from: START + 3_600_000, to: START + 7_200_000 }),
  'product log, by action': log({ actions: ['Personal access token created'] }),
  'product log, by author': log({ authors: ['user7'] }),
  'usage details of a token': (store) => readUsageDetails(store, 'token-7', { startAt: 0, limit: 50 }),
  total: (store) => totalRecords(store),
  'chart of 60 hours': (store) => readSteps(store, 'hour', START, START + 60 * 3_600_000),
};

async function measure(store) {
  const medians = {};
  for (const [name, read] of Object.entries(READS)) {
    const times = [];
    for (let run = 0; run < (name.startsWith('search') ? 3 : RUNS); run += 1) {
      const began = performance.now();
      await read(store);
      times.push(performance.now() - began);
    }
    medians[name] = times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
  }
  return medians;
}

async function plans(store) {
  const columns = [null, 'token_ref', 'client_address', 'actor', 'status', 'system_key', 'kind', 'decision'];
  const found = [];
  for (const column of columns) {
    for (const behind of [null, { at: START, id: 1 }]) {
      const { sql, values } = statement({ from: START, to: null, equals: column === null ? {} : { [column]: 'x' } }, behind);
      const rows = await store.read(`EXPLAIN QUERY PLAN ${sql}`, [...values, 10]);
      found.push([column ?? 'time', rows.map(({ detail }) => detail).join('; ')]);
    }
  }
  for (const column of ['product', 'author', 'category', 'action', 'affected']) {
    const rows = await store.read(`EXPLAIN QUERY PLAN ${logStatement(store, `l.${column}`)}`, ['x', 1, 2, 10]);
    found.push([`log ${column}`, rows.map(({ detail }) => detail).join('; ')]);
  }
  return found;
}

const folder = await mkdtemp(join(tmpdir(), 'postern-bench-'));
let isBad = false;
try {
  const store = await openStore({
    url: 'sqlite:bench.sqlite',
    dataFolder: folder,
    logger: silentLogger,
    entities: storeTables,
    migrations: storeMigrations,
  });
  const results = [];
  let filled = 0;
  for (const size of SIZES) {
    const cost = await fill(store, filled, size);
    filled = size;
    console.log(
      `copied up to ${size}: ${Math.round(cost.rowsPerSecond)} records a second, ${cost.microseconds.toFixed(0)} µs of CPU a record`,
    );
    results.push(await measure(store));
  }
  console.log('');
  for (const [column, plan] of await plans(store)) {
    const isScan = /SCAN|TEMP B-TREE/.test(plan);
    isBad ||= isScan;
    console.log(`${isScan ? 'BAD ' : 'ok  '}${column.padEnd(16)}${plan}`);
  }
  console.log(`\n${'milliseconds, medians'.padEnd(34)}${SIZES.map((size) => String(size).padStart(12)).join('')}       ratio`);
  for (const name of Object.keys(READS)) {
    const [small, large] = results.map((result) => result[name]);
    console.log(
      `${name.padEnd(34)}${[small, large].map((ms) => ms.toFixed(2).padStart(12)).join('')}${(large / small).toFixed(1).padStart(12)}`,
    );
  }
  await store.close();
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit(isBad ? 1 : 0);
