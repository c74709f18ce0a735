// What a start finds out from the spool of the run before, however that ended. Reads the last segment only: each segment's
// first line tells what was open when it began, so memory and time do not grow with the trail [AUD-3].
import { open, stat } from 'node:fs/promises';
import { lineHash, NO_LINE, previousHash } from './chain.js';
import { beginsRecord, readEntry, readHead } from './entry.js';
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
  /** Hash of the last good line, for the next one to hold [AUD-4]. */
  readonly lastHash: string;
  /** Whether that line is a checkpoint: then nothing waits to be signed. */
  readonly isSigned: boolean;
  /** Whether it holds a hash itself: then a head was written too. */
  readonly isChained: boolean;
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
  lastLine: string | null;
  linesDamaged: number;
  readonly open: Map<string, number>;
}

/** Cuts a torn last line off and tells where to go on. Rejects with the system's error. */
export async function recover(folder: string): Promise<Recovered> {
  const segments = await listSegments(folder);
  const progress: Progress = { spool: null, sequence: 0, lastLine: null, linesDamaged: 0, open: new Map() };
  const last = segments.at(-1);
  if (last === undefined) return { ...found(progress), segment: 1, offset: 0, bytesCut: 0 };
  let offset = 0;
  for (const segment of segments.slice(await firstToRead(folder, segments))) offset = await readThrough(folder, segment, progress);
  return { ...found(progress), segment: last, offset, bytesCut: await cutAt(segmentPath(folder, last), offset) };
}

function found({ spool, sequence, lastLine, linesDamaged, open: byId }: Progress) {
  return {
    spool,
    sequence,
    lastHash: lastLine === null ? NO_LINE : lineHash(lastLine),
    isSigned: lastLine === null || readHead(lastLine)?.e === 'checkpoint',
    isChained: lastLine !== null && previousHash(lastLine) !== null,
    open: new Map([...byId].map(([id, opened]) => [opened, id])),
    linesDamaged,
  };
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
  else if (beginsRecord(head.e) && head.e !== 'malformed') progress.open.set(head.id, head.seq);
  progress.sequence = head.seq;
  progress.lastLine = line;
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
