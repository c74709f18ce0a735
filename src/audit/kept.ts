// Entries that nobody waits for: the disk is offered them until it takes them.
import type { SpoolEntry } from './spool.js';

export class Kept implements SpoolEntry {
  readonly isKept = true;
  readonly isWaiting = false;
  readonly queuedAtMs = 0;
  readonly body: string;
  readonly opens: string | null;
  readonly closes: number | null;
  readonly #whenDurable: ((sequence: number) => void) | null;

  constructor(body: string, opens: string | null, closes: number | null, whenDurable: ((sequence: number) => void) | null = null) {
    this.body = body;
    this.opens = opens;
    this.closes = closes;
    this.#whenDurable = whenDurable;
  }

  durable(sequence: number): void {
    this.#whenDurable?.(sequence);
  }

  failed(): void {}
}
