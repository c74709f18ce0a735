// How far a sink has come, beside the spool: what it confirmed survives a restart, and what comes after is sent again.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { SinkCursor } from './follower.js';

const Cursor = z.strictObject({
  v: z.literal(1),
  spool: z.string(),
  segment: z.number().int().nonnegative(),
  offset: z.number().int().nonnegative(),
  sequence: z.number().int().nonnegative(),
  node: z.string(),
  open: z.array(z.tuple([z.number().int(), z.number().int(), z.number().int()])),
});

function cursorPath(folder: string, sink: string): string {
  return join(folder, `sink-${sink}.json`);
}

/** The cursor in the folder; null when there is none for this spool. */
export async function readCursor(folder: string, sink: string, spool: string): Promise<SinkCursor | null> {
  let text: string;
  try {
    text = await readFile(cursorPath(folder, sink), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const parsed = Cursor.safeParse(parseJson(text));
  // One that cannot be read is as none: everything is sent once more, with the same ids.
  if (!parsed.success || parsed.data.spool !== spool) return null;
  const { segment, offset, sequence, node, open } = parsed.data;
  const places = open.map(([opened, inSegment, at]) => [opened, { segment: inSegment, offset: at }] as const);
  return { position: { spool, segment, offset }, sequence, node, open: new Map(places) };
}

/** Puts the cursor in the place of the one before, whole or not at all. */
export async function writeCursor(folder: string, sink: string, { position, sequence, node, open }: SinkCursor): Promise<void> {
  const places = [...open].map(([opened, { segment, offset }]) => [opened, segment, offset]);
  const path = cursorPath(folder, sink);
  await writeFile(`${path}.new`, `${JSON.stringify({ v: 1, ...position, sequence, node, open: places })}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
