// The head of a spool: a small signed file beside its folder that says how far it had come. It is what tells a tail that was cut off
// from one that never was [AUD-4].
import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Logger } from '../core/index.js';
import { type Head, readHeadLine, sealHead, type TrailSigner, type TrailVerifier } from './checkpoint.js';

/** `<data>/audit-head.json` for `<data>/audit`. */
export function headPath(folder: string): string {
  return `${folder.replace(/\/+$/, '')}-head.json`;
}

export type FoundHead = 'missing' | 'unreadable' | { readonly head: Head; readonly isTrue: boolean | null };

/** What stands in a head file. Rejects with the system's error unless the file is missing. */
export async function readHeadFile(path: string, verifier: TrailVerifier): Promise<FoundHead> {
  let text: string;
  try {
    text = await readFile(path, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'missing';
    throw error;
  }
  return readHeadLine(text.trimEnd(), verifier) ?? 'unreadable';
}

/** Keeps the file up to date, whole at every moment. A disk that does not take it is told to the operator and tried again with the next head. */
export class HeadFile {
  readonly #path: string;
  readonly #signer: TrailSigner;
  readonly #logger: Logger;
  #next: Head | null = null;
  #writing: Promise<void> | null = null;
  #isFailing = false;

  constructor(folder: string, signer: TrailSigner, logger: Logger) {
    this.#path = headPath(folder);
    this.#signer = signer;
    this.#logger = logger;
  }

  /** Takes the newest head; of several that wait, the last is written. Never waits. */
  save(head: Head): void {
    this.#next = head;
    this.#writing ??= this.#writeAll();
  }

  /** Resolves when nothing waits to be written. */
  settled(): Promise<void> {
    return this.#writing ?? Promise.resolve();
  }

  async #writeAll(): Promise<void> {
    while (this.#next !== null) {
      const head = this.#next;
      this.#next = null;
      await this.#write(head);
    }
    this.#writing = null;
  }

  async #write(head: Head): Promise<void> {
    try {
      await writeFile(`${this.#path}.new`, `${sealHead(head, this.#signer)}\n`, { mode: 0o600 });
      await rename(`${this.#path}.new`, this.#path);
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) this.#logger.error({ error }, 'The head of the audit trail cannot be written: a cut tail would not be found.');
      this.#isFailing = true;
    }
  }
}
