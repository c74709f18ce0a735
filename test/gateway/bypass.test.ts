// Nobody gets past: every trick that is published, and what looks like it and is permitted, over raw sockets through the whole server in both
// profiles. The rows are in bypass/, by class; each says what the client gets and what the product sees, and why.
import type { AuditRecord } from '../../src/audit/contract.js';
import { ADMIN, type Gate, openGate } from '../support/gate.js';
import { basic } from '../support/raw-client.js';
import { ADDRESSES } from './bypass/addresses.js';
import { CREDENTIALS } from './bypass/credentials.js';
import { BEHIND, drive, type Result, senderOf } from './bypass/drive.js';
import { ENCODINGS } from './bypass/encodings.js';
import { FIELDS } from './bypass/fields.js';
import { FRAMING } from './bypass/framing.js';
import { PATHS } from './bypass/paths.js';
import { PATTERNS } from './bypass/patterns.js';
import { QUERIES } from './bypass/queries.js';
import { type Logins, ofProfile, POISON, type Row } from './bypass/row.js';
import { TARGETS } from './bypass/targets.js';

/** By class, with the fewest rows each may come to: a table that loses its rows proves nothing. */
const CLASSES = {
  'paths [GW-1, GW-2, GW-7]': { rows: PATHS, floor: 200 },
  'encodings [GW-1, GW-2]': { rows: ENCODINGS, floor: 80 },
  'target forms [GW-2, GW-3]': { rows: TARGETS, floor: 60 },
  'queries [GW-3, GW-4, EXT-14]': { rows: QUERIES, floor: 75 },
  'methods and fields [GW-3, GW-5, GW-45]': { rows: FIELDS, floor: 100 },
  'framing [GW-6, GW-52]': { rows: FRAMING, floor: 120 },
  'credentials [GW-10, GW-12, GW-15, PAT-11]': { rows: CREDENTIALS, floor: 85 },
  'addresses [GW-22]': { rows: ADDRESSES, floor: 80 },
  'patterns [EXT-17, EXT-18]': { rows: PATTERNS, floor: 50 },
} as const;

const ALL: readonly Row[] = Object.values(CLASSES).flatMap(({ rows }) => rows);

const SETTINGS = {
  POSTERN_TRUSTED_PROXIES: '127.200.0.0/16',
  POSTERN_ANONYMOUS: 'forward',
  // Hundreds of wrong logins are the point here; how they are slowed down is told elsewhere [DIR-6].
  POSTERN_LOGIN_FAILURES_MAX: '10000',
  POSTERN_LOGIN_ADDRESS_FAILURES_MAX: '100000',
};

async function loginsOf(gate: Gate): Promise<Logins> {
  const field = async (fields: Readonly<Record<string, unknown>>): Promise<string> =>
    `Authorization: ${basic(ADMIN.username, (await gate.token(fields)).token)}`;
  return {
    any: await field({}),
    reader: await field({ limitTo: '[get]/jira/rest/api/2/myself' }),
    addressed: await field({ ip: '203.0.113.9, 2001:db8::/32' }),
    password: `Authorization: ${gate.password}`,
  };
}

let count = 0;

describe.each(['emulator', 'gateway'] as const)('in the %s profile', (profile) => {
  let gate: Gate;
  let results: ReadonlyMap<Row, Result>;
  let records: readonly AuditRecord[];

  beforeAll(async () => {
    gate = await openGate(profile, { settings: SETTINGS });
    const list = await drive(gate, ALL, await loginsOf(gate));
    results = new Map(ALL.map((row, index) => [row, list[index] as Result]));
    records = await gate.records();
  });
  afterAll(() => gate.close());

  function resultOf(row: Row): Result {
    const result = results.get(row);
    if (result === undefined) throw new Error(`not run: ${row.what}`);
    return result;
  }

  function expectRow(row: Row): void {
    const { answers, rest, seen } = resultOf(row);
    // Behind a row that leaves its connection open, one more is served, and answered with its own answer.
    const statuses = ofProfile(row.answers, profile);
    expect({ answers: answers.map(({ status }) => status), rest, seen: seen.map(({ method, target }) => `${method} ${target}`) }).toEqual({
      answers: row.ends ? statuses : [...statuses, 200],
      rest: '',
      seen: row.ends ? ofProfile(row.seen, profile) : [...ofProfile(row.seen, profile), `GET ${BEHIND}`],
    });
    for (const { status, body, fields } of answers.slice(0, statuses.length)) {
      if (status < 400 || row.isHead === true) continue;
      expect(fields.get('content-type')).toBe('application/json;charset=UTF-8');
      // Extender's own resources answer in its own shape.
      if (!row.what.startsWith('a token with'))
        expect(JSON.parse(body)).toEqual({ message: expect.any(String) as string, 'status-code': status });
      expect(fields.has('www-authenticate')).toBe(status === 401);
    }
    const own = seen.filter(({ target }) => target !== BEHIND);
    for (const one of own) {
      expect(gate.upstream.header(one, 'x-forwarded-user')).toEqual(row.user === null ? [] : [row.user ?? 'admin']);
      expect(JSON.stringify(one.rawHeaders).toLowerCase()).not.toContain(POISON);
      expect(gate.upstream.header(one, 'authorization')).toEqual([]);
      if (row.field !== undefined) expect(fieldLines(one.rawHeaders)).toContain(row.field);
    }
    count += 1;
  }

  describe.each(Object.entries(CLASSES))('%s', (_name, { rows }) => {
    it.each([...rows])('$what: $why', expectRow);
  });

  it('every row was run, and no table has lost its rows', () => {
    for (const [name, { rows, floor }] of Object.entries(CLASSES)) expect([name, rows.length >= floor]).toEqual([name, true]);
    expect(new Set(ALL.map(({ what, why }) => `${what}: ${why}`)).size).toBe(ALL.length);
    expect([results.size, count]).toEqual([ALL.length, ALL.length]);
    count = 0;
  });

  it('each class holds what is permitted beside what is refused: a gate that refuses everything would fail', () => {
    for (const [name, { rows }] of Object.entries(CLASSES)) {
      const permitted = rows.filter((row) => ofProfile(row.answers, profile)[0] === 200);
      expect([name, permitted.length >= 10]).toEqual([name, true]);
      expect([name, rows.length - permitted.length >= 10]).toEqual([name, true]);
    }
  });

  it('the product saw nothing that belongs to no row, and nothing hidden in something else [GW-6]', () => {
    const known = new Set([...results.values()].map(({ from }) => from));
    expect(gate.upstream.requests.filter((request) => !known.has(senderOf(gate, request)))).toEqual([]);
    expect(gate.upstream.requests.filter(({ target }) => target.includes('hidden'))).toEqual([]);
  });

  it('what was judged and recorded is what the product was asked for [GW-1, AUD-10]', () => {
    const permits = records.filter((record) => record.kind === 'request' && record.decision === 'permit' && !isOwn(record.path));
    const line = (record: AuditRecord): string => `${record.requestId} ${record.method} ${record.path}`;
    const arrived = gate.upstream.requests.map(
      (one) => `${gate.upstream.header(one, 'x-request-id').join()} ${one.method} ${one.target.split('?')[0]}`,
    );
    expect(permits.map(line)).toEqual(expect.arrayContaining(arrived) as string[]);
    // A permitted request that does not arrive broke off, or Postern answered it itself; the trail says so.
    const absent = permits.filter((record) => !arrived.includes(line(record)));
    expect(absent.filter(({ outcome }) => outcome !== 'aborted' && outcome !== 'failed').map(line)).toEqual([]);
    expect(permits.filter(({ outcome }) => outcome === 'in-flight')).toEqual([]);
  });

  it('nothing was unforeseen', () => {
    expect(gate.postern.output()).not.toMatch(/platform\.unexpected|uncaught|unhandled/i);
    expect(gate.postern.child.exitCode).toBeNull();
  });
});

const isOwn = (path: string | null): boolean => path?.includes('/rest/extender/') === true;

function fieldLines(rawHeaders: readonly string[]): readonly string[] {
  return rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1] ?? ''}`.trim()] : []));
}
