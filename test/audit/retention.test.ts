// Whole segments go, by age and size, and never one that is needed or unrecorded; what is kept still verifies [AUD-24].
import { unlink } from 'node:fs/promises';
import { LIMITS } from '../../src/core/index.js';
import { verifyTrail } from '../../src/audit/verify.js';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.js';
import { testKeys } from '../support/test-keys.js';
import { faultyDisk } from './faulty-file.js';
import { answered, sampleRequest, segmentNames, spoolEntries, startTrail, type TrailWorld } from './samples.js';

/** Short, so that a clock that runs every timer on its way is soon there. */
const AGE = 3 * LIMITS.auditRetentionMs;
let folder: TemporaryFolder;
let world: TrailWorld;
const spool = () => folder.file('spool');

beforeEach(async () => {
  folder = await temporaryFolder();
});

afterEach(async () => {
  await world.trail.close();
  await folder.remove();
});

async function start(bounds: { ageMs?: number; bytesMax?: number }, options: Parameters<typeof startTrail>[1] = {}): Promise<void> {
  world = await startTrail(spool(), { segmentBytesMax: 3_000, retention: { ageMs: null, bytesMax: null, ...bounds }, ...options });
}

async function requests(from: number, to: number): Promise<void> {
  for (let number = from; number <= to; number += 1) (await world.open(number)).close(answered);
  await world.trail.drain();
}

const verify = () => verifyTrail({ folder: spool(), keys: testKeys(), anchors: [], onProgress: () => undefined });
const trimmed = async () => (await spoolEntries(spool())).filter(({ action }) => action === 'audit.trimmed').map(({ detail }) => detail);

describe('segments past their age', () => {
  it('are deleted, which is on record with what the last of them ended with, and the rest verifies [AUD-24]', async () => {
    await start({ ageMs: AGE });
    await requests(1, 20);
    const before = await segmentNames(spool());
    await world.clock.advance(AGE - LIMITS.auditRetentionMs);
    expect(await segmentNames(spool())).toEqual(expect.arrayContaining(before));
    await requests(30, 32);
    await world.clock.advance(2 * AGE);
    const after = await segmentNames(spool());
    expect(after.filter((name) => before.slice(0, -1).includes(name))).toEqual([]);
    const [first] = await spoolEntries(spool());
    const detail = (await trimmed()).at(-1);
    expect(detail).toMatchObject({ lastSequence: (first?.seq ?? 0) - 1, lastHash: first?.prev, why: 'age', missedBy: null });
    expect(await verify()).toMatchObject({ isSound: true, firstSequence: first?.seq });
    expect((await world.records()).map(({ action }) => action)).toContain('audit.trimmed');
  });

  it('verify after a restart too, and a beginning that is cut off beyond what was recorded is found [AUD-4, AUD-24]', async () => {
    await start({ ageMs: AGE });
    await requests(1, 20);
    await world.clock.advance(2 * AGE);
    await requests(21, 40);
    await world.trail.close();
    await start({});
    await requests(41, 42);
    expect(await verify()).toMatchObject({ isSound: true });
    const [name = ''] = await segmentNames(spool());
    await unlink(folder.file(`spool/${name}`));
    expect((await verify()).findings.map(({ kind }) => kind)).toEqual(['beginning']);
  });

  it.each([
    ['the counters', { name: 'the counters', isFirm: true }],
    ['a reader', { name: 'a reader', isFirm: false }],
  ])('stay as long as %s still needs them [AUD-24, GW-51]', async (_what, holder) => {
    await start({ ageMs: AGE });
    let segment = 2;
    world.trail.holdBack({ ...holder, position: () => ({ spool: world.trail.spoolId, segment, offset: 10 }) });
    await requests(1, 20);
    await world.clock.advance(2 * AGE);
    await requests(21, 22);
    await world.clock.advance(LIMITS.auditRetentionMs);
    expect((await segmentNames(spool()))[0]).toBe('spool-00000002.jsonl');
    expect(world.log.lines).toContainEqual({ level: 'warn', fields: { by: holder.name }, text: expect.stringContaining('still needed') });
    segment = 3;
    await world.clock.advance(LIMITS.auditRetentionMs);
    expect((await segmentNames(spool()))[0]).toBe('spool-00000003.jsonl');
  });

  it('stay as long as a record that began in them runs [AUD-24]', async () => {
    await start({ ageMs: AGE });
    await requests(1, 6);
    const running = await world.open(100);
    const name = (await segmentNames(spool())).at(-1);
    await requests(101, 120);
    await world.clock.advance(2 * AGE);
    expect((await segmentNames(spool()))[0]).toBe(name);
    running.close(answered);
    await world.trail.drain();
    await world.clock.advance(LIMITS.auditRetentionMs);
    expect(await segmentNames(spool())).not.toContain(name);
  });
});

describe('the bound on size', () => {
  it('is kept by deleting the oldest, whoever but the counters would still need them [AUD-24]', async () => {
    await start({ bytesMax: 9_000 });
    world.trail.holdBack({ name: 'a reader that is away', isFirm: false, position: () => null });
    await requests(1, 40);
    await world.clock.advance(LIMITS.auditRetentionMs);
    expect((await segmentNames(spool())).length).toBeLessThanOrEqual(4);
    expect((await trimmed())[0]).toMatchObject({ why: 'size', missedBy: 'a reader that is away' });
    expect(await verify()).toMatchObject({ isSound: true });
  });

  it('gives way to the counters alone: they are exact [AUD-24, GW-51]', async () => {
    await start({ bytesMax: 9_000 });
    world.trail.holdBack({ name: 'the counters', isFirm: true, position: async () => null });
    await requests(1, 40);
    const before = await segmentNames(spool());
    await world.clock.advance(LIMITS.auditRetentionMs);
    expect(await segmentNames(spool())).toEqual(expect.arrayContaining(before));
    expect(await trimmed()).toEqual([]);
  });
});

it('nothing is deleted of which no record can be made [AUD-24]', async () => {
  const disk = faultyDisk();
  await start({ ageMs: AGE }, { openFile: disk.open });
  await requests(1, 20);
  const before = await segmentNames(spool());
  disk.failure = { code: 'ENOSPC', bytesWritten: 0 };
  await world.clock.advance(2 * AGE);
  expect(await segmentNames(spool())).toEqual(before);
  disk.failure = null;
  await world.clock.advance(2 * LIMITS.auditRetentionMs);
  expect((await segmentNames(spool())).length).toBeLessThan(before.length);
  expect(await verify()).toMatchObject({ isSound: true });
});

it('without bounds everything is kept, and the one that is being written is kept always [AUD-24]', async () => {
  await start({});
  await requests(1, 10);
  const before = await segmentNames(spool());
  await world.clock.advance(AGE);
  expect(await segmentNames(spool())).toEqual(before);
  await world.trail.close();
  await start({ ageMs: 1, bytesMax: 1 });
  await requests(20, 21);
  await world.clock.advance(LIMITS.auditRetentionMs);
  expect((await world.records()).map(({ id }) => id)).toContain(sampleRequest(21).id);
});
