// A place in the line before the disk, without an entry: whoever holds it learns when everything before it is durable.
import type { HostError } from '../core/index.js';
import type { SpoolEntry } from './spool.js';

export class Place implements SpoolEntry {
  readonly body = '';
  readonly isKept = false;
  readonly opens = null;
  readonly closes = null;
  readonly queuedAtMs: number;
  isWaiting = true;
  readonly #resolve: () => void;
  readonly #reject: (error: HostError) => void;

  constructor(queuedAtMs: number, resolve: () => void, reject: (error: HostError) => void) {
    this.queuedAtMs = queuedAtMs;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  durable(): void {
    this.isWaiting = false;
    this.#resolve();
  }

  failed(error: HostError): void {
    this.isWaiting = false;
    this.#reject(error);
  }
}
