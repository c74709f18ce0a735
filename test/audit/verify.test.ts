// Whatever is done to a trail that was written, verification says what and where [AUD-4]. Files are changed on a disk, by nothing of ours.
import { copyFile, cp, readFile, rm, truncate, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LIMITS } from '../../src/core/index.js';
import { readEntryBatches } from '../../src/audit/entry-batches.js';
import { RecordJoin } from '../../src/audit/tail.js';
import { verifyTrail, type Verification } from '../../src/audit/verify.js';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.js';
import { testKeys } from '../support/test-keys.js';
import { faultyDisk } from './faulty-file.js';
import { spoolTools, tamperings } from './tamperings.js';
import { answered, entriesOf, segmentNames, spoolEntries, spoolText, startTrail } from './samples.js';

let folder: TemporaryFolder;
const spool = () => folder.file('spool');
const SEGMENT_BYTES = 4_000;

beforeEach(async () => {
  folder = await temporaryFolder();
});

afterEach(() => folder.remove());

/** A trail of some segments, ended cleanly, or left as a kill leaves it. */
async function writeTrail(path: string, requests = 24): Promise<void> {
  const world = await startTrail(path, { segmentBytesMax: SEGMENT_BYTES });
  for (let number = 1; number <= requests; number += 1) (await world.open(number)).close(answered);
  await world.trail.close();
}

function verify(path = spool(), options: { anchors?: string[]; keys?: number } = {}): Promise<Verification> {
  return verifyTrail({ folder: path, keys: testKeys(options.keys), anchors: options.anchors ?? [], onProgress: () => undefined });
}

const kindsOf = ({ findings }: Verification) => findings.map(({ kind, file, line, sequence }) => `${kind} ${file} ${line} ${sequence}`);
const { change, path, segment, sequenceOf, sha256 } = spoolTools(spool);

describe('a trail that nobody touched', () => {
  it('verifies, and all of it is signed after a clean end [AUD-4]', async () => {
    await writeTrail(spool());
    const found = await verify();
    expect(found).toMatchObject({ isSound: true, findings: [], linesUnsigned: 0, firstSequence: 1, chainBeginsAt: 1 });
    expect(found.segments).toBeGreaterThan(3);
    expect(found.lines).toBe(found.lastSequence);
    expect(found.signedThrough).toBe(found.lastSequence);
  });

  it('holds in each line the hash of the one before, across segments, and ends each segment with a checkpoint [AUD-4]', async () => {
    await writeTrail(spool());
    const lines = (await spoolText(spool())).trimEnd().split('\n');
    const entries = entriesOf(lines.join('\n'));
    expect(entries.map(({ prev }) => prev)).toEqual(['', ...lines.slice(0, -1).map(sha256)]);
    for (const name of await segmentNames(spool()))
      expect(entriesOf(await readFile(join(spool(), name), 'latin1')).at(-1)?.e).toBe('checkpoint');
  });

  it('verifies after starts, with the keys of every rotation, and not without one of them [AUD-4]', async () => {
    await writeTrail(spool(), 3);
    const world = await startTrail(spool(), { signer: testKeys(2) });
    await world.open(100);
    await world.trail.close();
    expect(await verify(spool(), { keys: 2 })).toMatchObject({ isSound: true });
    expect(await verify(spool(), { keys: 3 })).toMatchObject({ isSound: true });
    expect(kindsOf(await verify(spool(), { keys: 1 }))).toEqual(['head spool-head.json 1 0', expect.stringMatching(/^unknown-key/)]);
  });

  it('verifies while it is being written, and says what is not signed yet [AUD-4]', async () => {
    const world = await startTrail(spool());
    for (let number = 1; number <= 5; number += 1) await world.open(number);
    expect(await verify()).toMatchObject({ isSound: true, signedThrough: null, linesUnsigned: 6 });
    await world.clock.advance(LIMITS.auditCheckpointMs);
    expect(await verify()).toMatchObject({ isSound: true, signedThrough: 7, linesUnsigned: 0 });
    // Nothing new, nothing to sign.
    await world.clock.advance(3 * LIMITS.auditCheckpointMs);
    expect(await spoolEntries(spool())).toHaveLength(7);
    await world.trail.close();
  });

  it('shows nothing of its checkpoints to readers: they are no records [AUD-4]', async () => {
    const world = await startTrail(spool());
    (await world.open(1)).close(answered);
    await world.trail.drain();
    await world.clock.advance(LIMITS.auditCheckpointMs);
    expect((await spoolEntries(spool())).map(({ e }) => e)).toEqual(['segment', 'open', 'close', 'checkpoint']);
    expect(await world.records()).toHaveLength(1);
    const joined = new RecordJoin();
    const told: string[] = [];
    for await (const { lines } of readEntryBatches(spool(), null, world.trail.end, 100))
      for (const line of lines) told.push(...joined.take(line).map(({ event }) => event));
    expect(told).toEqual(['opened', 'ended']);
    await world.trail.close();
  });

  it('is signed after many lines, however short the time [AUD-4]', async () => {
    const world = await startTrail(spool());
    for (let round = 0; round < 3; round += 1)
      await Promise.all(Array.from({ length: LIMITS.auditCheckpointLinesMax }, (_, index) => world.open(round * 10_000 + index)));
    expect((await spoolEntries(spool())).filter(({ e }) => e === 'checkpoint')).toHaveLength(3);
    await world.trail.close();
  });

  it('verifies after a kill at any byte of its last line, and what the start then makes of it [AUD-3, AUD-4]', async () => {
    const world = await startTrail(folder.file('running'));
    for (let number = 1; number <= 4; number += 1) await world.open(number);
    const text = await spoolText(folder.file('running'));
    const lastBegins = text.lastIndexOf('\n', text.length - 2) + 1;
    for (let length = lastBegins; length <= text.length; length += 23) {
      const killed = folder.file(`killed-${length}`);
      await cp(folder.file('running'), killed, { recursive: true, filter: (name) => !name.endsWith('.sock') });
      await copyFile(folder.file('running-head.json'), `${killed}-head.json`);
      await truncate(path(1, killed), length);
      expect(await verify(killed)).toMatchObject({ isSound: true });
      const again = await startTrail(killed);
      await again.open(9);
      await again.trail.close();
      expect(await verify(killed)).toMatchObject({ isSound: true, linesUnsigned: 0 });
    }
    await world.trail.close();
  });

  it('verifies after groups that failed on the disk [AUD-3, AUD-4]', async () => {
    const disk = faultyDisk();
    const world = await startTrail(spool(), { openFile: disk.open });
    await world.open(1);
    disk.failure = { code: 'ENOSPC', bytesWritten: 100 };
    await expect(world.open(2)).rejects.toMatchObject({ code: 'audit.unavailable' });
    disk.failure = null;
    await world.open(3);
    await world.trail.close();
    expect(await verify()).toMatchObject({ isSound: true, linesUnsigned: 0 });
  });

  it('may begin without hashes, as the version before wrote it: verification begins where the chain does [AUD-4]', async () => {
    await writeTrail(folder.file('new'), 4);
    const old = (await spoolEntries(folder.file('new'))).filter(({ e }) => e !== 'checkpoint');
    const lines = old.slice(0, 9).map((entry, index) => JSON.stringify({ ...entry, seq: index + 1, prev: undefined }));
    const world = await startTrail(folder.file('empty'));
    await world.trail.close();
    await cp(folder.file('empty'), spool(), { recursive: true });
    await writeFile(path(1), lines.map((line) => `${line}\n`).join(''));
    const again = await startTrail(spool());
    await again.open(50);
    await again.trail.close();
    expect(await verify()).toMatchObject({ isSound: true, firstSequence: 1, chainBeginsAt: 10 });
    // The last line of the old kind is the first that is protected.
    await change(1, (all) => all.with(8, (all[8] as string).replace('"status":200', '"status":204')));
    expect(kindsOf(await verify())).toEqual([`edited ${segment(1)} 9 9`]);
  });
});

describe('a trail that was changed', () => {
  it.each(tamperings(spool).map((one) => [one.what, one] as const))(
    'is told from the true one, with the place: %s [AUD-4]',
    async (_what, { act }) => {
      await writeTrail(spool());
      const expected = await act();
      expect(kindsOf(await verify())).toEqual(expected);
    },
  );

  it('is found out whatever byte of it was changed, and the line is named [AUD-4]', async () => {
    await writeTrail(spool(), 9);
    const names = await segmentNames(spool());
    expect(names.length).toBeGreaterThan(1);
    const file = join(spool(), names[0] as string);
    const bytes = await readFile(file);
    const ends = [...bytes.keys()].filter((index) => bytes[index] === 0x0a);
    const lineAt = (index: number) => ends.findIndex((end) => index <= end) + 1;
    const missed: string[] = [];
    // Bytes all over each line, 29 being no multiple of anything here, each kind of change: a letter, a line feed, no ASCII.
    for (let index = 0; index < bytes.length; index += 29) {
      for (const value of [(bytes[index] as number) ^ 1, 0x0a, 0xe9]) {
        if (bytes[index] === value) continue;
        const changed = Buffer.from(bytes);
        changed[index] = value;
        await writeFile(file, changed);
        const { findings } = await verify();
        const line = lineAt(index);
        const isNamed = findings.some((one) => one.file === names[0] && one.line <= line && line <= one.toLine);
        if (!isNamed) missed.push(`byte ${index} of line ${line} to ${value}: ${JSON.stringify(findings)}`);
      }
    }
    expect(missed).toEqual([]);
  }, 60_000);

  it('is held against copies of its head that were kept elsewhere: an older head put back with a shorter trail is found out [AUD-4]', async () => {
    await writeTrail(spool(), 6);
    await cp(spool(), folder.file('older'), { recursive: true });
    await copyFile(folder.file('spool-head.json'), folder.file('older-head.json'));
    const world = await startTrail(spool(), { segmentBytesMax: SEGMENT_BYTES });
    await world.open(100);
    await world.trail.close();
    await copyFile(folder.file('spool-head.json'), folder.file('kept.json'));
    // The disk is set back to what it was: nothing on it can tell.
    await rm(spool(), { recursive: true });
    await cp(folder.file('older'), spool(), { recursive: true });
    await copyFile(folder.file('older-head.json'), folder.file('spool-head.json'));
    expect(await verify()).toMatchObject({ isSound: true });
    expect((await verify(spool(), { anchors: [folder.file('kept.json')] })).findings).toMatchObject([{ kind: 'cut' }]);
  });

  it('keeps the gap when a start goes on behind a tail that was cut off, and records what it found [AUD-4]', async () => {
    await writeTrail(spool());
    const last = (await segmentNames(spool())).length;
    const before = await change(last, (lines) => lines.slice(0, -3));
    const world = await startTrail(spool(), { segmentBytesMax: SEGMENT_BYTES });
    await world.open(200);
    const [record] = (await world.records()).filter(({ action }) => action === 'audit.cut-found');
    await world.trail.close();
    expect(record?.detail).toEqual({ from: sequenceOf(before.at(-3)), to: sequenceOf(before.at(-1)) });
    expect(world.log.lines).toContainEqual({ level: 'error', fields: expect.anything(), text: expect.stringContaining('is missing') });
    expect((await verify()).findings).toMatchObject([
      { kind: 'cut', file: segment(last + 1), line: 1, sequence: sequenceOf(before.at(-3)), toSequence: sequenceOf(before.at(-1)) },
    ]);
  });

  it('keeps the gap also when the whole folder was emptied [AUD-4]', async () => {
    await writeTrail(spool(), 5);
    const entries = await spoolEntries(spool());
    await rm(spool(), { recursive: true });
    const world = await startTrail(spool());
    await world.open(1);
    await world.trail.close();
    expect((await verify()).findings).toMatchObject([{ kind: 'beginning', sequence: 1, toSequence: entries.length }]);
  });

  it('says so in the trail when a start finds the head missing or not ours [AUD-4]', async () => {
    await writeTrail(spool(), 3);
    for (const damage of [() => unlink(folder.file('spool-head.json')), () => writeFile(folder.file('spool-head.json'), 'nonsense')]) {
      await damage();
      const world = await startTrail(spool());
      await world.trail.close();
    }
    const acts = (await spoolEntries(spool())).filter(({ e }) => e === 'act');
    expect(acts.map(({ action, detail }) => [action, detail])).toEqual([
      ['audit.head-lost', { head: 'missing' }],
      ['audit.head-lost', { head: 'not ours' }],
    ]);
  });
});
