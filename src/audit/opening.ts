// The entry that begins a record, and from the moment it is durable the handle by which the record is ended.
import type { Clock, HostError, OpenedUse } from '../core/index.js';
import { closeBody, type Ending } from './body.js';
import type { OpenEntry, Outcome } from './contract.js';
import { Kept } from './kept.js';
import type { SpoolEntry } from './spool.js';

/** What an opening needs of the trail it belongs to. */
export interface OpeningTrail {
  readonly clock: Clock;
  append(entry: SpoolEntry): void;
  /** The use is on the disk, so it counts, whatever the caller is told [EXT-45]. */
  countUse(use: OpenedUse): void;
  /** null when the spool alone is required; else resolves when every required sink has the entry, and rejects with audit.unavailable. */
  acknowledged(sequence: number): Promise<void> | null;
}

export class Opening implements SpoolEntry, OpenEntry {
  readonly isKept = false;
  readonly closes = null;
  readonly opens: string;
  readonly queuedAtMs: number;
  body: string;
  isWaiting = true;
  #sequence = 0;
  #isEnded = false;
  readonly #use: OpenedUse | null;
  readonly #trail: OpeningTrail;
  readonly #resolve: (opening: Opening) => void;
  readonly #reject: (error: HostError) => void;

  /** `resolve` and `reject` are those of whoever waits for open(). */
  constructor(
    id: string,
    body: string,
    use: OpenedUse | null,
    trail: OpeningTrail,
    resolve: (opening: Opening) => void,
    reject: (error: HostError) => void,
  ) {
    this.opens = id;
    this.body = body;
    this.queuedAtMs = trail.clock.monotonicMs();
    this.#use = use;
    this.#trail = trail;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  durable(sequence: number): void {
    this.#sequence = sequence;
    // A request may run for long; its text need not be kept for it.
    this.body = '';
    if (this.#use !== null) this.#trail.countUse(this.#use);
    // The disk took it after the caller had been refused.
    if (!this.isWaiting) return this.#endUndone();
    const acknowledged = this.#trail.acknowledged(sequence);
    if (acknowledged === null) return this.#goOn();
    acknowledged.then(
      () => this.#goOn(),
      (error: HostError) => {
        this.failed(error);
        this.#endUndone();
      },
    );
  }

  failed(error: HostError): void {
    if (!this.isWaiting) return;
    this.isWaiting = false;
    this.#reject(error);
  }

  close({ kind, status, code, bytesIn, bytesOut }: Outcome): void {
    this.end({ outcome: kind, status, code, bytesIn, bytesOut });
  }

  #goOn(): void {
    this.isWaiting = false;
    this.#resolve(this);
  }

  /** The record says so, since nothing was done. */
  #endUndone(): void {
    this.end({ outcome: 'failed', status: 503, code: 'audit.unavailable', bytesIn: 0, bytesOut: 0 });
  }

  /** Ends the record once; later calls say nothing new. */
  end(ending: Ending): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const { clock } = this.#trail;
    const body = closeBody(this.opens, this.#sequence, clock.now(), clock.monotonicMs() - this.queuedAtMs, ending);
    this.#trail.append(new Kept(body, null, this.#sequence));
  }
}
