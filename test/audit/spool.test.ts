// Group commit, and what happens when the disk fails, hangs or is full. Real files, with faults put in at the one seam.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LIMITS } from '../../src/core/index.js';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.js';
import { type FaultyDisk, faultyDisk } from './faulty-file.js';
import {
  answered,
  marks,
  permit,
  sampleRequest,
  segmentNames,
  spoolEntries,
  spoolText,
  startTrail,
  tokenIdentity,
  type TrailWorld,
} from './samples.js';

let folder: TemporaryFolder;
let disk: FaultyDisk;
let world: TrailWorld;
const spool = () => folder.file('spool');

beforeEach(async () => {
  folder = await temporaryFolder();
  disk = faultyDisk();
  world = await startTrail(spool(), { openFile: disk.open });
});

afterEach(async () => {
  disk.release();
  disk.failure = null;
  disk.isTruncateBroken = false;
  disk.isSyncBroken = false;
  await world.trail.close();
  await folder.remove();
});

const refused = { name: 'HostError', code: 'audit.unavailable', status: 503 };

/** The spool holds whole lines, numbered without a gap. */
async function expectSound(): Promise<void> {
  const text = await spoolText(spool());
  expect(text.endsWith('\n')).toBe(true);
  const entries = await spoolEntries(spool());
  expect(entries.map((entry) => entry.seq)).toEqual(entries.map((_, index) => index + 1));
}

describe('a group', () => {
  it('lets 1,000 requests share a handful of writes [AUD-3]', async () => {
    await Promise.all(Array.from({ length: 1_000 }, (_, index) => world.open(index)));
    expect(disk.writes).toBeLessThanOrEqual(3);
    const opened = (await spoolEntries(spool())).filter((entry) => entry.e === 'open');
    expect(new Set(opened.map((entry) => entry.id)).size).toBe(1_000);
    await expectSound();
  });

  it('takes what comes while a write is under way into the next one [AUD-3]', async () => {
    disk.hang();
    const first = world.open(1);
    await disk.hanging();
    const others = Array.from({ length: 50 }, (_, index) => world.open(2 + index));
    disk.release();
    await Promise.all([first, ...others]);
    expect(disk.writes).toBe(2);
  });

  it('is on the disk before anybody who waited for it goes on [GW-30]', async () => {
    for (let number = 0; number < 5; number += 1) {
      await world.open(number);
      expect(await spoolText(spool())).toContain(sampleRequest(number).id);
    }
  });

  it('does not give the end of a record a write of its own when a request follows', async () => {
    const entry = await world.open(1);
    entry.close(answered);
    for (let turn = 0; turn < 20; turn += 1) await settle();
    expect(disk.writes).toBe(1);
    await world.open(2);
    expect(disk.writes).toBe(2);
    expect((await spoolEntries(spool())).map(({ e }) => e)).toEqual(['segment', 'open', 'close', 'open']);
  });

  it('writes the end of a record soon when no request follows', async () => {
    const entry = await world.open(1);
    entry.close(answered);
    await world.clock.advance(LIMITS.auditLingerMs);
    await until(() => world.durable.length === 2);
    expect((await spoolEntries(spool())).map(({ e }) => e)).toEqual(['segment', 'open', 'close']);
  });

  it('tells how far the trail is with each group, before the caller goes on [GW-51]', async () => {
    const position = world.open(1).then(() => world.durable.at(-1)?.position);
    expect(await position).toEqual({ spool: world.trail.spoolId, segment: 1, offset: (await spoolText(spool())).length });
  });

  it.each([
    ['process', 0],
    ['power', 3],
  ] as const)('waits for the device with durability %s and not otherwise, once for all who wait [GW-30]', async (durability, syncs) => {
    const other = await startTrail(folder.file(durability), { openFile: disk.open, durability });
    disk.syncs = 0;
    for (let round = 0; round < 3; round += 1) await Promise.all([1, 2, 3].map((number) => other.open(10 * round + number)));
    expect(disk.syncs).toBe(syncs);
    await other.trail.close();
  });

  it.each([
    ['process', 0],
    ['power', 1],
  ] as const)(
    'with durability %s has the next one begun %i times before those of this one go on: a device is kept busy, a write shared [GW-62]',
    async (durability, begun) => {
      const other = await startTrail(folder.file(durability), { openFile: disk.open, durability });
      await other.open(1);
      const before = disk.writes;
      disk.hang();
      const first = other.open(2).then(() => disk.writes - before);
      await disk.hanging();
      const next = other.open(3);
      disk.release();
      expect(await first).toBe(1 + begun);
      await next;
      await other.trail.close();
      const entries = await spoolEntries(folder.file(durability));
      expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
    },
  );

  it('keeps the folder and the files from other users', async () => {
    await world.open(1);
    expect((await stat(spool())).mode & 0o777).toBe(0o700);
    expect((await stat(join(spool(), 'spool-00000001.jsonl'))).mode & 0o777).toBe(0o600);
  });
});

describe('a disk that fails', () => {
  it.each([
    ['ENOSPC', 0, 'nothing was written'],
    ['ENOSPC', 40, 'a part of a line was written'],
    ['EIO', 100_000, 'all was written and the disk said no'],
    ['EFBIG', 700, 'whole lines were written, and a part'],
  ])(
    '%s after %i bytes: everybody who waited is refused, and what stands there is cut off again [AUD-2, AUD-3]',
    async (code, bytesWritten) => {
      await world.open(1);
      const before = await spoolText(spool());
      disk.failure = { code, bytesWritten };
      const outcomes = await Promise.allSettled([2, 3, 4].map((number) => world.open(number)));
      expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
      for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: refused });
      expect(await spoolText(spool())).toBe(before);
    },
  );

  it('is used again as soon as it takes something, with the next number and without the refused [AUD-3]', async () => {
    await world.open(1);
    disk.failure = { code: 'ENOSPC', bytesWritten: 30 };
    await expect(world.open(2)).rejects.toMatchObject(refused);
    disk.failure = null;
    await world.open(3);
    await expectSound();
    expect((await spoolEntries(spool())).map(({ id }) => id).slice(1)).toEqual([sampleRequest(1).id, sampleRequest(3).id]);
  });

  it('does not lose the end of a request that ended meanwhile, and needs no request to be asked again [AUD-3]', async () => {
    const entry = await world.open(1);
    disk.failure = { code: 'ENOSPC', bytesWritten: 30 };
    entry.close(answered);
    await world.clock.advance(LIMITS.auditLingerMs);
    await until(() => world.log.lines.length === 1);
    disk.failure = null;
    await world.clock.advance(LIMITS.auditRetryMs - 1);
    await settle();
    expect(disk.writes).toBe(2);
    await world.clock.advance(1);
    await until(() => world.durable.length === 2);
    expect(await world.records()).toMatchObject([{ outcome: 'forwarded', status: 200 }]);
    await expectSound();
  });

  it('takes nothing before what a failed write left is cut off [AUD-3]', async () => {
    await world.open(1);
    disk.failure = { code: 'EIO', bytesWritten: 1_000 };
    disk.isTruncateBroken = true;
    await expect(world.open(2)).rejects.toMatchObject(refused);
    disk.failure = null;
    // Sound for writing, but the remains of request 2 cannot be removed yet.
    await expect(world.open(3)).rejects.toMatchObject(refused);
    disk.isTruncateBroken = false;
    await world.open(4);
    await expectSound();
    expect((await spoolEntries(spool())).map(({ id }) => id).slice(1)).toEqual([sampleRequest(1).id, sampleRequest(4).id]);
  });

  it('refuses everybody when the device does not confirm, also though the bytes were handed over [GW-30]', async () => {
    const other = await startTrail(folder.file('power'), { openFile: disk.open, durability: 'power' });
    await other.open(1);
    disk.isSyncBroken = true;
    await expect(other.open(2)).rejects.toMatchObject(refused);
    disk.isSyncBroken = false;
    await other.open(3);
    const ids = (await spoolEntries(folder.file('power'))).map(({ id }) => id);
    expect(ids).not.toContain(sampleRequest(2).id);
    await other.trail.close();
  });

  it('tells the operator when it begins and when it is over, not for each request', async () => {
    disk.failure = { code: 'ENOSPC', bytesWritten: 0 };
    for (let number = 0; number < 5; number += 1) await expect(world.open(number)).rejects.toMatchObject(refused);
    // Nothing waits to be written, which says nothing of the disk.
    await world.trail.drain();
    expect(world.log.lines).toHaveLength(1);
    disk.failure = null;
    await world.open(6);
    expect(world.log.lines.map(({ level, fields }) => ({ level, ...fields }))).toEqual([
      { level: 'error', why: expect.stringContaining('ENOSPC') },
      { level: 'warn', refused: 5 },
    ]);
  });
});

describe('a disk that hangs', () => {
  it('refuses whoever waits after the timeout, not before, whether their write hangs or has not begun [AUD-2]', async () => {
    disk.hang();
    const first = world.open(1);
    await disk.hanging();
    await world.clock.advance(500);
    const second = world.open(2);
    const told: string[] = [];
    first.catch(() => told.push(`first at ${world.clock.monotonicMs()}`));
    second.catch(() => told.push(`second at ${world.clock.monotonicMs()}`));
    await world.clock.advance(LIMITS.auditTimeoutMs - 501);
    await settle();
    expect(told).toEqual([]);
    await world.clock.advance(1);
    await settle();
    expect(told).toEqual([`first at ${LIMITS.auditTimeoutMs}`]);
    await world.clock.advance(500);
    await settle();
    expect(told).toEqual([`first at ${LIMITS.auditTimeoutMs}`, `second at ${LIMITS.auditTimeoutMs + 500}`]);
    await expect(first).rejects.toMatchObject(refused);
    await expect(second).rejects.toMatchObject(refused);
  });

  it('closes the record of a request it took too late as failed, and counts it: the trail and the counter agree [AUD-2, GW-51]', async () => {
    disk.hang();
    const late = world.open(1);
    await disk.hanging();
    const dropped = world.open(2);
    const refusals = Promise.allSettled([late, dropped]);
    await world.clock.advance(LIMITS.auditTimeoutMs);
    expect((await refusals).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    disk.release();
    await world.trail.drain();
    // The second had not been begun: it is not in the trail, and not counted.
    expect(await world.records()).toMatchObject([
      { id: sampleRequest(1).id, decision: 'permit', outcome: 'failed', code: 'audit.unavailable', status: 503 },
    ]);
    expect(world.durable.flatMap(({ uses }) => uses)).toHaveLength(1);
    await expectSound();
  });

  it('does not record a late request whose write fails in the end', async () => {
    disk.hang();
    const late = world.open(1);
    await disk.hanging();
    const outcome = Promise.allSettled([late]);
    await world.clock.advance(LIMITS.auditTimeoutMs);
    expect(await outcome).toMatchObject([{ status: 'rejected', reason: refused }]);
    disk.release(true);
    await world.trail.drain();
    await world.open(2);
    expect(await world.records()).toMatchObject([{ id: sampleRequest(2).id, outcome: 'in-flight' }]);
    expect(world.durable.flatMap(({ uses }) => uses)).toHaveLength(1);
  });

  it('takes no more than a bounded queue: past it the answer is 503 at once [AUD-2, GW-52]', async () => {
    disk.hang();
    const path = `/jira/rest/${'x'.repeat(8_000)}`;
    const hung = Promise.allSettled([world.open(0)]);
    await disk.hanging();
    let taken = 0;
    const waiting: Promise<unknown>[] = [];
    const isRefused = { at: 0 };
    // 8 KB each: the bound is reached after some 2,000.
    for (let number = 1; number < 4_000 && isRefused.at === 0; number += 1) {
      const opened = world.open(number, { path });
      waiting.push(opened.catch(() => (isRefused.at ||= number)));
      await Promise.resolve();
      await Promise.resolve();
      taken = number;
    }
    expect(isRefused.at).toBeGreaterThan(1_000);
    expect(taken * 8_000).toBeLessThanOrEqual(LIMITS.auditQueueBytesMax + 20_000);
    disk.release();
    await Promise.all([...waiting, hung]);
    await expectSound();
  });

  it('keeps its folder when it still hangs at the end: no other process may write there meanwhile', async () => {
    disk.hang();
    const hung = world.open(1).catch(() => undefined);
    await disk.hanging();
    const closing = world.trail.close();
    await world.clock.advance(LIMITS.auditTimeoutMs);
    await closing;
    await expect(startTrail(spool())).rejects.toMatchObject({ name: 'StartError', message: expect.stringContaining('in use') });
    disk.release();
    await hung;
  });
});

describe('a segment', () => {
  it('is followed by the next when it is full, and the numbers go on [AUD-3]', async () => {
    const other = await startTrail(folder.file('small'), { segmentBytesMax: 2_000 });
    for (let number = 0; number < 20; number += 1) (await other.open(number)).close(answered);
    await other.trail.drain();
    expect((await segmentNames(folder.file('small'))).length).toBeGreaterThan(4);
    const entries = await spoolEntries(folder.file('small'));
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
    expect(await other.records()).toHaveLength(20);
    await other.trail.close();
  });

  it('begins with its number, the spool and what is open, so that a start reads the last segment only [AUD-3]', async () => {
    // Each group begins a segment.
    const other = await startTrail(folder.file('small'), { segmentBytesMax: 1, node: 'north-1' });
    await other.open(1);
    (await other.open(2)).close(answered);
    await other.open(3);
    await other.open(4);
    const heads = (await spoolEntries(folder.file('small'))).filter(({ e }) => e === 'segment');
    expect(heads.map(({ id, node, segment }) => ({ id, node, segment }))).toEqual(
      [1, 2, 3, 4].map((segment) => ({ id: other.trail.spoolId, node: 'north-1', segment })),
    );
    // The close of 2 stands behind the head of the third.
    expect(heads.map(({ open }) => open?.map(([id]) => Number(id.slice(-12))))).toEqual([[], [1], [1, 2], [1, 3]]);
    await other.trail.close();
  });
});

describe('after its end', () => {
  it('nobody is left waiting who came while it ended', async () => {
    const closing = world.trail.close();
    const opened: Promise<unknown>[] = [];
    for (let isClosed = false, number = 0; !isClosed; number += 1) {
      opened.push(world.open(number));
      isClosed = await Promise.race([closing.then(() => true), settle().then(() => false)]);
    }
    // A request that is never told would make this wait for ever.
    for (const outcome of await Promise.allSettled(opened)) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(refused);
    }
    await expectSound();
  });

  it('the trail takes nothing more', async () => {
    await world.trail.close();
    await expect(world.trail.open(sampleRequest(1), tokenIdentity(), permit, marks)).rejects.toMatchObject(refused);
  });
});

/** Waits until something is so that comes by itself; fails when it does not come. */
async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; !isSo(); turn += 1) {
    if (turn > 100_000) throw new Error('What was waited for did not come.');
    await settle();
  }
}

/** Lets the promises that are settled already tell those who wait for them. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
