// The spool read as batches of entries, each with the place behind it: for whoever keeps a copy of the trail and a cursor of its own.
import type { SpoolPosition } from '../core/index.js';
import { type Entry, readEntry } from './entry.js';
import { type Lines, readSegment, readSpool } from './segments.js';

/** An entry with the line it was read from, and the node that wrote it. */
export interface ReadLine {
  readonly entry: Entry;
  readonly line: string;
  readonly node: string;
}

/** Entries that follow each other, and the place behind them. Lines that cannot be read are counted and left out. */
export interface EntryBatch {
  readonly lines: readonly ReadLine[];
  readonly damaged: number;
  readonly position: SpoolPosition;
}

/** Every entry between two places, oldest first, each once, at most `linesMax` in a batch; `from` null: from the first. */
export async function* readEntryBatches(
  folder: string,
  from: SpoolPosition | null,
  to: SpoolPosition,
  linesMax: number,
): AsyncGenerator<EntryBatch> {
  let node = from === null || from.offset === 0 ? '' : await nodeOf(folder, from.segment);
  for await (const lines of readSpool(folder, from, to)) {
    for (const { texts, end } of slices(lines, linesMax)) {
      const read: ReadLine[] = [];
      for (const line of texts) {
        const entry = readEntry(line);
        if (entry?.e === 'segment') node = entry.node ?? '';
        if (entry !== null) read.push({ entry, line, node });
      }
      yield { lines: read, damaged: texts.length - read.length, position: { spool: to.spool, segment: lines.segment, offset: end } };
    }
  }
}

/** One character is one byte, and each line has its line feed behind it. */
function* slices({ lines, end }: Lines, linesMax: number): Generator<{ texts: readonly string[]; end: number }> {
  let place = end - lines.reduce((bytes, line) => bytes + line.length + 1, 0);
  for (let start = 0; start < lines.length; start += linesMax) {
    const texts = lines.slice(start, start + linesMax);
    for (const line of texts) place += line.length + 1;
    yield { texts, end: place };
  }
}

/** The first line of a segment names the node; '' when the segment is gone or its first line cannot be read. */
async function nodeOf(folder: string, segment: number): Promise<string> {
  try {
    for await (const { lines } of readSegment(folder, segment)) return readEntry(lines[0] ?? '')?.node ?? '';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return '';
}
