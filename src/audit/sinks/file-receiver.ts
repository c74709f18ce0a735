// Lines in a file that other tools follow. When it is full or old it is put aside under a name with its time, and the oldest of those go [AUD-22].
import { type FileHandle, open, readdir, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Clock } from '../../core/index.js';
import type { FileSink, Receiver, SinkBatch } from './contract.js';
import { formatRecord } from './format.js';

interface OpenFile {
  readonly handle: FileHandle;
  readonly openedAt: number;
  bytes: number;
}

/** Bytes at the end of a file in which the end of its last whole line is looked for: one line is far below that. */
const TAIL_BYTES = 1_048_576;
const HOUR_MS = 3_600_000;

export class FileReceiver implements Receiver {
  readonly #sink: FileSink;
  readonly #version: string;
  readonly #clock: Clock;
  readonly #isSynced: boolean;
  #file: OpenFile | null = null;

  /** `isSynced`: acknowledged means that the device has confirmed it. */
  constructor(sink: FileSink, version: string, clock: Clock, isSynced: boolean) {
    this.#sink = sink;
    this.#version = version;
    this.#clock = clock;
    this.#isSynced = isSynced;
  }

  async send({ records }: SinkBatch, signal: AbortSignal): Promise<void> {
    const { format, rotateBytes, rotateHours } = this.#sink;
    const now = this.#clock.now();
    if (this.#file !== null && (this.#file.bytes >= rotateBytes || now - this.#file.openedAt >= rotateHours * HOUR_MS))
      await this.#rotate(now);
    this.#file ??= await this.#open(now);
    const file = this.#file;
    const bytes = Buffer.from(records.map((record) => `${formatRecord(record, format, this.#version)}\n`).join(''), 'latin1');
    try {
      signal.throwIfAborted();
      await file.handle.appendFile(bytes);
      if (this.#isSynced) await file.handle.datasync();
    } catch (error) {
      // Half a line may stand there; the next try opens the file anew and cuts it off.
      this.#file = null;
      await file.handle.close().catch(() => undefined);
      throw error;
    }
    file.bytes += bytes.length;
  }

  async close(): Promise<void> {
    await this.#file?.handle.close();
    this.#file = null;
  }

  /** Mode 0600: it names users and addresses. A last line that was torn is cut off: it is sent again. */
  async #open(now: number): Promise<OpenFile> {
    const handle = await open(this.#sink.path, 'a+', 0o600);
    try {
      const { size, birthtimeMs } = await handle.stat();
      const start = Math.max(0, size - TAIL_BYTES);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
      const end = start + buffer.subarray(0, bytesRead).lastIndexOf(0x0a) + 1;
      if (end < size) await handle.truncate(end);
      return { handle, bytes: end, openedAt: end === 0 ? now : Math.min(now, birthtimeMs) };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async #rotate(now: number): Promise<void> {
    const { path, keepFiles } = this.#sink;
    await this.close();
    const names = await this.#asideNames();
    const time = new Date(now).toISOString().replace(/[-:.]/g, '');
    // Two within a millisecond get two names, which sort like their times.
    const count = names.filter((name) => name.startsWith(`${basename(path)}.${time}`)).length;
    await rename(path, `${path}.${time}-${String(count).padStart(4, '0')}`);
    for (const name of (await this.#asideNames()).slice(0, -keepFiles)) await unlink(join(dirname(path), name));
  }

  /** The oldest first. */
  async #asideNames(): Promise<string[]> {
    const { path } = this.#sink;
    const prefix = `${basename(path)}.`;
    const isAside = (name: string): boolean => name.startsWith(prefix) && /^\d{8}T\d{9}Z-\d{4}$/.test(name.slice(prefix.length));
    return (await readdir(dirname(path))).filter(isAside).sort();
  }
}
