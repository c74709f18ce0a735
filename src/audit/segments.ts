// The files of a spool: how they are named, found, and read in large pieces with little memory.
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SpoolPosition } from '../core/index.js';

/** Bytes read at once. Some hundred lines: one wait for many entries. */
const CHUNK_BYTES = 262_144;
const NAME = /^spool-(\d{8,})\.jsonl$/;

/** `<folder>/spool-00000001.jsonl`. */
export function segmentPath(folder: string, segment: number): string {
  return join(folder, `spool-${String(segment).padStart(8, '0')}.jsonl`);
}

/** Numbers of the segments that are there, ascending. Gaps are legitimate: old ones are deleted. */
export async function listSegments(folder: string): Promise<readonly number[]> {
  const names = await readdir(folder);
  const numbers = names.flatMap((name) => NAME.exec(name)?.[1] ?? []).map(Number);
  return numbers.sort((a, b) => a - b);
}

/** Whole lines that follow each other in one segment. */
export interface Lines {
  readonly segment: number;
  /** Without their line feeds. One character is one byte: the spool is ASCII, and bytes that are not are read as Latin-1. */
  readonly lines: readonly string[];
  /** Where the last of them ends. */
  readonly end: number;
}

/** Reads the whole lines of one segment from `start` to `stop` (default: its end as it is met). A last line without a line feed is left out. */
export async function* readSegment(folder: string, segment: number, start = 0, stop = Number.POSITIVE_INFINITY): AsyncGenerator<Lines> {
  const file = await open(segmentPath(folder, segment), 'r');
  try {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    let offset = start;
    let rest = '';
    while (offset < stop) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(CHUNK_BYTES, stop - offset), offset);
      if (bytesRead === 0) return;
      offset += bytesRead;
      const lines = (rest + buffer.toString('latin1', 0, bytesRead)).split('\n');
      rest = lines.pop() as string;
      if (lines.length > 0) yield { segment, lines, end: offset - rest.length };
    }
  } finally {
    await file.close();
  }
}

/** Reads the whole lines of every segment between two places; `from` null: from the first. What retention deletes meanwhile is left out. */
export async function* readSpool(folder: string, from: SpoolPosition | null, to: SpoolPosition): AsyncGenerator<Lines> {
  for (const segment of await listSegments(folder)) {
    if (segment > to.segment || (from !== null && segment < from.segment)) continue;
    const start = segment === from?.segment ? from.offset : 0;
    try {
      yield* readSegment(folder, segment, start, segment === to.segment ? to.offset : Number.POSITIVE_INFINITY);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}
