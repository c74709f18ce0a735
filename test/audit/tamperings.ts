// What may be done to a trail on a disk, each with what verification must say of it: kind, file, line, sequence [AUD-4].
import { createHash } from 'node:crypto';
import { readFile, rename, truncate, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { segmentNames } from './samples.js';

/** Ways to look at a spool and to change it. `spool` names its folder. */
export function spoolTools(spool: () => string) {
  const sha256 = (line: string) => createHash('sha256').update(line, 'latin1').digest('base64url');
  const segment = (number: number) => `spool-${String(number).padStart(8, '0')}.jsonl`;
  const path = (number: number, of = spool()) => join(of, segment(number));
  const sequenceOf = (line: string | undefined) => Number(/"seq":(\d+)/.exec(line ?? '')?.[1]);
  const linesOf = async (file: string): Promise<string[]> => (await readFile(file, 'latin1')).split('\n').slice(0, -1);
  /** Writes the lines of a segment anew; resolves to what they were. */
  async function change(number: number, work: (lines: string[]) => string[]): Promise<string[]> {
    const before = await linesOf(path(number));
    await writeFile(
      path(number),
      work([...before])
        .map((line) => `${line}\n`)
        .join(''),
      'latin1',
    );
    return before;
  }
  return { sha256, segment, path, sequenceOf, linesOf, change };
}

export interface Tampering {
  readonly what: string;
  /** What is done; resolves to what must be found. */
  readonly act: () => Promise<string[]>;
}

/** Each on a trail of at least four segments in the folder `spool` names, with its head beside it. */
export function tamperings(spool: () => string): readonly Tampering[] {
  const { change, linesOf, path, segment, sequenceOf, sha256 } = spoolTools(spool);
  const headFile = () => `${spool()}-head.json`;
  return [
    {
      what: 'a byte of a line changed',
      async act() {
        const before = await change(2, (lines) => lines.with(3, (lines[3] as string).replace('"at":17', '"at":16')));
        return [`edited ${segment(2)} 4 ${sequenceOf(before[3])}`];
      },
    },
    {
      what: 'a line deleted',
      async act() {
        const before = await change(2, (lines) => lines.toSpliced(2, 1));
        return [`gap ${segment(2)} 3 ${sequenceOf(before[2])}`];
      },
    },
    {
      what: 'several lines deleted',
      async act() {
        const before = await change(2, (lines) => lines.toSpliced(2, 3));
        return [`gap ${segment(2)} 3 ${sequenceOf(before[2])}`];
      },
    },
    {
      what: 'two lines swapped',
      async act() {
        const before = await change(2, (lines) => lines.with(2, lines[3] as string).with(3, lines[2] as string));
        return [`moved ${segment(2)} 4 ${sequenceOf(before[2])}`];
      },
    },
    {
      what: 'a line there twice',
      async act() {
        const before = await change(2, (lines) => lines.toSpliced(3, 0, lines[2] as string));
        return [`repeated ${segment(2)} 4 ${sequenceOf(before[2])}`];
      },
    },
    {
      what: 'a line of another place put in again',
      async act() {
        const [, , early] = await linesOf(path(1));
        await change(2, (lines) => lines.toSpliced(3, 0, early as string));
        return [`repeated ${segment(2)} 4 3`];
      },
    },
    {
      what: 'a line of something else put in',
      async act() {
        const before = await change(2, (lines) => lines.toSpliced(3, 0, 'nothing of ours'));
        return [`unreadable ${segment(2)} 4 ${sequenceOf(before[3])}`];
      },
    },
    {
      what: 'a line forged and put in, with the right hash and number, and the numbers behind it left',
      async act() {
        const before = await change(2, (lines) => {
          const forged = (lines[3] as string)
            .replace(/"prev":"[^"]*"/, `"prev":"${sha256(lines[2] as string)}"`)
            .replace('"at":17', '"at":16');
          return lines.toSpliced(3, 0, forged);
        });
        return [`repeated ${segment(2)} 5 ${sequenceOf(before[3])}`, `edited ${segment(2)} 4 ${sequenceOf(before[3])}`];
      },
    },
    {
      what: 'the tail cut off at a line',
      async act() {
        const names = await segmentNames(spool());
        const last = names.length;
        const before = await change(last, (lines) => lines.slice(0, -2));
        return [`cut ${segment(last)} ${before.length - 2} ${sequenceOf(before.at(-2))}`];
      },
    },
    {
      what: 'the tail cut off within a line',
      async act() {
        const last = (await segmentNames(spool())).length;
        const before = await linesOf(path(last));
        await truncate(path(last), (await readFile(path(last))).length - 20);
        return [`cut ${segment(last)} ${before.length - 1} ${sequenceOf(before.at(-1))}`];
      },
    },
    {
      what: 'the last segment removed',
      async act() {
        const last = (await segmentNames(spool())).length;
        const before = await linesOf(path(last));
        await unlink(path(last));
        const kept = await linesOf(path(last - 1));
        return [`cut ${segment(last - 1)} ${kept.length} ${sequenceOf(before[0])}`];
      },
    },
    {
      what: 'a segment removed from the midst',
      async act() {
        const before = await linesOf(path(2));
        await unlink(path(2));
        return [`gap ${segment(3)} 1 ${sequenceOf(before[0])}`];
      },
    },
    {
      what: 'the first segment removed, and nothing recorded of it',
      async act() {
        await unlink(path(1));
        return [`beginning ${segment(2)} 1 1`];
      },
    },
    {
      what: 'the end of a segment in the midst cut off',
      async act() {
        const before = await change(2, (lines) => lines.slice(0, -2));
        return [`gap ${segment(3)} 1 ${sequenceOf(before.at(-2))}`];
      },
    },
    {
      what: 'two segments in each other’s place',
      async act() {
        const before = await linesOf(path(2));
        await rename(path(2), path(99));
        await rename(path(3), path(2));
        await rename(path(99), path(3));
        return [`moved ${segment(3)} 1 ${sequenceOf(before[0])}`];
      },
    },
    {
      what: 'the number of a line changed',
      async act() {
        const before = await change(2, (lines) => lines.with(3, (lines[3] as string).replace(/"seq":\d+/, '"seq":7777')));
        return [`edited ${segment(2)} 4 ${sequenceOf(before[3])}`];
      },
    },
    {
      what: 'everything from a line on rewritten, with hashes that fit',
      async act() {
        const names = await segmentNames(spool());
        let last = '';
        const forged: string[] = [];
        for (const number of names.keys()) {
          await change(number + 1, (lines) =>
            lines.map((line, index) => {
              const edited = number === 1 && index === 3 ? line.replace('"at":17', '"at":16') : line;
              const rehashed = edited.replace(/"prev":"[^"]*"/, `"prev":"${last}"`);
              last = sha256(rehashed);
              if (number >= 1 && line.includes('"e":"checkpoint"')) forged.push(`${segment(number + 1)} ${index + 1} ${sequenceOf(line)}`);
              return rehashed;
            }),
          );
        }
        return [...forged.map((place) => `forged ${place}`), `head ${forged.at(-1)}`];
      },
    },
    {
      what: 'everything from a line on rewritten, with hashes that fit and no checkpoints',
      async act() {
        let sequence = 0;
        let last = '';
        for (const number of (await segmentNames(spool())).keys()) {
          await change(number + 1, (lines) =>
            lines
              .filter((line) => !line.includes('"e":"checkpoint"'))
              .map((line) => {
                const rehashed = line.replace(/"prev":"[^"]*"/, `"prev":"${last}"`).replace(/"seq":\d+/, `"seq":${(sequence += 1)}`);
                last = sha256(rehashed);
                return rehashed;
              }),
          );
        }
        const file = segment((await segmentNames(spool())).length);
        return [`cut ${file} ${(await linesOf(join(spool(), file))).length} ${sequence + 1}`];
      },
    },
    {
      what: 'the hashes and checkpoints taken away, as if it were old',
      async act() {
        let sequence = 0;
        for (const number of (await segmentNames(spool())).keys()) {
          await change(number + 1, (lines) =>
            lines
              .filter((line) => !line.includes('"e":"checkpoint"'))
              .map((line) => line.replace(/,"prev":"[^"]*"/, '').replace(/"seq":\d+/, `"seq":${(sequence += 1)}`)),
          );
        }
        const file = segment((await segmentNames(spool())).length);
        return [`cut ${file} ${(await linesOf(join(spool(), file))).length} ${sequence + 1}`];
      },
    },
    {
      what: 'the head taken away',
      async act() {
        await unlink(headFile());
        return ['head spool-head.json 1 0'];
      },
    },
    {
      what: 'the head changed to say less, and the tail cut off',
      async act() {
        const last = (await segmentNames(spool())).length;
        await change(last, (lines) => lines.slice(0, -3));
        const head = await readFile(headFile(), 'utf8');
        await writeFile(headFile(), head.replace(/"seq":\d+/, '"seq":1'));
        return ['head spool-head.json 1 0'];
      },
    },
  ];
}
