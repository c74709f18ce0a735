// `postern audit verify`: reads a whole spool, beside a running server or without one, and says whether it is as it was written [AUD-4].
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Instant } from '../core/index.js';
import { ChainCheck, type InPlace } from './chain-check.js';
import { type Head, isCheckpointTrue, type TrailVerifier } from './checkpoint.js';
import { readEntry } from './entry.js';
import type { Finding, Where } from './finding.js';
import { type FoundHead, headPath, readHeadFile } from './head-file.js';
import { listSegments, readSegment, segmentPath } from './segments.js';

export interface VerifyOptions {
  readonly folder: string;
  readonly keys: TrailVerifier;
  /** Copies of heads that were kept elsewhere: what they say must be so as well. */
  readonly anchors: readonly string[];
  /** Called now and then. */
  readonly onProgress: (done: { readonly bytes: number; readonly bytesTotal: number }) => void;
}

export interface Verification {
  readonly isSound: boolean;
  readonly findings: readonly Finding[];
  /** Findings beyond those that are listed. */
  readonly findingsMore: number;
  readonly segments: number;
  readonly lines: number;
  readonly firstSequence: number | null;
  readonly lastSequence: number | null;
  /** The first line that holds a hash; nothing before it can be verified. */
  readonly chainBeginsAt: number | null;
  readonly checkpoints: number;
  /** Up to here everything is signed. */
  readonly signedThrough: number | null;
  readonly signedAt: Instant | null;
  /** Lines behind the last checkpoint: chained, and not yet signed. */
  readonly linesUnsigned: number;
}

/** Bytes between two reports of progress. */
const PROGRESS_BYTES = 16_777_216;
/** How often it begins anew because retention deleted, meanwhile, what was to be read next. */
const TRIES_MAX = 3;

/** Verifies a spool. Rejects with the system's error when it cannot be read. */
export async function verifyTrail(options: VerifyOptions): Promise<Verification> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await new Verifying(options).run();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || tries === TRIES_MAX) throw error;
    }
  }
}

class Verifying {
  readonly #options: VerifyOptions;
  readonly #chain = new ChainCheck();
  readonly #promises: { readonly name: string; readonly head: Head }[] = [];
  #lines = 0;
  #checkpoints = 0;
  #signed: Where | null = null;
  #signedAt: Instant | null = null;
  #spool: string | null = null;
  /** What retention recorded that it deleted last. */
  #trimmed: { readonly through: number; readonly hash: string } | null = null;

  constructor(options: VerifyOptions) {
    this.#options = options;
  }

  async run(): Promise<Verification> {
    const { folder } = this.#options;
    // Before the lines: what it says must be there by now.
    const head = await readHeadFile(headPath(folder), this.#options.keys);
    const segments = await listSegments(folder);
    this.#takeHead(basename(headPath(folder)), head);
    for (const path of this.#options.anchors) this.#takeHead(path, await readHeadFile(path, this.#options.keys));
    await this.#readAll(segments);
    this.#chain.finish();
    this.#judgeBeginning();
    this.#judgeEnd(head);
    return this.#verification(segments.length);
  }

  async #readAll(segments: readonly number[]): Promise<void> {
    const { folder, onProgress } = this.#options;
    const sizes = await Promise.all(segments.map(async (segment) => (await stat(segmentPath(folder, segment))).size));
    const bytesTotal = sizes.reduce((sum, size) => sum + size, 0);
    let before = 0;
    let told = 0;
    for (const [index, segment] of segments.entries()) {
      this.#chain.beginFile(basename(segmentPath(folder, segment)));
      for await (const { lines, end } of readSegment(folder, segment)) {
        for (const line of lines) this.#take(line);
        if (before + end - told < PROGRESS_BYTES) continue;
        told = before + end;
        onProgress({ bytes: told, bytesTotal });
      }
      before += sizes[index] ?? 0;
    }
  }

  #take(line: string): void {
    this.#lines += 1;
    const placed = this.#chain.take(line);
    if (placed === null) return;
    if (placed.kind === 'checkpoint') this.#takeCheckpoint(placed);
    else if (placed.kind === 'segment') this.#spool = readEntry(line)?.id ?? this.#spool;
    else if (placed.kind === 'act' && line.includes('"audit.trimmed"')) this.#takeTrimmed(line);
    for (const { name, head } of this.#promises) {
      if (head.sequence === placed.where.sequence && head.hash !== placed.hash)
        this.#chain.report('head', placed.where, placed.where, `The line is not the one that ${name} tells of.`, {
          expected: head.hash,
          found: placed.hash,
        });
    }
  }

  #takeCheckpoint({ where, line }: InPlace): void {
    this.#checkpoints += 1;
    const isTrue = isCheckpointTrue(line, this.#options.keys);
    if (isTrue === true) {
      this.#signed = where;
      this.#signedAt = readEntry(line)?.at ?? null;
      return;
    }
    const since = this.#signed === null ? 'from the beginning' : `behind line ${this.#signed.line} of ${this.#signed.file}`;
    if (isTrue === null) this.#chain.report('unknown-key', where, where, 'The key file does not hold the key of this checkpoint.');
    else
      this.#chain.report(
        'forged',
        where,
        where,
        `The site's keys did not sign this checkpoint: it, or what stands ${since}, was rewritten.`,
      );
  }

  #takeTrimmed(line: string): void {
    const entry = readEntry(line);
    const through = entry?.detail?.['lastSequence'];
    const hash = entry?.detail?.['lastHash'];
    if (entry?.action === 'audit.trimmed' && typeof through === 'number' && typeof hash === 'string') this.#trimmed = { through, hash };
  }

  #takeHead(name: string, found: FoundHead): void {
    if (found === 'missing') return;
    if (found === 'unreadable' || found.isTrue !== true) {
      const text =
        found !== 'unreadable' && found.isTrue === null
          ? 'It is signed with a key that the key file does not hold.'
          : 'It is not what Postern wrote.';
      this.#reportHead(name, text);
    } else this.#promises.push({ name, head: found.head });
  }

  #judgeBeginning(): void {
    const { begins } = this.#chain;
    if (begins === null || begins.where.sequence === 1) return;
    const { where, previous } = begins;
    const trimmed = this.#trimmed;
    const isRecorded =
      trimmed !== null &&
      (trimmed.through > where.sequence - 1 || (trimmed.through === where.sequence - 1 && (previous ?? '') === trimmed.hash));
    if (isRecorded) return;
    const missing = { ...where, sequence: 1 };
    const text = 'The beginning of the trail is missing, and no deletion of it is recorded.';
    this.#chain.report('beginning', missing, { ...where, sequence: where.sequence - 1 }, text);
  }

  #judgeEnd(own: FoundHead): void {
    if (own === 'missing' && this.#chain.chainBegins !== null) this.#reportHead(basename(headPath(this.#options.folder)), 'It is missing.');
    const { ends } = this.#chain;
    for (const { name, head } of this.#promises) {
      if (this.#spool !== null && head.spool !== this.#spool) this.#reportHead(name, 'It is that of another trail.');
      else if (head.sequence > (ends?.sequence ?? 0)) {
        const last = ends ?? { file: basename(segmentPath(this.#options.folder, 1)), line: 0, sequence: 0 };
        const text = `The end of the trail is missing: ${name} tells of a line with sequence ${head.sequence}.`;
        this.#chain.report('cut', { ...last, sequence: last.sequence + 1 }, { ...last, sequence: head.sequence }, text);
        return;
      }
    }
  }

  #reportHead(file: string, text: string): void {
    const where = { file, line: 1, sequence: 0 };
    this.#chain.report('head', where, where, text);
  }

  #verification(segments: number): Verification {
    const { findings, findingsMore, begins, ends, chainBegins } = this.#chain;
    return {
      isSound: findings.length === 0,
      findings,
      findingsMore,
      segments,
      lines: this.#lines,
      firstSequence: begins?.where.sequence ?? null,
      lastSequence: ends?.sequence ?? null,
      chainBeginsAt: chainBegins?.sequence ?? null,
      checkpoints: this.#checkpoints,
      signedThrough: this.#signed?.sequence ?? null,
      signedAt: this.#signedAt,
      linesUnsigned: (ends?.sequence ?? 0) - (this.#signed?.sequence ?? (begins?.where.sequence ?? 1) - 1),
    };
  }
}
