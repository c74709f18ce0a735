// What a start makes of the spool of a run that was killed, wherever its last line was torn.
import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recover } from '../../src/audit/recover.js';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.js';
import { faultyDisk } from './faulty-file.js';
import { answered, charlie, entriesOf, sampleRequest, segmentNames, spoolEntries, startTrail } from './samples.js';

let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await temporaryFolder();
});

afterEach(() => folder.remove());

/** A spool as a kill leaves it: two requests closed, two open, one of them an act. Its name. */
async function killedSpool(name = 'killed', segmentBytesMax = 67_108_864): Promise<string> {
  const running = await startTrail(folder.file(`${name}-running`), { segmentBytesMax });
  (await running.open(1)).close(answered);
  await running.open(2);
  (await running.open(3)).close(answered);
  await running.trail.drain();
  // An act that does not come to its end.
  void running.trail.act(
    { action: 'token.created', actor: charlie, system: 'extender', tokenRef: 't', clientAddress: null },
    () => new Promise(() => {}),
  );
  await running.trail.drain();
  await copySpool(folder.file(`${name}-running`), folder.file(name));
  await running.trail.close();
  return folder.file(name);
}

async function copySpool(source: string, target: string): Promise<void> {
  await mkdir(target);
  for (const name of await segmentNames(source)) await copyFile(join(source, name), join(target, name));
  await copyFile(`${source}-head.json`, `${target}-head.json`);
}

const sha256 = (line: string) => createHash('sha256').update(line, 'latin1').digest('base64url');
const lastSegment = async (spool: string) => join(spool, (await segmentNames(spool)).at(-1) as string);

describe('a torn last line', () => {
  it('is cut off at whatever byte it was torn, and every whole line before it is kept [AUD-3]', async () => {
    const spool = await killedSpool();
    const path = await lastSegment(spool);
    const bytes = await readFile(path);
    // Every byte of the first and of the last two lines; every seventh between them, which is no multiple of anything here.
    const ends = [...bytes.keys()].filter((index) => bytes[index] === 0x0a);
    const isEdge = (length: number) => length <= (ends[0] as number) + 1 || length >= (ends.at(-3) as number);
    const lengths = [...bytes.keys(), bytes.length].filter((length) => isEdge(length) || length % 7 === 0);
    expect(lengths.length).toBeGreaterThan(700);
    for (const length of lengths.toReversed()) {
      await writeFile(path, bytes.subarray(0, length));
      const whole = bytes.subarray(0, bytes.subarray(0, length).lastIndexOf('\n') + 1);
      const found = await recover(spool);
      const entries = entriesOf(whole.toString('latin1'));
      const open = entries.filter(
        ({ e, id }) => (e === 'open' || e === 'act') && !entries.some((other) => other.e === 'close' && other.id === id),
      );
      expect({ length, ...found, open: [...found.open] }).toEqual({
        length,
        spool: entries[0]?.id ?? null,
        segment: 1,
        offset: whole.length,
        sequence: entries.length,
        lastHash: entries.length === 0 ? '' : sha256(whole.toString('latin1').trimEnd().split('\n').at(-1) as string),
        isSigned: entries.length === 0,
        isChained: entries.length > 0,
        open: open.map(({ id, seq }) => [seq, id]),
        bytesCut: length - whole.length,
        linesDamaged: 0,
      });
      expect((await readFile(path)).equals(whole)).toBe(true);
    }
  });

  it('lets the trail go on with the next number [AUD-3]', async () => {
    const spool = await killedSpool();
    const bytes = await readFile(await lastSegment(spool));
    const ends = [...bytes.keys()].filter((index) => bytes[index] === 0x0a);
    // Around each end of a line, where a mistake by one would show, and within the lines.
    const lengths = [...new Set(ends.flatMap((end) => [end - 40, end - 1, end, end + 1, end + 2]))].filter(
      (length) => length <= bytes.length,
    );
    for (const length of lengths) {
      const torn = folder.file(`torn-${length}`);
      await mkdir(torn);
      await writeFile(join(torn, 'spool-00000001.jsonl'), bytes.subarray(0, length));
      const world = await startTrail(torn);
      await world.open(9);
      await world.trail.close();
      const entries = await spoolEntries(torn);
      expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
      expect(entries.map(({ id }) => id)).toContain(sampleRequest(9).id);
    }
    expect(lengths.length).toBeGreaterThan(20);
  });

  it.each([
    ['zeros', Buffer.alloc(5_000)],
    ['zeros and a line feed', Buffer.concat([Buffer.alloc(5_000), Buffer.from('\n')])],
    [
      'the beginning of a line whose rest is zeros',
      Buffer.concat([Buffer.from('{"v":1,"seq":8,"e":"open","id":"x",'), Buffer.alloc(200), Buffer.from('}\n')]),
    ],
    ['a line of something else', Buffer.from('not ours\n')],
    ['half a character', Buffer.from([0xc3])],
  ])('may be %s, as a loss of power leaves it, and is cut off all the same [AUD-3]', async (_what, garbage) => {
    const spool = await killedSpool();
    const path = await lastSegment(spool);
    const bytes = await readFile(path);
    await writeFile(path, Buffer.concat([bytes, garbage]));
    const world = await startTrail(spool);
    expect((await readFile(path)).subarray(0, bytes.length)).toEqual(bytes);
    await world.open(9);
    await world.trail.close();
    const entries = await spoolEntries(spool);
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
    expect(world.log.lines).toEqual([{ level: 'warn', fields: { bytesCut: garbage.length }, text: expect.any(String) }]);
  });

  it('may be the first of a segment that was just begun: what was open before it is still known [AUD-3]', async () => {
    const spool = await killedSpool('begun', 1);
    const begun = `spool-${String((await segmentNames(spool)).length + 1).padStart(8, '0')}.jsonl`;
    await writeFile(join(spool, begun), (await readFile(await lastSegment(spool))).subarray(0, 25));
    const names = await segmentNames(spool);
    const world = await startTrail(spool);
    await world.trail.drain();
    const records = await world.records();
    expect(records.map(({ id, outcome }) => ({ id, outcome }))).toEqual([
      { id: sampleRequest(1).id, outcome: 'forwarded' },
      { id: sampleRequest(2).id, outcome: 'unknown' },
      { id: sampleRequest(3).id, outcome: 'forwarded' },
      { id: expect.any(String), outcome: 'unknown' },
    ]);
    expect(await segmentNames(spool)).toEqual(names);
    expect((await spoolEntries(spool)).map(({ seq }) => seq)).toEqual((await spoolEntries(spool)).map((_, index) => index + 1));
    await world.trail.close();
  });
});

describe('a line that cannot be read in the midst of good ones', () => {
  it('is left as it is, told to the operator, and nothing behind it is lost', async () => {
    const spool = await killedSpool();
    const path = await lastSegment(spool);
    const lines = (await readFile(path, 'latin1')).split('\n');
    lines[2] = (lines[2] as string).replace('"e":"close"', '"e":close"');
    await writeFile(path, lines.join('\n'));
    const world = await startTrail(spool);
    expect(world.log.lines).toMatchObject([{ level: 'error', fields: { linesDamaged: 1 } }]);
    expect(await readFile(path, 'latin1')).toContain(lines.join('\n'));
    expect((await world.records()).map(({ id }) => id).slice(0, 3)).toEqual([1, 2, 3].map((number) => sampleRequest(number).id));
    await world.trail.close();
  });
});

describe('what the run before left open', () => {
  it('is closed as unknown, once, and is not taken for running [AUD-3]', async () => {
    const spool = await killedSpool();
    for (let start = 0; start < 3; start += 1) {
      const world = await startTrail(spool);
      // Before the disk has taken the closes, and after.
      for (let look = 0; look < 2; look += 1) {
        expect((await world.records()).map(({ kind, outcome }) => [kind, outcome])).toEqual([
          ['request', 'forwarded'],
          ['request', 'unknown'],
          ['request', 'forwarded'],
          ['act', 'unknown'],
        ]);
        await world.trail.drain();
      }
      await world.trail.close();
    }
    const closes = (await spoolEntries(spool)).filter(({ e }) => e === 'close').map(({ id }) => id);
    expect(new Set(closes).size).toBe(closes.length);
    expect(closes).toHaveLength(4);
  });

  it('is unknown and not running also while the disk does not take that [AUD-3]', async () => {
    const spool = await killedSpool();
    const disk = faultyDisk();
    disk.failure = { code: 'ENOSPC', bytesWritten: 0 };
    const world = await startTrail(spool, { openFile: disk.open });
    expect((await world.records()).map(({ outcome }) => outcome)).toEqual(['forwarded', 'unknown', 'forwarded', 'unknown']);
    await world.trail.close();
    expect(await recover(spool)).toMatchObject({ bytesCut: 0, open: { size: 2 } });
  });

  it('is known from the last segment alone, however many there are [AUD-3]', async () => {
    const spool = await killedSpool('many', 1);
    const names = await segmentNames(spool);
    expect(names.length).toBeGreaterThan(4);
    const whole = await recover(spool);
    // Not even there: a start must not depend on what lies before.
    for (const name of names.slice(0, -1)) await writeFile(join(spool, name), 'gone');
    expect(await recover(spool)).toEqual(whole);
    expect([...whole.open.values()]).toHaveLength(2);
  });

  it('is nothing in a new folder, where the numbers begin with one', async () => {
    const world = await startTrail(folder.file('new'));
    await world.open(1);
    expect((await spoolEntries(folder.file('new'))).map(({ e, seq }) => [e, seq])).toEqual([
      ['segment', 1],
      ['open', 2],
    ]);
    await world.trail.close();
  });

  it('belongs to the same spool after a start, and another folder is another spool [GW-51]', async () => {
    const first = await startTrail(folder.file('a'));
    await first.open(1);
    await first.trail.close();
    const again = await startTrail(folder.file('a'));
    const other = await startTrail(folder.file('b'));
    expect(again.trail.spoolId).toBe(first.trail.spoolId);
    expect(other.trail.spoolId).not.toBe(first.trail.spoolId);
    await again.trail.close();
    await other.trail.close();
  });
});

describe('the folder', () => {
  it('is one process’s alone, and free again after its end', async () => {
    const first = await startTrail(folder.file('spool'));
    await expect(startTrail(folder.file('spool'))).rejects.toMatchObject({
      name: 'StartError',
      message: expect.stringContaining('in use by another process'),
    });
    // Who was refused has taken nothing away.
    await expect(startTrail(folder.file('spool'))).rejects.toMatchObject({ name: 'StartError' });
    await first.open(1);
    await first.trail.close();
    const second = await startTrail(folder.file('spool'));
    await second.trail.close();
    expect((await readdir(folder.file('spool'))).filter((name) => name.startsWith('lock'))).toEqual([]);
  });

  it('is given to at most one of many who ask at the same time', async () => {
    const asked = await Promise.allSettled(Array.from({ length: 8 }, () => startTrail(folder.file('spool'))));
    const given = asked.filter(({ status }) => status === 'fulfilled');
    expect(given.length).toBeLessThanOrEqual(1);
    for (const outcome of given) if (outcome.status === 'fulfilled') await outcome.value.trail.close();
    const after = await startTrail(folder.file('spool'));
    await after.trail.close();
  });

  it('may lie deeper than the path of a socket may be long', async () => {
    const deep = folder.file(join('d'.repeat(60), 'e'.repeat(60), 'spool'));
    const first = await startTrail(deep);
    await expect(startTrail(deep)).rejects.toMatchObject({ name: 'StartError', message: expect.stringContaining('in use') });
    await first.trail.close();
    await (await startTrail(deep)).trail.close();
  });

  it('tells what to do when it cannot be used', async () => {
    await writeFile(folder.file('file'), '');
    await expect(startTrail(folder.file('file'))).rejects.toMatchObject({
      name: 'StartError',
      nextStep: expect.stringContaining('readable and writable'),
    });
  });

  it('answers nobody who knocks at its lock', async () => {
    const world = await startTrail(folder.file('spool'));
    const name = (await readdir(folder.file('spool'))).find((entry) => entry.startsWith('lock')) as string;
    const heard = await new Promise((resolve) => {
      const chunks: Buffer[] = [];
      connect(folder.file(join('spool', name)))
        .on('data', (chunk) => chunks.push(chunk))
        .on('close', () => resolve(Buffer.concat(chunks).toString()));
    });
    expect(heard).toBe('');
    await world.trail.close();
  });
});
