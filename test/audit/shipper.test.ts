// The copying of the trail: from wherever the cursor stood, each line once, whatever fails on the way.
import { readEntryBatches } from '../../src/audit/entry-batches.js';
import { Shipper, type ShipTarget } from '../../src/audit/shipper.js';
import { isBehind, LIMITS, type SpoolPosition } from '../../src/core/index.js';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.js';
import { type TestClock, testClock } from '../support/test-clock.js';
import { answered, collect, heardLog, spoolEntries, startTrail, type TrailWorld } from './samples.js';

let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await temporaryFolder();
});

afterEach(() => folder.remove());

/** Requests over several segments, some of which end in another than they began. */
async function fill(world: TrailWorld, count: number): Promise<void> {
  for (let number = 0; number < count; number += 1) {
    const entry = await world.open(Math.floor(world.clock.monotonicMs()) + number);
    if (number % 5 !== 4) entry.close(answered);
  }
  await world.trail.settle();
}

/** A copy that behaves as the database does: a batch that does not begin where the cursor stands is refused. */
class Copy implements ShipTarget {
  cursor: SpoolPosition | null = null;
  readonly sequences: number[] = [];
  readonly nodes = new Set<string>();
  /** Told before a batch is taken, and after it. */
  before: () => void = () => undefined;
  after: () => void = () => undefined;

  async position(): Promise<SpoolPosition | null> {
    return this.cursor;
  }

  async take({ from, to, lines }: Parameters<ShipTarget['take']>[0]): Promise<void> {
    this.before();
    if (JSON.stringify(from) !== JSON.stringify(this.cursor)) throw new Error('copied already');
    this.cursor = to;
    for (const { entry, node } of lines) {
      this.sequences.push(entry.seq);
      this.nodes.add(node);
    }
    this.after();
  }
}

function shipperFor(copy: Copy, clock: TestClock = testClock()) {
  const log = heardLog();
  return { log, clock, shipper: new Shipper({ folder: folder.file('spool'), target: copy, clock, logger: log }) };
}

async function everySequence(): Promise<number[]> {
  return (await spoolEntries(folder.file('spool'))).map(({ seq }) => seq);
}

it('reads from any place in batches that together are every line once, each with its node', async () => {
  const world = await startTrail(folder.file('spool'), { segmentBytesMax: 2_500, node: 'north' });
  await fill(world, 20);
  const whole = await collect(readEntryBatches(folder.file('spool'), null, world.trail.end, 3));
  expect(whole.flatMap(({ lines }) => lines.map(({ entry }) => entry.seq))).toEqual(await everySequence());
  expect(Math.max(...whole.map(({ lines }) => lines.length))).toBe(3);
  let before = 0;
  for (const { lines, position } of whole) {
    before += lines.length;
    const rest = await collect(readEntryBatches(folder.file('spool'), position, world.trail.end, 7));
    const read = rest.flatMap((batch) => batch.lines);
    expect(read.map(({ entry }) => entry.seq)).toEqual((await everySequence()).slice(before));
    expect(read.filter(({ node }) => node !== 'north')).toEqual([]);
  }
  await world.trail.close();
});

it('copies what is there at the start and what comes, each line once [AUD-3]', async () => {
  const copy = new Copy();
  const { shipper, clock } = shipperFor(copy);
  const world = await startTrail(folder.file('spool'), { segmentBytesMax: 2_500, onDurable: (_uses, position) => shipper.note(position) });
  await fill(world, 12);
  expect(copy.sequences).toEqual([]);
  shipper.start(world.trail.end);
  await clock.advance(0);
  expect(await shipper.settle()).toBe(true);
  expect(copy.sequences).toEqual(await everySequence());
  await fill(world, 12);
  expect(await shipper.settle()).toBe(true);
  expect(copy.sequences).toEqual(await everySequence());
  expect(shipper.position).toEqual(world.trail.end);
  await shipper.close();
  await world.trail.close();
});

it('goes on by itself some time after a group, without anybody asking', async () => {
  const copy = new Copy();
  const { shipper, clock } = shipperFor(copy);
  const world = await startTrail(folder.file('spool'), { onDurable: (_uses, position) => shipper.note(position) });
  shipper.start(world.trail.end);
  await fill(world, 3);
  let told = (): void => undefined;
  const taken = new Promise<void>((resolve) => (told = resolve));
  copy.after = () => told();
  await clock.advance(LIMITS.auditShipDelayMs);
  await taken;
  expect(copy.sequences.length).toBeGreaterThan(0);
  await shipper.close();
  await world.trail.close();
});

it.each([
  ['before it is taken', 'before', 3],
  ['after it was taken, so that its answer is lost', 'after', 1],
] as const)('tries a batch that failed %s again, says so once, and ships nothing twice [AUD-3]', async (_name, moment, times) => {
  const copy = new Copy();
  const { shipper, clock, log } = shipperFor(copy);
  const world = await startTrail(folder.file('spool'), { onDurable: (_uses, position) => shipper.note(position) });
  shipper.start(world.trail.end);
  await fill(world, 12);
  let failures: number = times;
  copy[moment] = () => {
    failures -= 1;
    if (failures >= 0) throw new Error('the database is away');
  };
  while (failures > 0) expect(await shipper.settle()).toBe(false);
  await clock.advance(LIMITS.auditShipRetryMs);
  expect(await shipper.settle()).toBe(true);
  expect(copy.sequences).toEqual(await everySequence());
  await shipper.close();
  expect(log.lines.map(({ level }) => level)).toEqual(['error', 'warn']);
  await world.trail.close();
});

it('is taken up by the next process where the one before was killed [AUD-3]', async () => {
  const copy = new Copy();
  const world = await startTrail(folder.file('spool'), { segmentBytesMax: 2_500 });
  await fill(world, 20);
  const expected = await everySequence();
  // Killed after each batch there is.
  for (let kills = 0; copy.sequences.length < expected.length; kills += 1) {
    const { shipper, clock } = shipperFor(copy);
    copy.after = () => void shipper.close();
    shipper.start(world.trail.end);
    await clock.advance(0);
    await shipper.settle();
    await shipper.close();
    expect(kills).toBeLessThan(expected.length);
  }
  expect(copy.sequences).toEqual(expected);
  await world.trail.close();
});

it('lets the trail go on behind a copy that has more than the disk, so that nothing new is passed over', async () => {
  const first = await startTrail(folder.file('spool'));
  await fill(first, 3);
  const ahead = { ...first.trail.end, offset: first.trail.end.offset + 10_000 };
  expect(first.trail.skipPast({ ...ahead, spool: 'another' })).toBe(false);
  expect(first.trail.skipPast(ahead)).toBe(true);
  await fill(first, 3);
  expect(isBehind(ahead, first.trail.end)).toBe(true);
  const read = await collect(readEntryBatches(folder.file('spool'), ahead, first.trail.end, 100));
  expect(read.flatMap(({ lines }) => lines).filter(({ entry }) => entry.e === 'open')).toHaveLength(3);
  await first.trail.close();
});
