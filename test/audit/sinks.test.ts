// Sinks before real receivers: nothing is lost whatever those do, what comes twice has the same id, and one that is away holds up nothing
// but itself, unless it is required [AUD-2, AUD-22].
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import type { SinkOptions } from '../../src/audit/sinks/contract.js';
import { LIMITS, Secret } from '../../src/core/index.js';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.js';
import { CERTIFICATE, type Hook, recordOf, startHook, startSyslog, type SyslogServer } from './receivers.js';
import { answered, sampleRequest, startTrail, type TrailWorld } from './samples.js';

const SECRET = 'a secret of the hook';
let folder: TemporaryFolder;
let world: TrailWorld;
const ends: (() => Promise<void>)[] = [];
const spool = () => folder.file('spool');

beforeEach(async () => {
  folder = await temporaryFolder();
});

afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
  await folder.remove();
});

async function syslog(kind: 'tcp' | 'tls' = 'tcp', port = 0): Promise<SyslogServer> {
  const server = await startSyslog(kind, port);
  ends.push(() => server.close());
  return server;
}

async function hookOn(port = 0): Promise<Hook> {
  const hook = await startHook(SECRET, port);
  ends.push(() => hook.close());
  return hook;
}

async function trailTo(sinks: readonly SinkOptions[], options: Parameters<typeof startTrail>[1] = {}): Promise<TrailWorld> {
  world = await startTrail(spool(), { sinks, version: '1.2.3', ...options });
  const { trail, clock } = world;
  ends.push(async () => {
    let isClosed = false;
    const closed = trail.close().then(() => (isClosed = true));
    // What hangs is given up in its own time.
    while (!isClosed) {
      await settle();
      await clock.advance(50);
    }
    await closed;
  });
  return world;
}

const common = { name: 'siem', mode: 'best-effort', format: 'json', timeoutMs: 1_000 } as const;
const toSyslog = (port: number, changes: Partial<SinkOptions> = {}): SinkOptions =>
  ({ ...common, kind: 'syslog', address: { isTls: false, host: '127.0.0.1', port }, ca: null, ...changes }) as SinkOptions;
const toHook = (url: string, changes: Partial<SinkOptions> = {}): SinkOptions =>
  ({ ...common, kind: 'webhook', url, secret: new Secret(SECRET), ...changes }) as SinkOptions;
const toFile = (path: string, changes: object = {}): SinkOptions => ({
  ...common,
  kind: 'file',
  path,
  rotateBytes: 100_000_000,
  rotateHours: 24,
  keepFiles: 3,
  ...changes,
});

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Lets the world go on, its clock too, until it is so. */
async function until(isSo: () => boolean, stepMs = 50): Promise<void> {
  for (let turn = 0; !isSo(); turn += 1) {
    if (turn > 20_000) throw new Error(`It never came to be so: ${isSo.toString()}`);
    for (let breath = 0; breath < 5; breath += 1) await settle();
    if (turn % 5 === 4) await world.clock.advance(stepMs);
  }
}

async function requests(from: number, to: number): Promise<string[]> {
  const ids: string[] = [];
  for (let number = from; number <= to; number += 1) {
    (await world.open(number)).close(answered);
    ids.push(sampleRequest(number).id);
  }
  return ids;
}

const idsOf = ({ messages }: SyslogServer) => messages.map((message) => recordOf(message).id);

describe.each(['tcp', 'tls'] as const)('syslog over %s', (kind) => {
  const sinkTo = (port: number) =>
    toSyslog(port, {
      address: { isTls: kind === 'tls', host: '127.0.0.1', port },
      ca: kind === 'tls' ? CERTIFICATE : null,
    });

  it('carries every record once, in messages of RFC 5424 framed by their octets [AUD-22]', async () => {
    const server = await syslog(kind);
    await trailTo([sinkTo(server.port)], { node: 'north 1' });
    const ids = await requests(1, 30);
    await until(() => server.messages.length === 30);
    expect(idsOf(server)).toEqual(ids);
    expect(server.messages[0]).toMatch(/^<110>1 2026-01-31T10:00:00\.000Z north_1 postern - request - \{"version":1,/);
    expect(recordOf(server.messages[0] as string)).toMatchObject({ outcome: 'forwarded', status: 200, actor: 'charlie' });
  });

  it.each(['hang', 'break'] as const)('loses nothing to a receiver that does %s and comes back [AUD-22]', async (manner) => {
    const server = await syslog(kind);
    server.manner = manner;
    await trailTo([sinkTo(server.port)]);
    const ids = await requests(1, 40);
    await until(() => server.connections >= 2);
    server.manner = 'sound';
    server.cut();
    await until(() => new Set(idsOf(server)).size === 40);
    expect(new Set(idsOf(server))).toEqual(new Set(ids));
  });

  it('loses nothing when a connection breaks after it was handed over, or the receiver is away for a while [AUD-22]', async () => {
    const server = await syslog(kind);
    await trailTo([sinkTo(server.port)]);
    const ids = await requests(1, 10);
    await until(() => server.messages.length === 10, 1);
    // Read and forgotten: nothing but the end of the connection would have told that it is safe.
    server.messages.length = 0;
    server.cut();
    await until(() => server.messages.length >= 10);
    expect(idsOf(server)).toEqual(ids);
    await server.close();
    ids.push(...(await requests(11, 20)));
    await until(() => world.log.lines.some(({ text }) => text.includes('does not take records')));
    const again = await syslog(kind, server.port);
    await until(() => again.messages.length >= 10);
    expect(new Set([...idsOf(server), ...idsOf(again)])).toEqual(new Set(ids));
  });
});

it('syslog over TLS is not spoken to a receiver whose certificate nobody vouches for [AUD-22]', async () => {
  const server = await syslog('tls');
  await trailTo([toSyslog(server.port, { address: { isTls: true, host: '127.0.0.1', port: server.port } })]);
  await requests(1, 3);
  await until(() => world.log.lines.some(({ text }) => text.includes('does not take records')));
  expect(server.messages).toEqual([]);
});

describe('a webhook', () => {
  it('gets each record once, signed with its time, in deliveries with an id [AUD-22]', async () => {
    const hook = await hookOn();
    await trailTo([toHook(hook.url)]);
    const ids = await requests(1, 20);
    await until(() => hook.records.length === 20);
    expect(hook.records.map(({ id }) => id)).toEqual(ids);
    expect(hook.forged).toBe(0);
    expect(new Set(hook.deliveries).size).toBe(hook.deliveries.length);
  });

  it.each([500, 307, 404, 'hang', 'reset'] as const)(
    'that answers %s is tried again from the spool until it takes it [AUD-22]',
    async (answer) => {
      const hook = await hookOn();
      hook.answer = answer;
      await trailTo([toHook(hook.url)]);
      const ids = await requests(1, 10);
      await until(() => hook.requests >= 3);
      expect(hook.records).toEqual([]);
      hook.answer = 200;
      await until(() => hook.records.length >= 10);
      expect(hook.records.map(({ id }) => id)).toEqual(ids);
      expect(world.log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
      await until(() => world.log.lines.some(({ text }) => text.includes('takes records again')));
    },
  );

  it('goes on after a restart where it was, also with records that ran and then ended [AUD-22]', async () => {
    const hook = await hookOn();
    await trailTo([toHook(hook.url)]);
    const running = await world.open(1);
    const ids = await requests(2, 5);
    await until(() => hook.records.length === 4);
    await world.trail.close();
    void running;
    await trailTo([toHook(hook.url)]);
    ids.push(sampleRequest(1).id, ...(await requests(6, 7)));
    await until(() => hook.records.length === 7);
    expect(hook.records.map(({ id }) => id)).toEqual(ids);
    expect(hook.records[4]).toMatchObject({ id: sampleRequest(1).id, outcome: 'unknown', actor: 'charlie' });
  });
});

describe('a best-effort sink', () => {
  it('that hangs holds up no request and no other sink [AUD-2]', async () => {
    const hanging = await hookOn();
    hanging.answer = 'hang';
    const sound = await hookOn();
    await trailTo([toHook(hanging.url, { name: 'hangs' }), toHook(sound.url, { name: 'sound' })]);
    // The clock stands still: nothing here waits for a timeout.
    const ids = await requests(1, 20);
    while (sound.records.length < 19) await settle();
    await until(() => sound.records.length === 20);
    expect(sound.records.map(({ id }) => id)).toEqual(ids);
  });

  it('that was away while retention deleted what it had not taken goes on behind it, and the loss is counted, logged and recorded [AUD-2, AUD-24]', async () => {
    const hook = await hookOn();
    await trailTo([toHook(hook.url)], { segmentBytesMax: 3_000, retention: { ageMs: null, bytesMax: 9_000 } });
    await requests(1, 2);
    await until(() => hook.records.length === 2);
    hook.answer = 500;
    await requests(3, 40);
    await until(() => world.log.lines.some(({ text }) => text.includes('was deleted')), LIMITS.auditRetentionMs);
    hook.answer = 200;
    await until(() => hook.records.some(({ action }) => action === 'audit.sink-lost'), 1_000);
    const lost = hook.records.find(({ action }) => action === 'audit.sink-lost');
    const { from = 0, to = 0 } = (lost?.detail ?? {}) as { from?: number; to?: number };
    expect(lost?.detail).toEqual({ sink: 'siem', from, to });
    expect(world.log.lines).toContainEqual({
      level: 'error',
      fields: { sink: 'siem', from, to },
      text: expect.stringContaining('deleted by retention'),
    });
    // What was not lost has come: every request whose end lies behind the loss.
    const kept = (await world.records()).filter(({ kind, sequence }) => kind === 'request' && sequence > to).map(({ id }) => id);
    expect(kept.length).toBeGreaterThan(0);
    expect(hook.records.map(({ id }) => id)).toEqual(expect.arrayContaining(kept));
  });
});

describe('a required sink', () => {
  const required = { mode: 'required', timeoutMs: 300 } as const;

  it('has the record before the request goes on, and its end afterwards under the same id [AUD-2]', async () => {
    const hook = await hookOn();
    await trailTo([toHook(hook.url, required)]);
    const entry = await world.open(1);
    expect(hook.records.map(({ id, outcome }) => [id, outcome])).toEqual([[sampleRequest(1).id, 'in-flight']]);
    entry.close(answered);
    await until(() => hook.records.length === 2);
    expect(hook.records[1]).toMatchObject({ id: sampleRequest(1).id, outcome: 'forwarded' });
  });

  it.each(['hang', 500, 'reset'] as const)(
    'that answers %s lets nothing through: 503 in its own time, and on record; and again when it is back [AUD-2]',
    async (answer) => {
      const hook = await hookOn();
      await trailTo([toHook(hook.url, required)]);
      (await world.open(1)).close(answered);
      hook.answer = answer;
      const told: unknown[] = [];
      const asked = Array.from({ length: 5 }, (_, index) => world.open(10 + index).catch((error: unknown) => told.push(error)));
      await until(() => told.length === 5);
      await Promise.all(asked);
      for (const error of told) expect(error).toMatchObject({ name: 'HostError', code: 'audit.unavailable', status: 503 });
      // Failing for longer than anybody would wait: nobody waits.
      await until(() => world.log.lines.some(({ text }) => text.includes('does not take records')));
      await world.clock.advance(1_000);
      await expect(world.open(20)).rejects.toMatchObject({ code: 'audit.unavailable' });
      hook.answer = 204;
      await until(() => world.log.lines.some(({ text }) => text.includes('takes records again')));
      (await world.open(30)).close(answered);
      const records = (await world.records()).filter(({ kind }) => kind === 'request');
      expect(records.map(({ outcome, status }) => [outcome, status])).toEqual([
        ['forwarded', 200],
        ...Array.from({ length: 6 }, () => ['failed', 503]),
        ['forwarded', 200],
      ]);
    },
  );

  it('holds up administrative acts too: what cannot be recorded there is not done [AUD-2]', async () => {
    const hook = await hookOn();
    hook.answer = 'hang';
    await trailTo([toHook(hook.url, required)]);
    let isDone = false;
    const act = { action: 'token.created', actor: null, system: null, tokenRef: null, clientAddress: null } as const;
    let told: unknown = null;
    void world.trail.act(act, async () => void (isDone = true)).catch((error: unknown) => (told = error));
    await until(() => told !== null);
    expect(told).toMatchObject({ code: 'audit.unavailable' });
    expect(isDone).toBe(false);
  });
});

describe('a file', () => {
  const path = () => folder.file('out/audit.jsonl');
  const lines = async (file = path()) =>
    (await readFile(file, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string });
  const aside = async () => (await readdir(folder.file('out'))).filter((name) => name !== 'audit.jsonl').toSorted();

  beforeEach(() => mkdir(folder.file('out')));

  it('holds one record a line; a line that a kill has torn is cut off, and nothing is there twice after a clean end [AUD-22]', async () => {
    await writeFile(path(), '{"id":"whole"}\n{"id":"to');
    await trailTo([toFile(path())]);
    const ids = await requests(1, 10);
    await world.trail.close();
    expect((await lines()).map(({ id }) => id)).toEqual(['whole', ...ids]);
    await trailTo([toFile(path())]);
    ids.push(...(await requests(11, 12)));
    await world.trail.close();
    expect((await lines()).map(({ id }) => id)).toEqual(['whole', ...ids]);
  });

  it('is put aside by size and by age, and so many of those are kept [AUD-22]', async () => {
    await trailTo([toFile(path(), { rotateBytes: 10_000 })]);
    for (let round = 0; round < 8; round += 1) {
      const last = (await requests(round * 100 + 1, round * 100 + 20)).at(-1) ?? '';
      let text = '';
      while (!text.includes(last)) {
        await world.clock.advance(10);
        text = await readFile(path(), 'utf8').catch(() => '');
      }
    }
    expect(await aside()).toHaveLength(3);
    const before = await aside();
    // Nothing is under way when the clock jumps: it would be given up.
    for (let turn = 0; turn < 500; turn += 1) await settle();
    await world.clock.advance(25 * 3_600_000);
    await requests(1_000, 1_001);
    await world.trail.close();
    expect(await aside()).toHaveLength(3);
    expect(await aside()).not.toEqual(before);
  });

  it('that is required and cannot be written lets nothing through [AUD-2]', async () => {
    await trailTo([toFile(folder.file('nowhere/audit.jsonl'), { mode: 'required', timeoutMs: 300 })]);
    let told: unknown = null;
    void world.open(1).catch((error: unknown) => (told = error));
    await until(() => told !== null);
    expect(told).toMatchObject({ code: 'audit.unavailable' });
    await until(() => world.log.lines.some(({ text }) => text.includes('does not take records')));
    await mkdir(folder.file('nowhere'));
    await until(() => world.log.lines.some(({ text }) => text.includes('takes records again')));
    const entry = await world.open(2);
    entry.close(answered);
    expect((await lines(folder.file('nowhere/audit.jsonl'))).map(({ id }) => id)).toContain(sampleRequest(2).id);
  });
});
