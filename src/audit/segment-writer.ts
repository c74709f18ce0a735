// Appends groups of lines to the last segment and begins the next when it is full. A group that cannot be written is cut off
// again before anything else is, so a file holds whole groups and nothing else [AUD-3].
import { type Clock, isBehind, type SpoolPosition } from '../core/index.js';
import { type AppendFile, type OpenAppendFile, syncFolderOf } from './append-file.js';
import { segmentBody } from './body.js';
import { ChainedLines } from './chain.js';
import { type Head, isCheckpointDue, sealCheckpoint, type TrailSigner } from './checkpoint.js';
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
  readonly signer: TrailSigner;
  /** Called when a checkpoint is durable. */
  onCheckpoint(head: Head): void;
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
  #lastHash: string;
  /** Lines behind the last checkpoint. */
  #unsigned: number;
  #isCheckpointWanted = false;
  readonly #buffer = Buffer.allocUnsafe(GROUP_BYTES);
  /** Something may stand behind `#offset` that was never acknowledged. */
  #isDirty = false;

  constructor(options: SegmentWriterOptions, recovered: Recovered) {
    this.#options = options;
    this.#segment = recovered.segment;
    this.#segmentMin = recovered.segment;
    this.#offset = recovered.offset;
    this.#sequence = recovered.sequence;
    this.#lastHash = recovered.lastHash;
    this.#unsigned = recovered.isSigned ? 0 : 1;
  }

  /** The end of what is durable. */
  get position(): SpoolPosition {
    return { spool: this.#options.spool, segment: this.#segment, offset: this.#offset };
  }

  /** Whether a group is durable only when the device has confirmed it. */
  get awaitsDevice(): boolean {
    return this.#options.durability === 'power';
  }

  /** When `place` lies behind the end (a loss of power took what was there): begins a segment behind it with the next group, and is true. */
  skipPast(place: SpoolPosition): boolean {
    const isLost = isBehind(this.position, place);
    if (isLost) this.#segmentMin = Math.max(this.#segmentMin, place.segment + 1);
    return isLost;
  }

  /** Whether lines wait for a checkpoint. */
  get isUnsigned(): boolean {
    return this.#unsigned > 0;
  }

  /** Lets the next group, which may be empty, end with a checkpoint, if there is anything to sign. */
  wantCheckpoint(): void {
    this.#isCheckpointWanted = true;
  }

  /** Begins a new segment with the next group. */
  beginSegment(behind = this.#segment): void {
    this.#segmentMin = Math.max(this.#segmentMin, behind + 1);
  }

  /** Numbers the entries and writes them as one group; resolves, when they are durable, to the sequence of the first, 0 when there is none. */
  async write(entries: readonly { readonly body: string }[], open: ReadonlyMap<number, string>): Promise<number> {
    const isEmpty = entries.every(({ body }) => body === '');
    if (isEmpty && !(this.#isCheckpointWanted && this.isUnsigned)) return 0;
    const isDue = this.#offset >= this.#options.segmentBytesMax || this.#segmentMin > this.#segment;
    const file = this.#isDirty || this.#file === null || isDue ? await this.#fileToWrite(isDue) : this.#file;
    const lines = new ChainedLines(this.#sequence, this.#lastHash);
    if (this.#offset === 0) lines.add(this.#firstBody(open));
    const first = lines.sequence + 1;
    for (const { body } of entries) if (body !== '') lines.add(body);
    const head = this.#addCheckpoint(lines);
    await this.#append(file, this.#encoded(lines.text));
    this.#unsigned = head === null ? this.#unsigned + lines.sequence - this.#sequence : 0;
    this.#sequence = lines.sequence;
    this.#lastHash = lines.last;
    if (head !== null) this.#options.onCheckpoint(head);
    return isEmpty ? 0 : first;
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
      if (this.awaitsDevice) await syncFolderOf(path);
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

  /** At the end of a group, where it is due: after many lines, when it is asked for, and as a segment's last line. */
  #addCheckpoint(lines: ChainedLines): Head | null {
    const { spool, clock, signer, segmentBytesMax } = this.#options;
    const isFull = this.#offset + lines.text.length >= segmentBytesMax;
    const count = this.#unsigned + lines.sequence - this.#sequence;
    if (!this.#isCheckpointWanted && !isFull && !isCheckpointDue(count)) return null;
    this.#isCheckpointWanted = false;
    const at = clock.now();
    lines.addLine(sealCheckpoint(lines.sequence + 1, spool, at, lines.last, signer));
    return { spool, sequence: lines.sequence, hash: lines.last, segment: this.#segment, at };
  }

  /** In a buffer that is used again and again, since one write is under way at a time; large groups are rare and get their own. */
  #encoded(text: string): Buffer {
    if (text.length > this.#buffer.length) return Buffer.from(text, 'latin1');
    return this.#buffer.subarray(0, this.#buffer.write(text, 'latin1'));
  }

  async #append(file: AppendFile, bytes: Buffer): Promise<void> {
    try {
      await file.append(bytes, this.#offset);
      if (this.awaitsDevice) await file.sync();
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
