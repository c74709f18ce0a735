// What the disk itself takes for a line of the trail: an append of as many bytes and fdatasync, in the same folder as the trail's.
import { closeSync, fdatasyncSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { median } from './table.mjs';

const APPENDS = 400;

/** Median microseconds, and the bytes of a line. `folder` is the data folder of a server that has recorded something. */
export function measureDevice(folder) {
  const lineBytes = meanLineBytes(largestFile(folder));
  const path = join(folder, 'device-alone');
  const file = openSync(path, 'a');
  const line = Buffer.alloc(lineBytes, 'x');
  const times = [];
  for (let append = 0; append < APPENDS; append += 1) {
    const begun = process.hrtime.bigint();
    writeSync(file, line);
    fdatasyncSync(file);
    times.push(Number(process.hrtime.bigint() - begun) / 1_000);
  }
  closeSync(file);
  rmSync(path);
  return { us: median(times), lineBytes };
}

/** The trail's segment. */
function largestFile(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.jsonl'))
    .map((entry) => join(entry.parentPath, entry.name));
  return files.toSorted((one, other) => statSync(other).size - statSync(one).size)[0];
}

function meanLineBytes(path) {
  const text = readFileSync(path);
  return Math.round(text.length / text.filter((byte) => byte === 10).length);
}
