// Appends groups of lines to the last segment and begins the next when it is full. A group that cannot be written is cut off
// again before anything else is, so a file holds whole groups and nothing else [AUD-3].
import { type Clock, isBehind, type SpoolPosition } from '../core/index.js';
import { type AppendFile, type OpenAppendFile, syncFolderOf } from './append-file.js';
import { segmentBody } from './body.js';
import { sealLine } from './entry.js';
import type { Recovered } from './recover.js';
import { segmentPath } from './segments.js';

/** `process`: written means handed to the operating system; `power`: the device has confirmed it [GW-30]. */
export type Durability = 'process' | 'power';

export interface SegmentWriterOptions {
  readonly folder: string;
  readonly spool: string;
  readonly node: string;
  readonly clock: Clock;
  readonly durability: Durability;
  readonly openFile: OpenAppendFile;
  readonly segmentBytesMax: number;
}

/** Bytes of a group for which a buffer is kept: some hundred requests. */
const GROUP_BYTES = 131_072;

/** Not for two writes at once: the spool sees to that. */
export class SegmentWriter {
  readonly #options: SegmentWriterOptions;
  #file: AppendFile | null = null;
  #segment: number;
  #segmentMin: number;
  #offset: number;
  #sequence: number;
  readonly #buffer = Buffer.allocUnsafe(GROUP_BYTES);
  /** Something may stand behind `#offset` that was never acknowledged. */
  #isDirty = false;

  constructor(options: SegmentWriterOptions, recovered: Recovered) {
    this.#options = options;
    this.#segment = recovered.segment;
    this.#segmentMin = recovered.segment;
    this.#offset = recovered.offset;
    this.#sequence = recovered.sequence;
  }

  /** The end of what is durable. */
  get position(): SpoolPosition {
    return { spool: this.#options.spool, segment: this.#segment, offset: this.#offset };
  }

  /** When `place` lies behind the end (a loss of power took what was there): begins a segment behind it with the next group, and is true. */
  skipPast(place: SpoolPosition): boolean {
    const isLost = isBehind(this.position, place);
    if (isLost) this.#segmentMin = Math.max(this.#segmentMin, place.segment + 1);
    return isLost;
  }

  /** Numbers the entries and writes them as one group; resolves, when they are durable, to the sequence of the first, 0 when there is none. */
  async write(entries: readonly { readonly body: string }[], open: ReadonlyMap<number, string>): Promise<number> {
    if (entries.every(({ body }) => body === '')) return 0;
    const isDue = this.#offset >= this.#options.segmentBytesMax || this.#segmentMin > this.#segment;
    const file = this.#isDirty || this.#file === null || isDue ? await this.#fileToWrite(isDue) : this.#file;
    let sequence = this.#sequence;
    let text = '';
    if (this.#offset === 0) text = sealLine(++sequence, this.#firstBody(open));
    const first = sequence + 1;
    for (const { body } of entries) if (body !== '') text += sealLine(++sequence, body);
    await this.#append(file, this.#encoded(text));
    this.#sequence = sequence;
    return first;
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = null;
  }

  async #fileToWrite(isDue: boolean): Promise<AppendFile> {
    if (this.#isDirty) await this.#cutOff();
    if (this.#file !== null && !isDue) return this.#file;
    const segment = isDue ? Math.max(this.#segment + 1, this.#segmentMin) : this.#segment;
    const full = this.#file;
    this.#file = await this.#openSegment(segment);
    this.#segment = segment;
    if (isDue) this.#offset = 0;
    // What it holds was handed over long ago; an error tells nothing new.
    await full?.close().catch(() => undefined);
    return this.#file;
  }

  async #openSegment(segment: number): Promise<AppendFile> {
    const path = segmentPath(this.#options.folder, segment);
    const file = await this.#options.openFile(path);
    try {
      if (this.#options.durability === 'power') await syncFolderOf(path);
    } catch (error) {
      await file.close();
      throw error;
    }
    return file;
  }

  #firstBody(open: ReadonlyMap<number, string>): string {
    const { spool, node, clock } = this.#options;
    return segmentBody(spool, node, this.#segment, clock.now(), open);
  }

  /** In a buffer that is used again and again, since one write is under way at a time; large groups are rare and get their own. */
  #encoded(text: string): Buffer {
    if (text.length > this.#buffer.length) return Buffer.from(text, 'latin1');
    return this.#buffer.subarray(0, this.#buffer.write(text, 'latin1'));
  }

  async #append(file: AppendFile, bytes: Buffer): Promise<void> {
    try {
      await file.append(bytes, this.#offset);
      if (this.#options.durability === 'power') await file.sync();
    } catch (error) {
      this.#isDirty = true;
      // When even that fails, the next write begins with it.
      await this.#cutOff().catch(() => undefined);
      throw error;
    }
    this.#offset += bytes.length;
  }

  async #cutOff(): Promise<void> {
    await this.#file?.truncate(this.#offset);
    this.#isDirty = false;
  }
}
