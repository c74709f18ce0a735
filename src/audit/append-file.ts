// One segment on the disk, through libuv's thread pool: a disk that hangs never hangs the event loop [AUD-2].
// `AppendFile` is the trail's only seam: tests put one in that fails or hangs.
import { close, constants, fdatasync, ftruncate, fsync, open, write } from 'node:fs';
import { dirname } from 'node:path';

/** A file that only grows, by whole groups of lines. Every method rejects with the system's error. */
export interface AppendFile {
  /** Writes all of `bytes` at `offset`, which is where the last good group ended. */
  append(bytes: Buffer, offset: number): Promise<void>;
  /** Resolves when what was appended survives a loss of power. */
  sync(): Promise<void>;
  /** Cuts off what a failed append left behind. */
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

/** Opens a segment, making it when it is not there. */
export type OpenAppendFile = (path: string) => Promise<AppendFile>;

/** What `fs.write` is called as; a parameter so that partial writes can be tested. */
export type Write = (
  descriptor: number,
  bytes: Buffer,
  start: number,
  length: number,
  offset: number,
  done: (error: NodeJS.ErrnoException | null, written: number) => void,
) => void;

/** The real one. Mode 0600: the trail names users and addresses. */
export const openAppendFile: OpenAppendFile = async (path) => {
  const descriptor = await opened(path, constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW);
  return {
    append: (bytes, offset) => writeAll(write, descriptor, bytes, offset),
    sync: () => settled((done) => fdatasync(descriptor, done)),
    truncate: (length) => settled((done) => ftruncate(descriptor, length, done)),
    close: () => settled((done) => close(descriptor, done)),
  };
};

/** Writes all of `bytes`: one call may write a part only, as when the disk is nearly full. */
export function writeAll(call: Write, descriptor: number, bytes: Buffer, offset: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const writeFrom = (start: number): void =>
      call(descriptor, bytes, start, bytes.length - start, offset + start, (error, written) => {
        if (error !== null) reject(error);
        else if (start + written >= bytes.length) resolve();
        else if (written === 0) reject(new Error('The disk took nothing and named no error.'));
        else writeFrom(start + written);
      });
    writeFrom(0);
  });
}

/** Makes the name of a new file as durable as its content; without it a loss of power may forget the file. */
export async function syncFolderOf(path: string): Promise<void> {
  const descriptor = await opened(dirname(path), constants.O_RDONLY);
  try {
    await settled((done) => fsync(descriptor, done));
  } finally {
    await settled((done) => close(descriptor, done));
  }
}

function opened(path: string, flags: number): Promise<number> {
  return new Promise((resolve, reject) => {
    open(path, flags, 0o600, (error, descriptor) => (error === null ? resolve(descriptor) : reject(error)));
  });
}

function settled(call: (done: (error: NodeJS.ErrnoException | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    call((error) => (error === null || error === undefined ? resolve() : reject(error)));
  });
}
