// The chain through the lines of a spool: each holds the hash of the line before, across files and starts, so that none can be changed,
// taken out, put in or moved without the next one telling of it [AUD-4].
import { hash } from 'node:crypto';
import { sealLine } from './entry.js';

/** Stands for the line before the first of a spool. */
export const NO_LINE = '';

const PREVIOUS = /,"prev":"([A-Za-z0-9_-]{43}|)"(?:,"key":"[a-z0-9-]{1,64}","sig":"[A-Za-z0-9_-]{86}")?\}$/;

/** SHA-256 of a line without its line feed, whole, in base64url. One character is one byte. */
export function lineHash(line: string): string {
  return hash('sha256', Buffer.from(line, 'latin1'), 'base64url');
}

/** The hash that a line holds of the one before; null where it holds none, as before the chain began. */
export function previousHash(line: string): string | null {
  return PREVIOUS.exec(line)?.[1] ?? null;
}

/** Lines that are numbered and chained, one after the other, on their way to the disk. */
export class ChainedLines {
  /** Of the last line. */
  sequence: number;
  /** Hash of the last line. */
  last: string;
  text = '';

  constructor(sequence: number, last: string) {
    this.sequence = sequence;
    this.last = last;
  }

  /** Adds the entry with this body. */
  add(body: string): void {
    this.addLine(sealLine(this.sequence + 1, body, this.last));
  }

  /** Adds a line that is whole already. */
  addLine(line: string): void {
    this.sequence += 1;
    // A line of ours is ASCII, so its characters are its bytes; hashing the text spares a copy.
    this.last = hash('sha256', line, 'base64url');
    this.text += `${line}\n`;
  }
}
