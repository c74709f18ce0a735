// What a start finds out from the spool of the run before, however that ended. Reads the last segment only: each segment's
// first line tells what was open when it began, so memory and time do not grow with the trail [AUD-3].
import { open, stat } from 'node:fs/promises';
import { readEntry, readHead } from './entry.js';
import { listSegments, readSegment, segmentPath } from './segments.js';

/** Where a spool goes on. */
export interface Recovered {
  /** Its id; null when nothing was ever recorded in the folder. */
  readonly spool: string | null;
  readonly segment: number;
  /** Where the last good line of the segment ends. */
  readonly offset: number;
  /** Of the last good line. */
  readonly sequence: number;
  /** Ids of the records that were opened and not closed, by the sequence of their opening, oldest first. */
  readonly open: ReadonlyMap<number, string>;
  /** Bytes of a torn line that were cut off. */
  readonly bytesCut: number;
  /** Lines in the midst of good ones that cannot be read. They are left as they are: evidence is not tidied up. */
  readonly linesDamaged: number;
}

interface Progress {
  spool: string | null;
  sequence: number;
  linesDamaged: number;
  readonly open: Map<string, number>;
}

/** Cuts a torn last line off and tells where to go on. Rejects with the system's error. */
export async function recover(folder: string): Promise<Recovered> {
  const segments = await listSegments(folder);
  const progress: Progress = { spool: null, sequence: 0, linesDamaged: 0, open: new Map() };
  const last = segments.at(-1);
  if (last === undefined) return { ...progress, open: new Map(), segment: 1, offset: 0, bytesCut: 0 };
  let offset = 0;
  for (const segment of segments.slice(await firstToRead(folder, segments))) offset = await readThrough(folder, segment, progress);
  const bySequence = new Map([...progress.open].map(([id, sequence]) => [sequence, id]));
  return { ...progress, open: bySequence, segment: last, offset, bytesCut: await cutAt(segmentPath(folder, last), offset) };
}

/** Index of the last segment whose first line is whole; a kill while a segment is begun leaves one without. */
async function firstToRead(folder: string, segments: readonly number[]): Promise<number> {
  for (let index = segments.length - 1; index > 0; index -= 1) {
    for await (const { lines } of readSegment(folder, segments[index] as number)) {
      if (readEntry(lines[0] as string)?.e === 'segment') return index;
      break;
    }
  }
  return 0;
}

/** Takes in one segment; resolves to the end of its last good line. */
async function readThrough(folder: string, segment: number, progress: Progress): Promise<number> {
  let offset = 0;
  let goodEnd = 0;
  let bad = 0;
  for await (const { lines } of readSegment(folder, segment)) {
    for (const line of lines) {
      offset += line.length + 1;
      if (!takeIn(line, progress)) {
        bad += 1;
        continue;
      }
      progress.linesDamaged += bad;
      bad = 0;
      goodEnd = offset;
    }
  }
  return goodEnd;
}

function takeIn(line: string, progress: Progress): boolean {
  const head = readHead(line);
  if (head === null) return false;
  if (head.e === 'segment') {
    const entry = readEntry(line);
    if (entry === null) return false;
    progress.spool = entry.id;
    progress.open.clear();
    for (const [id, sequence] of entry.open ?? []) progress.open.set(id, sequence);
  } else if (head.e === 'close') progress.open.delete(head.id);
  else if (head.e !== 'malformed') progress.open.set(head.id, head.seq);
  progress.sequence = head.seq;
  return true;
}

async function cutAt(path: string, offset: number): Promise<number> {
  const excess = (await stat(path)).size - offset;
  if (excess === 0) return 0;
  const file = await open(path, 'r+');
  try {
    await file.truncate(offset);
  } finally {
    await file.close();
  }
  return excess;
}
